/// OpenAI's Chat Completions, read and written.
struct ChatCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    try ChatRequestDecoder.decode(document)
  }

  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    try conversation.refuseSeveralAnswers(unlessIn: .chat)
    var encoder = ChatRequestEncoder(conversation, for: target)
    return encoder.encode()
  }

  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    ChatRequestPass.pass(document, for: target)
  }

  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] {
    ChatReplyDecoder.decode(bytes)
  }

  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder {
    ChatStreamDecoder(hidingUsage: hidingUsage)
  }

  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    ChatReplyEncoder.encode(events, stage, losses: &losses)
  }

  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    ChatStreamEncoder(stage)
  }

  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure {
    ChatFailureDecoder.decode(status: status, body)
  }

  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] {
    ChatFailureEncoder.encode(failure)
  }
}
