/// Converse's words for why a reply ended.
enum ConverseStop {
  static func reason(_ word: JSONText, fields: JSONValue?) -> StopReason {
    if word.equals("end_turn") { return .endOfTurn }
    if word.equals("tool_use") { return .toolCalls }
    if word.equals("max_tokens") { return .maximumTokens }
    if word.equals("stop_sequence") { return .stopSequence(fields?["stop_sequence"]?.text) }
    if word.equals("guardrail_intervened") || word.equals("content_filtered") { return .refusal }
    if word.equals("model_context_window_exceeded") { return .contextExceeded }
    return .other(word)
  }

  /// What a client of the language can read; a reason that nobody here knows is the end of a turn.
  static func word(_ reason: StopReason) -> StaticString {
    switch reason {
    case .endOfTurn, .pause: "end_turn"
    case .toolCalls: "tool_use"
    case .maximumTokens: "max_tokens"
    case .stopSequence: "stop_sequence"
    case .refusal: "content_filtered"
    case .contextExceeded: "model_context_window_exceeded"
    case .other(let word):
      word.equals("malformed_model_output")
        ? "malformed_model_output"
        : word.equals("malformed_tool_use") ? "malformed_tool_use" : "end_turn"
    }
  }

  /// Members of a reply, or of the frames at its end, that the hub has no word for.
  static func recordLosses(of end: JSONValue, into events: inout [ReplyEvent]) {
    if end["trace"] != nil { events.append(.lost("trace")) }
    guard let fields = end["additionalModelResponseFields"] else { return }
    let others = fields.kind == .object ? fields.members(besides: ["stop_sequence"]) : []
    guard fields.kind != .object || others.contains(where: { !$0.value.isNull }) else { return }
    events.append(.lost("additional_model_response_fields"))
  }
}
