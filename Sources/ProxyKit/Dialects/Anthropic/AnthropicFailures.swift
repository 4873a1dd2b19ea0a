/// Anthropic's refusals, read and written.
///
/// The status decides what a refusal is; the type in the body only where the status says little
/// (inside a stream, or 400 and 429, which stand for several things).
enum AnthropicFailures {
  /// Reads the body of a reply whose status is no success.
  static func decode(status: Int, _ body: [UInt8]) -> Failure {
    guard let root = try? JSONDocument(body).root, let error = root["error"] else {
      return failure(
        status: status, type: nil, message: "the upstream answered \(status) without saying why",
        verbatim: nil)
    }
    let message =
      error["message"]?.string ?? error.string
      ?? "the upstream answered \(status) without saying why"
    return failure(
      status: status, type: error["type"]?.text, message: message,
      verbatim: isNative(root) ? body : nil)
  }

  /// Reads the `error` event of a stream that began well.
  static func inStream(_ event: JSONValue) -> Failure {
    let error = event["error"]
    let type = error?["type"]?.text
    return failure(
      status: type.map(status(of:)) ?? 500, type: type,
      message: error?["message"]?.string ?? "the upstream broke its answer off with an error",
      verbatim: Array(event.raw.bytes))
  }

  private static func failure(
    status: Int, type: JSONText?, message: String, verbatim: [UInt8]?
  ) -> Failure {
    var (kind, retry) = judgement(status: status)
    var shown = status
    var verbatim = verbatim
    if type?.equals("billing_error") == true || message.contains("credit balance is too low") {
      (kind, retry) = (.billing, .otherDeployment)
    } else if kind == .invalidRequest, ContextOverflow.isDescribed(by: message) {
      (kind, retry) = (.contextOverflow, .never)
      shown = 400
      // Bedrock has other words for it than clients look for.
      if !ContextOverflow.isInAnthropicWords(message) { verbatim = nil }
    }
    return Failure(
      kind, origin: .upstream, status: shown, retry: retry, message, code: type?.string,
      verbatim: verbatim)
  }

  private static func judgement(status: Int) -> (Failure.Kind, Failure.Retry) {
    switch status {
    case 401: (.authentication, .otherDeployment)
    case 402: (.billing, .otherDeployment)
    case 403: (.permission, .otherDeployment)
    case 404: (.notFound, .otherDeployment)
    case 405: (.methodNotAllowed, .never)
    case 408, 504: (.timeout, .sameDeployment)
    case 409: (.invalidRequest, .sameDeployment)
    case 413: (.tooLarge, .never)
    case 429: (.rateLimited, .sameDeployment)
    case 503, 529: (.overloaded, .sameDeployment)
    case 400..<500: (.invalidRequest, .never)
    default: (.upstream, .sameDeployment)
    }
  }

  /// The status that an upstream would have sent with an error of this type.
  private static func status(of type: JSONText) -> Int {
    if type.equals("overloaded_error") { return 529 }
    if type.equals("rate_limit_error") { return 429 }
    if type.equals("invalid_request_error") { return 400 }
    if type.equals("timeout_error") { return 504 }
    if type.equals("authentication_error") { return 401 }
    if type.equals("billing_error") { return 402 }
    if type.equals("permission_error") { return 403 }
    if type.equals("not_found_error") { return 404 }
    if type.equals("request_too_large") { return 413 }
    return 500
  }

  /// Whether the body is an error in Anthropic's own shape.
  private static func isNative(_ root: JSONValue) -> Bool {
    root["type"]?.text?.equals("error") == true && root["error"]?["type"]?.text != nil
  }

  /// Writes a failure; the upstream's own words stand when they are in this language.
  static func encode(_ failure: Failure, requestID: String) -> [UInt8] {
    if let verbatim = failure.verbatim, let root = try? JSONDocument(verbatim).root,
      isNative(root)
    {
      return verbatim
    }
    var writer = JSONWriter(reserving: failure.message.utf8.count + 128)
    writer.object { writer in
      writer.member("type", word: "error")
      writer.name("error")
      writer.object { writer in
        writer.member("type", word: type(of: failure))
        writer.member("message", message(of: failure))
      }
      writer.member("request_id", requestID)
    }
    return writer.bytes
  }

  private static func type(of failure: Failure) -> StaticString {
    switch failure.kind {
    case .invalidRequest, .methodNotAllowed, .contextOverflow, .contentFiltered:
      "invalid_request_error"
    case .authentication: "authentication_error"
    case .billing: "billing_error"
    case .permission: "permission_error"
    case .notFound: "not_found_error"
    case .tooLarge: "request_too_large"
    case .rateLimited: "rate_limit_error"
    case .timeout: "timeout_error"
    case .overloaded: "overloaded_error"
    case .unreachable, .cut, .upstream, .internal: "api_error"
    }
  }

  /// Clients compact a conversation when, and only when, they read these words.
  private static func message(of failure: Failure) -> String {
    guard failure.kind == .contextOverflow else { return failure.message }
    return ContextOverflow.anthropicMessage(for: failure.message)
  }
}
