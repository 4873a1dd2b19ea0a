internal import Synchronization

/// A request that waits for a grant, or leaves.
final class GrantWaiter: Sendable {
  /// What the waiting came to.
  enum Outcome: Sendable {
    case granted(Grant)
    case refused(CredentialFault)
    case left
  }

  private struct State {
    var outcome: Outcome?
    var continuation: CheckedContinuation<Outcome, Never>?
  }

  private let state = Mutex(State())

  /// For one task.
  func wait() async -> Outcome {
    await withCheckedContinuation { continuation in
      let early = state.withLock { state in
        if state.outcome == nil { state.continuation = continuation }
        return state.outcome
      }
      if let early { continuation.resume(returning: early) }
    }
  }

  /// The first that settles it counts.
  func settle(_ outcome: Outcome) {
    let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      guard state.outcome == nil else { return nil }
      state.outcome = outcome
      defer { state.continuation = nil }
      return state.continuation
    }
    continuation?.resume(returning: outcome)
  }

  func leave() {
    settle(.left)
  }
}
