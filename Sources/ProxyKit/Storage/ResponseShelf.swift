internal import Synchronization

/// The responses that clients may come back to: in the database, and for the moment until they are
/// written, in memory.
///
/// Unlike a record of the ledger, what was not yet written when the process is killed is gone.
package final class ResponseShelf: Sendable {
  private struct State {
    var waiting = WaitingResponses()
    var isPosted = false
    /// Counted when the first response is written.
    var keptBytes: Int?
    /// What the database may hold, as it was said last.
    var limit = Int.max
  }

  /// What one transaction writes, so that other work of the store goes between two.
  private static let bytesPerBatch = 4 << 20

  private let state = Mutex(State())
  private let thread: StorageThread
  private let limits: StoreLimits

  init(thread: StorageThread, limits: StoreLimits) {
    self.thread = thread
    self.limits = limits
  }

  /// The largest response that is kept, with the items it was made from.
  package var mostBytes: Int { limits.responseBytes }

  /// Takes a response for keeping; false when it is too large, or too many are waiting.
  ///
  /// Whoever asks from now on finds it. Another one of the same owner and name gives way, and the
  /// oldest where all of them together are more than `limit`.
  package func keep(_ response: KeptResponse, within limit: Int) -> Bool {
    let size = response.byteCount
    guard size <= min(limits.responseBytes, limit) else { return false }
    let (isTaken, mustPost) = state.withLock { state in
      guard state.waiting.byteCount + size <= limits.waitingResponseBytes else {
        return (false, false)
      }
      state.waiting.add(response)
      state.limit = limit
      defer { state.isPosted = true }
      return (true, !state.isPosted)
    }
    if mustPost { post() }
    return isTaken
  }

  /// The response of this name, if this owner made it.
  package func response(
    id: String, owner: String
  ) async throws(StorageFailure) -> KeptResponse? {
    if let waiting = state.withLock({ $0.waiting.response(id: id, owner: owner) }) {
      return waiting
    }
    return try await thread.perform { database throws(StorageFailure) in
      try database.keptResponse(id: id, owner: owner)
    }
  }

  /// Forgets a response; false when this owner has none of that name.
  package func remove(id: String, owner: String) async throws(StorageFailure) -> Bool {
    try await thread.perform { [self] database throws(StorageFailure) in
      let wasWaiting = state.withLock { $0.waiting.remove(id: id, owner: owner) }
      let count = try database.run(
        "DELETE FROM responses WHERE owner = ? AND id = ?", [.text(owner), .text(id)])
      return wasWaiting || count > 0
    }
  }

  // MARK: On the thread

  /// Has what waits written; false when the store is closing.
  @discardableResult
  private func post() -> Bool {
    thread.post { [self] database in write(into: database) }
  }

  /// A refusal leaves everything waiting for the next response that comes.
  private func write(into database: Database) {
    let batch = state.withLock { state in
      state.isPosted = false
      return state.waiting.oldest(Self.bytesPerBatch)
    }
    guard !batch.isEmpty, (try? database.insert(batch.map(\.response))) != nil else { return }
    let hasMore = state.withLock { state in
      state.waiting.remove(batch)
      guard !state.waiting.isEmpty, !state.isPosted else { return false }
      state.isPosted = true
      return true
    }
    keepWithinBounds(database, added: batch.reduce(0) { $0 + $1.response.byteCount })
    if hasMore, !post() { write(into: database) }
  }

  private func keepWithinBounds(_ database: Database, added: Int) {
    let (known, limit) = state.withLock { ($0.keptBytes, $0.limit) }
    var kept = known.map { $0 + added } ?? (try? database.keptResponseBytes()) ?? 0
    // Counted anew, since a name that was kept again counts twice.
    if kept > limit { kept = (try? database.keptResponseBytes()) ?? kept }
    if kept > limit {
      // A little more goes than must, so that not every response has to look for room.
      let goal = limit / 32 * 31
      while kept > goal, let gone = try? database.deleteOldestResponses(), gone > 0 {
        kept -= gone
      }
    }
    state.withLock { $0.keptBytes = kept }
  }
}
