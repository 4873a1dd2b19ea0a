import Testing

@testable import Gateway

@Suite struct `A TOML text` {
  private func tree(_ text: String) -> YAMLNode? { TOMLDocument(Array(text.utf8)).root }

  @Test func `becomes a tree that knows where everything stands`() throws {
    let root = try #require(
      tree(
        """
        a.b = 1_000 # one
        "c d" = 'x\\n'

        [t.u]
        on = true
        list = [1, "two",
          { three = 3.5 }, ]
        [[t.v]]
        n = 1
        [[t.v]]
        n = 2
        [t.v.deep]
        m = 3
        """))
    #expect(root["a"]?["b"]?.scalar?.text == "1000")
    #expect(root["c d"]?.scalar == YAMLScalar(text: "x\\n", style: .doubleQuoted))
    #expect(root["t"]?["u"]?["list"]?.items?.count == 3)
    #expect(root["t"]?["u"]?["list"]?.items?[2]["three"]?.scalar?.text == "3.5")
    #expect(root["t"]?["v"]?.items?.map { $0["n"]?.scalar?.text } == ["1", "2"])
    #expect(root["t"]?["v"]?.items?[1]["deep"]?["m"]?.scalar?.text == "3")
    #expect(root["t"]?.members?.first?.keyMark == YAMLMark(line: 4, column: 4))
  }

  @Test(arguments: [
    ("a = \"q\\\"\\u00e9\\t\"", "q\"é\t"), ("a = \"\"", ""), ("a = '''\nx\ny'''", "x\ny"),
    ("a = \"\"\"\nx \\\n   y\"\"\"", "x y"), ("a = 2026-01-02", "2026-01-02"),
    ("a = -1.5e3", "-1.5e3"), ("a = false\r\n", "false"),
  ])
  func `has values of many forms`(text: String, value: String) {
    #expect(tree(text)?["a"]?.scalar?.text == value)
  }

  @Test(arguments: [
    ("a = 1\na = 2", 2, "here twice"), ("[a]\nb=1\n[a]", 3, "here twice"),
    ("a = 1\n[a]", 2, "here twice"), ("[a]\n[[a]]", 2, "here twice"),
    ("a 1", 1, "\"=\" is missing"), ("a = x", 1, "a value is missing"),
    ("a = \"x", 1, "closing quote"), ("a = 1 2", 1, "something follows"),
    ("a = [1 2]", 1, "is missing"), ("a = {b = 1", 1, "is missing"), ("= 1", 1, "a key is missing"),
    ("a = \"\\q\"", 1, "unknown escape"), ("a = \"\\ud800\"", 1, "names no character"),
    ("x = 1\n[a", 2, "\"]\" is missing"),
  ])
  func `that is wrong says what and where`(text: String, line: Int, what: String) throws {
    let document = TOMLDocument(Array(text.utf8))
    let problem = try #require(document.problems.first)
    #expect(document.root == nil)
    #expect(problem.mark.line == line)
    #expect(problem.text.contains(what), "\(problem.text)")
  }

  @Test func `that nests without end is refused`() {
    #expect(tree("a = " + String(repeating: "[", count: 5000)) == nil)
    #expect(tree(String(repeating: "a.", count: 5000) + "b = 1") == nil)
  }

  @Test func `is read or refused wherever it is cut`() {
    let text = Array("[a.\"b\"]\nc = [1, {d = \"\\u00e9\"}] # e\n[[f]]\ng = '''h'''\n".utf8)
    for length in 0...text.count {
      let document = TOMLDocument(Array(text[..<length]))
      #expect((document.root == nil) == !document.problems.isEmpty)
    }
  }
}

@Suite struct `A configuration that is written` {
  @Test(arguments: [
    "plain", "a:b", "a: b", "null", "~", "", "*", "- x", "#x", "x #y", "\"q\"", "b\\s", "l\nm", "é",
    "a:", "{x}", "\u{1}", "%x", "@x", "&x", "!x", "env:X", "true", "1.50", " pad ", "\u{85}",
  ])
  func `is read back as it was`(text: String) {
    let value = WrittenValue.members([
      WrittenMember(text.isEmpty ? "k" : text, text),
      WrittenMember("list", .list([.text(text), .members([WrittenMember("in", text)])])),
    ])
    let yaml = [WrittenMember("root", value)].yaml()
    let document = YAMLDocument(yaml)
    #expect(document.problems.isEmpty, "\(yaml)")
    let root = document.root?["root"]
    #expect(root?.members?.first?.value.scalar?.text == text)
    #expect(root?["list"]?.items?[0].scalar?.text == text)
    #expect(root?["list"]?.items?[1]["in"]?.scalar?.text == text)
    #expect(root?["list"]?.items?[0].scalar?.isNull == false)
  }
}
