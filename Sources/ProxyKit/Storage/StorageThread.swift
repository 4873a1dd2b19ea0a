internal import Dispatch
internal import Glibc
internal import Synchronization

/// The one thread that touches the database: it runs jobs in order and empties the journal.
final class StorageThread: Sendable {
  typealias Job = @Sendable (Database) -> Void

  private struct Inbox {
    var jobs: [Job] = []
    var isStopping = false
    var hasEnded = false
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
  }

  let records: RecordQueue
  private let database: Mutex<Database?>
  private let inbox = Mutex(Inbox())
  private let bell: DispatchSemaphore
  private let limits: StoreLimits
  /// Held for its lifetime: the claim to the directory.
  private let claim: Mutex<DirectoryClaim?>

  init(
    database: sending Database, records: RecordQueue, bell: DispatchSemaphore,
    claim: consuming sending DirectoryClaim?, limits: StoreLimits
  ) {
    self.database = Mutex(database)
    self.claim = Mutex(claim)
    self.records = records
    self.bell = bell
    self.limits = limits
  }

  /// Starts the thread, which keeps this object until it ends.
  func start() throws(StorageFailure) {
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(self)
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let owner = unsafe Unmanaged<StorageThread>.fromOpaque(argument).takeRetainedValue()
        owner.run()
        return nil
      }, retained.toOpaque())
    guard result == 0 else {
      unsafe retained.release()
      throw StorageFailure(.unexpected, "cannot start a thread (\(errorText(result)))")
    }
    pthread_detach(thread)
  }

  /// Queues a job; false when the store is closing.
  func post(_ job: @escaping Job) -> Bool {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isStopping else { return false }
      inbox.jobs.append(job)
      return true
    }
    if isTaken { bell.signal() }
    return isTaken
  }

  /// Runs a job and returns what it made.
  func perform<Value: Sendable>(
    _ job: @escaping @Sendable (Database) throws(StorageFailure) -> Value
  ) async throws(StorageFailure) -> Value {
    let result: Result<Value, StorageFailure> = await withCheckedContinuation { continuation in
      let isTaken = post { database in
        do throws(StorageFailure) {
          continuation.resume(returning: .success(try job(database)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      if !isTaken {
        continuation.resume(
          returning: .failure(StorageFailure(.closed, "the store is closed; start anyllm again")))
      }
    }
    return try result.get()
  }

  /// Asks the thread to empty the journal, close the database and end.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    bell.signal()
  }

  /// Returns when the files are closed.
  func end() async {
    stop()
    await withCheckedContinuation { continuation in
      let hasEnded = inbox.withLock { inbox in
        if !inbox.hasEnded { inbox.waitingForEnd.append(continuation) }
        return inbox.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  // MARK: On the thread

  private func run() {
    var retryAt: ContinuousClock.Instant?
    var pause = limits.drainInterval
    while true {
      wait(isRetrying: retryAt != nil)
      records.acknowledgeBell()
      let (jobs, isStopping) = inbox.withLock { inbox in
        defer { inbox.jobs = [] }
        return (inbox.jobs, inbox.isStopping)
      }
      for job in jobs { withDatabase(job) }
      if isStopping { break }
      if let retryAt, ContinuousClock.now < retryAt { continue }
      if drainAndNote() {
        retryAt = nil
        pause = limits.drainInterval
      } else {
        retryAt = .now + pause
        pause = min(pause * 2, .seconds(5))
      }
    }
    finish()
  }

  /// Sleeps until the next round, or until the bell when there is nothing to do.
  private func wait(isRetrying: Bool) {
    if !isRetrying && records.mayFallAsleep() {
      bell.wait()
      records.acknowledgeBell()
      // A record may wait for others; a job may not.
      if inbox.withLock({ $0.isStopping || !$0.jobs.isEmpty }) { return }
    }
    let (seconds, attoseconds) = limits.drainInterval.components
    let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    _ = bell.wait(timeout: .now() + .nanoseconds(nanoseconds))
  }

  private func drainAndNote() -> Bool {
    var isDone = true
    withDatabase { database in
      do throws(StorageFailure) {
        try records.drain(into: database, batch: limits.batchRecords)
      } catch {
        isDone = false
      }
    }
    return isDone
  }

  private func finish() {
    let isEmptied = drainAndNote()
    while !records.close(evenIfFilled: !isEmptied) {
      guard drainAndNote() else {
        _ = records.close(evenIfFilled: true)
        break
      }
    }
    // The next start has nothing to count then.
    withDatabase { try? SpendTally($0).catchUp() }
    database.withLock { $0 = nil }
    claim.withLock { $0 = nil }
    let waiting = inbox.withLock { inbox in
      inbox.hasEnded = true
      defer { inbox.waitingForEnd = [] }
      return inbox.waitingForEnd
    }
    for continuation in waiting { continuation.resume() }
  }

  private func withDatabase(_ body: (Database) -> Void) {
    database.withLock { database in
      if let database { body(database) }
    }
  }
}
