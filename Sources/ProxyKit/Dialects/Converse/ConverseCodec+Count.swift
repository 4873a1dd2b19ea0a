/// Bedrock's counter, asked and answered.
extension ConverseCodec {
  func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation {
    switch try ConverseCount.read(document) {
    case .converse(let request): return try decodeRequest(request)
    case .invokeModel(let body):
      let letter = try AnthropicEnvelope.open(body, model: "counted", streams: false)
      guard let request = try? JSONDocument(letter.body) else {
        throw .invalid("input.invokeModel.body: must be JSON", parameter: "input")
      }
      return try AnthropicCodec().decodeCount(request)
    }
  }

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    ConverseCount.write(converse: try encodeRequest(conversation, for: target).body)
  }

  func passCount(_ document: JSONDocument, for target: Target) throws(Failure) -> [UInt8] {
    Array(document.bytes)
  }

  func decodeCount(_ bytes: [UInt8]) -> Int? { ConverseCount.tokens(in: bytes) }

  func encodeCount(_ tokens: Int) -> [UInt8] { ConverseCount.reply(tokens: tokens) }

  func failureFields(_ failure: Failure) -> [(name: String, value: String)] {
    [("x-amzn-errortype", ConverseFailures.exceptionName(for: failure))]
  }
}
