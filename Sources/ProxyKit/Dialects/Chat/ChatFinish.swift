/// The two meanings of a `finish_reason`: the reply ended, or it broke off.
enum ChatFinish {
  case end(StopReason)
  case failed(Failure)

  /// Reads a `finish_reason`; tool calls outrank a plain stop, which some servers send with them.
  init(_ reason: JSONText?, hasCalls: Bool) {
    let plain: StopReason = hasCalls ? .toolCalls : .endOfTurn
    switch reason?.string {
    case nil, "stop", "tool_calls", "function_call", "eos", "eos_token", "end_turn":
      self = .end(plain)
    case "length", "max_tokens", "model_length": self = .end(.maximumTokens)
    case "content_filter", "sensitive", "safety": self = .end(.refusal)
    case "error", "network_error":
      self = .failed(
        Failure(
          .upstream, origin: .upstream, status: 502, retry: .sameDeployment,
          "The upstream reported an error in the middle of its answer."))
    case "insufficient_system_resource":
      self = .failed(
        Failure(
          .overloaded, origin: .upstream, status: 503, retry: .sameDeployment,
          "The upstream broke off its answer because it is overloaded."))
    case "abort":
      self = .failed(.cut("The upstream broke off its answer."))
    case .some:
      self = .end(hasCalls ? .toolCalls : .other(reason ?? .empty))
    }
  }

  /// The `finish_reason` of a reply that ended so.
  static func word(for reason: StopReason, hasCalls: Bool) -> StaticString {
    switch reason {
    case .endOfTurn, .stopSequence, .pause: "stop"
    case .maximumTokens, .contextExceeded: "length"
    case .toolCalls: "tool_calls"
    case .refusal: "content_filter"
    case .other: hasCalls ? "tool_calls" : "stop"
    }
  }
}
