/// One setting that operators changed while the gateway ran, such as the state of a backend.
package struct Override: Sendable, Equatable {
  /// What kind of thing it is about, such as `backend`.
  package var kind: String
  package var name: String
  /// JSON.
  package var value: String

  package init(kind: String, name: String, value: String) {
    self.kind = kind
    self.name = name
    self.value = value
  }
}

/// A setting that is laid over the configuration, or taken back.
package struct OverrideChange: Sendable, Equatable {
  package var kind: String
  package var name: String
  /// JSON; absent where the configuration's own word counts again.
  package var value: String?

  package init(kind: String, name: String, value: String?) {
    self.kind = kind
    self.name = name
    self.value = value
  }
}

extension Store {
  /// Every setting laid over the configuration, by kind and name.
  package func overrides() async throws(StorageFailure) -> [Override] {
    try await perform { database throws(StorageFailure) in
      try database.rows("SELECT kind, name, value FROM overrides ORDER BY kind, name") { row in
        Override(kind: row.text(0), name: row.text(1), value: row.text(2))
      }
    }
  }

  /// Makes changes, all or none, with their entry of the audit trail and a generation that must be
  /// above the last.
  package func saveOverrides(
    _ changes: [OverrideChange], generation: Int, audit entry: AuditEntry
  ) async throws(StorageFailure) {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        try database.advance(to: generation)
        for change in changes {
          if let value = change.value {
            try database.run(
              "INSERT OR REPLACE INTO overrides (kind, name, value) VALUES (?,?,?)",
              [.text(change.kind), .text(change.name), .text(value)])
          } else {
            try database.run(
              "DELETE FROM overrides WHERE kind = ? AND name = ?",
              [.text(change.kind), .text(change.name)])
          }
        }
        try database.insert(entry)
      }
    }
  }
}
