internal import ControlPlane
internal import Synchronization

/// Tells watchers of each exchange that ends; a watcher that does not keep up misses the oldest
/// and is told how many, and the gateway never waits for one.
final class FinishedFeed: Sendable {
  private static let mostWaiting = 1000

  private final class Watcher: Sendable {
    let continuation: AsyncStream<RequestSummary>.Continuation
    let dropped = Atomic<Int>(0)

    init(_ continuation: AsyncStream<RequestSummary>.Continuation) {
      self.continuation = continuation
    }
  }

  private struct State: Sendable {
    var next = 0
    var watchers: [Int: Watcher] = [:]
  }

  /// One watcher's end of the feed.
  struct Watch: Sendable {
    let requests: AsyncStream<RequestSummary>
    let end: @Sendable () -> Void
    /// How many were missed since this was asked last.
    let takeDropped: @Sendable () -> Int
  }

  private let state = Mutex(State())

  /// Whether anybody is to be told.
  var isWatched: Bool { state.withLock { !$0.watchers.isEmpty } }

  func publish(_ summary: RequestSummary) {
    for watcher in state.withLock({ Array($0.watchers.values) }) {
      if case .dropped = watcher.continuation.yield(summary) {
        watcher.dropped.add(1, ordering: .relaxed)
      }
    }
  }

  /// Exchanges from now on, until the watch is ended.
  func watch() -> Watch {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RequestSummary.self, bufferingPolicy: .bufferingNewest(Self.mostWaiting))
    let watcher = Watcher(continuation)
    let id = state.withLock { state in
      state.next += 1
      state.watchers[state.next] = watcher
      return state.next
    }
    continuation.onTermination = { [self] _ in state.withLock { $0.watchers[id] = nil } }
    return Watch(
      requests: stream, end: { continuation.finish() },
      takeDropped: { watcher.dropped.exchange(0, ordering: .relaxed) })
  }
}
