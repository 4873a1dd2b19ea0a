import Testing

@testable import Dialects

@Suite struct `Names of tools in an upstream's alphabet` {
  private func conversation(_ tools: [JSONText], called: [JSONText] = []) -> Conversation {
    var conversation = Conversation(origin: .chat, model: "m")
    conversation.tools = tools.map {
      Tool(name: $0, kind: .function(description: nil, schema: nil, isStrict: nil))
    }
    let calls = called.map { Block(.toolCall(ToolCall(id: "c", name: $0, input: .emptyObject))) }
    conversation.turns = [Turn(.assistant, calls)]
    return conversation
  }

  @Test func `names that are accepted stay as they are`() {
    let names = ToolNames(conversation(["read_file", "A-1"]), longest: 64)
    #expect(names.spelling(of: "read_file") == "read_file")
    #expect(names.spelling(of: "A-1") == "A-1")
    #expect(names.renamed.isEmpty)
  }

  @Test(arguments: ["files.read", "läs", "", "with space", String(repeating: "n", count: 65)])
  func `any other name gets one that is accepted and leads back`(name: String) throws {
    let own = JSONText(name)
    let names = ToolNames(conversation([own]), longest: 64)
    let spelling = names.spelling(of: own)
    #expect(spelling.bytes.count <= 64)
    #expect(!spelling.isEmpty)
    #expect(spelling.bytes.allSatisfy { NameAlphabet.plain.contains($0) })
    #expect(names.renamed == [spelling: own])
  }

  @Test func `a name has the same spelling in every turn`() {
    let early = ToolNames(conversation(["a.b"]), longest: 64)
    let later = ToolNames(conversation(["c/d", "a.b", "a_b"], called: ["e f"]), longest: 64)
    #expect(early.spelling(of: "a.b") == later.spelling(of: "a.b"))
  }

  @Test func `no two names share a spelling`() {
    let plain = ToolNames(conversation(["a.b"]), longest: 64).spelling(of: "a.b")
    let all: [JSONText] = ["a.b", "a b", "a/b", plain]
    let names = ToolNames(conversation(all), longest: 64)
    #expect(Set(all.map { names.spelling(of: $0) }).count == all.count)
    #expect(names.spelling(of: plain) == plain)
  }

  @Test func `a tool that only the history knows is renamed as well`() {
    let names = ToolNames(conversation([], called: ["old.tool"]), longest: 64)
    #expect(names.renamed[names.spelling(of: "old.tool")] == "old.tool")
  }

  @Test func `an escape in a name is no other name`() {
    let escaped = JSONText(escaped: Array(#"a\u002eb"#.utf8)[...])
    let names = ToolNames(conversation(["a.b"], called: [escaped]), longest: 64)
    #expect(names.spelling(of: escaped) == names.spelling(of: "a.b"))
    #expect(names.renamed == [names.spelling(of: "a.b"): "a.b"])
  }

  @Test func `a stricter first letter is heeded`() {
    let names = ToolNames(
      conversation(["1st", "-x"]), longest: 64,
      firstLetters: .plain.removing("-0123456789"))
    #expect(names.spelling(of: "1st").bytes.first == UInt8(ascii: "t"))
    #expect(names.renamed.count == 2)
  }
}
