/// Questions for the number of tokens, which Bedrock asks in an envelope of their own.
extension ConverseCodec {
  func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation {
    switch try ConverseCount.read(document) {
    case .converse(let request): return try decodeRequest(request)
    case .invokeModel(let body):
      // The path names the model; a Messages body has to have one.
      let letter = try AnthropicEnvelope.open(body, model: "claude", streams: false)
      guard let messages = try? JSONDocument(letter.body) else {
        throw .invalid("input.invokeModel.body: must be a JSON object")
      }
      return try AnthropicCodec().decodeCount(messages)
    }
  }

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    ConverseCount.write(converse: try encodeRequest(conversation, for: target).body)
  }

  func passCount(_ document: JSONDocument, for target: Target) throws(Failure) -> [UInt8] {
    switch try ConverseCount.read(document) {
    case .converse(let request):
      ConverseCount.write(converse: try passRequest(request, for: target).body)
    case .invokeModel: Array(document.bytes)
    }
  }

  func decodeCount(_ bytes: [UInt8]) -> Int? { ConverseCount.tokens(in: bytes) }

  func encodeCount(_ tokens: Int) -> [UInt8] { ConverseCount.reply(tokens: tokens) }

  func failureFields(_ failure: Failure) -> [(name: String, value: String)] {
    [("x-amzn-errortype", ConverseFailures.exceptionName(for: failure))]
  }
}
