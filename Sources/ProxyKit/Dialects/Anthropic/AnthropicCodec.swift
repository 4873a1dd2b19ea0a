/// The Anthropic language, read and written.
struct AnthropicCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    try AnthropicRequestDecoder().decode(document)
  }

  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    try conversation.refuseSeveralAnswers(unlessIn: .anthropic)
    var encoder = AnthropicRequestEncoder(conversation, for: target)
    return try encoder.encode()
  }

  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    try AnthropicPassage.pass(document, for: target)
  }

  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] { AnthropicReplyDecoder.decode(bytes) }

  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder {
    AnthropicStreamDecoder(keepingVisible: hidingUsage)
  }

  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var encoder = AnthropicReplyEncoder(stage)
    let body = encoder.encode(events)
    losses.record(contentsOf: encoder.losses)
    return body
  }

  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    AnthropicStreamEncoder(stage)
  }

  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure {
    AnthropicFailures.decode(status: status, body)
  }

  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] {
    AnthropicFailures.encode(failure, requestID: requestID)
  }
}
