/// OpenAI's counter, asked and answered, and what a response repeats of its request.
extension ResponsesCodec {
  /// What the counter refuses to see.
  private static let answerOnly: [StaticString] = [
    "stream", "stream_options", "store", "include", "max_output_tokens", "temperature", "top_p",
    "metadata", "user", "safety_identifier", "service_tier", "prompt_cache_key", "top_logprobs",
    "max_tool_calls", "background",
  ]

  func echo(_ document: JSONDocument) -> ResponsesEcho? { ResponsesEcho(document) }

  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? {
    let body = try encodeRequest(conversation, for: target).body
    guard let document = try? JSONDocument(body) else { return nil }
    return JSONMemberEdit(document.root, removing: Self.answerOnly).bytes
  }

  func encodeCount(_ tokens: Int) -> [UInt8] {
    Array(#"{"object":"response.input_tokens","input_tokens":\#(tokens)}"#.utf8)
  }
}
