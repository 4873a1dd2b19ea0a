internal import Glibc
@testable internal import Storage
internal import TestSupport
internal import Testing

/// Set in the environment, it has a start over a million rows measured, which takes a minute.
private let isMeasuring = unsafe getenv("ANYLLM_MEASURE_START") != nil

@Suite struct `A start over a long history` {
  @Test(.enabled(if: isMeasuring)) func `takes as long as it says here`() async throws {
    let directory = try ScratchDirectory()
    await (try Store.open(directory: directory.path).store).close()
    do {
      let database = try Database(path: directory.path + "/anyllm.db")
      try fill(database, rows: 1_000_000, keys: 10_000)
    }
    let clock = ContinuousClock()
    let counting = try await clock.measure {
      let store = try Store.open(directory: directory.path).store
      _ = try await store.spendTotals(atMs: last)
      await store.close()
    }
    print("counting everything once: \(counting)")
    for _ in 0..<2 {
      let start = clock.now
      let store = try Store.open(directory: directory.path).store
      print("opening: \(clock.now - start)")
      try await measure(store)
      await store.close()
    }
  }

  private func measure(_ store: Store) async throws {
    func tell(_ what: String, _ job: () async throws -> Int) async throws {
      let start = ContinuousClock.now
      let count = try await job()
      print("\(what): \(ContinuousClock.now - start) for \(count) rows")
      #expect(count > 0)
    }
    try await tell("keys") { try await store.allKeys().count }
    try await tell("totals") { try await store.spendTotals(atMs: last).count }
    try await tell("one owner's month") {
      try await store.spends(sinceMs: last - 31 * 86_400_000, owners: ["key:77"]).count
    }
    try await tell("everybody's hour") {
      try await store.recentSpends(sinceMs: last - 3_600_000).count
    }
    try await tell("one owner's use") { try await store.keyUsage(of: "key:77").count }
    try await tell("usage by day") { try await store.usage(by: .day).count }
  }

  private var last: Int64 { 1_760_000_000_000 }

  /// A month of requests, evenly over all keys and three models.
  private func fill(_ database: Database, rows: Int, keys: Int) throws {
    let step = 30 * 86_400_000 / rows
    try database.script(
      """
      BEGIN;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(keys))
      INSERT INTO keys (name, prefix, digest, created_at_ms, note, terms)
      SELECT 'key-' || i, 'sk-vk' || i, randomblob(32), 1, '',
        '{"requestsPerMinute":60,"budgets":[{"limitMicroDollars":50000000,"period":"month",'
        || '"isRolling":false}],"tags":[],"role":"developer","mappings":[],"logsBodies":false}'
      FROM n;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
      INSERT INTO ledger (sequence, at_ms, key_id, key_name, backend, model, input_tokens,
        output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
        cost_nano_dollars, owner, model_requested)
      SELECT i, \(last) - (\(rows) - i) * \(step), i * 7919 % \(keys) + 1,
        'key-' || (i * 7919 % \(keys) + 1), 'anthropic', 'claude', 100, 20, 0, 0, 0, 1000000,
        'key:' || (i * 7919 % \(keys) + 1), 'claude-' || (i % 3)
      FROM n;
      UPDATE meta SET number = \(rows) WHERE name = 'last_sequence';
      COMMIT;
      """)
  }
}
