/// The thought signature of Gemini's Chat surface: `extra_content.google.thought_signature`.
enum ChatGoogleSeal {
  static func read(_ extra: JSONValue?) -> Seal? {
    guard let extra else { return nil }
    return read(ChatNode(extra))
  }

  static func read(_ extra: ChatNode?) -> Seal? {
    extra?["google"]?["thought_signature"]?.someText.map { Seal(.gemini, $0) }
  }

  /// Whether the member holds a signature and nothing else.
  static func isAll(of extra: JSONValue?) -> Bool {
    guard let extra, read(extra) != nil else { return false }
    return extra.members(besides: ["google"]).isEmpty
      && extra["google"]?.members(besides: ["thought_signature"]).isEmpty == true
  }
}
