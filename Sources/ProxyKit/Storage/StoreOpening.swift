internal import Glibc

/// The way from a directory to a database and a journal that agree with one another.
struct StoreOpening {
  private let directory: String
  private let limits: StoreLimits
  private(set) var report = RecoveryReport()

  init(directory: String, limits: StoreLimits) {
    self.directory = directory
    self.limits = limits
  }

  /// Opens the database; a damaged one is moved aside, named in the report, and begun anew.
  mutating func openDatabase() throws(StorageFailure) -> sending Database {
    let path = directory + "/anyllm.db"
    do throws(StorageFailure) {
      return try checkedDatabase(path)
    } catch {
      guard error.kind == .corrupted else { throw error }
      let kept = try moveAside(path, companions: ["-wal", "-shm"])
      let database = try checkedDatabase(path)
      let left = Salvage(into: database).take(from: kept)
      report.notices.append(
        "the database was damaged and is now \(kept): "
          + (left.isEmpty
            ? "every table could be taken over"
            : "these tables begin anew: \(left.joined(separator: ", ")); "
              + "`sqlite3 \(kept) .recover` may bring rows back"))
      return database
    }
  }

  private func checkedDatabase(_ path: String) throws(StorageFailure) -> sending Database {
    close(try openPrivateFile(path))
    let database = try Database(path: path, maximumPages: limits.maximumPages)
    _ = try Schema.migrate(database)
    try check(database)
    return database
  }

  /// Reads all of a small file, and of a large one the tables that nothing can replace.
  private func check(_ database: Database) throws(StorageFailure) {
    let pages = try database.integer("PRAGMA page_count") ?? 0
    let pageBytes = try database.integer("PRAGMA page_size") ?? 0
    let tables =
      pages * pageBytes <= 32 << 20
      ? [""] : ["(meta)", "(keys)", "(spend_totals)", "(overlay)", "(overrides)"]
    for table in tables {
      let answer = try database.rows("PRAGMA quick_check\(table)") { $0.text(0) }
      guard answer == ["ok"] else {
        throw StorageFailure(
          .corrupted, "\(database.path) is damaged: \(answer.first ?? "no answer")")
      }
    }
  }

  /// Opens the journal and brings the database up to it.
  mutating func openJournal(for database: Database) throws(StorageFailure) -> Journal {
    let path = directory + "/anyllm.journal"
    var journal: Journal
    if let existing = try existingJournal(path) {
      journal = existing
    } else {
      journal = try newJournal(path)
    }
    let found = journal.section(from: journal.tail, to: nil, most: .max)
    report.tornRecords = found.damaged
    if try database.journalIdentity() != journal.identity {
      let outcome = try RecordWriter(database).adopt(journal, found.entries)
      noteReplay(outcome.written)
      journal.resume(at: found.end, lastSequence: UInt64(try database.lastSequence()))
      journal.release(through: found.end)
    } else {
      let done = UInt64(try database.lastSequence())
      let last = max(found.entries.last?.sequence ?? 0, done)
      journal.resume(at: found.end, lastSequence: last)
      if found.entries.allSatisfy({ $0.sequence <= done }) { journal.release(through: found.end) }
    }
    if found.damaged > 0 {
      report.notices.append(
        "\(found.damaged) record(s) were being written when the process died and are not kept")
    }
    return journal
  }

  /// Writes what a killed process left; a database that refuses only delays that.
  mutating func replay(_ queue: RecordQueue, into database: Database) {
    let journal = queue.snapshot()
    let waiting = journal.section(from: journal.tail, to: journal.head, most: .max).entries.count
    guard waiting > 0 else { return }
    queue.noteWaiting(waiting)
    do throws(StorageFailure) {
      noteReplay(try queue.drain(into: database, batch: limits.batchRecords))
    } catch {
      report.notices.append(
        "\(waiting) record(s) of the last run wait in the journal: \(error.message)")
    }
  }

  /// Brings the sums of what was spent up to the ledger, while nothing waits for the store's thread
  /// yet; a database that refuses is asked again by whoever reads them.
  mutating func countSpends(in database: Database) {
    do throws(StorageFailure) {
      try SpendTally(database).catchUp()
    } catch {
      report.notices.append("what was spent is not counted yet: \(error.message)")
    }
  }

  private mutating func noteReplay(_ count: Int) {
    guard count > 0 else { return }
    report.replayedRecords += count
    report.notices.append("recovered \(count) record(s) that the last run had not yet written")
  }

  private mutating func existingJournal(_ path: String) throws(StorageFailure) -> Journal? {
    let descriptor = try openPrivateFile(path)
    defer { close(descriptor) }
    let byteCount = Int(lseek(descriptor, 0, SEEK_END))
    guard byteCount > 0 else { return nil }
    if byteCount >= Journal.byteCount(ringBytes: 0), byteCount < 1 << 31 {
      let mapping = try JournalMapping(descriptor: descriptor, byteCount: byteCount)
      if let journal = Journal(reading: mapping) { return journal }
      // Never finished being laid out, so nothing was ever accepted into it.
      if mapping.bytes(at: 0, count: 8) == [UInt8](repeating: 0, count: 8) { return nil }
    }
    let kept = try moveAside(path, companions: [])
    report.notices.append(
      "the journal was damaged and is now \(kept): records it held are not in the database")
    return nil
  }

  private func newJournal(_ path: String) throws(StorageFailure) -> Journal {
    let descriptor = try openPrivateFile(path)
    defer { close(descriptor) }
    let byteCount = Journal.byteCount(ringBytes: limits.journalBytes)
    // Without blocks of its own, a write into the mapping of a full disk would end the process.
    let result = ftruncate(descriptor, 0) == 0 ? posix_fallocate(descriptor, 0, byteCount) : errno
    guard result == 0 else {
      errno = result
      throw notWritable(path)
    }
    let mapping = try JournalMapping(descriptor: descriptor, byteCount: byteCount)
    return Journal(formatting: mapping, identity: randomIdentity())
  }

  private mutating func moveAside(
    _ path: String, companions: [String]
  ) throws(StorageFailure) -> String {
    var kept = ""
    for attempt in 1...1000 {
      kept = "\(path).damaged-\(attempt)"
      if unsafe access(kept, F_OK) != 0 { break }
    }
    for suffix in [""] + companions where unsafe access(path + suffix, F_OK) == 0 {
      guard unsafe rename(path + suffix, kept + suffix) == 0 else {
        throw notWritable(path + suffix)
      }
    }
    report.movedAside.append(kept)
    return kept
  }
}

/// Sixteen bytes that tell one journal from another.
func randomIdentity() -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
}
