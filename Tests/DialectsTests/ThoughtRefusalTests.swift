import Testing

@testable import Dialects

struct `A refusal of thoughts` {
  private static let words: [(status: Int, words: String, isOne: Bool)] = [
    (400, "The encrypted content gAAA could not be verified. Reason: decryption failed", true),
    (404, "Item with id 'rs_68' not found. Items are not persisted when `store` is false.", true),
    (400, "messages.1.content.0: Invalid `signature` in `thinking` block", true),
    (
      400, "`thinking` or `redacted_thinking` blocks in the latest message cannot be modified",
      true
    ),
    (400, "messages.0: text content blocks must be non-empty", false),
    (500, "The encrypted content could not be verified.", false),
    (404, "Item with id 'msg_68' not found.", false),
  ]

  @Test(arguments: words)
  func `is known by its words`(status: Int, words: String, isOne: Bool) {
    let failure = Failure(.invalidRequest, origin: .upstream, status: status, words)
    #expect(ThoughtRefusal.isDescribed(by: failure) == isOne)
  }

  @Test func `is known by its code, and only when the upstream says it`() {
    let code = "invalid_encrypted_content"
    let told = Failure(.invalidRequest, origin: .upstream, status: 400, "x", code: code)
    #expect(ThoughtRefusal.isDescribed(by: told))
    let own = Failure(.invalidRequest, origin: .client, status: 400, "x", code: code)
    #expect(!ThoughtRefusal.isDescribed(by: own))
  }

  @Test func `takes every thought out of a Responses passage`() throws {
    var target = Target(model: "m")
    target.refusesThoughts = true
    let passed = try Dialect.responses.codec.passRequest(
      JSONDocument(
        #"{"model":"m","input":[1,{"type":"reasoning","id":"rs_1","encrypted_content":"gA"},2]}"#),
      for: target)
    #expect(String(decoding: passed.body, as: UTF8.self) == #"{"model":"m","input":[1,2]}"#)
    #expect(passed.losses.tags == ["thinking_blocks"])
  }

  @Test(arguments: [
    (#"{"type":"tool_result","tool_use_id":"a"}"#, "", ["thinking_blocks", "thinking_config"]),
    (#"{"type":"text","text":"x"}"#, #","thinking":{"type":"adaptive"}"#, ["thinking_blocks"]),
  ])
  func `takes every thought out of an Anthropic passage`(
    last: String, thinking: String, losses: [String]
  ) throws {
    var target = Target(model: "m")
    target.refusesThoughts = true
    let user = #"{"role":"user","content":[\#(last)]}"#
    let call = #"{"type":"tool_use","id":"a"}"#
    let passed = try Dialect.anthropic.codec.passRequest(
      JSONDocument(
        #"{"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking","#
          + #""signature":"S"},\#(call)]},\#(user)],"thinking":{"type":"adaptive"}}"#),
      for: target)
    #expect(
      String(decoding: passed.body, as: UTF8.self)
        == #"{"model":"m","messages":[{"role":"assistant","content":[\#(call)]},\#(user)]\#(thinking)}"#
    )
    #expect(passed.losses.tags == losses)
  }
}
