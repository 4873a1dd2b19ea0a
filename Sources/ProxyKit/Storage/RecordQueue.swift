internal import Dispatch
internal import Synchronization

/// The bounded queue between exchanges and the database.
///
/// What `append` accepted lies in a shared mapping and survives the death of the process. Callers
/// write between head and tail under the lock; the one writer reads between tail and head without
/// it, since nobody else moves the tail.
package final class RecordQueue: Sendable {
  private struct State {
    var journal: Journal
    var health: RecordQueueHealth
    var isClosed = false
    /// Set while the writer sleeps without a deadline, so that the next record rings at once.
    var isWriterAsleep = false
    var hasRung = false
  }

  private let state: Mutex<State>
  private let bell: DispatchSemaphore
  private let ringsAfter: Int

  init(journal: Journal, bell: DispatchSemaphore, ringsAfter: Int) {
    state = Mutex(
      State(journal: journal, health: RecordQueueHealth(capacityBytes: journal.capacityBytes)))
    self.bell = bell
    self.ringsAfter = ringsAfter
  }

  /// Takes a record for keeping; false, and counted, when there is no room for it.
  ///
  /// Callable from any thread. Makes no system call unless the writer has to be woken.
  package func append(_ record: borrowing ExchangeRecord) -> Bool {
    let payload = record.encoded()
    let payloadSum = checksum(payload)
    let (isTaken, mustRing) = state.withLock { state in
      guard !state.isClosed, state.journal.append(payload, checksum: payloadSum) else {
        state.health.droppedRecords += 1
        return (false, false)
      }
      state.health.waitingRecords += 1
      guard !state.hasRung,
        state.isWriterAsleep || state.health.waitingRecords >= ringsAfter
      else { return (true, false) }
      state.hasRung = true
      return (true, true)
    }
    if mustRing { bell.signal() }
    return isTaken
  }

  package var health: RecordQueueHealth {
    state.withLock { state in
      var health = state.health
      health.usedBytes = state.journal.usedBytes
      return health
    }
  }

  // MARK: For the writer

  /// The journal as it stands; its own copy may be read from tail to head by the writer.
  func snapshot() -> Journal { state.withLock { $0.journal } }

  /// Moves the tail behind a section that the database now has.
  func release(_ section: Journal.Section, written: Int) {
    state.withLock { state in
      state.journal.release(through: section.end)
      state.health.waitingRecords -= section.entries.count
      if state.journal.isEmpty { state.health.waitingRecords = 0 }
      state.health.writtenRecords += written
      state.health.damagedRecords += section.damaged
      state.health.lastFailure = nil
    }
  }

  func noteUnreadable(_ count: Int) {
    guard count > 0 else { return }
    state.withLock { $0.health.damagedRecords += count }
  }

  func note(_ failure: StorageFailure) {
    state.withLock { state in
      state.health.writeFailures += 1
      state.health.lastFailure = failure
    }
  }

  func noteWaiting(_ count: Int) { state.withLock { $0.health.waitingRecords = count } }

  /// Called by the writer when it wakes, so that the next full batch rings again.
  func acknowledgeBell() {
    state.withLock { state in
      state.hasRung = false
      state.isWriterAsleep = false
    }
  }

  /// True when the writer may sleep until it is rung.
  func mayFallAsleep() -> Bool {
    state.withLock { state in
      guard state.journal.isEmpty, !state.hasRung else { return false }
      state.isWriterAsleep = true
      return true
    }
  }

  /// Refuses records from now on; false when some came in since the last drain.
  func close(evenIfFilled: Bool) -> Bool {
    state.withLock { state in
      guard evenIfFilled || state.journal.isEmpty else { return false }
      state.isClosed = true
      return true
    }
  }
}
