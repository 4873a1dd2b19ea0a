/// Failures inside a reply that began well.
enum ResponsesFailures {
  /// Reads an `error` event, or a body that is nothing but an error.
  static func read(_ event: ChatNode) -> Failure {
    judged(ChatFailureDecoder.decode(event["error"] ?? event))
  }

  /// Reads a response that failed.
  static func read(failed response: ChatNode?) -> Failure {
    guard let error = response?["error"] else {
      return broken("The upstream reported that its answer failed without saying why.")
    }
    return judged(ChatFailureDecoder.decode(error))
  }

  /// An answer that does not speak the language it was asked in.
  static func broken(_ message: String) -> Failure {
    Failure(.upstream, origin: .upstream, status: 502, retry: .sameDeployment, message)
  }

  /// The code of a failure inside a stream, as clients look for it.
  static func code(of failure: Failure) -> String {
    switch failure.kind {
    case .rateLimited: "rate_limit_exceeded"
    case .billing: "insufficient_quota"
    case .contextOverflow: "context_length_exceeded"
    case .overloaded: "server_is_overloaded"
    case .contentFiltered: "content_filter"
    case .invalidRequest, .tooLarge: "invalid_prompt"
    case .authentication, .permission, .notFound, .methodNotAllowed, .timeout, .unreachable,
      .cut, .upstream, .internal:
      "server_error"
    }
  }

  /// What is wrong, and when to try again, which clients read from the sentence.
  static func message(of failure: Failure) -> String {
    guard failure.kind == .rateLimited, let seconds = failure.retryAfterSeconds,
      RetryHint.seconds(in: failure.message) == nil
    else { return failure.message }
    return failure.message + " Please try again in \(seconds)s."
  }

  /// Codes that are this language's own.
  private static func judged(_ failure: Failure) -> Failure {
    guard let code = failure.code, failure.kind == .upstream else { return failure }
    var failure = failure
    switch code {
    case "invalid_prompt", "data_residency_mismatch", "invalid_request_error":
      (failure.kind, failure.status, failure.retry) = (.invalidRequest, 400, .never)
    case "bio_policy", "cyber_policy", "misalignment_policy_violation",
      "image_content_policy_violation":
      (failure.kind, failure.status, failure.retry) = (.contentFiltered, 400, .never)
    case "server_error": failure.status = 500
    case "vector_store_timeout":
      (failure.kind, failure.status) = (.timeout, 504)
    default:
      let isImage = code.contains("image")
      if isImage { (failure.kind, failure.status, failure.retry) = (.invalidRequest, 400, .never) }
    }
    return failure
  }
}
