internal import Glibc
@testable internal import Storage
internal import TestSupport
internal import Testing

private func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

@Suite struct `A store in trouble` {
  @Test func `makes its directory and files for their owner only`() async throws {
    let directory = try ScratchDirectory()
    let (store, _) = try Store.open(directory: directory.path + "/a/b")
    #expect(store.records.append(smallRecord("a")))
    try await store.flush()
    #expect(directory.mode(of: "a") == 0o700)
    #expect(directory.mode(of: "a/b") == 0o700)
    let files = names(in: directory.path + "/a/b")
    #expect(files.contains("anyllm.db") && files.contains("anyllm.journal"))
    for name in files { #expect(directory.mode(of: "a/b/" + name) == 0o600) }
    await store.close()
  }

  @Test func `narrows the mode of a file that others could read`() async throws {
    let directory = try ScratchDirectory()
    await (try Store.open(directory: directory.path).store).close()
    _ = unsafe chmod(directory.path + "/anyllm.db", 0o644)
    await (try Store.open(directory: directory.path).store).close()
    #expect(directory.mode(of: "anyllm.db") == 0o600)
  }

  @Test func `moves a file that is no database aside and says so`() async throws {
    let directory = try ScratchDirectory()
    let garbage = (0..<9000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    writeFile(directory.path + "/anyllm.db", garbage)
    let (store, recovery) = try Store.open(directory: directory.path)
    let kept = try #require(recovery.movedAside.first)
    #expect(try readFile(kept) == garbage)
    #expect(recovery.notices.first?.contains(kept) == true)
    #expect(try await store.allKeys().isEmpty)
    await store.close()
    // A second time does not overwrite the first.
    writeFile(directory.path + "/anyllm.db", garbage)
    let again = try Store.open(directory: directory.path)
    #expect(again.recovery.movedAside != recovery.movedAside)
    #expect(try readFile(kept) == garbage)
    await again.store.close()
  }

  @Test func `moves a database with rotten pages aside and loses no waiting record`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<200 { #expect(store.records.append(fullRecord("\(number)"))) }
    await store.close()
    let later = try Store.open(directory: directory.path).store
    let killed = try ScratchDirectory()
    try await later.whileHeld {
      for number in 0..<5 { #expect(later.records.append(fullRecord("waiting-\(number)"))) }
      try directory.copy(to: killed)
    }
    await later.close()
    var bytes = try readFile(killed.path + "/anyllm.db")
    for index in stride(from: 8192, to: bytes.count, by: 64) { bytes[index] ^= 0xff }
    writeFile(killed.path + "/anyllm.db", bytes)
    for suffix in ["-wal", "-shm"] { removeTree(killed.path + "/anyllm.db" + suffix) }
    let (next, recovery) = try Store.open(directory: killed.path)
    #expect(recovery.movedAside.count == 1)
    #expect(recovery.replayedRecords == 5)
    #expect(try await next.allRequests().count == 5)
    await next.close()
  }

  @Test func `takes over every table that is whole`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    let key = try await store.insertKey(
      name: "blue", prefix: "sk", digest: digest(1), createdAtMs: 1)
    let secret = try await store.installSecret { digest(2) }
    for number in 0..<300 { #expect(store.records.append(fullRecord("\(number)"))) }
    let usage = try await store.keyUsage()
    let page = try await store.perform { database throws(StorageFailure) in
      try database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'request_log'")
    }
    await store.close()
    var bytes = try readFile(directory.path + "/anyllm.db")
    let start = (Int(try #require(page)) - 1) * 4096
    for index in start..<start + 4096 { bytes[index] = 0xee }
    writeFile(directory.path + "/anyllm.db", bytes)
    let (next, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.notices.first?.contains("begin anew: request_log;") == true)
    #expect(recovery.replayedRecords == 0)
    #expect(try await next.allKeys() == [key])
    #expect(try await next.installSecret { digest(3) } == secret)
    #expect(try await next.keyUsage() == usage)
    #expect(try await next.wholeLedger().count == 300)
    #expect(next.records.append(smallRecord("next")))
    #expect(try await next.allRequests().map(\.sequence) == [301])
    await next.close()
  }

  @Test(arguments: ["spends", "spend_totals"])
  func `counts what was spent again where the sums are damaged`(table: String) async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<300 { #expect(store.records.append(fullRecord("\(number)"))) }
    let totals = try await store.spendTotals(atMs: 1)
    let hours = try await store.spends(sinceMs: 0)
    #expect(totals.map(\.requests) == [300] && hours.map(\.requests) == [300])
    let page = try await store.perform { database throws(StorageFailure) in
      try database.integer(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?", [.text(table)])
    }
    await store.close()
    var bytes = try readFile(directory.path + "/anyllm.db")
    let start = (Int(try #require(page)) - 1) * 4096
    for index in start..<start + 4096 { bytes[index] = 0xee }
    writeFile(directory.path + "/anyllm.db", bytes)
    let (next, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.notices.first?.contains("every table could be taken over") == true)
    #expect(try await next.spendTotals(atMs: 1) == totals)
    #expect(try await next.spends(sinceMs: 0) == hours)
    #expect(next.records.append(fullRecord("next")))
    #expect(try await next.spendTotals(atMs: 1).map(\.requests) == [301])
    await next.close()
  }

  @Test func `goes on behind the rows it has when the secret and the sequence are lost`()
    async throws
  {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    for number in 0..<40 { #expect(store.records.append(fullRecord("\(number)"))) }
    try await store.flush()
    let page = try await store.perform { database throws(StorageFailure) in
      try database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'")
    }
    await store.close()
    var bytes = try readFile(directory.path + "/anyllm.db")
    let start = (Int(try #require(page)) - 1) * 4096
    for index in start..<start + 4096 { bytes[index] = 0xee }
    writeFile(directory.path + "/anyllm.db", bytes)
    let (next, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.notices.first?.contains("meta") == true)
    #expect(next.records.append(fullRecord("next")))
    #expect(try await next.wholeLedger().map(\.sequence) == Array(1...41))
    #expect(try await next.spendTotals(atMs: 1).map(\.requests) == [41])
    await next.close()
  }

  @Test func `waits while another program holds the whole file, and loses nothing`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    let other = try Database(path: directory.path + "/anyllm.db")
    try other.run("BEGIN EXCLUSIVE")
    for number in 0..<100 { #expect(store.records.append(smallRecord("\(number)"))) }
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.insertKey(name: "a", prefix: "a", digest: digest(1), createdAtMs: 1)
    }
    #expect(failure?.kind == .locked)
    #expect(store.records.health.waitingRecords == 100)
    try other.run("COMMIT")
    #expect(try await store.allRequests().count == 100)
    #expect(try await store.keyUsage().map(\.requests) == [100])
    #expect(store.records.health.lastFailure == nil)
    await store.close()
  }

  @Test func `refuses keys and sums on a full disk, and has neither half`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.maximumPages = 45
    let store = try Store.open(directory: directory.path, limits: limits).store
    var names: [String] = []
    var refusal: StorageFailure?
    while refusal == nil, names.count < 5000 {
      let number = names.count
      do throws(StorageFailure) {
        let key = try await store.insertKey(
          name: "k\(number)", prefix: "p",
          digest: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) },
          createdAtMs: 1, note: String(repeating: "n", count: 200),
          audit: AuditEntry(
            atMs: 1, actor: "uid:0", action: "key.add", target: "k\(number)", generation: number))
        names.append(key.name)
      } catch {
        refusal = error
      }
    }
    #expect(refusal?.kind == .diskFull)
    #expect(try await store.allKeys().map(\.name) == names)
    #expect(try await store.audit(limit: 1).first?.target == names.last)
    await store.close()
    let next = try Store.open(directory: directory.path).store
    #expect(try await next.allKeys().count == names.count)
    await next.close()
  }

  @Test func `moves a journal that is none aside and says so`() async throws {
    let directory = try ScratchDirectory()
    await (try Store.open(directory: directory.path).store).close()
    writeFile(directory.path + "/anyllm.journal", [UInt8](repeating: 7, count: 50_000))
    let (store, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.movedAside.count == 1)
    #expect(recovery.notices.first?.contains("journal") == true)
    #expect(store.records.append(smallRecord("a")))
    await store.close()
  }

  @Test func `is refused to a second holder by name`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    let failure = #expect(throws: StorageFailure.self) {
      try Store.open(directory: directory.path)
    }
    #expect(failure?.kind == .locked)
    #expect(failure?.message.contains("process \(getpid())") == true)
    await first.close()
    await (try Store.open(directory: directory.path).store).close()
  }

  @Test func `says which directory cannot be written`() throws {
    let directory = try ScratchDirectory()
    writeFile(directory.path + "/file", [1])
    // Root may write anywhere but in the kernel's own trees.
    var paths = [directory.path + "/file", directory.path + "/file/below", "/proc/anyllm"]
    if geteuid() != 0 {
      _ = unsafe mkdir(directory.path + "/closed", 0o500)
      paths.append(directory.path + "/closed")
    }
    for path in paths {
      let failure = #expect(throws: StorageFailure.self) { try Store.open(directory: path) }
      #expect(failure?.kind == .notWritable)
      #expect(failure?.message.contains(path) == true || path.hasSuffix("below"))
    }
  }

  @Test func `keeps records in the journal while the disk is full`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.batchRecords = 10_000
    limits.maximumPages = 60
    let store = try Store.open(directory: directory.path, limits: limits).store
    try await store.whileHeld {
      for number in 0..<3000 { #expect(store.records.append(fullRecord("\(number)"))) }
    }
    let failure = await #expect(throws: StorageFailure.self) { try await store.flush() }
    #expect(failure?.kind == .diskFull)
    let health = store.records.health
    #expect(health.writeFailures > 0)
    #expect(health.lastFailure?.kind == .diskFull)
    #expect(health.waitingRecords == 3000 && health.droppedRecords == 0)
    // Reads still answer, and so does everything that needs no room.
    #expect(try await store.requests(limit: 10).requests.isEmpty)
    #expect(try await store.keyUsage().isEmpty)
    await store.close()

    let (stillFull, waiting) = try Store.open(directory: directory.path, limits: limits)
    #expect(waiting.replayedRecords == 0)
    #expect(waiting.notices.first?.contains("3000") == true)
    #expect(stillFull.records.health.waitingRecords == 3000)
    await stillFull.close()

    let (freed, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.replayedRecords == 3000)
    #expect(try await freed.allRequests().count == 3000)
    #expect(freed.records.health.lastFailure == nil)
    await freed.close()
  }

  @Test func `shows old sums on a full disk, and lets nothing be decided by them`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.batchRecords = 50
    limits.journalBytes = 8 << 20
    let store = try Store.open(directory: directory.path, limits: limits).store
    for number in 0..<50 { #expect(store.records.append(fullRecord("\(number)"))) }
    #expect(try await store.keyUsage().map(\.requests) == [50])
    for number in 0..<5000 {
      var record = fullRecord("\(number)")
      record.owner = "key:\(number)"
      #expect(store.records.append(record))
    }
    try await store.flush()
    // They were written while there was room; what they cost has none any more.
    try await store.perform { database throws(StorageFailure) in
      let pages = try database.integer("PRAGMA page_count") ?? 0
      try database.script("PRAGMA max_page_count = \(pages)")
    }
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.spends(sinceMs: 0, owners: ["key:1"])
    }
    #expect(failure?.kind == .diskFull)
    #expect(try await store.keyUsage().map(\.requests) == [50])
    #expect(try await store.spendTotals(atMs: 1).map(\.requests) == [50])
    await store.close()
    let next = try Store.open(directory: directory.path).store
    #expect(try await next.keyUsage().count == 5000)
    await next.close()
  }

  @Test func `tries again by itself once there is room`() async throws {
    let directory = try ScratchDirectory()
    var limits = StoreLimits()
    limits.drainInterval = .milliseconds(1)
    limits.maximumPages = 40
    let store = try Store.open(directory: directory.path, limits: limits).store
    for number in 0..<1000 { #expect(store.records.append(fullRecord("\(number)"))) }
    while store.records.health.writeFailures == 0 { await Task.yield() }
    try await store.perform { database throws(StorageFailure) in
      try database.script("PRAGMA max_page_count = 100000")
    }
    while store.records.health.waitingRecords > 0 { await Task.yield() }
    #expect(try await store.allRequests().count == 1000)
    #expect(store.records.health.lastFailure == nil)
    await store.close()
  }

  @Test func `waits for another program that holds the database, and loses nothing`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    let other = try Database(path: directory.path + "/anyllm.db")
    try other.run("BEGIN IMMEDIATE")
    #expect(store.records.append(smallRecord("a")))
    let failure = await #expect(throws: StorageFailure.self) { try await store.flush() }
    #expect(failure?.kind == .locked)
    try other.run("COMMIT")
    #expect(try await store.allRequests().count == 1)
    await store.close()
  }
}
