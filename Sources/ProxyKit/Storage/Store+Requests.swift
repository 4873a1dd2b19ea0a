/// The most rows that one read returns.
private let mostRows = 1000
/// The most rows that one filtered read looks at, so that no question holds the thread for long.
private let mostScanned: Int64 = 20_000

extension Store {
  /// Finished exchanges, newest first, from below a sequence.
  ///
  /// A filter that matches little may give a short or empty page whose `next` goes on.
  package func requests(
    limit: Int, before sequence: Int64? = nil, matching filter: RequestFilter = RequestFilter()
  ) async throws(StorageFailure) -> RequestPage {
    let limit = Int64(min(max(limit, 1), mostRows))
    return try await read { database throws(StorageFailure) in
      let start = sequence ?? .max
      // Sequences have no gaps worth counting, so a range bounds the rows that are looked at.
      let top = try database.integer(
        "SELECT max(sequence) FROM request_log WHERE sequence < ?", [.integer(start)])
      guard let top else { return RequestPage(requests: [], next: nil) }
      let floor = max(top - mostScanned, 0)
      let found = try database.rows(
        """
        SELECT \(RequestRow.columns) FROM request_log
        WHERE sequence <= ?1 AND sequence > ?2
          AND (?3 IS NULL OR key_name = ?3) AND (?4 IS NULL OR backend = ?4)
          AND (?5 IS NULL OR model_requested = ?5 OR model_sent = ?5)
          AND (?6 IS NULL OR session = ?6)
          AND (?7 = 0 OR status >= 400 OR error_kind IS NOT NULL)
        ORDER BY sequence DESC LIMIT ?8
        """,
        [
          .integer(top), .integer(floor), .optional(filter.keyName), .optional(filter.backend),
          .optional(filter.model), .optional(filter.session),
          .integer(filter.onlyFailures ? 1 : 0), .integer(limit),
        ], RequestRow.read)
      let reached = found.count == Int(limit) ? found.last?.sequence ?? floor : floor + 1
      let hasMore = try database.integer(
        "SELECT 1 FROM request_log WHERE sequence < ? LIMIT 1", [.integer(reached)])
      return RequestPage(requests: found, next: hasMore == nil ? nil : reached)
    }
  }

  /// The newest exchange with this request id.
  ///
  /// Looks through the log from its newest end, other work going between two stretches: an index
  /// over ids in no order would cost every record more than this costs an operator.
  package func request(id: String) async throws(StorageFailure) -> RecordedExchange? {
    var before = Int64.max
    while true {
      let start = before
      let stretch = try await read { database throws(StorageFailure) in
        let top = try database.integer(
          "SELECT max(sequence) FROM request_log WHERE sequence < ?", [.integer(start)])
        guard let top else { return (floor: Int64?.none, found: RecordedExchange?.none) }
        let floor = max(top - mostScanned, 0)
        let found = try database.rows(
          """
          SELECT \(RequestRow.columns) FROM request_log
          WHERE sequence <= ? AND sequence > ? AND id = ? ORDER BY sequence DESC LIMIT 1
          """, [.integer(top), .integer(floor), .text(id)], RequestRow.read)
        return (floor, found.first)
      }
      guard stretch.found == nil, let floor = stretch.floor else { return stretch.found }
      before = floor + 1
    }
  }

  /// Rows of the ledger above a sequence, oldest first.
  package func ledger(
    after sequence: Int64 = 0, limit: Int
  ) async throws(StorageFailure) -> [LedgerRow] {
    let limit = Int64(min(max(limit, 1), mostRows))
    return try await read { database throws(StorageFailure) in
      try database.rows(
        "SELECT \(LedgerRow.columns) FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?",
        [.integer(sequence), .integer(limit)], LedgerRow.read)
    }
  }
}
