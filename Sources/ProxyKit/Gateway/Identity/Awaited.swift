internal import Synchronization

/// One value that one task waits for and another brings.
final class Awaited<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var hasLeft = false
    var continuation: CheckedContinuation<Value?, Never>?
  }

  private let state = Mutex(State())

  /// The value, or nil when the waiting was left; for one task.
  func wait() async -> Value? {
    await withCheckedContinuation { continuation in
      let (isOver, value) = state.withLock { state -> (Bool, Value?) in
        let isOver = state.value != nil || state.hasLeft
        if !isOver { state.continuation = continuation }
        return (isOver, state.value)
      }
      if isOver { continuation.resume(returning: value) }
    }
  }

  /// The first that comes counts.
  func settle(_ value: Value) {
    end { $0.value = value }?.resume(returning: value)
  }

  /// Nobody waits any longer.
  func leave() {
    end { $0.hasLeft = true }?.resume(returning: nil)
  }

  private func end(_ change: (inout State) -> Void) -> CheckedContinuation<Value?, Never>? {
    state.withLock { state in
      guard state.value == nil, !state.hasLeft else { return nil }
      change(&state)
      defer { state.continuation = nil }
      return state.continuation
    }
  }
}
