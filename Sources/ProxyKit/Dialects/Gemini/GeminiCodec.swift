/// Google's GenerateContent language, read and written.
///
/// The path names the model and says whether to stream; the body knows neither.
struct GeminiCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    try GeminiRequestDecoder.decode(document.root)
  }

  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    try conversation.refuseSeveralAnswers(unlessIn: .gemini)
    var encoder = GeminiRequestEncoder(conversation, for: target)
    return try encoder.encode()
  }

  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    try GeminiPassage.pass(document, for: target)
  }

  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] { GeminiReplyDecoder.decode(bytes) }

  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder {
    GeminiStreamDecoder(keepingVisible: hidingUsage)
  }

  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    GeminiReplyEncoder.encode(events, stage, losses: &losses)
  }

  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    GeminiStreamEncoder(stage)
  }

  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure {
    GeminiFailureDecoder.decode(status: status, body)
  }

  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] {
    GeminiFailureEncoder.encode(failure)
  }
}
