@testable internal import Storage
internal import TestSupport
internal import Testing

private let dayMs: Int64 = 86_400_000

private func record(
  day: Int64, owner: String = "key:1", name: String = "ci", model: String = "claude",
  backend: String = "anthropic", nanoDollars: Int64? = 5
) -> ExchangeRecord {
  ExchangeRecord(
    id: "r", startedAtMs: day * dayMs + 1, modelRequested: model, backend: backend, keyName: name,
    owner: owner, inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4,
    reasoningTokens: 5, costNanoDollars: nanoDollars)
}

@Suite struct `Usage` {
  private func store() async throws -> Store {
    let store = try Store.inMemory()
    for day in [3, 1, 1] as [Int64] { #expect(store.records.append(record(day: day))) }
    #expect(
      store.records.append(
        record(
          day: 2, owner: "name:blue", name: "blue", model: "gpt", backend: "openai",
          nanoDollars: nil)))
    try await store.flush()
    return store
  }

  @Test(
    arguments: [
      (.day, ["1", "2", "3"], [2, 1, 1]), (.model, ["claude", "gpt"], [3, 1]),
      (.backend, ["anthropic", "openai"], [3, 1]), (.key, ["ci", "blue"], [3, 1]),
    ] as [(UsageSum.Group, [String], [Int])])
  func `is added up by what is asked`(
    group: UsageSum.Group, names: [String], counts: [Int]
  ) async throws {
    let sums = try await store().usage(by: group)
    #expect(sums.map(\.group) == names)
    #expect(sums.map(\.requests) == counts)
    #expect(sums.map(\.cacheReadTokens) == counts.map { $0 * 3 })
    #expect(sums.map(\.unpricedRequests).reduce(0, +) == 1)
    #expect(sums.map(\.costNanoDollars).reduce(0, +) == 15)
  }

  @Test func `is narrowed by owner and time`() async throws {
    let store = try await store()
    #expect(try await store.usage(by: .day, owner: "name:blue").map(\.group) == ["2"])
    #expect(try await store.usage(by: .day, owner: "nobody").isEmpty)
    let middle = try await store.usage(by: .day, sinceMs: dayMs * 2, untilMs: dayMs * 3)
    #expect(middle.map(\.group) == ["2"])
    #expect(try await store.usage(by: .day, sinceMs: dayMs * 9).isEmpty)
  }

  @Test func `is read in more than one look where there is much of it`() async throws {
    let database = try Database(path: ":memory:")
    _ = try Schema.migrate(database)
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.journalBytes = 16 << 20
    let store = try Store.open(directory: directory.path, limits: limits).store
    for _ in 0..<45_000 { #expect(store.records.append(record(day: 1))) }
    let sums = try await store.usage(by: .model)
    #expect(sums.map(\.requests) == [45_000])
    #expect(sums.first?.costNanoDollars == 225_000)
    await store.close()
  }

  @Test func `of one owner or all is what the ledger says`() async throws {
    let store = try await store()
    #expect(try await store.keyUsage(of: "key:1").map(\.requests) == [3])
    #expect(try await store.keyUsage(of: "nobody").isEmpty)
    #expect(try await store.keyUsage().map(\.owner) == ["key:1", "name:blue"])
    let totals = try await store.spendTotals(atMs: dayMs * 3 + 5, owner: "key:1")
    #expect(totals.map(\.nanoDollars) == [15] && totals.map(\.dayNanoDollars) == [5])
  }
}

@Suite struct `Spends of long ago` {
  @Test func `stand together in one sum, and are not lost`() async throws {
    let store = try Store.inMemory()
    for hour in 1...2000 as ClosedRange<Int64> {
      for owner in ["key:1", "key:2"] {
        var record = record(day: 0, owner: owner)
        record.startedAtMs = hour * 3_600_000
        #expect(store.records.append(record))
      }
      if hour % 1000 == 0 { try await store.flush() }
    }
    let before = try await store.spends(sinceMs: 0, owners: ["key:1"])
    #expect(before.map(\.requests).reduce(0, +) == 2000)
    let cut: Int64 = 1500 * 3_600_000
    #expect(try await store.foldSpends(olderThanMs: cut) == 2 * 1499)
    #expect(try await store.foldSpends(olderThanMs: cut) == 0)
    for owners in [["key:1"], ["key:1"] + (0..<40).map { "key:x\($0)" }] {
      let after = try await store.spends(sinceMs: 0, owners: owners)
      #expect(after.count == 502)
      #expect(after.map(\.requests).reduce(0, +) == 2000)
      #expect(after.map(\.nanoDollars).reduce(0, +) == 10_000)
      #expect(after.first { $0.startMs == 0 }?.requests == 1499)
    }
    let recent = try await store.spends(sinceMs: cut, owners: ["key:2", "key:9"])
    #expect(recent.count == 501 && recent.allSatisfy { $0.owner == "key:2" })
    #expect(try await store.spends(sinceMs: cut).count == 1002)
    #expect(try await store.spendTotals(atMs: 0).map(\.nanoDollars) == [10_000, 10_000])
  }
}
