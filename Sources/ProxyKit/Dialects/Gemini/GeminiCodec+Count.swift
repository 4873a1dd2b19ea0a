/// Google's counter, asked and answered.
extension GeminiCodec {
  func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation {
    try GeminiCount.decodeRequest(document)
  }

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    try GeminiCount.encodeRequest(conversation, for: target).body
  }

  func passCount(_ document: JSONDocument, for target: Target) throws(Failure) -> [UInt8] {
    try GeminiCount.passRequest(document, for: target)
  }

  func decodeCount(_ bytes: [UInt8]) -> Int? { GeminiCount.decodeReply(bytes) }

  func encodeCount(_ tokens: Int) -> [UInt8] { GeminiCount.encodeReply(tokens: tokens) }
}
