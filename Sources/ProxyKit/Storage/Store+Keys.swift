extension Store {
  /// Every key that was ever stored, revoked ones too, oldest first.
  package func allKeys() async throws(StorageFailure) -> [StoredKey] {
    try await perform { database throws(StorageFailure) in
      try database.rows("SELECT \(keyColumns) FROM keys ORDER BY id", [], key)
    }
  }

  /// Keeps a new key; fails with `conflict` while another key of that name is not revoked.
  package func insertKey(
    name: String, prefix: String, digest: [UInt8], createdAtMs: Int64,
    expiresAtMs: Int64? = nil, note: String = ""
  ) async throws(StorageFailure) -> StoredKey {
    guard digest.count == 32 else {
      throw StorageFailure(.invalid, "a key's digest has 32 bytes, this one \(digest.count)")
    }
    return try await perform { database throws(StorageFailure) in
      do throws(StorageFailure) {
        try database.run(
          """
          INSERT INTO keys (name, prefix, digest, created_at_ms, expires_at_ms, note)
          VALUES (?,?,?,?,?,?)
          """,
          [
            .text(name), .text(prefix), .blob(digest), .integer(createdAtMs),
            .optional(expiresAtMs), .text(note),
          ])
      } catch {
        guard error.kind == .conflict else { throw error }
        throw try conflict(database, name: name)
      }
      return StoredKey(
        id: database.lastInsertedID, name: name, prefix: prefix, digest: digest,
        createdAtMs: createdAtMs, expiresAtMs: expiresAtMs, note: note)
    }
  }

  /// Revokes a key; one that was revoked before keeps its first moment.
  @discardableResult
  package func revokeKey(id: Int64, atMs: Int64) async throws(StorageFailure) -> StoredKey {
    try await perform { database throws(StorageFailure) in
      try database.run(
        "UPDATE keys SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL",
        [.integer(atMs), .integer(id)])
      let found = try database.rows(
        "SELECT \(keyColumns) FROM keys WHERE id = ?", [.integer(id)], key)
      guard let revoked = found.first else {
        throw StorageFailure(.notFound, "no key \(id); `anyllmctl keys list` shows them")
      }
      return revoked
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

  /// What each key has used, for the counters in memory.
  package func keyUsage() async throws(StorageFailure) -> [KeyUsage] {
    try await read { database throws(StorageFailure) in try database.keyUsage() }
  }
}

private let keyColumns =
  "id, name, prefix, digest, created_at_ms, expires_at_ms, revoked_at_ms, note"

private func key(_ row: Statement) -> StoredKey {
  StoredKey(
    id: row.integer(0), name: row.text(1), prefix: row.text(2), digest: row.blob(3),
    createdAtMs: row.integer(4), expiresAtMs: row.optionalInteger(5),
    revokedAtMs: row.optionalInteger(6), note: row.text(7))
}

/// Says whether it is the name or the secret that exists already.
private func conflict(
  _ database: Database, name: String
) throws(StorageFailure) -> StorageFailure {
  let holder = try database.integer(
    "SELECT id FROM keys WHERE name = ? AND revoked_at_ms IS NULL", [.text(name)])
  guard let holder else {
    return StorageFailure(.conflict, "that secret was stored before: choose another secret")
  }
  return StorageFailure(
    .conflict, "key \(holder) has the name `\(name)`: revoke it first, or choose another name")
}
