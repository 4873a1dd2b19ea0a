import Synchronization

/// A value behind a lock whose readers can await that something holds of it.
package final class WatchedState<State: Sendable>: Sendable {
  private struct Guarded {
    var state: State
    var watchers: [Int: @Sendable (State) -> Bool] = [:]
    var nextWatcher = 0
  }

  private let guarded: Mutex<Guarded>

  package init(_ state: State) {
    guarded = Mutex(Guarded(state: state))
  }

  /// The value as it is now.
  package var current: State {
    guarded.withLock { $0.state }
  }

  /// Changes the value and tells those who await it.
  package func change<Answer: Sendable>(_ body: @Sendable (inout State) -> Answer) -> Answer {
    guarded.withLock { guarded in
      let answer = body(&guarded.state)
      for (id, watcher) in guarded.watchers where watcher(guarded.state) {
        guarded.watchers[id] = nil
      }
      return answer
    }
  }

  /// Suspends until `find` answers something of the value, and returns it.
  package func wait<Found: Sendable>(
    for what: String, within limit: Duration = .seconds(20),
    _ find: @escaping @Sendable (State) -> Found?
  ) async throws -> Found {
    let (stream, continuation) = AsyncStream<Found>.makeStream()
    let id = guarded.withLock { guarded -> Int in
      guarded.nextWatcher += 1
      if let found = find(guarded.state) {
        continuation.yield(found)
      } else {
        guarded.watchers[guarded.nextWatcher] = { state in
          guard let found = find(state) else { return false }
          continuation.yield(found)
          return true
        }
      }
      return guarded.nextWatcher
    }
    defer { guarded.withLock { $0.watchers[id] = nil } }
    let timer = Task {
      try await Task.sleep(for: limit)
      continuation.finish()
    }
    defer { timer.cancel() }
    for await found in stream { return found }
    throw NeverHappened(what: what)
  }
}

/// What a test awaited in vain.
package struct NeverHappened: Error, CustomStringConvertible {
  package var what: String

  package init(what: String) {
    self.what = what
  }

  package var description: String { "never happened: \(what)" }
}
