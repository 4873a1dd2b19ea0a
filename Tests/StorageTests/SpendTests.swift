@testable internal import Storage
internal import TestSupport
internal import Testing

private let hourMs: Int64 = 3_600_000
/// Wednesday, 15 January 2025, 10:30 UTC.
private let noonish: Int64 = 1_736_937_000_000

private func record(
  _ owner: String, _ model: String, at moment: Int64, nanoDollars: Int64?, input: Int = 10
) -> ExchangeRecord {
  ExchangeRecord(
    id: "r", startedAtMs: moment - 500, durationMs: 500, modelRequested: model, owner: owner,
    inputTokens: input, outputTokens: 1, costNanoDollars: nanoDollars)
}

@Suite struct `What was spent` {
  @Test func `is summed up by owner, model and period`() async throws {
    let store = try Store.inMemory()
    for (hoursAgo, cost) in [(0, 1), (1, 10), (11, 100), (24 * 2 + 12, 1000), (24 * 20, 10_000)] {
      #expect(
        store.records.append(
          record(
            "key:1", "claude", at: noonish - Int64(hoursAgo) * hourMs, nanoDollars: Int64(cost))))
    }
    #expect(store.records.append(record("key:1", "gpt", at: noonish, nanoDollars: 7)))
    let totals = try await store.spendTotals(atMs: noonish).sorted { $0.model < $1.model }
    #expect(
      totals == [
        SpendTotal(
          owner: "key:1", model: "claude", requests: 5, nanoDollars: 11_111, hourNanoDollars: 1,
          dayNanoDollars: 11, weekNanoDollars: 111, monthNanoDollars: 1111),
        SpendTotal(
          owner: "key:1", model: "gpt", requests: 1, nanoDollars: 7, hourNanoDollars: 7,
          dayNanoDollars: 7, weekNanoDollars: 7, monthNanoDollars: 7),
      ])
    let nextYear = try await store.spendTotals(atMs: noonish + 8760 * hourMs)
    #expect(nextYear.allSatisfy { $0.monthNanoDollars + $0.dayNanoDollars == 0 })
    #expect(nextYear.map(\.nanoDollars).reduce(0, +) == 11_118)
  }

  @Test func `is told hour by hour, minute by minute, for those who are asked for`() async throws {
    let store = try Store.inMemory()
    let hostile = "name:a\"b\\c\u{1}'"
    for minute in 0..<180 {
      for owner in ["key:1", hostile] {
        #expect(
          store.records.append(
            record(owner, "m", at: noonish + Int64(minute) * 60_000, nanoDollars: 2)))
      }
    }
    let hours = try await store.spends(sinceMs: noonish + hourMs, owners: [hostile])
    #expect(hours.map(\.requests) == [60, 60, 30])
    #expect(hours.allSatisfy { $0.owner == hostile && $0.startMs % hourMs == 0 })
    #expect(hours.first?.nanoDollars == 120 && hours.first?.tokens == 660)
    #expect(try await store.spends(sinceMs: 0).map(\.requests).reduce(0, +) == 360)
    let since = noonish + 119 * 60_000
    let minutes = try await store.recentSpends(sinceMs: since, owners: ["key:1", "nobody"])
    #expect(minutes.map(\.startMs) == (119..<180).map { noonish + $0 * 60_000 })
    #expect(minutes.allSatisfy { $0.nanoDollars == 2 && $0.owner == "key:1" })
    #expect(try await store.recentSpends(sinceMs: since).count == 122)
    #expect(try await store.recentSpends(sinceMs: .max).isEmpty)
  }

  @Test func `is booked where older programs named only the key`() async throws {
    let store = try Store.inMemory()
    for (keyID, name) in [(12, "ci"), (nil, "blue"), (nil, "open")] as [(Int64?, String)] {
      #expect(
        store.records.append(
          ExchangeRecord(
            id: "x", startedAtMs: 1, modelSent: "gpt", keyID: keyID, keyName: name, inputTokens: 1,
            costNanoDollars: 5)))
    }
    let totals = try await store.spendTotals(atMs: 1)
    #expect(Set(totals.map(\.owner)) == ["key:12", "name:blue", "open"])
    #expect(totals.allSatisfy { $0.model == "gpt" && $0.nanoDollars == 5 })
  }

  @Test func `names no model that a client only tried`() async throws {
    let store = try Store.inMemory()
    for number in 0..<100 {
      #expect(
        store.records.append(
          ExchangeRecord(
            id: "x", startedAtMs: 1, modelRequested: "guess-\(number)", owner: "key:1", status: 404)
        ))
    }
    let totals = try await store.spendTotals(atMs: 1)
    #expect(totals.map(\.model) == [""])
    #expect(totals.map(\.requests) == [100])
  }

  @Test func `is counted once, however it is counted`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.journalBytes = 8 << 20
    let store = try Store.open(directory: directory.path, limits: limits).store
    let count = Int(SpendTally.rowsPerStep) * 2 + 100
    for number in 0..<count {
      #expect(
        store.records.append(record("key:\(number % 7)", "m", at: noonish, nanoDollars: 3)))
      if number % 5000 == 0 {
        #expect(
          try await store.spendTotals(atMs: noonish).map(\.requests).reduce(0, +) == number + 1)
      }
    }
    #expect(try await store.spendTotals(atMs: noonish).map(\.requests).reduce(0, +) == count)
    await store.close()
    let next = try Store.open(directory: directory.path).store
    let again = try await next.spendTotals(atMs: noonish)
    #expect(again.map(\.requests).reduce(0, +) == count)
    #expect(again.map(\.dayNanoDollars).reduce(0, +) == Int64(count * 3))
    await next.close()
  }

  @Test func `is counted anew from the ledger where it was lost`() async throws {
    let database = try Database(path: ":memory:")
    _ = try Schema.migrate(database)
    _ = try RecordWriter(database).write(
      (1...20).map {
        Journal.Entry(
          sequence: $0,
          payload: record("key:\($0 % 3)", "m", at: noonish, nanoDollars: 4).encoded())
      })
    let tally = SpendTally(database)
    try tally.catchUp()
    let sum = "SELECT sum(cost_nano_dollars) FROM spend_totals"
    #expect(try database.integer(sum) == 80)
    try tally.catchUp()
    #expect(try database.integer(sum) == 80)
    try tally.forget()
    #expect(try database.integer(sum) == nil)
    try tally.catchUp()
    #expect(try database.integer(sum) == 80)
    #expect(try database.integer("SELECT sum(cost_nano_dollars) FROM spends") == 80)
  }

  @Test(
    arguments: [
      (0, 0, 0, 0), (noonish, 482_482, 20_103, 660), (951_782_400_000, 264_384, 11_016, 361),
      (1_735_689_599_999, 482_135, 20_088, 659), (1_735_689_600_000, 482_136, 20_089, 660),
      (.max, 70_389_527, 2_932_896, 96_359), (-1, 0, 0, 0),
    ] as [(Int64, Int64, Int64, Int64)])
  func `falls into the calendar's hours, days and months`(
    moment: Int64, hour: Int64, day: Int64, month: Int64
  ) {
    let calendar = SpendCalendar(atMs: moment)
    #expect(calendar.hour == hour)
    #expect(calendar.day == day)
    #expect(calendar.month == month)
  }

  @Test func `falls into weeks that begin on Monday`() {
    let monday = SpendCalendar(atMs: 1_736_726_400_000)
    #expect(SpendCalendar(hour: monday.hour + 7 * 24 - 1).week == monday.week)
    #expect(SpendCalendar(hour: monday.hour + 7 * 24).week == monday.week + 1)
    #expect(SpendCalendar(hour: monday.hour - 1).week == monday.week - 1)
  }
}

@Suite struct `Settings laid over the configuration` {
  @Test func `are kept by kind and name until they are taken back`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    func entry(_ generation: Int) -> AuditEntry {
      AuditEntry(atMs: 1, actor: "uid:0", action: "set", target: "x", generation: generation)
    }
    try await first.saveOverrides(
      [
        OverrideChange(kind: "backend", name: "b", value: "{\"state\":\"draining\"}"),
        OverrideChange(kind: "price", name: "b", value: "1"),
        OverrideChange(kind: "price", name: "c", value: "2"),
      ], generation: 2, audit: entry(2))
    try await first.saveOverrides(
      [
        OverrideChange(kind: "price", name: "b", value: nil),
        OverrideChange(kind: "price", name: "c", value: "3"),
      ], generation: 3, audit: entry(3))
    let stale = await #expect(throws: StorageFailure.self) {
      try await first.saveOverrides(
        [OverrideChange(kind: "price", name: "c", value: "4")], generation: 3, audit: entry(3))
    }
    #expect(stale?.kind == .staleGeneration)
    await first.close()
    let second = try Store.open(directory: directory.path).store
    #expect(
      try await second.overrides() == [
        Override(kind: "backend", name: "b", value: "{\"state\":\"draining\"}"),
        Override(kind: "price", name: "c", value: "3"),
      ])
    #expect(try await second.audit(limit: 10).count == 2)
    #expect(try await second.lastGeneration() == 3)
    await second.close()
  }
}
