import Testing

@testable import Dialects

struct `Anthropic's words for what other vendors say` {
  private typealias Requests = `A request of another language, written for Anthropic`

  private static func raw(_ text: String) -> JSONRaw { JSONRaw(Array(text.utf8)[...]) }

  private static func tool(_ type: JSONText, _ purpose: ServerTool?, _ raw: String) -> Tool {
    Tool(name: type, kind: .vendor(type: type, purpose: purpose, Self.raw(raw)))
  }

  @Test func `has tools that the vendor runs, where it has them`() throws {
    var conversation = Requests.conversation([Requests.hello])
    conversation.tools = [
      Self.tool(
        "web_search_options", .webSearch,
        #"{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"city":"Bern"}}}"#
      ),
      Self.tool("google_search", .webSearch, #"{"google_search":{}}"#),
      Self.tool("code_interpreter", .codeExecution, "{}"),
      Self.tool("url_context", .webFetch, "{}"), Self.tool("file_search", .fileSearch, "{}"),
    ]
    conversation.toolChoice = .tool("file_search")
    let (root, losses) = try Requests.encode(conversation)
    #expect(
      Requests.shape(root["tools"]) == """
        [{max_uses: 1, name: 'web_search', type: 'web_search_20250305', \
        user_location: {city: 'Bern', type: 'approximate'}}, \
        {name: 'code_execution', type: 'code_execution_20250825'}, \
        {name: 'web_fetch', type: 'web_fetch_20250910'}]
        """)
    #expect(Requests.shape(root["tool_choice"]) == "{type: 'auto'}")
    #expect(losses == ["server_tool_file_search", "tool_choice"])
  }

  @Test func `drops the choice with the last tool`() throws {
    var conversation = Requests.conversation([Requests.hello])
    conversation.tools = [Self.tool("mcp", nil, "{}")]
    conversation.toolChoice = .any
    let (root, losses) = try Requests.encode(conversation)
    #expect(root["tools"] == nil && root["tool_choice"] == nil)
    #expect(losses == ["server_tool_mcp", "tool_choice"])
  }

  @Test func `gives a tool of free text a function in its place`() throws {
    var conversation = Requests.conversation([Requests.hello])
    let format = Self.raw(#"{"type":"grammar","syntax":"lark","definition":"start: \"a\""}"#)
    conversation.tools = [
      Tool(name: "patch", kind: .freeform(description: "Patches.", format: format))
    ]
    let (root, losses) = try Requests.encode(conversation)
    let tool = try #require(root["tools"]?.elements.first { _ in true })
    #expect(
      tool["description"]?.string
        == "Patches.\n\nThe input must follow this lark grammar:\nstart: \"a\"")
    #expect(tool["input_schema"]?["required"]?.elements.map(\.string) == ["input"])
    #expect(losses.isEmpty)
  }

  @Test func `shortens names that are too long, and says how`() throws {
    let long = JSONText(String(repeating: "long_name.", count: 20))
    var conversation = Requests.conversation([
      Requests.hello,
      Turn(.assistant, [Block(.toolCall(ToolCall(id: "1", name: long, input: .emptyObject)))]),
    ])
    conversation.tools = [
      Tool(name: long, kind: .function(description: nil, schema: nil, isStrict: nil)),
      Tool(name: "a.b", kind: .function(description: nil, schema: nil, isStrict: nil)),
    ]
    let encoded = try AnthropicCodec().encodeRequest(conversation, for: Target(model: "m"))
    let root = try JSONDocument(encoded.body).root
    let names = try #require(root["tools"]).elements.compactMap { $0["name"]?.text }
    #expect(names[0].bytes.count <= 128 && names[1] == "anyllm_a_2eb")
    #expect(encoded.toolNames == [names[0]: long])
    #expect(Requests.shape(root["messages"]).contains("name: '\(names[0])'"))
  }

  @Test(
    arguments: [
      ("auto", "'auto'", []), ("default", "'standard_only'", []),
      ("priority", "-", ["service_tier"]),
    ] as [(JSONText, String, [String])])
  func `names the tier`(tier: JSONText, sent: String, tags: [String]) throws {
    var conversation = Requests.conversation([Requests.hello])
    conversation.serviceTier = tier
    let (root, losses) = try Requests.encode(conversation)
    #expect(Requests.shape(root["service_tier"]) == sent && losses == tags)
  }

  @Test func `finds the user in the notes, and lets no other note through`() throws {
    var conversation = Requests.conversation([Requests.hello])
    conversation.metadata = Self.raw(#"{"user_id":"u1"}"#)
    #expect(Requests.shape(try Requests.encode(conversation).root["metadata"]) == "{user_id: 'u1'}")
    conversation.metadata = Self.raw(#"{"k":"v"}"#)
    let (root, losses) = try Requests.encode(conversation)
    #expect(root["metadata"] == nil && losses == ["metadata"])
  }

  @Test(arguments: [(true, "summarized"), (false, "omitted")])
  func `says whether thoughts are shown`(shows: Bool, word: String) throws {
    var conversation = Requests.conversation([Requests.hello])
    conversation.thinking = .adaptive
    conversation.showsThinking = shows
    let (root, _) = try Requests.encode(conversation, model: "claude-opus-5-5")
    #expect(Requests.shape(root["thinking"]) == "{display: '\(word)', type: 'adaptive'}")
  }

  @Test func `counts searches that the vendor ran`() throws {
    let reply =
      #"{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"#
      + #""output_tokens":2,"server_tool_use":{"web_search_requests":3,"web_fetch_requests":0}}}"#
    let events = AnthropicCodec().decodeReply(Array(reply.utf8))
    let counted = events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last
    #expect(counted?.webSearches == 3)
    let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)
    let written = String(decoding: AnthropicCodec().encodeReply(events, stage), as: UTF8.self)
    #expect(
      written.contains(#""server_tool_use":{"web_search_requests":3,"web_fetch_requests":0}"#))
  }

  @Test(arguments: [
    (#""context_management":{"edits":[]}"#, ["context-management-2025-06-27"]),
    (#""speed":"fast""#, ["fast-mode-2026-02-01"]), (#""speed":"standard""#, []),
    (#""thinking":{"type":"adaptive"},"output_config":{"effort":"high"}"#, []),
  ])
  func `names the switches that a request needs`(member: String, betas: [String]) throws {
    let codec = AnthropicCodec()
    let conversation = try codec.decodeRequest(
      JSONDocument(
        #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"}],\#(member)}"#))
    #expect(try codec.encodeRequest(conversation, for: Target(model: "m")).betas == betas)
  }
}
