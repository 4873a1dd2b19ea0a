internal import Dialects

/// Why a token does not open the gate.
enum TokenFault: Error, Sendable, Equatable {
  /// It is no token, or says something that no token may say.
  case malformed(String)
  case unknownIssuer
  case unknownKey
  case forged
  case expired
  case notYet
  case wrongAudience
  case claim(String)
  /// Its bearer is known and may do nothing.
  case noTerms
  /// Nobody can tell now whether it is good.
  case unavailable(String)

  /// What the caller is told; nothing of the token is in it.
  var failure: Failure {
    switch self {
    case .unavailable(let reason):
      Failure(
        .unreachable, origin: .proxy, status: 503,
        "tokens cannot be checked now, since the keys of their issuer are missing: \(reason)",
        code: "issuer_unavailable", retryAfterSeconds: 5)
    case .noTerms:
      Failure(
        .permission, origin: .client, status: 403,
        "this token is good, but none of its groups may call", code: "group_not_allowed")
    default:
      Failure(
        .authentication, origin: .client, status: 401, "this token \(sentence)",
        code: "invalid_token")
    }
  }

  private var sentence: String {
    switch self {
    case .malformed(let what): what
    case .unknownIssuer: "is from an issuer that is not trusted here"
    case .unknownKey: "is signed with a key that its issuer does not publish"
    case .forged: "has a signature that does not prove it"
    case .expired: "has expired"
    case .notYet: "is not valid yet"
    case .wrongAudience: "is for somebody else"
    case .claim(let name): "has not the claim `\(name)` that is asked for"
    case .noTerms, .unavailable: ""
    }
  }
}
