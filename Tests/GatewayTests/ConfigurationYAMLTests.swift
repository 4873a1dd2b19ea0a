import Testing

@testable import Gateway

@Suite struct `A YAML text` {
  @Test func `becomes a tree that knows where everything stands`() throws {
    let document = YAMLDocument("a:\n  - 'x'\n  - y: 2\nb: |\n  two\n  lines\n")
    #expect(document.problems.isEmpty)
    let root = try #require(document.root)
    let items = try #require(root["a"]?.items)
    #expect(items[0].scalar == YAMLScalar(text: "x", style: .singleQuoted))
    #expect(items[0].mark == YAMLMark(line: 2, column: 5))
    #expect(items[1]["y"]?.mark == YAMLMark(line: 3, column: 8))
    #expect(root["b"]?.scalar?.text == "two\nlines\n")
    #expect(root.members?[1].keyMark == YAMLMark(line: 4, column: 1))
  }

  @Test func `may be JSON`() {
    let document = YAMLDocument("{\"a\": [1, true, null, \"\\u00e9\\n\"], \"b\": {\"c\": {}}}")
    #expect(document.problems.isEmpty)
    #expect(document.root?["a"]?.items?.last?.scalar?.text == "é\n")
    #expect(document.root?["b"]?["c"]?.members == [])
  }

  @Test func `may be empty, begin with a byte order mark or end lines with CRLF`() {
    #expect(YAMLDocument("").root == nil)
    #expect(YAMLDocument("# nothing\n").problems.isEmpty)
    #expect(YAMLDocument("\u{FEFF}a: 1\r\nb: 2\r\n").root?["b"]?.mark.line == 2)
  }

  @Test func `shares what an anchor names and merges it below its own keys`() {
    let document = YAMLDocument(
      "base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\ntwo: *base\n")
    #expect(document.problems.isEmpty)
    #expect(document.root?["one"]?["a"]?.scalar?.text == "1")
    #expect(document.root?["one"]?["b"]?.scalar?.text == "3")
    #expect(document.root?["two"]?["b"]?.scalar?.text == "2")
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", 3, "\"a\" is here twice, first at line 1"),
    ("x: {a: 1, a: 2}\n", 1, "\"a\" is here twice"),
    ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
    ("a: 1\n\tb: 2\n", 2, "tab character"),
    ("a: 'x\n", 2, "not valid YAML"),
    ("a: *nobody\n", 1, "nothing above is named &nobody"),
    ("a: &a [*a]\n", 1, "nothing above is named &a"),
    ("a: 1\n---\nb: 2\n", 2, "second document"),
    ("a: 1\nb: !env NAME\n", 2, "tag !env is unknown"),
    ("? [a, b]\n: 1\n", 1, "a key must be a plain text"),
    ("a: 1\n<<: 3\n", 2, "\"<<\" takes a mapping"),
  ])
  func `that is wrong says what and where`(text: String, line: Int, what: String) throws {
    let problem = try #require(YAMLDocument(text).problems.first)
    #expect(problem.mark.line == line)
    #expect(problem.text.contains(what), "\(problem.text)")
  }

  @Test func `that is not UTF-8 is refused at the line where it stops being so`() throws {
    let problem = try #require(
      YAMLDocument(Array("a: 1\nb: ".utf8) + [0xC3, 0x28]).problems.first)
    #expect(problem.mark.line == 2)
    #expect(problem.text.contains("UTF-8"))
  }

  @Test func `that doubles itself is stopped`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      let alias = "*a\(level - 1)"
      text +=
        "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ","))]\n"
    }
    let document = YAMLDocument(text)
    #expect(document.root == nil)
    #expect(document.problems.first?.text.contains("values, aliases written out") == true)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "])
  func `that nests without end is stopped`(piece: String) {
    let document = YAMLDocument(String(repeating: piece, count: 200_000))
    #expect(document.root == nil)
    #expect(document.problems.count == 1)
  }

  @Test func `that grows deep by aliases is stopped`() {
    var text = "a0: &a0 [x]\n"
    for level in 1..<100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    #expect(YAMLDocument(text).problems.first?.text.contains("nested deeper") == true)
  }

  @Test func `that is too large is not read`() {
    let document = YAMLDocument(Array(repeating: UInt8(ascii: "#"), count: (1 << 20) + 1))
    #expect(document.problems.first?.text.contains("more than") == true)
  }

  @Test func `cut anywhere never does more than report`() {
    let text = Array("a: &x\n  - \"q\\u00e9\"\n  - {b: 'c'}\nd: *x\ne: |\n  f\n".utf8)
    for end in 0...text.count {
      let document = YAMLDocument(Array(text[..<end]))
      #expect(document.root != nil || !document.problems.isEmpty || end < 2)
    }
  }
}
