/// Writes a failure as Chat clients expect it.
enum ChatFailureEncoder {
  /// The upstream's own words stand when they are in this language.
  static func encode(_ failure: Failure) -> [UInt8] {
    if let verbatim = failure.verbatim, isNative(verbatim) { return verbatim }
    var writer = JSONWriter(reserving: 256)
    writer.object {
      $0.name("error")
      $0.object {
        $0.member("message", failure.message)
        $0.member("type", type(of: failure))
        $0.name("param")
        if let parameter = failure.parameter { $0.string(parameter) } else { $0.null() }
        $0.name("code")
        if let code = failure.code ?? code(of: failure) { $0.string(code) } else { $0.null() }
      }
    }
    return writer.bytes
  }

  /// Whether it is an object with an error of Chat's, not of another language.
  private static func isNative(_ body: [UInt8]) -> Bool {
    guard let root = try? JSONDocument(body).root, root.kind == .object else { return false }
    return root["error"] != nil && root["choices"] == nil
      && root["type"]?.text?.equals("error") != true
  }

  private static func type(of failure: Failure) -> String {
    switch failure.kind {
    case .billing: "insufficient_quota"
    case .permission: "permission_error"
    case .rateLimited: "rate_limit_error"
    case .timeout, .overloaded, .unreachable, .cut, .upstream, .internal: "server_error"
    case .invalidRequest, .authentication, .notFound, .methodNotAllowed, .tooLarge,
      .contextOverflow, .contentFiltered:
      failure.status >= 500 ? "server_error" : "invalid_request_error"
    }
  }

  /// The code that OpenAI's clients look for.
  private static func code(of failure: Failure) -> String? {
    switch failure.kind {
    case .authentication: "invalid_api_key"
    case .billing: "insufficient_quota"
    case .rateLimited: "rate_limit_exceeded"
    case .contextOverflow: "context_length_exceeded"
    case .contentFiltered: "content_filter"
    case .overloaded: "server_is_overloaded"
    case .timeout: "timeout"
    case .cut: "upstream_cut"
    case .permission, .invalidRequest, .notFound, .methodNotAllowed, .tooLarge, .unreachable,
      .upstream, .internal:
      nil
    }
  }
}
