/// What the ledger says was used on one day, of one model, backend or key.
package struct UsageSum: Sendable, Equatable {
  /// What the rows of a report stand for.
  package enum Group: Sendable {
    /// Days since 1970, in UTC.
    case day
    /// Models as clients named them.
    case model
    case backend, key

    var expression: String {
      switch self {
      case .day: "at_ms / 86400000"
      case .model: SpendTally.model
      case .backend: "backend"
      case .key: "key_name"
      }
    }
  }

  package var group: String
  package var requests: Int
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  package var reasoningTokens: Int
  package var costNanoDollars: Int64
  /// Requests whose price was unknown and is therefore missing from the cost.
  package var unpricedRequests: Int

  fileprivate static func column(_ name: String) -> String {
    "CAST(min(total(\(name)), 9e15) AS INTEGER)"
  }

  fileprivate init(_ row: Statement) {
    group = row.text(0)
    requests = row.int(1)
    inputTokens = row.int(2)
    outputTokens = row.int(3)
    cacheReadTokens = row.int(4)
    cacheWriteTokens = row.int(5)
    reasoningTokens = row.int(6)
    costNanoDollars = row.integer(7)
    unpricedRequests = row.int(8)
  }

  fileprivate mutating func add(_ other: UsageSum) {
    requests += other.requests
    inputTokens = saturatingSum(inputTokens, other.inputTokens)
    outputTokens = saturatingSum(outputTokens, other.outputTokens)
    cacheReadTokens = saturatingSum(cacheReadTokens, other.cacheReadTokens)
    cacheWriteTokens = saturatingSum(cacheWriteTokens, other.cacheWriteTokens)
    reasoningTokens = saturatingSum(reasoningTokens, other.reasoningTokens)
    costNanoDollars = saturatingSum(costNanoDollars, other.costNanoDollars)
    unpricedRequests += other.unpricedRequests
  }
}

/// The most rows that one look at the ledger adds up; other work of the store goes between two.
private let rowsPerLook: Int64 = 20_000

extension Store {
  /// What was used from one moment until before another, by one owner or by all; days in their
  /// order, all else by what it cost.
  package func usage(
    by group: UsageSum.Group, owner: String? = nil, sinceMs: Int64? = nil, untilMs: Int64? = nil
  ) async throws(StorageFailure) -> [UsageSum] {
    let since = sinceMs ?? 0
    let until = untilMs ?? .max
    var next: Int64? = try await read { database throws(StorageFailure) in
      try database.ledgerSequence(atMs: since)
    }
    var sums: [String: UsageSum] = [:]
    while let start = next {
      let (found, last) = try await perform { database throws(StorageFailure) in
        let last = try database.integer(
          "SELECT max(sequence) FROM ledger WHERE sequence < ?", [.integer(start + rowsPerLook)])
        let found = try database.usage(by: group, owner, since, until, from: start)
        let end = try database.integer("SELECT max(sequence) FROM ledger") ?? 0
        return (found, (last ?? 0) < end ? start + rowsPerLook : nil)
      }
      for sum in found { sums[sum.group, default: sum.empty].add(sum) }
      next = last
    }
    return sums.values.sorted {
      if group == .day { return (Int($0.group) ?? 0, 0) < (Int($1.group) ?? 0, 0) }
      return ($1.costNanoDollars, $1.requests, $0.group)
        < ($0.costNanoDollars, $0.requests, $1.group)
    }
  }
}

extension UsageSum {
  fileprivate var empty: UsageSum {
    var sum = self
    (sum.requests, sum.inputTokens, sum.outputTokens) = (0, 0, 0)
    (sum.cacheReadTokens, sum.cacheWriteTokens, sum.reasoningTokens) = (0, 0, 0)
    (sum.costNanoDollars, sum.unpricedRequests) = (0, 0)
    return sum
  }
}

extension Database {
  fileprivate func usage(
    by group: UsageSum.Group, _ owner: String?, _ since: Int64, _ until: Int64, from start: Int64
  ) throws(StorageFailure) -> [UsageSum] {
    let sums = [
      "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
      "reasoning_tokens", "cost_nano_dollars",
    ].map(UsageSum.column).joined(separator: ", ")
    return try rows(
      """
      SELECT \(group.expression), count(*), \(sums), sum(cost_nano_dollars IS NULL) FROM ledger
      WHERE sequence >= ?1 AND sequence < ?2 AND at_ms >= ?3 AND at_ms < ?4
        AND (?5 IS NULL OR \(SpendTally.owner) = ?5)
      GROUP BY 1
      """,
      [
        .integer(start), .integer(start + rowsPerLook), .integer(since), .integer(until),
        .optional(owner),
      ], UsageSum.init)
  }
}
