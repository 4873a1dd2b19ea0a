/// Why an exchange, or an attempt, did not succeed: what, whose fault, and whether to try again.
///
/// Nothing else decides status codes or retries. `message` is safe to show to the client.
package struct Failure: Error, Sendable {
  package enum Kind: String, Sendable {
    case invalidRequest = "bad_request"
    case authentication = "auth"
    case billing = "quota"
    case permission
    case notFound = "not_found"
    case methodNotAllowed = "method"
    case tooLarge = "too_large"
    case contextOverflow = "context_length"
    case contentFiltered = "content_filter"
    case rateLimited = "rate_limit"
    case timeout
    case overloaded
    case unreachable = "connect"
    case cut = "upstream_cut"
    case upstream = "upstream_5xx"
    case `internal`
  }

  package enum Origin: String, Sendable {
    case client, proxy, upstream
  }

  package enum Retry: Sendable, Equatable {
    case never
    case otherDeployment
    case sameDeployment
  }

  package var kind: Kind
  package var origin: Origin
  package var retry: Retry
  /// The status the client sees.
  package var status: Int
  package var message: String
  /// The vendor's own code and parameter name, kept for clients that match them.
  package var code: String?
  package var parameter: String?
  package var retryAfterSeconds: Int?
  /// The upstream's own error body, for a client of the same language.
  package var verbatim: [UInt8]?

  package init(
    _ kind: Kind, origin: Origin, status: Int, retry: Retry = .never, _ message: String,
    code: String? = nil, parameter: String? = nil, retryAfterSeconds: Int? = nil,
    verbatim: [UInt8]? = nil
  ) {
    self.kind = kind
    self.origin = origin
    self.retry = retry
    self.status = status
    self.message = message
    self.code = code
    self.parameter = parameter
    self.retryAfterSeconds = retryAfterSeconds
    self.verbatim = verbatim
  }

  /// A request that the client has to change.
  package static func invalid(_ message: String, parameter: String? = nil) -> Failure {
    Failure(.invalidRequest, origin: .client, status: 400, message, parameter: parameter)
  }

  /// A conversation of which a language can say nothing, such as one whose only parts are unknown.
  static func nothingToSay(in language: String) -> Failure {
    .invalid("The conversation has no message that can be said in \(language) language.")
  }

  /// A reply that broke off before its end.
  package static func cut(_ message: String) -> Failure {
    Failure(.cut, origin: .upstream, status: 502, retry: .sameDeployment, message)
  }
}
