/// The Chat language, read and written.
struct ChatCodec: DialectCodec {
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    throw Failure.invalid("not yet")
  }
  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    throw Failure.invalid("not yet")
  }
  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    throw Failure.invalid("not yet")
  }
  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent] { [] }
  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder { preconditionFailure() }
  func encodeReply(_ events: [ReplyEvent], _ stage: ReplyStage) -> [UInt8] { [] }
  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder { preconditionFailure() }
  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure { .cut("") }
  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8] { [] }
}
