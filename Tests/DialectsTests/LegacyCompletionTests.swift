import Testing

@testable import Dialects

struct `A completion of before there were messages` {
  private static let stage = ReplyStage(
    model: "m", requestID: "r", createdAt: 7, estimatedInputTokens: 5)

  private static func decode(_ members: String) throws -> Conversation {
    try LegacyCompletion.decodeRequest(JSONDocument(#"{"model":"m",\#(members)}"#))
  }

  @Test(arguments: [#""a \"b\"""#, #"["a \"b\""]"#])
  func `is a conversation of one turn`(prompt: String) throws {
    let conversation = try Self.decode(
      #""prompt":\#(prompt),"temperature":0.5,"stop":"x","stream":true,"logprobs":2,"best_of":1,"#
        + #""echo":false,"suffix":null,"user":"u""#)
    #expect(conversation.turns.count == 1 && conversation.turns[0].role == .user)
    guard case .text(let text) = conversation.turns[0].blocks[0].content else {
      Issue.record("no text")
      return
    }
    #expect(text.string == #"a "b""#)
    #expect(conversation.maximumTokens == 16 && conversation.logprobs == 2)
    #expect(conversation.stopSequences == ["x"] && conversation.wantsStream)
    #expect(conversation.extras.isEmpty)
  }

  @Test func `keeps what nobody can do today as a loss to come`() throws {
    let conversation = try Self.decode(#""prompt":"a","echo":true,"suffix":"b","best_of":2"#)
    #expect(conversation.extras.map(\.name) == ["echo", "suffix", "best_of"])
  }

  @Test(arguments: [#""prompt":["a","b"]"#, #""prompt":[1,2]"#, #""prompt":null"#, #""x":1"#])
  func `is refused without one prompt of text`(members: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.decode(members) }
    #expect(failure?.parameter == "prompt" && failure?.status == 400)
  }

  private static let events: [ReplyEvent] = [
    .begin(id: "u", model: "x"), .open(.thinking), .thinking("t"), .close, .open(.text),
    .text("a"), .text("b"), .close, .usage(Usage(input: 1, output: 2)), .end(.maximumTokens),
  ]

  private static let usage =
    #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":"#
    + #"{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"#

  @Test func `is answered whole`() {
    var losses = Losses()
    let body = LegacyCompletion.encodeReply(Self.events, Self.stage, losses: &losses)
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"id":"cmpl-r","object":"text_completion","created":7,"model":"m","choices":["#
        + #"{"text":"ab","index":0,"logprobs":null,"finish_reason":"length"}],\#(Self.usage)}"#)
    #expect(losses.tags == ["thinking_blocks"])
  }

  @Test func `is answered as a stream`() {
    var encoder = LegacyCompletion.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(Self.events, into: &out)
    func chunk(_ choices: String, _ more: String = "") -> String {
      #"data: {"id":"cmpl-r","object":"text_completion","created":7,"model":"m","choices":["#
        + choices + "]" + more + "}\n\n"
    }
    func choice(_ text: String, _ reason: String) -> String {
      #"{"text":"\#(text)","index":0,"logprobs":null,"finish_reason":\#(reason)}"#
    }
    let expected = [
      chunk(choice("a", "null")), chunk(choice("b", "null")), chunk(choice("", #""length""#)),
      chunk("", "," + Self.usage), "data: [DONE]\n\n",
    ]
    #expect(String(decoding: out, as: UTF8.self) == expected.joined())
  }

  @Test func `that broke off has no DONE`() {
    var encoder = LegacyCompletion.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode([.text("a"), .failed(.cut("Gone.")), .end(.endOfTurn)], into: &out)
    let text = String(decoding: out, as: UTF8.self)
    #expect(text.contains(#"data: {"error":{"message":"Gone.""#) && !text.contains("[DONE]"))
  }
}
