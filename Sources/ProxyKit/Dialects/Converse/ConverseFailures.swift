/// Bedrock's refusals, read and written.
///
/// The name of the exception stands in the header `x-amzn-ErrorType`, or in a frame's header; the
/// body has nothing but a message.
package enum ConverseFailures {
  /// An exception of the service, what it means, and whether a stream may hold it.
  private struct Exception {
    let name: StaticString
    let status: Int
    let kind: Failure.Kind
    let retry: Failure.Retry
    /// How a stream spells it.
    var inStream: StaticString?
  }

  private static let exceptions = [
    Exception(
      name: "ValidationException", status: 400, kind: .invalidRequest, retry: .never,
      inStream: "validationException"),
    Exception(
      name: "ThrottlingException", status: 429, kind: .rateLimited, retry: .sameDeployment,
      inStream: "throttlingException"),
    Exception(
      name: "InternalServerException", status: 500, kind: .upstream, retry: .sameDeployment,
      inStream: "internalServerException"),
    Exception(
      name: "ServiceUnavailableException", status: 503, kind: .overloaded, retry: .sameDeployment,
      inStream: "serviceUnavailableException"),
    Exception(
      name: "ModelStreamErrorException", status: 424, kind: .upstream, retry: .sameDeployment,
      inStream: "modelStreamErrorException"),
    Exception(
      name: "ModelErrorException", status: 424, kind: .upstream, retry: .sameDeployment),
    Exception(
      name: "ModelTimeoutException", status: 408, kind: .timeout, retry: .sameDeployment),
    Exception(
      name: "ModelNotReadyException", status: 429, kind: .overloaded, retry: .sameDeployment),
    Exception(
      name: "AccessDeniedException", status: 403, kind: .permission, retry: .otherDeployment),
    Exception(
      name: "ResourceNotFoundException", status: 404, kind: .notFound, retry: .otherDeployment),
    Exception(
      name: "ServiceQuotaExceededException", status: 400, kind: .rateLimited,
      retry: .otherDeployment),
    Exception(
      name: "ConflictException", status: 409, kind: .invalidRequest, retry: .sameDeployment),
  ]

  /// What AWS says before it looks at a request.
  private static let credentialFaults: [StaticString] = [
    "UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException",
    "IncompleteSignatureException", "MissingAuthenticationTokenException",
    "InvalidClientTokenIdException",
  ]

  /// All that an exception may tell.
  private static let members: [StaticString] = [
    "message", "Message", "__type", "originalStatusCode", "originalMessage", "resourceName",
  ]

  /// Reads the body of a reply whose status is no success; `exception` is its header's value.
  package static func decode(status: Int, exception: String?, _ body: [UInt8]) -> Failure {
    let root = (try? JSONDocument(body))?.root
    let type = exception ?? root?["__type"]?.string
    let message =
      message(in: root) ?? root?["error"]?["message"]?.string
      ?? "the upstream answered \(status) without saying why"
    return failure(
      status: status, exception: type.map(plainName), message: message,
      verbatim: isNative(root) ? body : nil)
  }

  /// Reads an exception inside a stream, or an error of the stream itself.
  static func inStream(_ frame: EventStreamFrame) -> Failure {
    let header = frame.text(":exception-type") ?? frame.text(":error-code")
    let name = header.map { plainName(String(decoding: $0, as: UTF8.self)) }
    let root = (try? JSONDocument(frame.payload))?.root
    var message = message(in: root) ?? root?["originalMessage"]?.string
    if message == nil, let text = frame.text(":error-message"), !text.isEmpty {
      message = String(decoding: text, as: UTF8.self)
    }
    let known = name.flatMap(find)
    return failure(
      status: known?.status ?? 500, exception: name,
      message: message ?? "the upstream broke its answer off with an error",
      verbatim: isNative(root) ? Array(frame.payload) : nil)
  }

  /// `com.amazon.coral.service#ThrottlingException:http://…` is `ThrottlingException`.
  private static func plainName(_ type: String) -> String {
    var name = type.prefix { $0 != ":" }
    if let hash = name.lastIndex(of: "#") { name = name[name.index(after: hash)...] }
    guard let first = name.utf8.first, first >= 0x61, first <= 0x7A else { return String(name) }
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private static func find(_ name: String) -> Exception? {
    exceptions.first { "\($0.name)" == name }
  }

  private static func message(in root: JSONValue?) -> String? {
    root?["message"]?.string ?? root?["Message"]?.string
  }

  private static func failure(
    status: Int, exception: String?, message: String, verbatim: [UInt8]?
  ) -> Failure {
    let known = exception.flatMap(find)
    var (kind, retry) = known.map { ($0.kind, $0.retry) } ?? judgement(status: status)
    var shown = status
    if isCredentialFault(exception, message) {
      (kind, retry) = (.authentication, .otherDeployment)
    } else if kind == .invalidRequest, isUnknownModel(message) {
      (kind, retry, shown) = (.notFound, .otherDeployment, 404)
    } else if kind == .invalidRequest, isOverflow(message) {
      (kind, retry, shown) = (.contextOverflow, .never, 400)
    } else if kind == .upstream, status < 500 {
      shown = 502
    } else if kind == .rateLimited {
      shown = 429
    }
    return Failure(
      kind, origin: .upstream, status: shown, retry: retry, message, code: exception,
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
    case 424: (.upstream, .sameDeployment)
    case 429: (.rateLimited, .sameDeployment)
    case 503: (.overloaded, .sameDeployment)
    case 400..<500: (.invalidRequest, .never)
    default: (.upstream, .sameDeployment)
    }
  }

  private static func isCredentialFault(_ exception: String?, _ message: String) -> Bool {
    guard let exception else { return message.contains("security token included in the request") }
    return credentialFaults.contains { "\($0)" == exception }
  }

  /// Bedrock calls a model that it does not have, or not in this way, an invalid request.
  private static func isUnknownModel(_ message: String) -> Bool {
    message.contains("model identifier is invalid") || message.contains("on-demand throughput")
  }

  private static func isOverflow(_ message: String) -> Bool {
    ContextOverflow.isDescribed(by: message)
      || message.lowercased().contains("too many total text bytes")
  }

  /// Whether the body is an error in Bedrock's own shape.
  private static func isNative(_ root: JSONValue?) -> Bool {
    guard let root, root.kind == .object, message(in: root) != nil else { return false }
    return root.members(besides: members).isEmpty
  }

  /// Writes a failure; the upstream's own words stand when they are in this language.
  static func encode(_ failure: Failure) -> [UInt8] {
    if let verbatim = failure.verbatim, isNative((try? JSONDocument(verbatim))?.root) {
      return verbatim
    }
    var writer = JSONWriter(reserving: failure.message.utf8.count + 32)
    writer.object { $0.member("message", message(of: failure)) }
    return writer.bytes
  }

  /// Clients compact a conversation when they read that it does not fit.
  private static func message(of failure: Failure) -> String {
    guard failure.kind == .contextOverflow,
      !failure.message.lowercased().contains("input is too long")
    else { return failure.message }
    return "Input is too long for requested model. \(failure.message)"
  }

  /// The value of `x-amzn-ErrorType`, by which the SDKs tell one exception from another.
  package static func exceptionName(for failure: Failure) -> String {
    if let code = failure.code.map(plainName) {
      if find(code) != nil { return code }
      if credentialFaults.contains(where: { "\($0)" == code }) { return code }
    }
    return "\(exception(for: failure.kind))"
  }

  private static func exception(for kind: Failure.Kind) -> StaticString {
    switch kind {
    case .invalidRequest, .methodNotAllowed, .tooLarge, .contextOverflow, .contentFiltered:
      "ValidationException"
    case .authentication: "UnrecognizedClientException"
    case .permission: "AccessDeniedException"
    case .notFound: "ResourceNotFoundException"
    case .billing: "ServiceQuotaExceededException"
    case .rateLimited: "ThrottlingException"
    case .timeout: "ModelTimeoutException"
    case .overloaded, .unreachable: "ServiceUnavailableException"
    case .cut: "ModelStreamErrorException"
    case .upstream, .internal: "InternalServerException"
    }
  }

  /// Writes the frame that ends a stream badly; only some exceptions may stand in one.
  static func writeException(_ failure: Failure, into out: inout [UInt8]) {
    let known = find(exceptionName(for: failure))
    let name = known?.inStream ?? "modelStreamErrorException"
    let body = encode(failure)
    EventStreamWriter.exception(name, to: &out) { $0.append(contentsOf: body) }
  }
}
