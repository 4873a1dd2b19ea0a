/// Questions for the number of tokens, which are requests without what only an answer needs.
extension AnthropicCodec {
  /// What Anthropic's counter refuses to see.
  private static let answerOnly: [StaticString] = [
    "max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata",
    "service_tier",
  ]

  func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation {
    guard document.root.kind == .object, document.root["max_tokens"] == nil else {
      return try decodeRequest(document)
    }
    var edit = JSONMemberEdit(document.root, removing: ["max_tokens"])
    edit.prepend { $0.member("max_tokens", 1) }
    guard let whole = try? JSONDocument(edit.bytes) else { return try decodeRequest(document) }
    return try decodeRequest(whole)
  }

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    let body = try encodeRequest(conversation, for: target).body
    guard let document = try? JSONDocument(body) else { return nil }
    return JSONMemberEdit(document.root, removing: Self.answerOnly).bytes
  }
}
