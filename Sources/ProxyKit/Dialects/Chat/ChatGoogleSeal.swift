/// The thought signature of Gemini's Chat surface: `extra_content.google.thought_signature`.
enum ChatGoogleSeal {
  static func read(_ extra: JSONValue?) -> Seal? {
    extra?["google"]?["thought_signature"].flatMap { value in
      value.text.flatMap { $0.isEmpty ? nil : Seal(.gemini, $0) }
    }
  }

  static func read(_ extra: ChatNode?) -> Seal? {
    extra?["google"]?["thought_signature"]?.someText.map { Seal(.gemini, $0) }
  }

  /// Whether the content beside it is a thought, which Google's surface marks so.
  static func isThought(_ extra: ChatNode?) -> Bool {
    extra?["google"]?["thought"]?.kind == .true
  }

  /// The text without the tag that Google's surface puts before and behind its thoughts.
  static func text(_ text: JSONText, behind tag: String) -> JSONText {
    let plain = text.string
    return plain.hasPrefix(tag) ? JSONText(String(plain.dropFirst(tag.count))) : text
  }

  /// Whether the member holds a signature and nothing else.
  static func isAll(of extra: JSONValue?) -> Bool {
    guard let extra, read(extra) != nil else { return false }
    return extra.members(besides: ["google"]).isEmpty
      && extra["google"]?.members(besides: ["thought_signature"]).isEmpty == true
  }
}
