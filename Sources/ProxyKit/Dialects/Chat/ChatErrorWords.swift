/// What an error body says, wherever its server put it.
struct ChatErrorWords {
  var message: String
  var type: String?
  var code: String?
  var parameter: String?

  private static let longest = 4000

  init(message: String) {
    self.message = message
  }

  /// Nil when the value holds no error.
  init?(_ root: ChatNode) {
    if root.kind == .array {
      guard let first = root.elements.map({ $0 }).first else { return nil }
      self.init(first)
      return
    }
    guard root.kind == .object else { return nil }
    let error = root["error"] ?? root
    if let text = error.text {
      self.init(message: String(text.string.prefix(Self.longest)))
      code = Self.word(root["code"])
      type = Self.word(root["type"])
      return
    }
    guard let message = Self.message(error) ?? Self.message(root) else { return nil }
    self.init(message: String(message.prefix(Self.longest)))
    type = Self.word(error["type"])
    code = Self.word(error["code"])
    parameter = error["param"]?.text?.string
  }

  private static func message(_ error: ChatNode) -> String? {
    let said = error["message"] ?? error["detail"] ?? error["msg"] ?? error["error_msg"]
    guard let said else { return nil }
    guard let text = said.text?.string else {
      return said.elements.lazy.compactMap { $0["msg"]?.text?.string }.first
        ?? String(decoding: said.raw.bytes, as: UTF8.self)
    }
    // A router in front of other vendors (OpenRouter) keeps what the vendor said beside it.
    guard let raw = error["metadata"]?["raw"]?.text?.string, !raw.isEmpty else { return text }
    return text + ": " + raw
  }

  private static func word(_ node: ChatNode?) -> String? {
    guard let node else { return nil }
    return node.text?.string ?? node.integer.map { String($0) }
  }
}

/// What the words mean.
extension ChatErrorWords {
  private var lowercased: String { message.lowercased() }

  var speaksOfContext: Bool {
    if code == "context_length_exceeded" || type == "exceed_context_size_error" { return true }
    let text = lowercased
    // The prompt fits; it is the room asked for the answer that does not.
    if text.contains("max_tokens"), text.contains("too large") { return false }
    return ContextOverflow.isDescribed(by: message)
      || Self.contextPhrases.contains { text.contains($0) }
  }

  var speaksOfQuota: Bool {
    let words = [code, type]
    return words.contains("insufficient_quota") || words.contains("billing_hard_limit_reached")
      || words.contains("billing_not_active") || words.contains("insufficient_balance")
  }

  var speaksOfFilter: Bool {
    let words = [code, type]
    return words.contains("content_filter") || words.contains("content_policy_violation")
      || words.contains("ResponsibleAIPolicyViolation")
  }

  var isOverload: Bool {
    let words = [code, type]
    return words.contains("server_is_overloaded") || words.contains("overloaded_error")
      || words.contains("engine_overloaded") || words.contains("slow_down")
  }

  /// The status that the error would have had, had it come in time.
  var impliedStatus: Int {
    if let number = code.flatMap({ Int($0) }), (400...599).contains(number) { return number }
    if speaksOfContext || speaksOfFilter { return 400 }
    if speaksOfQuota { return 429 }
    if isOverload { return 503 }
    return switch (type ?? "", code ?? "") {
    case (_, "rate_limit_exceeded"), ("rate_limit_error", _), ("tokens", _), ("requests", _): 429
    case (_, "invalid_api_key"), ("authentication_error", _): 401
    case ("permission_error", _): 403
    case (_, "model_not_found"), ("not_found_error", _): 404
    case ("invalid_request_error", _), ("BadRequestError", _): 400
    case ("timeout_error", _), (_, "timeout"): 504
    case ("server_error", _), ("api_error", _), ("internal_server_error", _): 500
    default: 502
    }
  }

  /// How the servers say that the conversation does not fit.
  private static let contextPhrases = [
    "context size", "available context", "exceeds the context", "maximum prompt length",
    "longer than the maximum model", "input token count", "reduce the length of",
    "input length exceeds",
  ]
}
