extension Store {
  /// Every key that was ever stored, revoked ones too, oldest first.
  package func allKeys() async throws(StorageFailure) -> [StoredKey] {
    try await perform { database throws(StorageFailure) in
      try database.rows("SELECT \(keyColumns) FROM keys ORDER BY id", [], key)
    }
  }

  /// Keeps a new key, with its entry of the audit trail when there is one; fails with `conflict`
  /// while another key of that name is not revoked.
  package func insertKey(
    name: String, prefix: String, digest: [UInt8], createdAtMs: Int64,
    expiresAtMs: Int64? = nil, note: String = "", terms: String = "{}", audit: AuditEntry? = nil
  ) async throws(StorageFailure) -> StoredKey {
    let new = StoredKey(
      id: 0, name: name, prefix: prefix, digest: digest, createdAtMs: createdAtMs,
      expiresAtMs: expiresAtMs, note: note, terms: terms)
    return try await insertKeys([new], audit: audit)[0]
  }

  /// Keeps new keys, all or none, whatever numbers they have; returns them with their own.
  package func insertKeys(
    _ keys: [StoredKey], audit: AuditEntry? = nil
  ) async throws(StorageFailure) -> [StoredKey] {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        var kept: [StoredKey] = []
        for key in keys { kept.append(try database.insert(key)) }
        if let audit { try database.note(audit) }
        return kept
      }
    }
  }

  /// Writes all of a key that is stored already, with its entry of the audit trail when there is
  /// one.
  package func saveKey(
    _ key: StoredKey, audit: AuditEntry? = nil
  ) async throws(StorageFailure) {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        try database.update(key)
        if let audit { try database.note(audit) }
      }
    }
  }

  /// Revokes a key; one that was revoked before keeps its first moment.
  @discardableResult
  package func revokeKey(
    id: Int64, atMs: Int64, audit: AuditEntry? = nil
  ) async throws(StorageFailure) -> StoredKey {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        let found = try database.rows(
          "SELECT \(keyColumns) FROM keys WHERE id = ?", [.integer(id)], key)
        guard var key = found.first else { throw unknownKey(id) }
        if key.revokedAtMs == nil {
          key.revokedAtMs = atMs
          try database.update(key)
        }
        if let audit { try database.note(audit) }
        return key
      }
    }
  }

  /// The secret of this installation that keys are hashed with, made at the first call.
  package func installSecret(
    orCreate make: @escaping @Sendable () -> [UInt8]
  ) async throws(StorageFailure) -> [UInt8] {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        let found = try database.rows(
          "SELECT bytes FROM meta WHERE name = 'install_secret'"
        ) { $0.blob(0) }
        if let secret = found.first { return secret }
        let secret = make()
        guard secret.count >= 16 else {
          throw StorageFailure(.invalid, "an install secret has 16 bytes or more")
        }
        try database.run(
          "INSERT INTO meta (name, bytes) VALUES ('install_secret', ?)", [.blob(secret)])
        return secret
      }
    }
  }
}

extension Database {
  fileprivate func insert(_ key: StoredKey) throws(StorageFailure) -> StoredKey {
    try check(key)
    do throws(StorageFailure) {
      try run(
        """
        INSERT INTO keys (name, prefix, digest, created_at_ms, expires_at_ms, revoked_at_ms, note,
          terms, paused_at_ms, previous_digest, previous_until_ms)
        VALUES (?,?,?,?,?,?,?,?,?,?,?)
        """, values(of: key))
    } catch {
      throw error.kind == .conflict ? try conflict(with: key) : error
    }
    var kept = key
    kept.id = lastInsertedID
    return kept
  }

  fileprivate func update(_ key: StoredKey) throws(StorageFailure) {
    try check(key)
    let count: Int
    do throws(StorageFailure) {
      count = try run(
        """
        UPDATE keys SET name = ?, prefix = ?, digest = ?, created_at_ms = ?, expires_at_ms = ?,
          revoked_at_ms = ?, note = ?, terms = ?, paused_at_ms = ?, previous_digest = ?,
          previous_until_ms = ?
        WHERE id = ?
        """, values(of: key) + [.integer(key.id)])
    } catch {
      throw error.kind == .conflict ? try conflict(with: key) : error
    }
    guard count == 1 else { throw unknownKey(key.id) }
  }

  private func values(of key: StoredKey) -> [SQLValue] {
    [
      .text(key.name), .text(key.prefix), .blob(key.digest), .integer(key.createdAtMs),
      .optional(key.expiresAtMs), .optional(key.revokedAtMs), .text(key.note), .text(key.terms),
      .optional(key.pausedAtMs), key.previousDigest.map { .blob($0) } ?? .null,
      .optional(key.previousUntilMs),
    ]
  }

  /// Digests have one length, and a secret that a key had before opens that key only.
  private func check(_ key: StoredKey) throws(StorageFailure) {
    for digest in [key.digest] + (key.previousDigest.map { [$0] } ?? []) {
      guard digest.count == 32 else {
        throw StorageFailure(.invalid, "a key's digest has 32 bytes, this one \(digest.count)")
      }
    }
    let others = try integer(
      "SELECT count(*) FROM keys WHERE previous_digest = ?1 OR (digest = ?2 AND id <> ?3)",
      [
        .blob(key.digest), key.previousDigest.map { .blob($0) } ?? .null, .integer(key.id),
      ])
    guard others == 0 else { throw storedSecret }
  }

  /// Says whether it is the name or the secret that exists already.
  private func conflict(with key: StoredKey) throws(StorageFailure) -> StorageFailure {
    let holder = try integer(
      "SELECT id FROM keys WHERE name = ? AND revoked_at_ms IS NULL AND id <> ?",
      [.text(key.name), .integer(key.id)])
    guard let holder else { return storedSecret }
    return StorageFailure(
      .conflict,
      "key \(holder) has the name `\(key.name)`: revoke it first, or choose another name")
  }
}

private let storedSecret = StorageFailure(
  .conflict, "that secret was stored before: choose another secret")

private func unknownKey(_ id: Int64) -> StorageFailure {
  StorageFailure(.notFound, "no key \(id); `anyllmctl keys list` shows them")
}

private let keyColumns = """
  id, name, prefix, digest, created_at_ms, expires_at_ms, revoked_at_ms, note, terms, \
  paused_at_ms, previous_digest, previous_until_ms
  """

private func key(_ row: Statement) -> StoredKey {
  StoredKey(
    id: row.integer(0), name: row.text(1), prefix: row.text(2), digest: row.blob(3),
    createdAtMs: row.integer(4), expiresAtMs: row.optionalInteger(5),
    revokedAtMs: row.optionalInteger(6), note: row.text(7), terms: row.text(8),
    pausedAtMs: row.optionalInteger(9), previousDigest: row.isNull(10) ? nil : row.blob(10),
    previousUntilMs: row.optionalInteger(11))
}
