/// The Converse language of Amazon Bedrock, read and written.
struct ConverseCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    try ConverseRequestDecoder().decode(document)
  }

  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    try conversation.refuseSeveralAnswers(unlessIn: .converse)
    var encoder = ConverseRequestEncoder(conversation, for: target)
    return try encoder.encode()
  }

  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    try ConversePassage.pass(document, for: target)
  }

  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] { ConverseReplyDecoder.decode(bytes) }

  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder {
    ConverseStreamDecoder(keepingVisible: hidingUsage)
  }

  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var encoder = ConverseReplyEncoder(stage)
    let body = encoder.encode(events)
    losses.record(contentsOf: encoder.losses)
    return body
  }

  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    ConverseStreamEncoder(stage)
  }

  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure {
    ConverseFailures.decode(status: status, exception: nil, body)
  }

  func decodeFailure(status: Int, errorType: String?, _ body: [UInt8]) -> Failure {
    ConverseFailures.decode(status: status, exception: errorType, body)
  }

  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] {
    ConverseFailures.encode(failure)
  }

  func failureFields(_ failure: Failure) -> [(name: String, value: String)] {
    [("x-amzn-errortype", ConverseFailures.exceptionName(for: failure))]
  }
}
