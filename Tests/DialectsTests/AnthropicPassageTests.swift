import Testing

@testable import Dialects

struct `A request that passes from Anthropic to Anthropic` {
  private static func pass(_ text: String, model: String = "claude-x") throws -> PassedRequest {
    try AnthropicCodec().passRequest(JSONDocument(text), for: Target(model: model))
  }

  @Test(arguments: AnthropicFixtures.requests)
  func `differs in the model's name and in nothing else`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("requests", name)
    let text = String(decoding: bytes, as: UTF8.self)
    let document = try JSONDocument(bytes)
    let model = try #require(document.root["model"]?.string)
    let passed = try AnthropicCodec().passRequest(document, for: Target(model: "up\"stream"))
    let expected = text.replacing("\"model\": \"\(model)\"", with: #""model": "up\"stream""#)
    #expect(expected != text)
    #expect(String(decoding: passed.body, as: UTF8.self) == expected)
    let same = try AnthropicCodec().passRequest(document, for: Target(model: model))
    #expect(same.body == bytes && same.losses.isEmpty && !same.hidesUsage)
  }

  @Test func `keeps odd spelling, number text and duplicate members below the top`() throws {
    let odd =
      " {\"x\" : 1.50 ,\"model\":\"claude-\\u0078\",\n\"messages\":[{\"a\":1,\"a\":2}],\"t\":1E2} "
    #expect(try Self.pass(odd).body == Array(odd.utf8))
  }

  @Test(arguments: [
    #"{"model":"a","model":"b"}"#, #"{"model":"a","\u006dodel":"b"}"#, #"{"max_tokens":1}"#,
    #"{"model":null}"#, #"{"model":5}"#, #"{"model":""}"#, "[]", "null",
  ])
  func `is refused when nobody can say which model is meant`(text: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.pass(text) }
    #expect(failure?.status == 400 && failure?.kind == .invalidRequest)
  }

  @Test(arguments: [
    (
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":""}, {"type":"text","text":"b"}]}]}"#,
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"text","text":"b"}]}]}"#
    ),
    (
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"text","text":"b"} , {"type":"thinking","thinking":"a"}]}]}"#,
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"text","text":"b"}]}]}"#
    ),
    (
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"a"},{"type":"thinking","thinking":"s","signature":"S"},{"type":"thinking","thinking":"c"},{"type":"thinking","thinking":"d"}, {"type":"text","text":"b"},{"type":"thinking","thinking":"e"}]}]}"#,
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"s","signature":"S"}, {"type":"text","text":"b"}]}]}"#
    ),
    (
      #"{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"a"}]},{"role":"user","content":"y"}],"model":"z"}"#,
      #"{"messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}],"model":"claude-x"}"#
    ),
    (
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"a"}]}, {"role":"assistant","content":[{"type":"thinking","thinking":"a"}]},{"role":"user","content":"y"}]}"#,
      #"{"model":"claude-x","messages":[{"role":"user","content":"y"}]}"#
    ),
  ])
  func `loses the thoughts that another vendor's model had, and says so`(
    text: String, expected: String
  ) throws {
    let passed = try Self.pass(text)
    #expect(String(decoding: passed.body, as: UTF8.self) == expected)
    #expect(passed.losses.tags == ["thinking_blocks"])
  }

  @Test func `keeps what merely looks like a thought`() throws {
    let text =
      #"{"model":"claude-x","messages":[{"role":"user","content":[{"type":"thinking"}]},{"role":"assistant","content":"thinking"},{"role":"assistant","content":[{"type":"tool_use","input":{"type":"thinking"}},{"type":"thinking","thinking":"","signature":"S"}]},7,{"role":"assistant"}],"thinking":{"type":"adaptive"}}"#
    let passed = try Self.pass(text)
    #expect(passed.body == Array(text.utf8) && passed.losses.isEmpty)
  }

  @Test(arguments: [
    ("call.1", "anyllm_call_2e1"), ("fc_1|x", "anyllm_fc__1_7cx"), ("", "anyllm_"),
    ("toolu_01-A", "toolu_01-A"), ("anyllm_call_2e1", "anyllm_call_2e1"),
  ])
  func `has ids that Anthropic would refuse healed in pairs`(id: String, spelled: String) throws {
    func text(_ id: String) -> String {
      #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"\#(id)","name":"f","input":{"id":"a.b"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","content":"r"}]}]}"#
    }
    let passed = try Self.pass(text(id))
    #expect(String(decoding: passed.body, as: UTF8.self) == text(spelled))
    #expect(passed.losses.isEmpty)
  }

  @Test func `keeps Anthropic's citations and takes those of other vendors out`() throws {
    let stage = ReplyStage(model: "claude-x", requestID: "r", createdAt: 0)
    var losses = Losses()
    let cited = Citation(
      origin: .chat, raw: .emptyObject, url: "https://x", title: "X", span: 0..<1)
    let own = #"{"type":"char_location","cited_text":"q"}"#
    let reply = AnthropicCodec().encodeReply(
      [
        .begin(id: nil, model: nil), .open(.text), .text("t"), .citation(cited),
        .citation(Citation(origin: .anthropic, raw: JSONRaw(Array(own.utf8)[...]))), .close,
        .end(.endOfTurn),
      ], stage, losses: &losses)
    let content = try #require(JSONDocument(reply).root["content"])
    let kept = String(decoding: content.raw.bytes, as: UTF8.self)
    #expect(kept.contains(#""url":"https://x","title":"X""#) && losses.isEmpty)
    let passed = try Self.pass(
      #"{"model":"claude-x","messages":[{"role":"assistant","content":\#(kept)}]}"#)
    #expect(
      String(decoding: passed.body, as: UTF8.self)
        == #"{"model":"claude-x","messages":[{"role":"assistant","content":[{"type":"text","text":"t","citations":[\#(own)]}]}]}"#
    )
    #expect(passed.losses.isEmpty)
  }
}
