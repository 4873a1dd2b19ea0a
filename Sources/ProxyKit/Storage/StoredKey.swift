/// A caller's key as it is kept: a digest, never the secret.
package struct StoredKey: Sendable, Equatable, Identifiable {
  package var id: Int64
  package var name: String
  /// The first characters of the secret, for people.
  package var prefix: String
  /// The 32 bytes of the secret's HMAC.
  package var digest: [UInt8]
  package var createdAtMs: Int64
  package var expiresAtMs: Int64?
  package var revokedAtMs: Int64?
  package var note: String
  /// What the key may do, as JSON that the store does not look into.
  package var terms: String
  /// Set while the key is paused.
  package var pausedAtMs: Int64?
  /// What the key was hashed to before its secret was changed, and until when that opens too.
  package var previousDigest: [UInt8]?
  package var previousUntilMs: Int64?

  package init(
    id: Int64, name: String, prefix: String, digest: [UInt8], createdAtMs: Int64,
    expiresAtMs: Int64? = nil, revokedAtMs: Int64? = nil, note: String = "",
    terms: String = "{}", pausedAtMs: Int64? = nil, previousDigest: [UInt8]? = nil,
    previousUntilMs: Int64? = nil
  ) {
    self.id = id
    self.name = name
    self.prefix = prefix
    self.digest = digest
    self.createdAtMs = createdAtMs
    self.expiresAtMs = expiresAtMs
    self.revokedAtMs = revokedAtMs
    self.note = note
    self.terms = terms
    self.pausedAtMs = pausedAtMs
    self.previousDigest = previousDigest
    self.previousUntilMs = previousUntilMs
  }
}
