/// What one key has used since it was made.
package struct KeyUsage: Sendable, Equatable {
  /// Whose account it is, such as `key:12` or `name:ci`.
  package var owner: String
  /// Absent for keys of the configuration and for callers without a key.
  package var keyID: Int64?
  package var keyName: String
  package var requests: Int
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  package var reasoningTokens: Int
  package var costNanoDollars: Int64
  /// Requests whose price was unknown and is therefore missing from the cost.
  package var unpricedRequests: Int
  package var lastUsedAtMs: Int64

  package init(
    owner: String, keyID: Int64?, keyName: String, requests: Int = 0, inputTokens: Int = 0,
    outputTokens: Int = 0, cacheReadTokens: Int = 0, cacheWriteTokens: Int = 0,
    reasoningTokens: Int = 0, costNanoDollars: Int64 = 0, unpricedRequests: Int = 0,
    lastUsedAtMs: Int64 = 0
  ) {
    self.owner = owner
    self.keyID = keyID
    self.keyName = keyName
    self.requests = requests
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.reasoningTokens = reasoningTokens
    self.costNanoDollars = costNanoDollars
    self.unpricedRequests = unpricedRequests
    self.lastUsedAtMs = lastUsedAtMs
  }
}

/// Upstreams report numbers that nobody checked; a silly one must not stop the writer.
func saturatingSum<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> Number {
  let (sum, hasOverflowed) = left.addingReportingOverflow(right)
  return hasOverflowed ? (right < 0 ? .min : .max) : sum
}
