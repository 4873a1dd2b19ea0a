/// Reads an upstream's refusal, whichever of the Chat servers wrote it.
enum ChatFailureDecoder {
  /// A refusal that came as an HTTP status.
  static func decode(status: Int, _ body: [UInt8]) -> Failure {
    var tape = JSONTape()
    guard (try? tape.parse(body[...])) != nil, let words = ChatErrorWords(ChatNode(tape, body[...]))
    else { return wordless(status, body) }
    return failure(status: status, words, verbatim: body)
  }

  /// A refusal inside a 200: its own code says what the status would have been.
  static func decode(_ node: ChatNode) -> Failure {
    guard let words = ChatErrorWords(node) else {
      return failure(
        status: 502, ChatErrorWords(message: "The upstream reported an error without a message."),
        verbatim: nil)
    }
    return failure(status: words.impliedStatus, words, verbatim: nil)
  }

  private static func failure(
    status: Int, _ words: ChatErrorWords, verbatim: [UInt8]?
  ) -> Failure {
    let kind = kind(status, words)
    return Failure(
      kind, origin: .upstream, status: kind == .contextOverflow ? 400 : status,
      retry: retry(kind, status), words.message, code: words.code, parameter: words.parameter,
      retryAfterSeconds: RetryHint.seconds(in: words.message), verbatim: verbatim)
  }

  private static func wordless(_ status: Int, _ body: [UInt8]) -> Failure {
    let text = String(decoding: body.prefix(200).drop { $0 <= 0x20 }, as: UTF8.self)
    let isPage = text.hasPrefix("<") || text.hasPrefix("{") || text.hasPrefix("[")
    let said = text.isEmpty ? "an empty body" : isPage ? "a body that is no error message" : nil
    let words = ChatErrorWords(
      message: said.map { "The upstream answered \(status) with \($0)." }
        ?? "The upstream answered \(status): \(text)")
    return failure(status: status, words, verbatim: nil)
  }

  private static func kind(_ status: Int, _ words: ChatErrorWords) -> Failure.Kind {
    if words.speaksOfContext, [400, 413, 422, 500].contains(status) { return .contextOverflow }
    if words.speaksOfQuota, status == 429 || status == 403 || status == 400 { return .billing }
    if words.speaksOfFilter, status == 400 || status == 403 { return .contentFiltered }
    if words.isOverload, status == 429 || status >= 500 { return .overloaded }
    return switch status {
    case 401: .authentication
    case 402: .billing
    case 403: .permission
    case 404: .notFound
    case 405: .methodNotAllowed
    case 408, 504, 524: .timeout
    case 413: .tooLarge
    case 429: .rateLimited
    case 503, 529: .overloaded
    case 500...: .upstream
    default: words.code == "model_not_found" ? .notFound : .invalidRequest
    }
  }

  private static func retry(_ kind: Failure.Kind, _ status: Int) -> Failure.Retry {
    switch kind {
    case .rateLimited, .timeout, .overloaded, .upstream: .sameDeployment
    // The account or its key will not get better by trying again; another one may be well.
    case .billing, .authentication, .permission, .notFound: .otherDeployment
    default: .never
    }
  }
}

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

/// Reads a waiting time out of an error message.
enum RetryHint {
  private static let openings = ["try again in ", "retry after ", "retry in "]

  /// Whole seconds, rounded up; nil when the message names no time.
  static func seconds(in message: String) -> Int? {
    let text = Array(message.lowercased().utf8)
    for opening in openings {
      let opening = Array(opening.utf8)
      guard let start = text.indices.first(where: { text[$0...].starts(with: opening) }) else {
        continue
      }
      if let milliseconds = milliseconds(text[(start + opening.count)...]) {
        return min((milliseconds + 999) / 1000, 86_400)
      }
    }
    return nil
  }

  /// Reads `1h2m3.5s`, `250ms`, `26 seconds`.
  private static func milliseconds(_ text: ArraySlice<UInt8>) -> Int? {
    var rest = text
    var total: Double?
    while true {
      let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ".") }
      guard !digits.isEmpty, digits.count < 12,
        let number = Double(String(decoding: digits, as: UTF8.self).trimmingFullStop)
      else { break }
      rest = rest.dropFirst(digits.count).drop { $0 == 0x20 }
      let unit = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
      rest = rest.dropFirst(unit.count)
      guard let factor = factor(String(decoding: unit, as: UTF8.self)) else { break }
      total = (total ?? 0) + number * factor
    }
    return total.map { Int(min($0, 1e12).rounded(.up)) }
  }

  private static func factor(_ unit: String) -> Double? {
    switch unit {
    case "ms", "millisecond", "milliseconds": 1
    case "s", "sec", "secs", "second", "seconds": 1000
    case "m", "min", "mins", "minute", "minutes": 60_000
    case "h", "hour", "hours": 3_600_000
    default: nil
    }
  }
}

extension String {
  /// The number before a sentence's end.
  fileprivate var trimmingFullStop: String {
    hasSuffix(".") ? String(dropLast()) : self
  }
}
