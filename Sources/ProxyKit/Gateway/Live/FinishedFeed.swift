internal import ControlPlane
internal import Synchronization

/// Tells watchers of each exchange that ends; a watcher that does not keep up misses some, and the
/// gateway never waits for one.
final class FinishedFeed: Sendable {
  private static let mostWaiting = 1000

  private struct State: Sendable {
    var next = 0
    var watchers: [Int: AsyncStream<RequestSummary>.Continuation] = [:]
  }

  private let state = Mutex(State())

  func publish(_ summary: @autoclosure () -> RequestSummary) {
    let watchers = state.withLock { Array($0.watchers.values) }
    guard !watchers.isEmpty else { return }
    let summary = summary()
    for watcher in watchers { watcher.yield(summary) }
  }

  /// Exchanges from now on, until the watch is ended.
  func watch() -> Watch {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RequestSummary.self, bufferingPolicy: .bufferingNewest(Self.mostWaiting))
    let id = state.withLock { state in
      state.next += 1
      state.watchers[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [self] _ in state.withLock { $0.watchers[id] = nil } }
    return Watch(requests: stream, end: { continuation.finish() })
  }

  struct Watch: Sendable {
    let requests: AsyncStream<RequestSummary>
    let end: @Sendable () -> Void
  }
}
