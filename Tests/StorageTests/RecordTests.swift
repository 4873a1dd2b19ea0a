@testable internal import Storage
internal import TestSupport
internal import Testing

@Suite struct `Records` {
  @Test func `come back from the request log as they were given`() async throws {
    let store = try Store.inMemory()
    #expect(store.records.append(fullRecord("a")))
    #expect(store.records.append(smallRecord("b")))
    let page = try await store.requests(limit: 10)
    #expect(page.requests.map(\.record) == [smallRecord("b"), fullRecord("a")])
    #expect(page.next == nil)
    #expect(try await store.request(id: "a")?.record == fullRecord("a"))
    #expect(try await store.request(id: "nobody") == nil)
  }

  @Test func `leave a row in the ledger that the price belongs to`() async throws {
    let store = try Store.inMemory()
    #expect(store.records.append(fullRecord("a")))
    #expect(store.records.append(smallRecord("b")))
    let rows = try await store.ledger(limit: 10)
    #expect(rows.map(\.costNanoDollars) == [1_234_567, nil])
    #expect(rows.first?.model == "gpt")
    #expect(rows.first?.keyID == 7)
    #expect(rows.first?.cacheReadTokens == 3000)
    #expect(rows.first?.cacheWrite1hTokens == 150)
    #expect(rows.first?.webSearches == 3)
    #expect(rows.map(\.owner) == ["key:7", ""])
    #expect(rows.map(\.route) == ["smart", ""])
    #expect(rows.map(\.modelRequested) == ["claude-sonnet", ""])
    #expect(rows.map(\.atMs) == [1_760_000_001_234, 1000])
    #expect(try await store.ledger(after: rows[0].sequence, limit: 10) == [rows[1]])
  }

  @Test func `add up per key, across restarts`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    for number in 0..<3 { #expect(first.records.append(fullRecord("\(number)"))) }
    #expect(first.records.append(smallRecord("x", key: "static")))
    await first.close()
    let second = try Store.open(directory: directory.path).store
    #expect(second.records.append(fullRecord("later")))
    let usage = try await second.keyUsage()
    #expect(
      usage == [
        KeyUsage(
          owner: "name:static", keyID: nil, keyName: "static", requests: 1, inputTokens: 1,
          unpricedRequests: 1,
          lastUsedAtMs: 1000),
        KeyUsage(
          owner: "key:7", keyID: 7, keyName: "team-blue", requests: 4, inputTokens: 400,
          outputTokens: 80,
          cacheReadTokens: 12000, cacheWriteTokens: 1600, reasoningTokens: 20,
          costNanoDollars: 4_938_268, lastUsedAtMs: 1_760_000_001_234),
      ])
    await second.close()
  }

  @Test(arguments: hostileTexts) func `take any text as text`(text: String) async throws {
    let store = try Store.inMemory()
    let record = ExchangeRecord(
      id: text, startedAtMs: 1, dialect: text, modelRequested: text, modelSent: text,
      backend: text, keyName: text, client: text, session: text, ending: text, errorKind: text,
      errorMessage: text)
    #expect(store.records.append(record))
    #expect(try await store.request(id: text)?.record == record)
    #expect(try await store.keyUsage().map(\.keyName) == [text])
  }

  @Test func `with absurd numbers do not stop the writer`() async throws {
    let store = try Store.inMemory()
    for number in [Int.max, Int.max, -1, Int.min] {
      var record = fullRecord("\(number)")
      record.inputTokens = number
      record.costNanoDollars = Int64(number)
      record.durationMs = number
      #expect(store.records.append(record))
      try await store.flush()
    }
    #expect(try await store.allRequests().count == 4)
    #expect(try await store.keyUsage().first?.inputTokens == 9_000_000_000_000_000_000)
    #expect(store.records.health.writeFailures == 0)
  }

  @Test func `are cut where a text is longer than anyone reads`() throws {
    var record = smallRecord("long")
    record.errorMessage = String(repeating: "é", count: 10_000)
    record.losses = (0..<100).map { "loss-\($0)" }
    let read = try #require(ExchangeRecord(encoded: record.encoded()))
    #expect(read.errorMessage?.utf8.count == 2047)
    #expect(read.errorMessage?.hasSuffix("é…") == true)
    #expect(read.losses.count == 64)
  }

  @Test func `are not read from bytes that were cut anywhere`() {
    let bytes = fullRecord("a").encoded()
    #expect(ExchangeRecord(encoded: bytes) == fullRecord("a"))
    for count in bytes.indices {
      #expect(ExchangeRecord(encoded: Array(bytes[..<count])) == nil)
    }
    #expect(ExchangeRecord(encoded: bytes + [0]) == nil)
    #expect(ExchangeRecord(encoded: [0] + bytes.dropFirst()) == nil)
    #expect(ExchangeRecord(encoded: [9] + bytes.dropFirst()) == nil)
  }

  @Test func `of an older program are read without what it did not know`() throws {
    // As version 1 wrote it: no integers after the generation, no texts after the ending.
    let old: [UInt8] =
      [1, 4] + [2, 0, 2, 0x90, 3, 10, 4, 0, 8, 0, 6] + [14]
      + [1 << 1, 0x61] + [0, 0, 0, 0, 0, 0] + [1 << 1, 0x62] + [0]
    #expect(
      ExchangeRecord(encoded: old)
        == ExchangeRecord(
          id: "a", startedAtMs: 1, attempts: 1, keyID: 7, status: 200, ending: "b", inputTokens: 5,
          outputTokens: 2, cacheWriteTokens: 4, generation: 3))
  }

  @Test func `of hundreds of tasks are all kept, each once`() async throws {
    var limits = StoreLimits()
    limits.drainInterval = .milliseconds(1)
    limits.batchRecords = 32
    let store = try Store.inMemory(limits: limits)
    await withDiscardingTaskGroup { group in
      for task in 0..<300 {
        group.addTask {
          for number in 0..<20 {
            while !store.records.append(smallRecord("\(task)/\(number)")) { await Task.yield() }
          }
        }
        if task % 50 == 0 { group.addTask { _ = try? await store.requests(limit: 5) } }
      }
    }
    let all = try await store.allRequests()
    #expect(all.count == 6000)
    #expect(Set(all.map(\.record.id)).count == 6000)
    #expect(all.map(\.sequence) == (1...6000).reversed())
    #expect(store.records.health.writtenRecords == 6000)
    #expect(store.records.health.waitingRecords == 0)
  }

  @Test func `are refused and counted when the journal is full, and taken again after`()
    async throws
  {
    var limits = StoreLimits()
    limits.journalBytes = 4096
    let store = try Store.inMemory(limits: limits)
    var kept = 0
    try await store.whileHeld {
      while store.records.append(smallRecord("\(kept)")) { kept += 1 }
      #expect(kept > 20)
      #expect(store.records.health.droppedRecords == 1)
      #expect(store.records.health.waitingRecords == kept)
    }
    try await store.flush()
    #expect(store.records.append(smallRecord("after")))
    #expect(try await store.allRequests().count == kept + 1)
    #expect(store.records.health.usedBytes == 0)
  }

  @Test func `reach the database without being asked for`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.drainInterval = .milliseconds(1)
    let store = try Store.open(directory: directory.path, limits: limits).store
    #expect(store.records.append(smallRecord("a")))
    while store.records.health.writtenRecords == 0 { await Task.yield() }
    #expect(store.records.health.usedBytes == 0)
    await store.close()
  }

  @Test func `are refused once the store is closed, as everything is`() async throws {
    let store = try Store.inMemory()
    #expect(store.records.append(smallRecord("a")))
    await store.close()
    #expect(!store.records.append(smallRecord("b")))
    let failure = await #expect(throws: StorageFailure.self) { try await store.allKeys() }
    #expect(failure?.kind == .closed)
    await store.close()
  }
}
