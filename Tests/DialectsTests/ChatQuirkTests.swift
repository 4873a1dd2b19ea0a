import Testing

@testable import Dialects

struct `A Chat server that deviates from the language` {
  private static func pass(_ json: String, _ target: Target) throws -> (String, [String]) {
    let passed = try ChatCodec().passRequest(JSONDocument(json), for: target)
    _ = try JSONDocument(passed.body)
    return (String(decoding: passed.body, as: UTF8.self), passed.losses.tags)
  }

  private static let tools =
    #""tools":[{"type":"function","function":{"strict":true,"name":"f"}},"#
    + #"{"type":"function","function":{"name":"g" , "strict":false}}]"#

  private static let cases: [(Target.Quirk, String, String, [String])] = [
    (
      .glmThinking, #"{"model":"m","reasoning_effort":"high","x":1}"#,
      #"{"model":"m","x":1,"thinking":{"type":"enabled","clear_thinking":false}}"#, ["effort"]
    ),
    (
      .glmThinking, #"{"reasoning_effort":"none","model":"m"}"#,
      #"{"model":"m","thinking":{"type":"disabled"}}"#, []
    ),
    (
      .glmThinking, #"{"model":"m","thinking":{"type":"disabled"}, "reasoning_effort":"low"}"#,
      #"{"model":"m","thinking":{"type":"disabled"}}"#, ["effort"]
    ),
    (
      .googleThinking, #"{"model":"m","reasoning_effort":"xhigh"}"#,
      #"{"model":"m","reasoning_effort":"high"}"#, ["effort"]
    ),
    (
      .googleThinking, #"{"model":"m","reasoning_effort":"none"}"#,
      #"{"model":"m","reasoning_effort":"none"}"#, []
    ),
    (
      .noSerialTools, #"{"parallel_tool_calls":false,"model":"m"}"#, #"{"model":"m"}"#,
      ["parallel_tool_calls"]
    ),
    (
      .noSerialTools, #"{"parallel_tool_calls":true,"model":"m"}"#,
      #"{"parallel_tool_calls":true,"model":"m"}"#, []
    ),
    (
      .noStrictTools, #"{"model":"m",\#(tools)}"#,
      #"{"model":"m","tools":[{"type":"function","function":{"name":"f"}},"#
        + #"{"type":"function","function":{"name":"g"}}]}"#, ["strict"]
    ),
  ]

  @Test(arguments: cases.indices)
  func `is not shown what it refuses`(index: Int) throws {
    let (quirk, json, expected, tags) = Self.cases[index]
    let (body, losses) = try Self.pass(json, Target(model: "m", quirks: [quirk]))
    #expect(body == expected && losses == tags)
    let (same, none) = try Self.pass(json, Target(model: "m"))
    #expect(same == json && none.isEmpty)
  }

  private static let calls =
    #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":["#
    + #"{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}},"#
    + #"{"id":"a1B2c3D4e","type":"function","function":{"name":"f","arguments":"{}"}}]},"#
    + #"{"role":"tool","tool_call_id":"a1B2c3D4e","content":"b"},"#
    + #"{"role":"tool","tool_call_id":"call_1","content":"a"}]}"#

  @Test func `gets ids of nine letters and digits, pairs kept`() throws {
    let target = Target(model: "m", quirks: [.numericToolCallIDs])
    var ids = ChatToolIDs(for: target)
    let id = ids.spelling(of: "call_1")
    #expect(id.bytes.count == 9)
    let (body, losses) = try Self.pass(Self.calls, target)
    #expect(body == Self.calls.replacing("call_1", with: id.string) && losses.isEmpty)
    let conversation = try ChatCodec().decodeRequest(JSONDocument(Self.calls))
    let encoded = try ChatCodec().encodeRequest(conversation, for: target)
    let written = String(decoding: encoded.body, as: UTF8.self)
    #expect(written.split(separator: id.string, omittingEmptySubsequences: false).count == 3)
    #expect(written.split(separator: "a1B2c3D4e", omittingEmptySubsequences: false).count == 3)
  }

  @Test(arguments: [("anthropic/claude", false), ("mistralai/devstral-2", true), ("open", true)])
  func `behind a router gets such ids only where its model wants them`(
    model: String, isNine: Bool
  ) {
    var ids = ChatToolIDs(for: Target(model: model, quirks: [.numericToolCallIDs]))
    #expect((ids.spelling(of: "call_1") != "call_1") == isNine)
  }

  @Test func `gives every id a spelling of its own`() {
    for quirks in [[], [Target.Quirk.numericToolCallIDs]] {
      var ids = ChatToolIDs(for: Target(model: "m", platform: .vendor, quirks: Set(quirks)))
      var seen: Set<JSONText> = []
      for number in 0..<500 {
        let spelling = ids.spelling(of: JSONText("Bash:\(number)"))
        #expect(seen.insert(spelling).inserted && spelling.bytes.count <= 40)
      }
    }
  }

  private static let sealed =
    #"{"model":"m","messages":[{"role":"assistant","content":"a","reasoning_content":"t","#
    + #""reasoning_details":[{"type":"reasoning.text","signature":"S"}]},"#
    + #"{"extra_content":{"google":{"thought_signature":"G"}},"role":"assistant","tool_calls":["#
    + #"{"id":"c","type":"function","function":{"name":"f"},"extra_content":{"google":{}}}]}]}"#

  @Test func `that is a vendor's own sees no seal of others`() throws {
    let (body, losses) = try Self.pass(Self.sealed, Target(model: "m", platform: .vendor))
    #expect(
      body == #"{"model":"m","messages":[{"role":"assistant","content":"a"},"#
        + #"{"role":"assistant","tool_calls":["#
        + #"{"id":"c","type":"function","function":{"name":"f"}}]}]}"#)
    #expect(
      losses == ["thinking_signatures", "thinking_blocks", "tool_call_seal", "text_seal"])
    #expect(try Self.pass(Self.sealed, Target(model: "m")).0 == Self.sealed)
  }

  @Test(
    arguments: [
      (.budget(900), nil, nil, #"{"thinking_budget":900,"include_thoughts":true}"#, nil, []),
      (.adaptive, "high", nil, #"{"thinking_budget":24576,"include_thoughts":true}"#, nil, []),
      (.adaptive, nil, nil, #"{"include_thoughts":true}"#, nil, []),
      (.adaptive, "medium", false, nil, #""medium""#, []), (nil, "max", nil, nil, #""high""#, []),
      (.disabled, nil, nil, nil, #""none""#, []),
    ] as [(ThinkingRequest?, JSONText?, Bool?, String?, String?, [String])])
  func `of Google's thinks in one way at a time`(
    thinking: ThinkingRequest?, effort: JSONText?, shows: Bool?, config: String?, word: String?,
    tags: [String]
  ) throws {
    var conversation = Conversation(origin: .anthropic, model: "m")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    conversation.thinking = thinking
    conversation.effort = effort
    conversation.showsThinking = shows
    let target = Target(model: "gemini-2.5-flash", quirks: [.googleThinking])
    let encoded = try ChatCodec().encodeRequest(conversation, for: target)
    let root = try JSONDocument(encoded.body).root
    let sent = root["extra_body"]?["google"]?["thinking_config"]?.raw
    #expect(sent.map { String(decoding: $0.bytes, as: UTF8.self) } == config)
    #expect(root["reasoning_effort"].map { String(decoding: $0.raw.bytes, as: UTF8.self) } == word)
    #expect(encoded.losses.tags == tags)
  }

  @Test(arguments: [
    (ThinkingRequest.budget(900), #"{"type":"enabled","clear_thinking":false}"#),
    (.disabled, #"{"type":"disabled"}"#),
  ])
  func `of GLM's thinks or does not`(thinking: ThinkingRequest, sent: String) throws {
    var conversation = Conversation(origin: .anthropic, model: "m")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    conversation.thinking = thinking
    let target = Target(model: "glm-5", quirks: [.glmThinking])
    let encoded = try ChatCodec().encodeRequest(conversation, for: target)
    let body = String(decoding: encoded.body, as: UTF8.self)
    #expect(body.contains(#""thinking":\#(sent)"#) && !body.contains("reasoning_effort"))
    #expect(encoded.losses.isEmpty)
  }

  @Test func `that is strict gets names that it accepts, and says which`() throws {
    let request = try AnthropicCodec().decodeRequest(
      JSONDocument(
        #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},"#
          + #"{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"\#(Self.long)","#
          + #""input":{}}]}],"tools":[{"name":"\#(Self.long)","input_schema":{"type":"object"},"#
          + #""strict":true}],"tool_choice":{"type":"tool","name":"\#(Self.long)"}}"#))
    let encoded = try ChatCodec().encodeRequest(
      request, for: Target(model: "gpt", platform: .azure))
    let (spelling, own) = try #require(encoded.toolNames.first)
    #expect(own.string == Self.long && spelling.bytes.count <= 64)
    let body = String(decoding: encoded.body, as: UTF8.self)
    #expect(body.split(separator: #""name":"\#(spelling)""#).count == 4)
    #expect(!body.contains(Self.long))
    let loose = try ChatCodec().encodeRequest(request, for: Target(model: "m"))
    #expect(loose.toolNames.isEmpty)
  }

  private static let long = String(repeating: "mcp__server__tool", count: 5)
}
