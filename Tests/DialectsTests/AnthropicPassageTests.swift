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
}
