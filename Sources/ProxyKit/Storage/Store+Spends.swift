/// Minutes, for the windows that roll within an hour.
private let minuteMs: Int64 = 60_000
/// The most owners that are sought hour by hour, and the most hours.
private let mostSought = 32
private let mostHours = 2000

extension Store {
  /// What every owner, or one, has spent on every model, ever and in the calendar's periods around
  /// a moment; to be shown, not to decide by.
  package func spendTotals(
    atMs: Int64, owner: String? = nil
  ) async throws(StorageFailure) -> [SpendTotal] {
    let now = SpendCalendar(atMs: atMs)
    let periods = [now.hour, now.day, now.week, now.month]
    return try await readSums(evenIfOld: true) { database throws(StorageFailure) in
      try database.rows(
        """
        SELECT owner, model, requests, cost_nano_dollars,
          iif(hour = ?, hour_cost, 0), iif(day = ?, day_cost, 0),
          iif(week = ?, week_cost, 0), iif(month = ?, month_cost, 0)
        FROM spend_totals \(Self.filter(owner, as: "?5"))
        """, periods.map { .integer($0) } + (owner.map { [.text($0)] } ?? [])
      ) { row in
        SpendTotal(
          owner: row.text(0), model: row.text(1), requests: row.int(2),
          nanoDollars: row.integer(3), hourNanoDollars: row.integer(4),
          dayNanoDollars: row.integer(5), weekNanoDollars: row.integer(6),
          monthNanoDollars: row.integer(7))
      }
    }
  }

  /// What was spent hour by hour from the hour of a moment on, by these owners or by all.
  ///
  /// Hours that were folded stand together in the first hour of 1970, so that from there on nothing
  /// is missing.
  package func spends(
    sinceMs: Int64, owners: [String]? = nil
  ) async throws(StorageFailure) -> [Spend] {
    let first = SpendCalendar(atMs: sinceMs).hour
    return try await readSums { database throws(StorageFailure) in
      let read = { (row: Statement) in Spend(row, spanMs: SpendCalendar.hourMs) }
      if let owners, owners.count <= mostSought,
        let hours = try database.spendHours(from: first), hours.count <= mostHours
      {
        // Hours come first in the index: a few owners are sought in each.
        return try database.rows(
          """
          WITH RECURSIVE hours (h) AS (
            SELECT ?1 UNION ALL SELECT h + 1 FROM hours WHERE h < ?2)
          SELECT s.owner, s.model, s.hour, s.requests, s.tokens, s.cost_nano_dollars
          FROM (SELECT h FROM hours UNION ALL SELECT 0 WHERE ?3 = 0 AND ?1 > 0)
            CROSS JOIN json_each(?4) AS o
            CROSS JOIN spends AS s ON s.hour = h AND s.owner = o.value
          """,
          [
            .integer(hours.lowerBound), .integer(hours.upperBound), .integer(first),
            .text(jsonList(owners)),
          ], read)
      }
      return try database.rows(
        """
        SELECT owner, model, hour, requests, tokens, cost_nano_dollars FROM spends
        WHERE hour >= ?1 AND (?2 IS NULL OR owner IN (SELECT value FROM json_each(?2)))
        """, [.integer(first), .optional(owners.map(jsonList))], read)
    }
  }

  /// What was spent minute by minute from a moment on, by these owners or by all.
  ///
  /// Read from the ledger itself: meant for windows of an hour.
  package func recentSpends(
    sinceMs: Int64, owners: [String]? = nil
  ) async throws(StorageFailure) -> [Spend] {
    let owners = owners.map(jsonList)
    return try await read { database throws(StorageFailure) in
      let first = try database.ledgerSequence(atMs: sinceMs)
      return try database.rows(
        """
        SELECT \(SpendTally.owner) AS who, \(SpendTally.model) AS what, at_ms / \(minuteMs),
          count(*),
          CAST(min(total(input_tokens) + total(output_tokens) + total(cache_read_tokens)
            + total(cache_write_tokens), 9e18) AS INTEGER),
          CAST(min(total(cost_nano_dollars), 9e18) AS INTEGER)
        FROM ledger WHERE sequence >= ?1 AND at_ms >= ?2
          AND (?3 IS NULL OR who IN (SELECT value FROM json_each(?3)))
        GROUP BY 1, 2, 3 ORDER BY 3
        """, [.integer(first), .integer(sinceMs), .optional(owners)]
      ) { row in Spend(row, spanMs: minuteMs) }
    }
  }

  /// Narrows a question to one owner, by the index.
  private static func filter(_ owner: String?, as place: String) -> String {
    owner == nil ? "" : "WHERE owner = \(place)"
  }

  /// What each owner, or one, has used over all models.
  package func keyUsage(of owner: String? = nil) async throws(StorageFailure) -> [KeyUsage] {
    try await readSums(evenIfOld: true) { database throws(StorageFailure) in
      let rows = try database.rows(
        """
        SELECT owner, key_id, key_name, requests, input_tokens, output_tokens,
          cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nano_dollars,
          unpriced_requests, last_used_at_ms
        FROM spend_totals \(Self.filter(owner, as: "?1")) ORDER BY key_id, owner
        """, owner.map { [.text($0)] } ?? [], KeyUsage.init)
      var all: [KeyUsage] = []
      for usage in rows {
        if all.last?.owner == usage.owner {
          all[all.count - 1].add(usage)
        } else {
          all.append(usage)
        }
      }
      return all
    }
  }

  /// Runs a job that sees the sums of every record accepted before it.
  ///
  /// What is only shown may be of the last time that the database could be written.
  private func readSums<Value: Sendable>(
    evenIfOld: Bool = false,
    _ job: @escaping @Sendable (Database) throws(StorageFailure) -> Value
  ) async throws(StorageFailure) -> Value {
    try await read { database throws(StorageFailure) in
      do throws(StorageFailure) {
        try SpendTally(database).catchUp()
      } catch {
        guard evenIfOld else { throw error }
      }
      return try job(database)
    }
  }
}

extension Database {
  /// The hours from one on in which something was spent, besides those that were folded; nil for
  /// none.
  fileprivate func spendHours(from first: Int64) throws(StorageFailure) -> ClosedRange<Int64>? {
    let low = try integer(
      "SELECT min(hour) FROM spends WHERE hour >= ?", [.integer(max(first, 1))])
    guard let low, let high = try integer("SELECT max(hour) FROM spends") else {
      return first == 0 ? 0...0 : nil
    }
    return low...max(low, high)
  }

  /// The first row of the ledger that may have been settled at a moment or later.
  ///
  /// Rows are in the order of their settlement but for those that were settled at once.
  func ledgerSequence(atMs moment: Int64) throws(StorageFailure) -> Int64 {
    let goal = moment - minuteMs
    var low = try integer("SELECT min(sequence) FROM ledger") ?? 0
    var high = (try integer("SELECT max(sequence) FROM ledger") ?? 0) + 1
    while low < high {
      let middle = low + (high - low) / 2
      let found = try integer(
        "SELECT at_ms FROM ledger WHERE sequence >= ? ORDER BY sequence LIMIT 1",
        [.integer(middle)])
      if let found, found < goal {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

/// Texts as a JSON array, which SQLite can look into.
private func jsonList(_ texts: [String]) -> String {
  var list = "["
  for text in texts {
    list += list.utf8.count > 1 ? ",\"" : "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": list += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        list += scalar.value < 0x10 ? "\\u000" : "\\u00"
        list += String(scalar.value, radix: 16)
      default: list.unicodeScalars.append(scalar)
      }
    }
    list += "\""
  }
  return list + "]"
}

extension Spend {
  fileprivate init(_ row: Statement, spanMs: Int64) {
    self.init(
      owner: row.text(0), model: row.text(1), startMs: row.integer(2) * spanMs,
      requests: row.int(3), tokens: row.int(4), nanoDollars: row.integer(5))
  }
}

extension KeyUsage {
  fileprivate init(_ row: Statement) {
    self.init(
      owner: row.text(0), keyID: row.optionalInteger(1), keyName: row.text(2),
      requests: row.int(3), inputTokens: row.int(4), outputTokens: row.int(5),
      cacheReadTokens: row.int(6), cacheWriteTokens: row.int(7), reasoningTokens: row.int(8),
      costNanoDollars: row.integer(9), unpricedRequests: row.int(10),
      lastUsedAtMs: row.integer(11))
  }

  fileprivate mutating func add(_ other: KeyUsage) {
    requests += other.requests
    inputTokens = saturatingSum(inputTokens, other.inputTokens)
    outputTokens = saturatingSum(outputTokens, other.outputTokens)
    cacheReadTokens = saturatingSum(cacheReadTokens, other.cacheReadTokens)
    cacheWriteTokens = saturatingSum(cacheWriteTokens, other.cacheWriteTokens)
    reasoningTokens = saturatingSum(reasoningTokens, other.reasoningTokens)
    costNanoDollars = saturatingSum(costNanoDollars, other.costNanoDollars)
    unpricedRequests += other.unpricedRequests
    if other.lastUsedAtMs > lastUsedAtMs {
      lastUsedAtMs = other.lastUsedAtMs
      keyName = other.keyName
    }
  }
}
