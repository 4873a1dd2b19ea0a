@testable internal import Storage
internal import TestSupport
internal import Testing

@Suite struct `The schema` {
  @Test(arguments: Schema.steps.indices) func `grows from an older file without losing it`(
    step: Int
  ) async throws {
    let directory = try ScratchDirectory()
    do {
      let old = try Database(path: directory.path + "/anyllm.db")
      _ = try Schema.migrate(old, through: Array(Schema.steps[...step]))
      try old.run(
        """
        INSERT INTO keys (name, prefix, digest, created_at_ms, note)
        VALUES ('old', 'sk', zeroblob(32), 1, '')
        """)
    }
    let (store, recovery) = try Store.open(directory: directory.path)
    #expect(recovery.notices.isEmpty)
    #expect(try await store.allKeys().map(\.name) == ["old"])
    #expect(try await store.overlay().isEmpty)
    #expect(try await store.audit(limit: 1).isEmpty)
    await store.close()
    let now = try Database(path: directory.path + "/anyllm.db")
    #expect(try now.integer("PRAGMA user_version") == Int64(Schema.steps.count))
  }

  @Test func `of a newer program is left alone`() throws {
    let directory = try ScratchDirectory()
    do {
      let newer = try Database(path: directory.path + "/anyllm.db")
      try newer.script("CREATE TABLE future (x); PRAGMA user_version = 99")
    }
    let failure = #expect(throws: StorageFailure.self) {
      try Store.open(directory: directory.path)
    }
    #expect(failure?.kind == .newerSchema)
    #expect(failure?.message.contains("99") == true)
    let still = try Database(path: directory.path + "/anyllm.db")
    #expect(try still.integer("SELECT count(*) FROM future") == 0)
  }

  @Test func `is left at the last whole step when a step fails`() throws {
    let database = try Database(path: ":memory:")
    #expect(throws: StorageFailure.self) {
      try Schema.migrate(
        database, through: ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"])
    }
    #expect(try database.integer("PRAGMA user_version") == 1)
    #expect(try database.integer("SELECT count(*) FROM sqlite_schema") == 1)
  }

  @Test func `lets nobody change the ledger`() throws {
    let database = try Database(path: ":memory:")
    _ = try Schema.migrate(database)
    let writer = RecordWriter(database)
    _ = try writer.write([Journal.Entry(sequence: 1, payload: fullRecord("a").encoded())])
    #expect(throws: StorageFailure.self) { try database.run("UPDATE ledger SET input_tokens = 0") }
    #expect(try database.integer("SELECT input_tokens FROM ledger") == 100)
  }

  @Test func `writes an entry once, however often it is offered`() throws {
    let database = try Database(path: ":memory:")
    _ = try Schema.migrate(database)
    let writer = RecordWriter(database)
    let entries = (1...3).map {
      Journal.Entry(sequence: UInt64($0), payload: smallRecord("\($0)").encoded())
    }
    #expect(try writer.write(Array(entries[..<2])).written == 2)
    let again = try writer.write(entries)
    #expect(again.written == 1 && again.known == 2)
    #expect(try database.integer("SELECT count(*) FROM ledger") == 3)
  }
}
