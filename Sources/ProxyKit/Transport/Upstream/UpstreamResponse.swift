internal import Synchronization

/// A reply whose head has come and whose body is coming.
package final class UpstreamResponse: Sendable {
  /// What `next` saw.
  package enum Received: Sendable, Equatable {
    case bytes([UInt8])
    case end
    /// Nothing came in time; ask again.
    case silence
  }

  package let status: Int
  package let fields: HTTPFields
  private let transfer: Transfer
  private let cancellation: Cancellation
  private let registration: Cancellation.Registration

  init(
    head: Transfer.Head, transfer: Transfer, cancellation: Cancellation,
    registration: Cancellation.Registration
  ) {
    status = head.status
    fields = head.fields
    self.transfer = transfer
    self.cancellation = cancellation
    self.registration = registration
  }

  deinit {
    cancellation.forget(registration)
    if transfer.state.withLock({ $0.outcome == nil }) { transfer.cancel() }
  }

  /// Gives what has come since the last call, waiting at most `within` for it.
  ///
  /// For one task at a time.
  package func next(within: Duration) async throws(TransportFailure) -> Received {
    if let received = try look() { return received }
    let deadline = transfer.client.now &+ within.wholeMilliseconds
    await transfer.wait(until: deadline) { !$0.unread.isEmpty || $0.outcome != nil }
    return try look() ?? .silence
  }

  /// The rest of the body when all of it has come and is no longer than `limit`.
  package func takeWhole(limit: Int) -> [UInt8]? {
    transfer.state.withLock { state in
      guard case .success = state.outcome, state.unread.count <= limit else { return nil }
      defer { state.unread = [] }
      return state.unread
    }
  }

  /// Ends the transfer at once; a `next` that waits throws `.cancelled`.
  package func cancel() {
    transfer.cancel()
  }

  private func look() throws(TransportFailure) -> Received? {
    let (bytes, wasPaused, outcome) = transfer.state.withLock { state in
      // After a cancel nobody wants what is still there.
      if case .failure(let failure) = state.outcome, failure.kind == .cancelled {
        state.unread = []
      }
      let bytes = state.unread
      state.unread = []
      defer { if !bytes.isEmpty { state.isPaused = false } }
      return (bytes, state.isPaused && !bytes.isEmpty, state.outcome)
    }
    if !bytes.isEmpty {
      if wasPaused {
        let transfer = transfer
        transfer.client.loop.perform { transfer.client.unpause(transfer) }
      }
      return .bytes(bytes)
    }
    switch outcome {
    case .success: return .end
    case .failure(let failure): throw failure
    case nil: return nil
    }
  }
}
