/// What an operator asks of the ledger.
package struct UsageQuestion: Sendable, Equatable {
  /// A key's name, number or prefix; absent for all.
  package var key: String?
  package var sinceMs: Int64?
  /// The first moment that does not count any more.
  package var untilMs: Int64?
  package var by: UsageGrouping

  package init(
    key: String? = nil, sinceMs: Int64? = nil, untilMs: Int64? = nil, by: UsageGrouping = .day
  ) {
    self.key = key
    self.sinceMs = sinceMs
    self.untilMs = untilMs
    self.by = by
  }
}

/// What the rows of a usage report stand for.
package enum UsageGrouping: String, Codable, Sendable, CaseIterable {
  /// Days in UTC, such as `2027-01-31`.
  case day
  /// Models as clients named them.
  case model
  case backend, key
}

/// What was used on one day, of one model, backend or key.
package struct UsageRow: Codable, Sendable, Equatable {
  package var group: String
  package var requests: Int
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  package var reasoningTokens: Int
  package var costMicroDollars: Int64
  /// Requests whose price was not known and is missing from the cost.
  package var unpricedRequests: Int

  package init(
    group: String, requests: Int, inputTokens: Int, outputTokens: Int, cacheReadTokens: Int,
    cacheWriteTokens: Int, reasoningTokens: Int, costMicroDollars: Int64, unpricedRequests: Int
  ) {
    self.group = group
    self.requests = requests
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.reasoningTokens = reasoningTokens
    self.costMicroDollars = costMicroDollars
    self.unpricedRequests = unpricedRequests
  }
}

/// What a client sent and what it got, as text.
package struct RequestBodies: Codable, Sendable, Equatable {
  package var id: String
  package var createdAtMs: Int64
  package var request: String
  package var reply: String

  package init(id: String, createdAtMs: Int64, request: String, reply: String) {
    self.id = id
    self.createdAtMs = createdAtMs
    self.request = request
    self.reply = reply
  }
}
