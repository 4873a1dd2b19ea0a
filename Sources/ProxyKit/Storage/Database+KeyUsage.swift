extension Database {
  /// Adds the sums of a batch to what the key has used; a sum stops at 9e18 rather than overflow.
  func addUsage(_ usage: KeyUsage) throws(StorageFailure) {
    try run(
      """
      INSERT INTO key_usage VALUES (?,?,?,?,?,?,?,?,?,?,?)
      ON CONFLICT (key_id, key_name) DO UPDATE SET
        requests = requests + excluded.requests,
        input_tokens = min(input_tokens + excluded.input_tokens, 9000000000000000000),
        output_tokens = min(output_tokens + excluded.output_tokens, 9000000000000000000),
        cache_read_tokens =
          min(cache_read_tokens + excluded.cache_read_tokens, 9000000000000000000),
        cache_write_tokens =
          min(cache_write_tokens + excluded.cache_write_tokens, 9000000000000000000),
        reasoning_tokens =
          min(reasoning_tokens + excluded.reasoning_tokens, 9000000000000000000),
        cost_nano_dollars =
          min(cost_nano_dollars + excluded.cost_nano_dollars, 9000000000000000000),
        unpriced_requests = unpriced_requests + excluded.unpriced_requests,
        last_used_at_ms = max(last_used_at_ms, excluded.last_used_at_ms)
      """,
      [
        .integer(usage.keyID ?? 0), .text(usage.keyName), .integer(Int64(usage.requests)),
        .integer(Int64(usage.inputTokens)), .integer(Int64(usage.outputTokens)),
        .integer(Int64(usage.cacheReadTokens)), .integer(Int64(usage.cacheWriteTokens)),
        .integer(Int64(usage.reasoningTokens)), .integer(usage.costNanoDollars),
        .integer(Int64(usage.unpricedRequests)), .integer(usage.lastUsedAtMs),
      ])
  }

  func keyUsage() throws(StorageFailure) -> [KeyUsage] {
    try rows(
      """
      SELECT key_id, key_name, requests, input_tokens, output_tokens, cache_read_tokens,
        cache_write_tokens, reasoning_tokens, cost_nano_dollars, unpriced_requests,
        last_used_at_ms
      FROM key_usage ORDER BY key_id, key_name
      """
    ) { row in
      KeyUsage(
        keyID: row.integer(0) == 0 ? nil : row.integer(0), keyName: row.text(1),
        requests: row.int(2), inputTokens: row.int(3), outputTokens: row.int(4),
        cacheReadTokens: row.int(5), cacheWriteTokens: row.int(6), reasoningTokens: row.int(7),
        costNanoDollars: row.integer(8), unpricedRequests: row.int(9),
        lastUsedAtMs: row.integer(10))
    }
  }
}
