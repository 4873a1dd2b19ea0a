internal import Synchronization

/// Lets one after another in, in the order in which they came.
final class Turnstile: Sendable {
  private struct Queue {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let queue = Mutex(Queue())

  /// Returns when it is the caller's turn, which lasts until `leave`.
  func enter() async {
    await withCheckedContinuation { continuation in
      let isFirst = queue.withLock { queue in
        if queue.isTaken { queue.waiting.append(continuation) }
        defer { queue.isTaken = true }
        return !queue.isTaken
      }
      if isFirst { continuation.resume() }
    }
  }

  func leave() {
    let next = queue.withLock { queue -> CheckedContinuation<Void, Never>? in
      guard queue.waiting.isEmpty else { return queue.waiting.removeFirst() }
      queue.isTaken = false
      return nil
    }
    next?.resume()
  }
}
