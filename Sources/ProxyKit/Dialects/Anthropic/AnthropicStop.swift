/// Anthropic's words for why a reply ended.
enum AnthropicStop {
  static func reason(_ word: JSONText, sequence: JSONText?) -> StopReason {
    if word.equals("end_turn") { return .endOfTurn }
    if word.equals("tool_use") { return .toolCalls }
    if word.equals("max_tokens") { return .maximumTokens }
    if word.equals("stop_sequence") { return .stopSequence(sequence) }
    if word.equals("refusal") { return .refusal }
    if word.equals("pause_turn") { return .pause }
    if word.equals("model_context_window_exceeded") { return .contextExceeded }
    return .other(word)
  }

  /// What a client of the language can read; a reason that nobody here knows is the end of a turn.
  static func word(_ reason: StopReason) -> StaticString {
    switch reason {
    case .endOfTurn: "end_turn"
    case .toolCalls: "tool_use"
    case .maximumTokens: "max_tokens"
    case .stopSequence: "stop_sequence"
    case .refusal: "refusal"
    case .pause: "pause_turn"
    case .contextExceeded: "model_context_window_exceeded"
    case .other(let word): word.equals("compaction") ? "compaction" : "end_turn"
    }
  }

  /// The reason that fits what the reply holds, whatever a careless upstream said.
  static func fitting(
    _ reason: StopReason, hasToolCalls: Bool, hasRefusal: Bool
  ) -> StopReason {
    guard reason == .endOfTurn else { return reason }
    if hasToolCalls { return .toolCalls }
    return hasRefusal ? .refusal : reason
  }
}

extension AnthropicStop {
  /// Writes the members that tell why a reply ended.
  static func write(_ reason: StopReason, into out: inout [UInt8]) {
    out.append("\"stop_reason\":\"")
    out.append(word(reason))
    out.append("\",\"stop_sequence\":")
    if case .stopSequence(let sequence?) = reason {
      out.append("\"")
      out.append(contentsOf: sequence.bytes)
      out.append("\"")
    } else {
      out.append("null")
    }
    // Nobody but Anthropic says why its own model refused.
    if reason == .refusal {
      out.append(
        ",\"stop_details\":{\"type\":\"refusal\",\"category\":null,\"explanation\":null}")
    }
  }
}
