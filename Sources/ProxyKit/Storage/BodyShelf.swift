internal import Synchronization

/// What the requests of some keys sent and got: in the database, and for the moment until it is
/// written, in memory.
///
/// Kept to be looked at, not to be relied on: what does not fit is cut or left out, and what was not
/// yet written when the process is killed is gone.
package final class BodyShelf: Sendable {
  private struct State {
    var waiting: [KeptBodies] = []
    var waitingBytes = 0
    var isPosted = false
    /// Counted when the first are written.
    var keptBytes: Int?
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

  /// The longest request or reply that is kept whole.
  package var mostBytes: Int { limits.bodyBytes }

  /// Takes what a request sent and got, each cut to what is kept of it; false when too much is
  /// waiting.
  @discardableResult
  package func keep(_ bodies: KeptBodies) -> Bool {
    var kept = bodies
    kept.request = Array(bodies.request.prefix(limits.bodyBytes))
    kept.reply = Array(bodies.reply.prefix(limits.bodyBytes))
    let taken = kept
    let (isTaken, mustPost) = state.withLock { state in
      guard state.waitingBytes + taken.byteCount <= limits.waitingBodyBytes else {
        return (false, false)
      }
      state.waiting.append(taken)
      state.waitingBytes += taken.byteCount
      defer { state.isPosted = true }
      return (true, !state.isPosted)
    }
    if mustPost { post() }
    return isTaken
  }

  /// What the request of this id sent and got, if it was kept.
  package func bodies(of id: String) async throws(StorageFailure) -> KeptBodies? {
    if let waiting = state.withLock({ $0.waiting.last { $0.id == id } }) { return waiting }
    return try await thread.perform { database throws(StorageFailure) in
      try database.rows(
        "SELECT created_at_ms, request, reply FROM bodies WHERE id = ?", [.text(id)]
      ) { row in
        KeptBodies(id: id, createdAtMs: row.integer(0), request: row.blob(1), reply: row.blob(2))
      }.first
    }
  }

  // MARK: On the thread

  /// Has what waits written; false when the store is closing.
  @discardableResult
  private func post() -> Bool {
    thread.post { [self] database in write(into: database) }
  }

  /// A refusal leaves everything waiting for the next that comes.
  private func write(into database: Database) {
    let batch = state.withLock { state in
      state.isPosted = false
      var bytes = 0
      return state.waiting.prefix { waiting in
        defer { bytes += waiting.byteCount }
        return bytes < Self.bytesPerBatch
      }
    }
    guard !batch.isEmpty, (try? insert(Array(batch), into: database)) != nil else { return }
    let added = batch.reduce(0) { $0 + $1.byteCount }
    let hasMore = state.withLock { state in
      state.waiting.removeFirst(batch.count)
      state.waitingBytes -= added
      guard !state.waiting.isEmpty, !state.isPosted else { return false }
      state.isPosted = true
      return true
    }
    keepWithinBounds(database, added: added)
    if hasMore, !post() { write(into: database) }
  }

  private func insert(
    _ batch: [KeptBodies], into database: Database
  ) throws(StorageFailure) {
    try database.transaction { () throws(StorageFailure) in
      for kept in batch {
        try database.run(
          """
          INSERT OR REPLACE INTO bodies (id, created_at_ms, byte_count, request, reply)
          VALUES (?,?,?,?,?)
          """,
          [
            .text(kept.id), .integer(kept.createdAtMs), .integer(Int64(kept.byteCount)),
            .blob(kept.request), .blob(kept.reply),
          ])
      }
    }
  }

  private func keepWithinBounds(_ database: Database, added: Int) {
    var kept =
      state.withLock { $0.keptBytes }.map { $0 + added }
      ?? Int((try? database.integer("SELECT sum(byte_count) FROM bodies")) ?? 0)
    // A little more goes than must, so that not every one has to look for room.
    let goal = kept > limits.keptBodyBytes ? limits.keptBodyBytes / 32 * 31 : kept
    while kept > goal {
      let gone = try? database.rows(
        """
        DELETE FROM bodies WHERE number IN (
          SELECT number FROM bodies ORDER BY created_at_ms LIMIT 50)
        RETURNING byte_count
        """
      ) { $0.int(0) }.reduce(0, +)
      guard let gone, gone > 0 else { break }
      kept -= gone
    }
    let left = kept
    state.withLock { $0.keptBytes = left }
  }
}
