import Testing

@testable import Dialects

struct `A JSON document` {
  @Test func `shows members, elements and scalars`() throws {
    let root = try JSONDocument(
      #" {"a": [1, 2.0, -3e2, 0.5], "b": true, "c": null, "d": {"e": "f"}} "#
    ).root
    #expect(root["a"]?.elements.map(\.integer) == [1, 2, -300, nil])
    #expect(root["a"]?.elements.map(\.double) == [1, 2, -300, 0.5])
    #expect(root["b"]?.bool == true)
    #expect(root["c"] == nil)
    #expect(root.member("c")?.isNull == true)
    #expect(root["d"]?["e"]?.string == "f")
    #expect(root["x"] == nil && root["a"]?["e"] == nil && root["b"]?.text == nil)
    #expect(root.members.map { $0.name.string } == ["a", "b", "c", "d"])
  }

  @Test(arguments: ["1.50", "-0", "1e5", "12345678901234567890", "0.1", "1E400"])
  func `keeps a number as it was written`(number: String) throws {
    let value = try #require(try JSONDocument("{\"n\": \(number) }").root["n"])
    #expect(String(decoding: value.raw.bytes, as: UTF8.self) == number)
  }

  @Test func `takes no number for whole that is too large`() throws {
    #expect(try JSONDocument("12345678901234567890").root.integer == nil)
    #expect(try JSONDocument("1E400").root.integer == nil)
    #expect(try JSONDocument("9007199254740993").root.integer == 9_007_199_254_740_993)
  }

  @Test func `finds a member whose name hides behind escapes`() throws {
    let root = try JSONDocument(#"{"mo\u0064el": "x", "\u0061\"b": 1}"#).root
    #expect(root["model"]?.string == "x")
    #expect(root.members.map { $0.name } == ["model", JSONText("a\"b")])
  }

  @Test func `shows both of two members with one name`() throws {
    let root = try JSONDocument(#"{"a":1,"a":2}"#).root
    #expect(root["a"]?.integer == 1)
    #expect(root.members.map { $0.value.integer } == [1, 2])
  }

  @Test func `takes a name of a megabyte`() throws {
    let name = String(repeating: "k", count: 1 << 20)
    let root = try JSONDocument("{\"\(name)\":1,\"k\":2}").root
    #expect(root["k"]?.integer == 2)
    #expect(root.members.map { $0.name.bytes.count } == [1 << 20, 1])
  }

  @Test func `tells which members are not among those known`() throws {
    let root = try JSONDocument(#"{"a":1,"\u0062":2,"c":{"a":3},"dd":4}"#).root
    let others = root.members(besides: ["a", "b", "d"])
    #expect(others.map { $0.name.string } == ["c", "dd"])
    #expect(others.map { $0.value.integer } == [nil, 4])
  }

  @Test func `can be a part of a larger buffer`() throws {
    let bytes = Array(#"data: {"a":"b","n":[1]} rest"#.utf8)
    let document = try JSONDocument(bytes[6..<23])
    #expect(document.root["a"]?.string == "b")
    #expect(document.root["n"].map { Array($0.raw.bytes) } == Array("[1]".utf8))
    #expect(document.root["n"]?.range == 19..<22)
  }

  @Test func `written and read again is the same`() throws {
    var numbers = SeededNumbers(11)
    for _ in 0..<200 {
      var writer = JSONWriter()
      let shape = Self.write(depth: 0, &writer, &numbers)
      #expect(try JSONShape(writer.bytes) == shape)
    }
  }

  /// Writes any value and tells what was meant.
  private static func write(
    depth: Int, _ writer: inout JSONWriter, _ numbers: inout SeededNumbers
  ) -> JSONShape {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &numbers) {
    case 0:
      writer.null()
      return .word("null")
    case 1:
      writer.bool(false)
      return .word("false")
    case 2:
      let number = Int.random(in: .min ... .max, using: &numbers)
      writer.integer(number)
      return .word(String(number))
    case 3, 4:
      let text = ["", "a", "\"\\\n", "日本🎌", String(repeating: "long ", count: 9)].randomElement(
        using: &numbers)
      writer.string(text ?? "")
      return .string(text ?? "")
    case 5:
      var elements: [JSONShape] = []
      writer.array { writer in
        for _ in 0..<Int.random(in: 0..<5, using: &numbers) {
          elements.append(write(depth: depth + 1, &writer, &numbers))
        }
      }
      return .array(elements)
    default:
      var members: [String: JSONShape] = [:]
      writer.object { writer in
        for index in 0..<Int.random(in: 0..<5, using: &numbers) {
          writer.name(JSONText("k\"\(index)"))
          members["k\"\(index)"] = write(depth: depth + 1, &writer, &numbers)
        }
      }
      return .object(members)
    }
  }
}
