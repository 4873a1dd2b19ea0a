import Testing

@testable import Dialects

struct `What a Claude model can do` {
  private typealias Requests = `A request of another language, written for Anthropic`

  private static func conversation(_ extra: Turn...) -> Conversation {
    Requests.conversation([Requests.hello] + extra)
  }

  @Test(arguments: [
    ("claude-3-haiku-20240307", false, false, false, false, 4096),
    ("claude-3-5-sonnet-20241022", false, false, false, false, 8192),
    ("claude-opus-4-1-20250805", false, false, false, false, 32_000),
    ("claude-sonnet-4-5-20250929", false, false, false, false, 64_000),
    ("claude-haiku-4-5", false, false, false, false, 64_000),
    ("claude-opus-4-5", false, false, false, false, 64_000),
    ("claude-opus-4-6", true, false, false, false, 128_000),
    ("claude-opus-4-7", true, true, false, false, 128_000),
    ("claude-opus-5", true, true, false, false, 128_000),
    ("claude-opus-5-5", true, true, true, true, 128_000),
    ("claude-sonnet-5-5", true, true, true, true, 128_000),
    ("claude-haiku-5-5", true, true, false, false, 128_000),
    ("claude-fable-5", true, true, true, false, 128_000),
    ("claude-fable-5-1", true, true, true, true, 128_000),
    ("anthropic.claude-mythos-5-2-v1:0", true, true, true, true, 128_000),
  ])
  func `is told by its name`(
    model: String, prefill: Bool, budget: Bool, always: Bool, forced: Bool, most: Int
  ) {
    let traits = AnthropicModelTraits(model: model)
    #expect(traits.refusesPrefill == prefill)
    #expect(traits.refusesBudget == budget && traits.refusesSampling == budget)
    #expect(traits.alwaysThinks == always)
    #expect(traits.refusesForcedCalls == forced)
    #expect(traits.maximumOutput == most)
  }

  @Test func `bounds how much it is asked to write`() throws {
    var conversation = Self.conversation()
    conversation.maximumTokens = 200_000
    let (root, losses) = try Requests.encode(conversation, model: "claude-haiku-4-5")
    #expect(root["max_tokens"]?.integer == 64_000 && losses == ["max_tokens_clamped"])
    #expect(
      try Requests.encode(conversation, model: "alias").root["max_tokens"]?.integer == 200_000)
  }

  @Test(
    arguments: [
      ("claude-sonnet-4-5", .adaptive, nil, "{budget_tokens: 4096, type: 'enabled'}", "-", []),
      ("claude-sonnet-4-5", .budget(100), nil, "{budget_tokens: 1024, type: 'enabled'}", "-", []),
      ("claude-opus-5-5", .budget(20_000), nil, "{type: 'adaptive'}", "{effort: 'high'}", []),
      ("claude-opus-5-5", .budget(2000), "max", "{type: 'adaptive'}", "{effort: 'max'}", []),
      ("claude-opus-5-5", .disabled, nil, "-", "-", ["thinking_config"]),
      ("claude-haiku-5-5", .disabled, nil, "{type: 'disabled'}", "-", []),
      ("claude-3-5-haiku-20241022", .adaptive, nil, "-", "-", ["thinking_config"]),
    ] as [(String, ThinkingRequest, JSONText?, String, String, [String])])
  func `decides how its thinking is asked for`(
    model: String, asked: ThinkingRequest, effort: JSONText?, sent: String, output: String,
    tags: [String]
  ) throws {
    var conversation = Self.conversation()
    conversation.thinking = asked
    conversation.effort = effort
    let (root, losses) = try Requests.encode(conversation, model: model)
    #expect(Requests.shape(root["thinking"]) == sent)
    #expect(Requests.shape(root["output_config"]) == output)
    #expect(losses == tags)
  }

  @Test func `does not think when a call is forced, nor samples when it thinks`() throws {
    var conversation = Self.conversation()
    conversation.thinking = .budget(2000)
    conversation.sampling.temperature = JSONRaw(stringLiteral: "0.5")
    conversation.sampling.topK = JSONRaw(stringLiteral: "5")
    let (thinking, lost) = try Requests.encode(conversation)
    #expect(thinking["temperature"] == nil && thinking["top_k"] == nil)
    #expect(lost == ["temperature", "top_k"])
    conversation.tools = [
      Tool(name: "f", kind: .function(description: nil, schema: nil, isStrict: nil))
    ]
    conversation.toolChoice = .any
    let (forced, losses) = try Requests.encode(conversation)
    #expect(forced["thinking"] == nil && forced["temperature"] != nil)
    #expect(losses == ["thinking_config"])
  }

  @Test(arguments: [
    ("claude-opus-4-5", "{type: 'any'}", []),
    ("claude-opus-5-5", "{type: 'auto'}", ["tool_choice"]),
  ])
  func `may refuse to be forced to a call`(
    model: String, sent: String, tags: [String]
  ) throws {
    var conversation = Self.conversation()
    conversation.tools = [
      Tool(name: "f", kind: .function(description: nil, schema: nil, isStrict: nil))
    ]
    conversation.toolChoice = .any
    let (root, losses) = try Requests.encode(conversation, model: model)
    #expect(Requests.shape(root["tool_choice"]) == sent && losses == tags)
  }

  @Test func `may have to be asked to go on with its answer`() throws {
    let conversation = Self.conversation(Turn(.assistant, [Block(.text("It is "))]))
    let (old, none) = try Requests.encode(conversation, model: "claude-sonnet-4-5")
    #expect(Requests.shape(old["messages"]).hasSuffix("{content: 'It is', role: 'assistant'}]"))
    #expect(none.isEmpty)
    let (new, losses) = try Requests.encode(conversation, model: "claude-sonnet-4-6")
    #expect(Requests.shape(new["messages"]).hasSuffix("role: 'user'}]"))
    #expect(losses == ["assistant_prefill"])
  }

  @Test func `is given every call with its result`() throws {
    func call(_ id: JSONText) -> Block {
      Block(.toolCall(ToolCall(id: id, name: "f", input: .emptyObject)))
    }
    func result(_ id: JSONText) -> Block {
      Block(.toolResult(ToolResult(callID: id, content: [Block(.text("r" + id))])))
    }
    let (root, losses) = try Requests.encode(
      Self.conversation(
        Turn(.assistant, [call("1"), call("2")]), Turn(.user, [result("2"), result("9")]),
        Turn(.assistant, [call("3")])))
    #expect(
      Requests.shape(root["messages"]) == """
        [{content: 'hello', role: 'user'}, \
        {content: [{id: '1', input: {}, name: 'f', type: 'tool_use'}, \
        {id: '2', input: {}, name: 'f', type: 'tool_use'}], role: 'assistant'}, \
        {content: [{content: 'r2', tool_use_id: '2', type: 'tool_result'}, \
        {content: '[This call has no result.]', tool_use_id: '1', type: 'tool_result'}, \
        {text: 'Result of tool call 9:', type: 'text'}, {text: 'r9', type: 'text'}], \
        role: 'user'}, \
        {content: [{id: '3', input: {}, name: 'f', type: 'tool_use'}], role: 'assistant'}, \
        {content: [{content: '[This call has no result.]', tool_use_id: '3', \
        type: 'tool_result'}], role: 'user'}]
        """)
    #expect(losses == ["orphan_tool_results", "missing_tool_results"])
  }
}
