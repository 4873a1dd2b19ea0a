/// The exceptions of a Bedrock stream, and the error types by which Anthropic tells the same.
enum InvokeFault {
  private struct Pair {
    var exception: StaticString
    var type: StaticString
  }

  /// The first pair that fits counts, in both directions.
  private static let pairs = [
    Pair(exception: "throttlingException", type: "rate_limit_error"),
    Pair(exception: "serviceUnavailableException", type: "overloaded_error"),
    Pair(exception: "modelTimeoutException", type: "timeout_error"),
    Pair(exception: "validationException", type: "invalid_request_error"),
    Pair(exception: "validationException", type: "request_too_large"),
    Pair(exception: "internalServerException", type: "api_error"),
    Pair(exception: "modelStreamErrorException", type: "api_error"),
    Pair(exception: "serviceQuotaExceededException", type: "rate_limit_error"),
    Pair(exception: "modelNotReadyException", type: "overloaded_error"),
    Pair(exception: "accessDeniedException", type: "permission_error"),
    Pair(exception: "resourceNotFoundException", type: "not_found_error"),
  ]

  /// Anthropic's error type for an exception; AWS spells the name with either case in front.
  static func type(of exception: ArraySlice<UInt8>) -> StaticString {
    knownType(of: exception) ?? "api_error"
  }

  /// Nil when the exception is none of these.
  static func knownType(of exception: ArraySlice<UInt8>) -> StaticString? {
    var name = Array(exception)
    if let first = name.first, first >= 0x41, first <= 0x5A { name[0] = first | 0x20 }
    for pair in pairs where name.span.equals(pair.exception) { return pair.type }
    return nil
  }

  /// The exception for an error type; only those that the stream's model has.
  static func exception(of type: JSONText) -> StaticString {
    for pair in pairs.prefix(6) where type.equals(pair.type) { return pair.exception }
    return "modelStreamErrorException"
  }
}
