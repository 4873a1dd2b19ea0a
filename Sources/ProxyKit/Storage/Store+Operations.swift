extension Store {
  /// The rules laid over the configuration, in order.
  package func overlay() async throws(StorageFailure) -> [OverlayMapping] {
    try await perform { database throws(StorageFailure) in
      try database.rows("SELECT pattern, target, position FROM overlay ORDER BY position, pattern")
      { row in
        OverlayMapping(pattern: row.text(0), target: row.optionalText(1), position: row.int(2))
      }
    }
  }

  /// Replaces the whole overlay, with its entry of the audit trail and a generation that must be
  /// above the last.
  package func saveOverlay(
    _ mappings: [OverlayMapping], generation: Int, audit entry: AuditEntry
  ) async throws(StorageFailure) {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        try database.advance(to: generation)
        try database.run("DELETE FROM overlay")
        for mapping in mappings {
          try database.run(
            "INSERT INTO overlay (pattern, target, position) VALUES (?,?,?)",
            [
              .text(mapping.pattern), .optional(mapping.target),
              .integer(Int64(mapping.position)),
            ])
        }
        try database.insert(entry)
      }
    }
  }

  /// Adds to the audit trail; the generation that it names is remembered when it is higher.
  package func appendAudit(_ entry: AuditEntry) async throws(StorageFailure) {
    try await perform { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        try database.note(entry)
      }
    }
  }

  /// The audit trail, newest first.
  package func audit(limit: Int) async throws(StorageFailure) -> [AuditEntry] {
    let limit = Int64(min(max(limit, 1), 1000))
    return try await perform { database throws(StorageFailure) in
      try database.rows(
        """
        SELECT at_ms, actor, action, target, before, after, generation FROM audit
        ORDER BY number DESC LIMIT ?
        """, [.integer(limit)]
      ) { row in
        AuditEntry(
          atMs: row.integer(0), actor: row.text(1), action: row.text(2), target: row.text(3),
          before: row.optionalText(4), after: row.optionalText(5), generation: row.int(6))
      }
    }
  }

  /// The highest generation that was ever saved; zero at first.
  package func lastGeneration() async throws(StorageFailure) -> Int {
    try await perform { database throws(StorageFailure) in try database.generation() }
  }
}

extension Database {
  fileprivate func generation() throws(StorageFailure) -> Int {
    Int(try integer("SELECT number FROM meta WHERE name = 'generation'") ?? 0)
  }

  private func setGeneration(_ generation: Int) throws(StorageFailure) {
    try run(
      "UPDATE meta SET number = ? WHERE name = 'generation'", [.integer(Int64(generation))])
  }

  /// Goes on to a generation, which must be above the last.
  func advance(to generation: Int) throws(StorageFailure) {
    let last = try self.generation()
    guard generation > last else {
      throw StorageFailure(
        .staleGeneration,
        "generation \(generation) is not above \(last): look at it again, then repeat the change")
    }
    try setGeneration(generation)
  }

  /// Adds to the audit trail and goes on to the entry's generation, unless that is behind.
  func note(_ entry: AuditEntry) throws(StorageFailure) {
    if entry.generation > (try generation()) { try setGeneration(entry.generation) }
    try insert(entry)
  }

  func insert(_ entry: AuditEntry) throws(StorageFailure) {
    try run(
      """
      INSERT INTO audit (at_ms, actor, action, target, before, after, generation)
      VALUES (?,?,?,?,?,?,?)
      """,
      [
        .integer(entry.atMs), .text(entry.actor), .text(entry.action), .text(entry.target),
        .optional(entry.before), .optional(entry.after), .integer(Int64(entry.generation)),
      ])
  }
}
