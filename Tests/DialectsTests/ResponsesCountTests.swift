import Testing

@testable import Dialects

@Suite struct `A question for the number of tokens of a Responses request` {
  private static let codec = Dialect.responses.codec

  @Test func `holds nothing that only an answer needs`() throws {
    let conversation = try Dialect.anthropic.codec.decodeRequest(
      JSONDocument(
        #"{"model":"claude","max_tokens":5,"system":"S","stream":true,"temperature":1,"#
          + #""metadata":{"user_id":"u"},"messages":[{"role":"user","content":"q"}]}"#))
    let body = try #require(
      try Self.codec.encodeCount(conversation, for: Target(model: "gpt", platform: .vendor)))
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"model":"gpt","instructions":"S","input":[{"type":"message","role":"user","#
        + #""content":"q"}]}"#)
  }

  @Test func `is answered with a number`() throws {
    let answer = Self.codec.encodeCount(42)
    #expect(
      String(decoding: answer, as: UTF8.self)
        == #"{"object":"response.input_tokens","input_tokens":42}"#)
    #expect(Self.codec.decodeCount(answer) == 42)
  }
}
