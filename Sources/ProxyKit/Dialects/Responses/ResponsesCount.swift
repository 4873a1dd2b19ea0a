/// Questions for the number of tokens, which are requests without what only an answer needs.
extension ResponsesCodec {
  /// What the counter refuses to see.
  private static let answerOnly: [StaticString] = [
    "max_output_tokens", "stream", "stream_options", "temperature", "top_p", "top_logprobs",
    "metadata", "service_tier", "store", "include", "user", "safety_identifier",
    "prompt_cache_key",
  ]

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    let body = try encodeRequest(conversation, for: target).body
    guard let document = try? JSONDocument(body) else { return nil }
    return JSONMemberEdit(document.root, removing: Self.answerOnly).bytes
  }

  func encodeCount(_ tokens: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("object", word: "response.input_tokens")
      $0.member("input_tokens", tokens)
    }
    return writer.bytes
  }
}
