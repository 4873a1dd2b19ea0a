/// Turns entries of the journal into rows: request log, ledger, and the sequence up to which all
/// of that is done, in one transaction.
struct RecordWriter {
  /// What became of one section.
  struct Outcome {
    var written = 0
    /// Entries that the database had already.
    var known = 0
    var unreadable = 0
  }

  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Writes what the database does not have yet.
  func write(_ entries: [Journal.Entry]) throws(StorageFailure) -> Outcome {
    try database.transaction { () throws(StorageFailure) in
      let done = UInt64(try database.lastSequence())
      let fresh = entries.filter { $0.sequence > done }
      var outcome = try insert(fresh)
      outcome.known = entries.count - fresh.count
      return outcome
    }
  }

  /// Writes the entries of a journal that this database has never seen, and remembers its
  /// identity; sequences below the database's own are numbered anew.
  func adopt(_ journal: Journal, _ entries: [Journal.Entry]) throws(StorageFailure) -> Outcome {
    try database.transaction { () throws(StorageFailure) in
      var last = UInt64(try database.lastSequence())
      var renumbered = entries
      for index in renumbered.indices {
        last = max(last + 1, renumbered[index].sequence)
        renumbered[index].sequence = last
      }
      let outcome = try insert(renumbered)
      try database.setJournalIdentity(journal.identity)
      return outcome
    }
  }

  private func insert(_ entries: [Journal.Entry]) throws(StorageFailure) -> Outcome {
    var outcome = Outcome()
    guard let last = entries.last?.sequence else { return outcome }
    let log = try database.statement(RequestRow.insertion)
    let ledger = try database.statement(LedgerRow.insertion)
    for entry in entries {
      guard let record = RecordWindow(entry.payload) else {
        outcome.unreadable += 1
        continue
      }
      let sequence = Int64(entry.sequence)
      try unsafe entry.payload.withUnsafeBufferPointer { (payload) throws(StorageFailure) in
        let bytes = UnsafeRawBufferPointer(payload)
        unsafe RequestRow.bind(record, in: bytes, sequence: sequence, to: log)
        try log.run()
        unsafe LedgerRow.bind(record, in: bytes, sequence: sequence, to: ledger)
        try ledger.run()
      }
      outcome.written += 1
    }
    try database.run(
      "UPDATE meta SET number = ? WHERE name = 'last_sequence'", [.integer(Int64(last))])
    return outcome
  }
}

extension Database {
  /// The last sequence of the journal whose rows are committed.
  func lastSequence() throws(StorageFailure) -> Int64 {
    try integer("SELECT number FROM meta WHERE name = 'last_sequence'") ?? 0
  }

  /// Which journal the last sequence belongs to.
  func journalIdentity() throws(StorageFailure) -> [UInt8]? {
    try rows("SELECT bytes FROM meta WHERE name = 'journal'") { $0.blob(0) }.first
  }

  func setJournalIdentity(_ identity: [UInt8]) throws(StorageFailure) {
    try run("INSERT OR REPLACE INTO meta (name, bytes) VALUES ('journal', ?)", [.blob(identity)])
  }
}
