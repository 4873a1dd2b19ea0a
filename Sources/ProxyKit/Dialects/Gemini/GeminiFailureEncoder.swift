/// Writes a failure as Google's clients expect it; the error is the first member, by which they know
/// one inside a stream.
enum GeminiFailureEncoder {
  /// The upstream's own words stand when they are in this language.
  static func encode(_ failure: Failure) -> [UInt8] {
    if let verbatim = failure.verbatim, isNative(verbatim) { return verbatim }
    var writer = JSONWriter(reserving: 256)
    writer.object { writer in
      writer.name("error")
      writer.object { writer in
        writer.member("code", failure.status)
        writer.member("message", failure.message)
        writer.member("status", word: status(of: failure))
        writeDetails(of: failure, into: &writer)
      }
    }
    return writer.bytes
  }

  private static func isNative(_ body: [UInt8]) -> Bool {
    guard let root = try? JSONDocument(body).root, root.kind == .object else { return false }
    guard let error = root["error"], root.members.first(where: { _ in true })?.name == "error"
    else {
      return false
    }
    return error["status"]?.text != nil && error["code"]?.integer != nil
  }

  private static func writeDetails(of failure: Failure, into writer: inout JSONWriter) {
    guard let seconds = failure.retryAfterSeconds else { return }
    writer.name("details")
    writer.array { writer in
      writer.object { writer in
        writer.member("@type", word: "type.googleapis.com/google.rpc.RetryInfo")
        writer.member("retryDelay", "\(seconds)s")
      }
    }
  }

  private static func status(of failure: Failure) -> StaticString {
    switch failure.kind {
    case .invalidRequest, .methodNotAllowed, .tooLarge, .contextOverflow, .contentFiltered:
      "INVALID_ARGUMENT"
    case .authentication: "UNAUTHENTICATED"
    case .permission: "PERMISSION_DENIED"
    case .billing, .rateLimited: "RESOURCE_EXHAUSTED"
    case .notFound: "NOT_FOUND"
    case .timeout: "DEADLINE_EXCEEDED"
    case .overloaded, .unreachable, .cut: "UNAVAILABLE"
    case .upstream, .internal: "INTERNAL"
    }
  }
}
