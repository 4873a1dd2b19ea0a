/// Keeps the sums of what was spent, by hour and in total, up to the ledger.
///
/// Rows are counted some thousand at a time and not with every batch of records: with many keys,
/// the sums of a batch are as many rows as the batch. Each step moves `spends_through` in the
/// transaction of its sums, so that a row is counted once whatever happens.
struct SpendTally {
  /// As many rows of the ledger as a writer lets wait before it counts them.
  static let rowsPerStep: Int64 = 8192

  private struct Place: Hashable {
    var owner: String
    var model: String
    var hour: Int64
  }

  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Counts what is in the ledger and not yet in the sums.
  func catchUp() throws(StorageFailure) {
    while try database.lastSequence() > (try through()) {
      try database.transaction { () throws(StorageFailure) in try step() }
    }
  }

  /// The same, once so much waits that it is worth it.
  func catchUpIfWorthIt() throws(StorageFailure) {
    if try database.lastSequence() - (try through()) >= Self.rowsPerStep { try catchUp() }
  }

  /// Begins the sums anew; the next time everything is counted.
  func forget() throws(StorageFailure) {
    try database.transaction { () throws(StorageFailure) in
      try database.run("DELETE FROM spends")
      try database.run("DELETE FROM spend_totals")
      try setThrough(0)
    }
  }

  private func through() throws(StorageFailure) -> Int64 {
    try database.integer("SELECT number FROM meta WHERE name = 'spends_through'") ?? 0
  }

  private func setThrough(_ sequence: Int64) throws(StorageFailure) {
    try database.run(
      "INSERT OR REPLACE INTO meta (name, number) VALUES ('spends_through', ?)",
      [.integer(sequence)])
  }

  private func step() throws(StorageFailure) {
    let start = try through()
    var sums: [Place: KeyUsage] = [:]
    var last = start
    var count: Int64 = 0
    let rows = try database.statement(
      """
      SELECT sequence, at_ms, key_id, key_name, input_tokens, output_tokens, cache_read_tokens,
        cache_write_tokens, reasoning_tokens, cost_nano_dollars, \(Self.owner), \(Self.model)
      FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?
      """)
    defer { rows.reset() }
    rows.bind(1, start)
    rows.bind(2, Self.rowsPerStep)
    while try rows.step() {
      last = rows.integer(0)
      count += 1
      let place = Place(
        owner: rows.text(10), model: rows.text(11),
        hour: SpendCalendar(atMs: rows.integer(1)).hour)
      if sums[place] == nil {
        sums[place] = KeyUsage(
          owner: place.owner, keyID: rows.optionalInteger(2), keyName: rows.text(3))
      }
      sums[place]?.add(rows)
    }
    // Totals know the newest hour only, so they see the hours in their order.
    for (place, usage) in sums.sorted(by: { $0.key.hour < $1.key.hour }) {
      try add(usage, at: place)
    }
    try setThrough(count < Self.rowsPerStep ? try database.lastSequence() : last)
  }

  /// Rows of older programs have no owner; theirs follows from the key.
  static let owner = """
    CASE WHEN owner <> '' THEN owner WHEN key_id IS NOT NULL THEN 'key:' || key_id \
    WHEN key_name = 'open' THEN 'open' ELSE 'name:' || key_name END
    """

  /// Names that clients only tried are not kept one by one: anybody can think of many.
  static let model = """
    CASE WHEN coalesce(cost_nano_dollars, 0) + output_tokens + input_tokens = 0 THEN '' \
    WHEN model_requested <> '' THEN model_requested ELSE model END
    """

  private func add(_ usage: KeyUsage, at place: Place) throws(StorageFailure) {
    let tokens = [usage.outputTokens, usage.cacheReadTokens, usage.cacheWriteTokens]
      .reduce(usage.inputTokens) { saturatingSum($0, $1) }
    try database.run(
      """
      INSERT INTO spends VALUES (?,?,?,?,?,?)
      ON CONFLICT (hour, owner, model) DO UPDATE SET
        requests = requests + excluded.requests,
        tokens = \(Self.sum("tokens")), cost_nano_dollars = \(Self.sum("cost_nano_dollars"))
      """,
      [
        .integer(place.hour), .text(place.owner), .text(place.model),
        .integer(Int64(usage.requests)), .integer(Int64(tokens)),
        .integer(usage.costNanoDollars),
      ])
    let calendar = SpendCalendar(hour: place.hour)
    let periods = [place.hour, calendar.day, calendar.week, calendar.month]
    try database.run(
      Self.totalUpsert,
      [
        .text(place.owner), .text(place.model), .optional(usage.keyID), .text(usage.keyName),
        .integer(Int64(usage.requests)), .integer(Int64(usage.inputTokens)),
        .integer(Int64(usage.outputTokens)), .integer(Int64(usage.cacheReadTokens)),
        .integer(Int64(usage.cacheWriteTokens)), .integer(Int64(usage.reasoningTokens)),
        .integer(usage.costNanoDollars), .integer(Int64(usage.unpricedRequests)),
        .integer(usage.lastUsedAtMs),
      ] + periods.flatMap { [.integer($0), .integer(usage.costNanoDollars)] })
  }

  private static let totalUpsert = """
    INSERT INTO spend_totals VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
    ON CONFLICT (owner, model) DO UPDATE SET
      key_name = excluded.key_name,
      requests = requests + excluded.requests,
      unpriced_requests = unpriced_requests + excluded.unpriced_requests,
      last_used_at_ms = max(last_used_at_ms, excluded.last_used_at_ms),
    """
    + [
      "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
      "reasoning_tokens", "cost_nano_dollars",
    ].map { "\($0) = \(sum($0))," }.joined(separator: " ")
    + ["hour", "day", "week", "month"].map { period in
      """
      \(period)_cost = CASE WHEN excluded.\(period) > \(period) THEN excluded.\(period)_cost \
      WHEN excluded.\(period) = \(period) THEN \(sum("\(period)_cost")) ELSE \(period)_cost END, \
      \(period) = max(\(period), excluded.\(period))
      """
    }.joined(separator: ", ")

  /// A sum that stops at 9e18 rather than overflow.
  static func sum(_ column: String) -> String {
    "min(\(column) + excluded.\(column), 9000000000000000000)"
  }
}

extension KeyUsage {
  /// Adds the row of the ledger that the tally's statement stands on.
  fileprivate mutating func add(_ row: Statement) {
    requests += 1
    inputTokens = saturatingSum(inputTokens, row.int(4))
    outputTokens = saturatingSum(outputTokens, row.int(5))
    cacheReadTokens = saturatingSum(cacheReadTokens, row.int(6))
    cacheWriteTokens = saturatingSum(cacheWriteTokens, row.int(7))
    reasoningTokens = saturatingSum(reasoningTokens, row.int(8))
    if let cost = row.optionalInteger(9) {
      costNanoDollars = saturatingSum(costNanoDollars, cost)
    } else {
      unpricedRequests += 1
    }
    lastUsedAtMs = max(lastUsedAtMs, row.integer(1))
  }
}
