internal import Synchronization

/// A wish to stop that can be uttered once, from any thread, and heard by many.
package final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    var nextID = 0
    var actions: [(id: Int, action: @Sendable () -> Void)] = []
  }

  private let state = Mutex(State())

  package init() {}

  package var isCancelled: Bool {
    state.withLock { $0.isCancelled }
  }

  /// Utters the wish; the actions run on the calling thread, each once.
  package func cancel() {
    let actions = state.withLock { state -> [@Sendable () -> Void] in
      guard !state.isCancelled else { return [] }
      state.isCancelled = true
      defer { state.actions = [] }
      return state.actions.map(\.action)
    }
    for action in actions { action() }
  }

  /// Has `action` run at `cancel`, or at once when that was before; the answer forgets it again.
  @discardableResult
  package func onCancel(_ action: @escaping @Sendable () -> Void) -> Registration {
    let id = state.withLock { state -> Int? in
      guard !state.isCancelled else { return nil }
      state.nextID += 1
      state.actions.append((state.nextID, action))
      return state.nextID
    }
    guard let id else {
      action()
      return Registration(id: 0)
    }
    return Registration(id: id)
  }

  /// Forgets an action that is no longer wanted.
  package func forget(_ registration: Registration) {
    state.withLock { state in
      state.actions.removeAll { $0.id == registration.id }
    }
  }

  /// What `onCancel` gives, to be able to forget.
  package struct Registration: Sendable {
    let id: Int
  }
}
