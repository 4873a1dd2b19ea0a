/// Reads Google's refusals.
enum GeminiFailureDecoder {
  /// A refusal that came as an HTTP status.
  static func decode(status: Int, _ body: [UInt8]) -> Failure {
    var tape = JSONTape()
    guard (try? tape.parse(body[...])) != nil, let error = error(in: ChatNode(tape, body[...]))
    else {
      return failure(
        GeminiErrorWords(message: "The upstream answered \(status) without saying why."),
        status: status, verbatim: nil)
    }
    return failure(GeminiErrorWords(error), status: status, verbatim: body)
  }

  /// A refusal inside a 200; its own code says what the status would have been.
  static func decode(_ node: ChatNode) -> Failure {
    guard let error = error(in: node) else {
      return .brokenGemini("The upstream reported an error without a message.")
    }
    let words = GeminiErrorWords(error)
    return failure(words, status: words.impliedStatus, verbatim: Array(node.raw.bytes))
  }

  /// The error of an object, or of a list of one.
  private static func error(in root: ChatNode) -> ChatNode? {
    var root = root
    if root.kind == .array {
      guard let first = root.elements.map({ $0 }).first else { return nil }
      root = first
    }
    guard let error = root["error"], error.kind == .object || error.kind == .string else {
      return nil
    }
    return error
  }

  private static func failure(
    _ words: GeminiErrorWords, status: Int, verbatim: [UInt8]?
  ) -> Failure {
    let kind = kind(words, status)
    let shown = kind == .contextOverflow ? 400 : status < 400 ? 502 : status
    return Failure(
      kind, origin: .upstream, status: shown, retry: retry(kind, words), words.message,
      code: words.status, retryAfterSeconds: words.retryAfterSeconds, verbatim: verbatim)
  }

  private static func kind(_ words: GeminiErrorWords, _ status: Int) -> Failure.Kind {
    if words.speaksOfContext, status == 400 || status == 413 || status == 500 {
      return .contextOverflow
    }
    if words.speaksOfKey, status == 400 || status == 401 { return .authentication }
    if words.speaksOfBilling, [400, 403, 429].contains(status) { return .billing }
    return switch status {
    case 401: .authentication
    case 402: .billing
    case 403: .permission
    case 404: .notFound
    case 405: .methodNotAllowed
    case 408, 499, 504: .timeout
    case 413: .tooLarge
    case 429: .rateLimited
    case 503, 529: .overloaded
    case 500..., ..<400: .upstream
    default: .invalidRequest
    }
  }

  private static func retry(
    _ kind: Failure.Kind, _ words: GeminiErrorWords
  ) -> Failure.Retry {
    switch kind {
    case .rateLimited, .timeout, .overloaded, .upstream: .sameDeployment
    case .billing, .authentication, .permission, .notFound: .otherDeployment
    // What this place or project may not do, another may.
    case .invalidRequest where words.status == "FAILED_PRECONDITION": .otherDeployment
    default: .never
    }
  }
}

/// What an error body says.
struct GeminiErrorWords {
  private static let longest = 4000

  var message: String
  /// Google's word for the kind of error.
  var status: String?
  private(set) var code: Int?
  private(set) var retryAfterSeconds: Int?
  private var reasons: [String] = []

  init(message: String) {
    self.message = message
  }

  init(_ error: ChatNode) {
    let said = error.text?.string ?? error["message"]?.text?.string
    message = said.map { String($0.prefix(Self.longest)) } ?? "The upstream did not say why."
    status = error["status"]?.text?.string
    code = error["code"]?.integer
    for detail in error["details"].map({ Array($0.elements) }) ?? [] {
      if let reason = detail["reason"]?.text?.string { reasons.append(reason) }
      if let delay = detail["retryDelay"]?.text?.string {
        retryAfterSeconds = RetryHint.seconds(in: "retry in \(delay)")
      }
    }
    retryAfterSeconds = retryAfterSeconds ?? RetryHint.seconds(in: message)
  }

  var speaksOfContext: Bool {
    let text = message.lowercased()
    return text.contains("input token count")
      || text.contains("exceeds the maximum number of tokens")
      || text.contains("input context is too long") || ContextOverflow.isDescribed(by: message)
  }

  var speaksOfKey: Bool {
    reasons.contains { $0.hasPrefix("API_KEY_") } || message.contains("API key not valid")
      || message.contains("API key expired")
  }

  var speaksOfBilling: Bool {
    reasons.contains("BILLING_DISABLED") || message.contains("enable billing")
      || message.contains("credits are depleted")
  }

  /// The status that the error would have had, had it come in time.
  var impliedStatus: Int {
    if let code, (400...599).contains(code) { return code }
    return switch status {
    case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": 400
    case "UNAUTHENTICATED": 401
    case "PERMISSION_DENIED": 403
    case "NOT_FOUND": 404
    case "ABORTED", "ALREADY_EXISTS": 409
    case "RESOURCE_EXHAUSTED": 429
    case "CANCELLED": 499
    case "INTERNAL", "UNKNOWN", "DATA_LOSS": 500
    case "UNIMPLEMENTED": 501
    case "UNAVAILABLE": 503
    case "DEADLINE_EXCEEDED": 504
    default: 502
    }
  }
}
