internal import Dialects
internal import Transport

/// Why there is no grant, and what the operator can do.
struct CredentialFault: Error, Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Nothing that could be used is configured, or it cannot be read.
    case missing
    /// Whoever gives out tokens said no.
    case refused
    /// Whoever gives out tokens was not reached, or made no sense.
    case unreachable
  }

  var kind: Kind
  /// Never with a secret, a token or an assertion.
  var what: String
  var remedy: String

  init(_ kind: Kind, _ what: String, remedy: String) {
    self.kind = kind
    self.what = what
    self.remedy = remedy
  }

  /// The failure of the attempt that needed the grant; another deployment may have one.
  func failure(backend: String) -> Failure {
    let message = "backend `\(backend)`: \(what); \(remedy)"
    switch kind {
    case .missing, .refused:
      return Failure(
        .authentication, origin: .proxy, status: 502, retry: .otherDeployment, message)
    case .unreachable:
      return Failure(
        .unreachable, origin: .upstream, status: 502, retry: .otherDeployment, message)
    }
  }
}
