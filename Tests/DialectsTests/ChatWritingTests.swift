import Testing

@testable import Dialects

@Suite struct `What a Chat client is sent` {
  private static let stage = ReplyStage(
    model: "my-model", requestID: "r1", createdAt: 7, estimatedInputTokens: 5)

  private static let events: [ReplyEvent] = [
    .begin(id: "up", model: "other"), .open(.thinking), .thinking("Hm"),
    .seal(Seal(.anthropic, "sig")), .close,
    .open(.text), .text("a\"b"), .text("c"), .close,
    .open(.toolCall(id: "t1", name: "f")), .arguments(#"{"x":"#), .arguments("1}"), .close,
    .open(.toolCall(id: "t2", name: "g")), .close,
    .usage(Usage(input: 1, output: 2, cacheRead: 30, cacheWrite5m: 4, reasoning: 1)),
    .end(.toolCalls),
  ]

  private static func chunk(_ delta: String, finish: String = "null") -> String {
    #"data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":7,"model":"my-model","#
      + #""choices":[{"index":0,"delta":{\#(delta)},"finish_reason":\#(finish)}]}"# + "\n\n"
  }

  private static let usage =
    #"{"prompt_tokens":35,"completion_tokens":2,"total_tokens":37,"prompt_tokens_details":"#
    + #"{"cached_tokens":30,"cache_write_tokens":4},"completion_tokens_details":"#
    + #"{"reasoning_tokens":1}}"#

  private static func stream(
    _ events: [ReplyEvent], _ stage: ReplyStage = stage
  ) -> String {
    var encoder = Dialect.chat.codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  @Test func `is one chunk for each step of the reply`() {
    let call = #""tool_calls":[{"index":"#
    let expected = [
      Self.chunk(#""role":"assistant","content":"""#), Self.chunk(#""reasoning_content":"Hm""#),
      Self.chunk(
        #""reasoning_details":[{"type":"reasoning.text","text":"Hm","signature":"sig","#
          + #""format":"anthropic-claude-v1","index":0}]"#),
      Self.chunk(#""content":"a\"b""#), Self.chunk(#""content":"c""#),
      Self.chunk(
        call + #"0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]"#),
      Self.chunk(call + #"0,"function":{"arguments":"{\"x\":"}}]"#),
      Self.chunk(call + #"0,"function":{"arguments":"1}"}}]"#),
      Self.chunk(
        call + #"1,"id":"t2","type":"function","function":{"name":"g","arguments":""}}]"#),
      Self.chunk("", finish: #""tool_calls""#),
      #"data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":7,"#
        + #""model":"my-model","choices":[],"usage":\#(Self.usage)}"# + "\n\n",
      "data: [DONE]\n\n",
    ]
    #expect(Self.stream(Self.events) == expected.joined())
  }

  @Test func `has no usage when the client did not ask for it`() {
    var stage = Self.stage
    stage.showsUsage = false
    #expect(!Self.stream(Self.events, stage).contains("usage"))
  }

  @Test func `shows the estimate when the upstream did not count`() {
    #expect(Self.stream([.end(.endOfTurn)]).contains(#""prompt_tokens":5,"completion_tokens":0"#))
  }

  @Test func `ends with an error and without DONE when the answer broke off`() {
    let written = Self.stream([
      .begin(id: nil, model: nil), .open(.text), .text("half"),
      .failed(.cut("It broke off.")), .end(.endOfTurn),
    ])
    #expect(
      written.hasSuffix(
        #"data: {"error":{"message":"It broke off.","type":"server_error","param":null,"#
          + #""code":"upstream_cut"}}"# + "\n\n"))
    #expect(!written.contains("[DONE]"))
  }

  @Test func `shows a refusal as one`() {
    let written = Self.stream([.open(.refusal), .text("No."), .close, .end(.refusal)])
    #expect(written.contains(#"{"refusal":"No."}"#))
    #expect(written.contains(#""finish_reason":"content_filter""#))
  }

  @Test func `is a comment while nothing happens`() {
    var encoder = Dialect.chat.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.ping(into: &out)
    #expect(String(decoding: out, as: UTF8.self) == ": ping\n\n")
  }

  @Test(arguments: [
    (StopReason.endOfTurn, "stop"), (.stopSequence("x"), "stop"), (.pause, "stop"),
    (.maximumTokens, "length"), (.contextExceeded, "length"), (.toolCalls, "tool_calls"),
    (.refusal, "content_filter"), (.other("new"), "stop"),
  ])
  func `names the end in Chat's words`(reason: StopReason, word: String) {
    #expect(Self.stream([.end(reason)]).contains(#""finish_reason":"\#(word)""#))
  }

  @Test func `is one object when it did not ask for a stream`() {
    let written = Dialect.chat.codec.encodeReply(Self.events, Self.stage)
    #expect(
      String(decoding: written, as: UTF8.self)
        == #"{"id":"chatcmpl-r1","object":"chat.completion","created":7,"model":"my-model","#
        + #""choices":[{"index":0,"message":{"role":"assistant","content":"a\"bc","refusal":null,"#
        + #""reasoning_content":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","#
        + #""signature":"sig","format":"anthropic-claude-v1","index":0}],"tool_calls":[{"id":"t1","type":"function","function":"#
        + #"{"name":"f","arguments":"{\"x\":1}"}},{"id":"t2","type":"function","function":"#
        + #"{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"#
        + #""usage":\#(Self.usage)}"#)
  }

  @Test func `has null for content when there are only calls, and text when there is nothing`() {
    let calls = Dialect.chat.codec.encodeReply(
      [.open(.toolCall(id: "t", name: "f")), .close, .end(.toolCalls)], Self.stage)
    #expect(String(decoding: calls, as: UTF8.self).contains(#""content":null"#))
    let nothing = Dialect.chat.codec.encodeReply([.end(.endOfTurn)], Self.stage)
    #expect(String(decoding: nothing, as: UTF8.self).contains(#""content":"""#))
  }

  @Test(arguments: ChatFixture.streams)
  func `reads back as what it was`(name: String) throws {
    let events = ChatReading(try ChatFixture.bytes("streams/\(name).sse")).events
    // Arguments that were cut off are no JSON; a whole reply shows that, a stream cannot.
    guard case .end(let reason)? = events.last, reason != .maximumTokens else { return }
    var encoder = Dialect.chat.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    let whole = Dialect.chat.codec.encodeReply(events, Self.stage)
    let again = TranslationFold(ChatReading(out).events)
    #expect(again == TranslationFold(events))
    #expect(again.inOrder == TranslationFold(Dialect.chat.codec.decodeReply(whole)).inOrder)
  }
}
