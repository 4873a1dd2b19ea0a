@testable internal import Storage
internal import TestSupport
internal import Testing

@Suite struct `The next start` {
  @Test func `finds everything that was accepted, exactly once`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<500 { #expect(store.records.append(smallRecord("\(number)", key: "k"))) }
    try await store.flush()
    let killed = try ScratchDirectory()
    try await store.whileHeld {
      for number in 500..<900 { #expect(store.records.append(smallRecord("\(number)", key: "k"))) }
      try directory.copy(to: killed)
    }
    await store.close()
    #expect(try Store.open(directory: directory.path).recovery == RecoveryReport())

    for start in 0..<3 {
      let (next, recovery) = try Store.open(directory: killed.path)
      #expect(recovery.replayedRecords == (start == 0 ? 400 : 0))
      #expect(recovery.notices.isEmpty == (start != 0))
      #expect(
        try await next.allRequests().map(\.record.id) == (0..<900).reversed().map(String.init))
      #expect(try await next.wholeLedger().count == 900)
      #expect(try await next.keyUsage().map(\.requests) == [900])
      await next.close()
    }
  }

  @Test func `finds nothing twice when only the tail was not moved`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    var journal: [UInt8] = []
    try await store.whileHeld {
      for number in 0..<50 { #expect(store.records.append(smallRecord("\(number)"))) }
      journal = try readFile(directory.path + "/anyllm.journal")
    }
    await store.close()
    // The database has the rows, the journal says it has not: killed between the two.
    writeFile(directory.path + "/anyllm.journal", journal)
    let (next, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.replayedRecords == 0)
    #expect(next.records.append(smallRecord("new")))
    #expect(try await next.allRequests().map(\.sequence) == (1...51).reversed())
    await next.close()
  }

  @Test func `tells of a record that was being written`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    let killed = try ScratchDirectory()
    try await store.whileHeld {
      for id in ["a", "b"] { #expect(store.records.append(smallRecord(id))) }
      try directory.copy(to: killed)
    }
    await store.close()
    var bytes = try readFile(killed.path + "/anyllm.journal")
    let size = (32 + smallRecord("a").encoded().count + 7) / 8 * 8
    bytes[4096 + size + 32 + 4] ^= 0xff
    writeFile(killed.path + "/anyllm.journal", bytes)
    let (next, recovery) = try Store.open(directory: killed.path)
    #expect(recovery.replayedRecords == 1)
    #expect(recovery.tornRecords == 1)
    #expect(recovery.notices.count == 2)
    #expect(next.records.append(smallRecord("c")))
    #expect(try await next.allRequests().map(\.record.id) == ["c", "a"])
    await next.close()
    #expect(try Store.open(directory: killed.path).recovery.tornRecords == 0)
  }

  @Test func `keeps what the journal holds when the database is gone`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<30 { #expect(store.records.append(smallRecord("\(number)"))) }
    try await store.flush()
    let killed = try ScratchDirectory()
    try await store.whileHeld {
      for number in 30..<60 { #expect(store.records.append(smallRecord("\(number)"))) }
      try directory.copy(to: killed)
    }
    await store.close()
    for suffix in ["", "-wal", "-shm"] { removeTree(killed.path + "/anyllm.db" + suffix) }
    writeFile(killed.path + "/anyllm.db", [])
    let (next, recovery) = try Store.open(directory: killed.path)
    #expect(recovery.replayedRecords == 30)
    #expect(try await next.allRequests().map(\.record.id) == (30..<60).reversed().map(String.init))
    await next.close()
    #expect(try Store.open(directory: killed.path).recovery.replayedRecords == 0)
  }

  @Test func `takes the records of a journal that another database knew`() async throws {
    let busy = try ScratchDirectory()
    let first = try Store.open(directory: busy.path).store
    for number in 0..<100 { #expect(first.records.append(smallRecord("old-\(number)"))) }
    await first.close()
    let other = try ScratchDirectory()
    let second = try Store.open(directory: other.path).store
    try await second.whileHeld {
      for number in 0..<10 { #expect(second.records.append(smallRecord("new-\(number)"))) }
      writeFile(
        busy.path + "/anyllm.journal", try readFile(other.path + "/anyllm.journal"))
    }
    await second.close()
    for start in 0..<2 {
      let (next, recovery) = try Store.open(directory: busy.path)
      #expect(recovery.replayedRecords == (start == 0 ? 10 : 0))
      #expect(next.records.append(smallRecord("after")))
      #expect(try await next.allRequests().count == 111 + start)
      await next.close()
    }
  }

  @Test func `goes on counting where the database stopped when the journal is gone`()
    async throws
  {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<10 { #expect(store.records.append(smallRecord("\(number)"))) }
    await store.close()
    removeTree(directory.path + "/anyllm.journal")
    let (next, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.notices.isEmpty)
    #expect(next.records.append(smallRecord("next")))
    #expect(try await next.request(id: "next")?.sequence == 11)
    await next.close()
  }
}
