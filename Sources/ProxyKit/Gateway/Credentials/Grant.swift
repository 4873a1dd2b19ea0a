internal import Transport

/// What proves to an upstream who we are, and for how long.
struct Grant: Sendable {
  /// The proof itself.
  enum Proof: Sendable {
    /// The field `authorization`, as a bearer token.
    case bearer(Secret)
    /// A field of its own.
    case field(String, Secret)
    /// Keys that sign each request.
    case amazon(SigV4Signer.Credentials)
  }

  var proof: Proof
  /// Seconds since 1970; nil when it does not end.
  var expiresAt: Int64?
  /// When to look again although it does not end, for what lies in a file.
  var looksAgainAt: Int64?
  /// A field that goes along with the proof.
  var companion: (name: String, value: String)?

  init(
    _ proof: Proof, expiresAt: Int64? = nil, looksAgainAt: Int64? = nil,
    companion: (name: String, value: String)? = nil
  ) {
    self.proof = proof
    self.expiresAt = expiresAt
    self.looksAgainAt = looksAgainAt
    self.companion = companion
  }

  /// Whether a request that begins now may still use it.
  func isValid(at now: Int64) -> Bool {
    expiresAt.map { now < $0 - 10 } ?? true
  }

  /// When the next one should be fetched, given that this one was fetched at some moment.
  ///
  /// Metadata servers hand out what they have until it nearly ends; the floor keeps us from asking
  /// again with every request in those minutes.
  func refreshAt(fetchedAt: Int64) -> Int64 {
    guard let expiresAt else { return looksAgainAt ?? .max }
    return max(expiresAt - 300, fetchedAt + 30)
  }
}

/// Where grants come from.
protocol GrantSupplier: Sendable {
  /// Fetches a new grant; never the one it gave before, unless that is still the newest.
  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant
}

/// A grant that was configured and does not change.
struct FixedGrant: GrantSupplier {
  var grant: Grant

  init(_ grant: Grant) {
    self.grant = grant
  }

  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant { grant }
}
