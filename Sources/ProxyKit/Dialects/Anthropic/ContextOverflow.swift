/// The many ways in which servers say that a prompt does not fit.
enum ContextOverflow {
  private static let phrases = [
    "prompt is too long", "exceed context limit", "maximum context length",
    "context_length_exceeded", "context window", "context length", "too many tokens",
    "input is too long",
  ]

  static func isDescribed(by message: String) -> Bool {
    let lowered = message.lowercased()
    return phrases.contains { lowered.contains($0) }
  }

  /// Whether Anthropic says it so, and its clients know what to do.
  static func isInAnthropicWords(_ message: String) -> Bool {
    message.contains("prompt is too long") || message.contains("exceed context limit")
  }

  /// Says it in Anthropic's words, with the upstream's numbers where it gave them.
  static func anthropicMessage(for message: String) -> String {
    if isInAnthropicWords(message) { return message }
    guard let (tokens, maximum) = numbers(in: message) else {
      return "prompt is too long: \(message)"
    }
    return "prompt is too long: \(tokens) tokens > \(maximum) maximum"
  }

  /// The tokens of the prompt and the most that fit: the largest number, and the first smaller one
  /// that stands behind a word for a limit.
  private static func numbers(in message: String) -> (tokens: Int, maximum: Int)? {
    var all: [Int] = []
    var limits: [Int] = []
    var words = ArraySlice<Substring>()
    for word in message.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      // Ids and dates are numbers too; a count of tokens is neither tiny nor endless.
      if let number = Int(word), (64...1_000_000_000).contains(number) {
        all.append(number)
        if words.contains(where: limitWords.contains) { limits.append(number) }
        words = []
      } else {
        words.append(word)
      }
    }
    guard let tokens = all.max() else { return nil }
    let maximum = limits.first { $0 < tokens } ?? all.first { $0 < tokens }
    return maximum.map { (tokens, $0) }
  }

  private static let limitWords: Set<Substring> = [
    "maximum", "max", "limit", "limited", "window", "context", "ctx", "up",
  ]
}
