/// Keys on their way to another gateway, or back from a file.
package struct KeyExport: Codable, Sendable, Equatable {
  /// What the gateway that wrote it is called by; its digests mean something to no other.
  package var installation: String?
  package var keys: [PortableKey]

  package init(installation: String?, keys: [PortableKey]) {
    self.installation = installation
    self.keys = keys
  }
}

/// A key without its secret, or with it when somebody wrote the file by hand.
package struct PortableKey: Codable, Sendable, Equatable {
  package var name: String
  package var note: String?
  package var createdAtMs: Int64?
  package var expiresAtMs: Int64?
  package var pausedAtMs: Int64?
  package var terms: KeyTerms?
  /// The secret itself; never in an export.
  package var key: String?
  /// The first characters of the secret, for people.
  package var prefix: String?
  /// What the secret is hashed to, in hexadecimal digits, with the installation's own secret.
  package var digest: String?
  package var previousDigest: String?
  package var previousUntilMs: Int64?

  package init(
    name: String, note: String? = nil, createdAtMs: Int64? = nil, expiresAtMs: Int64? = nil,
    pausedAtMs: Int64? = nil, terms: KeyTerms? = nil, key: String? = nil, prefix: String? = nil,
    digest: String? = nil, previousDigest: String? = nil, previousUntilMs: Int64? = nil
  ) {
    self.name = name
    self.note = note
    self.createdAtMs = createdAtMs
    self.expiresAtMs = expiresAtMs
    self.pausedAtMs = pausedAtMs
    self.terms = terms
    self.key = key
    self.prefix = prefix
    self.digest = digest
    self.previousDigest = previousDigest
    self.previousUntilMs = previousUntilMs
  }
}

/// What became of the keys of an import.
package struct KeyImport: Codable, Sendable, Equatable {
  /// A key that was not taken, and why.
  package struct Refusal: Codable, Sendable, Equatable {
    package var name: String
    package var reason: String

    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  package var added: [String]
  /// Those that were there already, the same.
  package var known: [String]
  package var refused: [Refusal]

  package init(added: [String] = [], known: [String] = [], refused: [Refusal] = []) {
    self.added = added
    self.known = known
    self.refused = refused
  }
}

extension KeyExport {
  /// Reads what was exported, or what somebody wrote by hand, strictly.
  package init(json body: [UInt8]) throws(ControlFailure) {
    let fields = try BodyFields(body, known: ["installation", "keys"])
    guard let list = try fields.list("keys", atMost: 10_000) else {
      throw ControlFailure(
        .invalid, "`keys` is missing",
        hint: "Send what `anyllmctl keys export` wrote, or a list "
          + "of keys with `name` and `key`.")
    }
    var keys: [PortableKey] = []
    for (index, value) in list.enumerated() {
      keys.append(try PortableKey(value, at: "keys[\(index)]"))
    }
    self.init(installation: try fields.text("installation"), keys: keys)
  }
}

extension PortableKey {
  private static let members = [
    "name", "note", "created_at_ms", "expires_at_ms", "paused_at_ms", "terms", "key", "prefix",
    "digest", "previous_digest", "previous_until_ms",
  ]

  init(_ value: BodyValue, at path: String) throws(ControlFailure) {
    let fields = try BodyFields(value, known: Self.members, at: path)
    self.init(
      name: try fields.requiredText("name"), note: try fields.text("note"),
      createdAtMs: try fields.wholeNumber("created_at_ms"),
      expiresAtMs: try fields.wholeNumber("expires_at_ms"),
      pausedAtMs: try fields.wholeNumber("paused_at_ms"),
      terms: try fields["terms"].map { value throws(ControlFailure) in
        try KeyTerms(value, at: "\(path).terms")
      },
      key: try fields.text("key"), prefix: try fields.text("prefix"),
      digest: try fields.text("digest"), previousDigest: try fields.text("previous_digest"),
      previousUntilMs: try fields.wholeNumber("previous_until_ms"))
    guard (key == nil) != (digest == nil) else {
      throw ControlFailure(
        .invalid, "`\(path)` must have either `key` or `digest`",
        hint: "`key` is a secret that you bring; `digest` comes from an export.")
    }
  }
}
