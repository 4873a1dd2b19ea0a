import Testing

@testable import Dialects

struct `A stream as a JSON array` {
  private static func write(_ pieces: [[UInt8]]) throws -> String {
    var writer = JSONArrayWriter()
    var out: [UInt8] = []
    for piece in pieces { try writer.feed(piece, into: &out) }
    try writer.finish(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private static func read(_ pieces: [[UInt8]]) throws -> String {
    var reader = JSONArrayReader()
    var out: [UInt8] = []
    for piece in pieces { try reader.feed(piece, into: &out) }
    try reader.finish()
    return String(decoding: out, as: UTF8.self)
  }

  private static let sse =
    #"data: {"a":"x]},\"{"}"# + "\r\n\r\n: note\n\ndata: {\"b\":[1,{}]}\n\nevent: e\ndata: {}"
  private static let array =
    #"[{"a":"x]},\"{"}"# + "\n,\n{\"b\":[1,{}]}\n,\n{}\n]"

  @Test func `has an element for each event, however it is cut`() throws {
    let text = Array(Self.sse.utf8)
    for cut in 0...text.count {
      #expect(try Self.write([Array(text[..<cut]), Array(text[cut...])]) == Self.array)
    }
    #expect(try Self.write(text.map { [$0] }) == Self.array)
    #expect(try JSONDocument(Self.array).root.elements.map(\.kind) == [.object, .object, .object])
  }

  @Test func `without an event is an empty array`() throws {
    #expect(try Self.write([]) == "[\n]")
    #expect(try Self.write([Array(": only a note\n\n".utf8)]) == "[\n]")
  }

  @Test func `is read as it arrives, however it is cut`() throws {
    let text = Array(Self.array.utf8)
    let expected =
      #"data: {"a":"x]},\"{"}"# + "\n\ndata: {\"b\":[1,{}]}\n\ndata: {}\n\n"
    for cut in 0...text.count {
      #expect(try Self.read([Array(text[..<cut]), Array(text[cut...])]) == expected)
    }
    #expect(try Self.read([Array("[]".utf8)]).isEmpty)
    #expect(try Self.read([Array(" [ {\n\"a\":\r\n1} ,\r\n]\n".utf8)]) == "data: { \"a\":  1}\n\n")
  }

  @Test(arguments: ["", "[", "[{}", "{}", "[1]", "[{}]x", "[{}}", "[[]]", ",", "]", "[{\"a\":\"}]"])
  func `is broken when it is no array of objects`(text: String) {
    #expect(throws: BrokenStream.self) { try Self.read([Array(text.utf8)]) }
  }

  @Test func `with an element that never ends is given up`() {
    let piece = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
    #expect(throws: BrokenStream.self) {
      try Self.read([Array("[{".utf8)] + Array(repeating: piece, count: 17))
    }
  }
}
