/// Names of functions in Google's alphabet.
enum GeminiToolNames {
  private static let longest = 64
  private static let letters = NameAlphabet.plain.adding(".:")
  private static let firstLetters = NameAlphabet.plain.removing("-0123456789")

  static func spellings(of conversation: Conversation) -> ToolNames {
    ToolNames(conversation, longest: longest, letters: letters, firstLetters: firstLetters)
  }
}
