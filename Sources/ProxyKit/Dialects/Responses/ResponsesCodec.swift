/// OpenAI's Responses, read and written.
struct ResponsesCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    try ResponsesRequestDecoder.decode(document)
  }

  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    try conversation.refuseSeveralAnswers(unlessIn: .responses)
    var encoder = ResponsesRequestEncoder(conversation, for: target)
    return encoder.encode()
  }

  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    try ResponsesRequestPass.pass(document, for: target)
  }

  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] {
    ResponsesReplyDecoder.decode(bytes)
  }

  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder {
    ResponsesStreamDecoder(keepingVisible: hidingUsage)
  }

  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var writer = ResponsesReplyWriter(stage, isStreaming: false)
    return writer.encodeWhole(events, losses: &losses)
  }

  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    ResponsesReplyWriter(stage, isStreaming: true)
  }

  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure {
    ChatFailureDecoder.decode(status: status, body)
  }

  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] {
    ChatFailureEncoder.encode(failure)
  }
}
