import Testing

@testable import Dialects

struct `The grammar of JSON` {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1", "-12.5e-3", "1E400", "0.1e+1", "\"\"", "[]", "{}",
    " \t\r\n[ ] \n", "[1 , 2]", "{\"a\":{\"b\":[null]},\"c\":\"\"}", "\"\\u0000\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\uD83C\\uDF8C\"", "\"\\ud800\"", "\"\u{7F}\"", "\"日本語🎌\"", "{\"\":0}", "{\"a\":1,\"a\":2}",
    "123456789012345678901234567890", "[[[[[[[[]]]]]]]]", "\"\u{2028}\"", "[\"a\",\n\"b\"]",
  ])
  func `accepts what the standard allows`(text: String) throws {
    let document = try JSONDocument(text)
    #expect(!document.root.raw.bytes.isEmpty)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "tru", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5",
    "1e", "1e+", "1.e3", "0x10", "1 2", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}",
    "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}",
    "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"",
    "\"\\u12G4\"", "\"\\u\"", "\"\n\"", "\"\t\"", "\"\u{01}\"", "'a'", "[1]x", "{}{}", "// c\n1",
    "\u{FEFF}1", "\u{0B}1", "[\u{A0}1]", "\"a\" b", "{\"a\":}", "{:1}", "{,}", "[1,,2]",
    "{\"a\":1,,\"b\":2}", "nullnull", "\u{0}", "[\u{0}]", "1\u{0}",
  ])
  func `refuses what it does not`(text: String) {
    #expect(throws: MalformedJSON.self) { try JSONDocument(text) }
  }

  @Test func `every shortened text is refused`() throws {
    let text = Array(#"{"a":[1.5e3,"xé\u00e9",true,{"b":null}],"c":{}}"#.utf8)
    for end in 0..<text.count {
      #expect(throws: MalformedJSON.self) { try JSONDocument(text[..<end]) }
    }
    #expect(
      try JSONShape(text) == JSONShape(Array(#"{"c":{},"a":[1.5e3,"xéé",true,{"b":null}]}"#.utf8)))
  }

  @Test func `values may be nested 512 levels deep and no deeper`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(try JSONDocument(nested(512)).root.kind == .array)
    let refusal = #expect(throws: MalformedJSON.self) { try JSONDocument(nested(513)) }
    #expect(refusal?.reason == "values are nested deeper than 512 levels")
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":["])
  func `a nesting of 100,000 levels is refused without harm`(opening: String) {
    let bytes = Array(String(repeating: opening, count: 100_000).utf8)
    #expect(throws: MalformedJSON.self) { try JSONDocument(bytes) }
  }

  @Test func `a depth that was left does not count`() throws {
    let text = "[" + String(repeating: "[[[]]],", count: 5_000) + "1]"
    #expect(try JSONDocument(text).root.elements.reduce(0) { count, _ in count + 1 } == 5_001)
  }

  @Test func `the place of a fault is told`() {
    let refusal = #expect(throws: MalformedJSON.self) { try JSONDocument(#"{"a": tru}"#) }
    #expect(refusal?.offset == 6)
  }

  @Test func `texts denser than expected are read again into more room`() throws {
    let text = "[" + Array(repeating: "0", count: 100_000).joined(separator: ",") + "]"
    let root = try JSONDocument(text).root
    var count = 0
    for element in root.elements where element.integer == 0 { count += 1 }
    #expect(count == 100_000)
  }

  @Test func `a walk without room says so instead of writing past it`() throws {
    let text = Array("[1,2,3,4,5,6,7,8]".utf8)
    for room in 0..<12 {
      var nodes = Array(repeating: JSONTape.Node.empty, count: room)
      var span = nodes.mutableSpan
      var walk = JSONWalk(base: 0)
      let isWhole = try walk.run(text.span, into: &span)
      #expect(isWhole == (room >= 10))
    }
  }

  @Test func `a tape that is used again forgets its last text`() throws {
    var tape = JSONTape()
    try tape.parse(Array(#"{"a":{"b":1},"c":[1,2,3]}"#.utf8)[...])
    let bytes = Array(#"{"z":1}"#.utf8)[...]
    try tape.parse(bytes)
    #expect(tape.count == 3)
    #expect(tape.member("a", of: 0, in: bytes) == nil)
    #expect(tape.member("z", of: 0, in: bytes) == 2)
  }
}
