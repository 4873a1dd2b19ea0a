/// Reads an upstream's refusal, whichever of the Chat servers wrote it.
enum ChatFailureDecoder {
  /// A refusal that came as an HTTP status.
  static func decode(status: Int, _ body: [UInt8]) -> Failure {
    var tape = JSONTape()
    guard (try? tape.parse(body[...])) != nil, let words = ChatErrorWords(ChatNode(tape, body[...]))
    else { return wordless(status, body) }
    return failure(status: status, words, verbatim: body)
  }

  /// A refusal inside a 200: its own code says what the status would have been, and that it has
  /// words of its own says that whoever sees the stream's bytes was told already.
  static func decode(_ node: ChatNode) -> Failure {
    guard let words = ChatErrorWords(node) else {
      return failure(
        status: 502, ChatErrorWords(message: "The upstream reported an error without a message."),
        verbatim: Array(node.raw.bytes))
    }
    return failure(status: words.impliedStatus, words, verbatim: Array(node.raw.bytes))
  }

  private static func failure(
    status: Int, _ words: ChatErrorWords, verbatim: [UInt8]?
  ) -> Failure {
    let kind = kind(status, words)
    // A redirection is no answer for the client to act upon.
    let shown = kind == .contextOverflow ? 400 : status < 400 ? 502 : status
    return Failure(
      kind, origin: .upstream, status: shown,
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
    case 500..., ..<400: .upstream
    default: words.code == "model_not_found" ? .notFound : .invalidRequest
    }
  }

  private static func retry(_ kind: Failure.Kind, _ status: Int) -> Failure.Retry {
    switch kind {
    case .rateLimited, .timeout, .overloaded, .upstream: .sameDeployment
    // A conflict passes, as OpenAI's own clients assume.
    case .invalidRequest where status == 409: .sameDeployment
    // The account or its key will not get better by trying again; another one may be well.
    case .billing, .authentication, .permission, .notFound: .otherDeployment
    default: .never
    }
  }
}
