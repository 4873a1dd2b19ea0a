internal import Storage
internal import TestSupport
internal import Testing

@Suite struct `The request log` {
  @Test func `is read in pages without a gap or a repeat`() async throws {
    let store = try Store.inMemory()
    for number in 0..<25 { #expect(store.records.append(smallRecord("\(number)"))) }
    var seen: [String] = []
    var before: Int64?
    repeat {
      let page = try await store.requests(limit: 10, before: before)
      seen += page.requests.map(\.record.id)
      before = page.next
      // What is written meanwhile does not move the pages.
      #expect(store.records.append(smallRecord("new")))
    } while before != nil
    #expect(seen == (0..<25).reversed().map(String.init))
  }

  @Test func `answers with a bounded page whatever is asked`() async throws {
    let store = try Store.inMemory()
    for number in 0..<1200 { #expect(store.records.append(smallRecord("\(number)"))) }
    #expect(try await store.requests(limit: .max).requests.count == 1000)
    #expect(try await store.requests(limit: -5).requests.count == 1)
    #expect(try await store.requests(limit: 10, before: 0).requests.isEmpty)
    #expect(try await store.requests(limit: 10, before: .min).requests.isEmpty)
  }

  @Test func `is filtered by each member and by all together`() async throws {
    let store = try Store.inMemory()
    #expect(store.records.append(fullRecord("full")))
    #expect(store.records.append(smallRecord("small", key: "%")))
    func ids(_ filter: RequestFilter) async throws -> [String] {
      try await store.requests(limit: 10, matching: filter).requests.map(\.record.id)
    }
    #expect(try await ids(RequestFilter()) == ["small", "full"])
    #expect(try await ids(RequestFilter(keyName: "%")) == ["small"])
    #expect(try await ids(RequestFilter(keyName: "team-blue")) == ["full"])
    #expect(try await ids(RequestFilter(backend: "openai")) == ["full"])
    #expect(try await ids(RequestFilter(model: "claude-sonnet")) == ["full"])
    #expect(try await ids(RequestFilter(model: "gpt")) == ["full"])
    #expect(try await ids(RequestFilter(session: "s-1")) == ["full"])
    #expect(try await ids(RequestFilter(onlyFailures: true)) == ["full"])
    #expect(try await ids(RequestFilter(backend: "openai", session: "other")).isEmpty)
  }

  @Test func `gives a filtered reader a place to go on from, even on an empty page`() async throws {
    var limits = StoreLimits()
    limits.journalBytes = 16 << 20
    let store = try Store.inMemory(limits: limits)
    #expect(store.records.append(smallRecord("oldest", key: "rare")))
    for _ in 0..<20_001 { #expect(store.records.append(smallRecord("other"))) }
    let filter = RequestFilter(keyName: "rare")
    let first = try await store.requests(limit: 10, matching: filter)
    #expect(first.requests.isEmpty)
    let next = try #require(first.next)
    let second = try await store.requests(limit: 10, before: next, matching: filter)
    #expect(second.requests.map(\.record.id) == ["oldest"])
    #expect(second.next == nil)
    #expect(try await store.request(id: "oldest")?.sequence == 1)
    #expect(try await store.request(id: "other")?.sequence == 20_002)
    #expect(try await store.request(id: "never") == nil)
  }

  @Test func `keeps its newest rows`() async throws {
    let store = try Store.inMemory()
    for number in 0..<1300 { #expect(store.records.append(smallRecord("\(number)", key: "k"))) }
    try await store.flush()
    #expect(try await store.trim(keepRows: 100) == 1200)
    #expect(try await store.trim(keepRows: 100) == 0)
    #expect(try await store.allRequests().map(\.sequence) == (1201...1300).reversed())
    #expect(try await store.wholeLedger().count == 1300)
    #expect(try await store.keyUsage().first?.requests == 1300)
  }

  @Test func `loses the rows that ended before a moment`() async throws {
    let store = try Store.inMemory()
    for number in 0..<1300 {
      #expect(store.records.append(smallRecord("\(number)", endedAtMs: Int64(number))))
    }
    try await store.flush()
    #expect(try await store.trim(olderThanMs: 1250) == 1250)
    #expect(try await store.trim(olderThanMs: 1250) == 0)
    #expect(try await store.allRequests().count == 50)
    #expect(try await store.trim(keepRows: 10, olderThanMs: 1295) == 45)
    #expect(try await store.trim(keepRows: 0) == 5)
    #expect(try await store.trim(keepRows: 0) == 0)
  }

  @Test func `gives the room of trimmed rows back to the disk`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<8000 { #expect(store.records.append(fullRecord("\(number)"))) }
    try await store.flush()
    _ = try await store.trim(keepRows: 10)
    await store.close()
    // The ledger of 8000 rows stays; the log was several times as large.
    #expect(try readFile(directory.path + "/anyllm.db").count < 3 << 19)
  }
}
