/// The two meanings of a `finishReason`: the reply ended, or it broke off.
enum GeminiFinish {
  case end(StopReason)
  case failed(Failure)

  init(_ reason: JSONText, _ message: JSONText?, hasCalls: Bool) {
    let word = reason.string
    switch word {
    case "STOP", "FINISH_REASON_UNSPECIFIED": self = .end(hasCalls ? .toolCalls : .endOfTurn)
    case "MAX_TOKENS", "CONTINUATION": self = .end(.maximumTokens)
    case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
      "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION",
      "PUP_LIMITED_DISABLED":
      self = .end(.refusal)
    case "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL":
      // The same question mostly gets a better answer the next time.
      self = .failed(
        Failure(
          .upstream, origin: .upstream, status: 502, retry: .sameDeployment,
          Self.told("The model wrote what cannot be read", word, message), code: word))
    case "MISSING_THOUGHT_SIGNATURE":
      self = .failed(
        Failure(
          .invalidRequest, origin: .upstream, status: 400,
          Self.told("The request lacks a thought signature", word, message), code: word))
    default: self = .end(.other(reason))
    }
  }

  private static func told(_ what: String, _ word: String, _ message: JSONText?) -> String {
    "\(what) (\(word))" + (message.map { ": \($0.string)" } ?? ".")
  }

  /// The `finishReason` of a reply that ended so.
  static func word(for reason: StopReason) -> StaticString {
    switch reason {
    case .endOfTurn, .stopSequence, .pause, .toolCalls: "STOP"
    case .maximumTokens, .contextExceeded: "MAX_TOKENS"
    case .refusal: "SAFETY"
    case .other(let word): known.first { word.equals($0) } ?? "STOP"
    }
  }

  /// Reasons of Google's own that the hub has no word for.
  private static let known: [StaticString] = [
    "LANGUAGE", "OTHER", "TOO_MANY_TOOL_CALLS", "NO_IMAGE", "IMAGE_OTHER",
  ]
}
