internal import Dispatch

/// The facts that survive: keys, ledger, request log, overlay and audit trail, in one directory.
///
/// Every method may be called from any executor; the work happens on the store's own thread.
/// Reads see every record that was accepted before them.
package final class Store: Sendable {
  /// Where exchanges leave their records.
  package let records: RecordQueue
  /// Where responses are kept that clients may come back to.
  package let responses: ResponseShelf
  /// What some requests sent and got.
  package let bodies: BodyShelf
  private let thread: StorageThread
  private let limits: StoreLimits

  private init(thread: StorageThread, limits: StoreLimits) {
    self.thread = thread
    self.limits = limits
    records = thread.records
    responses = ResponseShelf(thread: thread, limits: limits)
    bodies = BodyShelf(thread: thread, limits: limits)
  }

  deinit { thread.stop() }

  /// Opens the store in a directory, makes what is missing and recovers what was left.
  ///
  /// Blocks the calling thread; meant for the start of the program.
  package static func open(
    directory: String, limits: StoreLimits = StoreLimits()
  ) throws(StorageFailure) -> (store: Store, recovery: RecoveryReport) {
    try makePrivateDirectory(directory)
    let claim = try DirectoryClaim(directory: directory)
    var opening = StoreOpening(directory: directory, limits: limits)
    let database = try opening.openDatabase()
    let journal = try opening.openJournal(for: database)
    let bell = DispatchSemaphore(value: 0)
    let queue = RecordQueue(journal: journal, bell: bell, ringsAfter: limits.batchRecords)
    opening.replay(queue, into: database)
    opening.countSpends(in: database)
    let thread = StorageThread(
      database: database, records: queue, bell: bell, claim: claim, limits: limits)
    try thread.start()
    return (Store(thread: thread, limits: limits), opening.report)
  }

  /// A store that leaves nothing behind, for tests and trials.
  package static func inMemory(
    limits: StoreLimits = StoreLimits()
  ) throws(StorageFailure) -> Store {
    let database = try Database(path: ":memory:", maximumPages: limits.maximumPages)
    _ = try Schema.migrate(database)
    let mapping = try JournalMapping(
      descriptor: nil, byteCount: Journal.byteCount(ringBytes: limits.journalBytes))
    let journal = Journal(formatting: mapping, identity: randomIdentity())
    try database.setJournalIdentity(journal.identity)
    let bell = DispatchSemaphore(value: 0)
    let queue = RecordQueue(journal: journal, bell: bell, ringsAfter: limits.batchRecords)
    let thread = StorageThread(
      database: database, records: queue, bell: bell, claim: nil, limits: limits)
    try thread.start()
    return Store(thread: thread, limits: limits)
  }

  /// Writes everything that was accepted so far; fails when the database refuses it, in which
  /// case the journal keeps it for the next start.
  package func flush() async throws(StorageFailure) {
    let queue = records
    let batch = limits.batchRecords
    _ = try await perform { database throws(StorageFailure) in
      try queue.drain(into: database, batch: batch)
    }
  }

  /// Flushes and closes the files; what is called later fails.
  package func close() async {
    await thread.end()
  }

  /// Runs a job on the store's thread.
  func perform<Value: Sendable>(
    _ job: @escaping @Sendable (Database) throws(StorageFailure) -> Value
  ) async throws(StorageFailure) -> Value {
    try await thread.perform(job)
  }

  /// Runs a job that sees every record accepted before it.
  func read<Value: Sendable>(
    _ job: @escaping @Sendable (Database) throws(StorageFailure) -> Value
  ) async throws(StorageFailure) -> Value {
    let queue = records
    let batch = limits.batchRecords
    return try await perform { database throws(StorageFailure) in
      // A full disk is told by the queue's health; what is written can still be read.
      _ = try? queue.drain(into: database, batch: batch)
      return try job(database)
    }
  }
}
