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

  package init(
    id: Int64, name: String, prefix: String, digest: [UInt8], createdAtMs: Int64,
    expiresAtMs: Int64? = nil, revokedAtMs: Int64? = nil, note: String = ""
  ) {
    self.id = id
    self.name = name
    self.prefix = prefix
    self.digest = digest
    self.createdAtMs = createdAtMs
    self.expiresAtMs = expiresAtMs
    self.revokedAtMs = revokedAtMs
    self.note = note
  }
}
