/// The most rows that one transaction deletes; other work of the store goes between two.
private let rowsPerBatch: Int64 = 500

extension Store {
  /// Shortens the request log to its newest rows, or to those that ended after a moment.
  ///
  /// Returns how many rows went. The ledger and the sums stay.
  package func trim(
    keepRows: Int? = nil, olderThanMs: Int64? = nil
  ) async throws(StorageFailure) -> Int {
    var deleted = 0
    if let keepRows {
      deleted += try await deleteInBatches { database throws(StorageFailure) in
        let last = try database.integer("SELECT max(sequence) FROM request_log") ?? 0
        return try database.run(
          """
          DELETE FROM request_log WHERE sequence IN (
            SELECT sequence FROM request_log WHERE sequence <= ? ORDER BY sequence LIMIT ?)
          """, [.integer(last - Int64(max(keepRows, 0))), .integer(rowsPerBatch)])
      }
    }
    if let olderThanMs {
      deleted += try await deleteInBatches { database throws(StorageFailure) in
        // Rows are in the order of their ends, so the oldest are looked at and no index is needed.
        try database.run(
          """
          DELETE FROM request_log WHERE sequence IN (
            SELECT sequence FROM (
              SELECT sequence, started_at_ms + duration_ms AS ended_at_ms FROM request_log
              ORDER BY sequence LIMIT ?)
            WHERE ended_at_ms < ?)
          """, [.integer(rowsPerBatch), .integer(olderThanMs)])
      }
    }
    if deleted > 0 { try await giveBackPages() }
    return deleted
  }

  /// Forgets the responses that were made before a moment; returns how many those were.
  package func trimResponses(olderThanMs: Int64) async throws(StorageFailure) -> Int {
    let deleted = try await deleteInBatches { database throws(StorageFailure) in
      try database.run(
        """
        DELETE FROM responses WHERE number IN (
          SELECT number FROM responses WHERE created_at_ms < ? LIMIT ?)
        """, [.integer(olderThanMs), .integer(rowsPerBatch / 10)])
    }
    if deleted > 0 { try await giveBackPages() }
    return deleted
  }

  /// Forgets what was sent and got before a moment; returns of how many requests.
  package func trimBodies(olderThanMs: Int64) async throws(StorageFailure) -> Int {
    let deleted = try await deleteInBatches { database throws(StorageFailure) in
      try database.run(
        """
        DELETE FROM bodies WHERE number IN (
          SELECT number FROM bodies WHERE created_at_ms < ? LIMIT ?)
        """, [.integer(olderThanMs), .integer(rowsPerBatch / 10)])
    }
    if deleted > 0 { try await giveBackPages() }
    return deleted
  }

  /// Adds up what was spent hour by hour before a moment, since no budget looks at single hours of
  /// so long ago; returns how many sums became fewer.
  @discardableResult
  package func foldSpends(olderThanMs: Int64) async throws(StorageFailure) -> Int {
    let hour = SpendCalendar(atMs: olderThanMs).hour
    return try await deleteInBatches { database throws(StorageFailure) in
      try database.transaction { () throws(StorageFailure) in
        let folded = """
          SELECT owner, model, hour FROM spends WHERE hour > 0 AND hour < ?1
          ORDER BY hour, owner, model LIMIT ?2
          """
        let values: [SQLValue] = [.integer(hour), .integer(rowsPerBatch)]
        try database.run(
          """
          INSERT INTO spends
          SELECT 0, s.owner, s.model, s.requests, s.tokens, s.cost_nano_dollars
          FROM (\(folded)) AS f JOIN spends AS s
            ON s.hour = f.hour AND s.owner = f.owner AND s.model = f.model
          WHERE true
          ON CONFLICT (hour, owner, model) DO UPDATE SET
            requests = requests + excluded.requests,
            tokens = \(SpendTally.sum("tokens")),
            cost_nano_dollars = \(SpendTally.sum("cost_nano_dollars"))
          """, values)
        return try database.run(
          "DELETE FROM spends WHERE (owner, model, hour) IN (\(folded))", values)
      }
    }
  }

  private func deleteInBatches(
    _ batch: @escaping @Sendable (Database) throws(StorageFailure) -> Int
  ) async throws(StorageFailure) -> Int {
    var deleted = 0
    while true {
      let count = try await perform(batch)
      guard count > 0 else { return deleted }
      deleted += count
    }
  }

  /// Shrinks the file while more than a quarter of it is free; less is soon used again.
  private func giveBackPages() async throws(StorageFailure) {
    var isTooLarge = true
    while isTooLarge {
      isTooLarge = try await perform { database throws(StorageFailure) in
        let free = try database.integer("PRAGMA freelist_count") ?? 0
        let pages = try database.integer("PRAGMA page_count") ?? 0
        guard free > 256, free * 4 > pages else { return false }
        try database.run("PRAGMA incremental_vacuum(256)")
        return try (database.integer("PRAGMA freelist_count") ?? 0) < free
      }
    }
  }
}
