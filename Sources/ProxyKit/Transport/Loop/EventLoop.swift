/// One thread that waits for sockets and timers and runs the tasks that live on it.
package final class EventLoop: TaskExecutor, Sendable {
  package let name: String

  package init(name: String) throws(TransportFailure) {
    self.name = name
  }

  /// Starts a task that lives on this loop.
  package func run(_ operation: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await operation() }
  }

  /// Waits, on the loop; returns early when the task is cancelled.
  package func sleep(for duration: Duration) async {
  }

  /// Runs `action` on the loop again and again until the timer is cancelled.
  package func every(
    _ interval: Duration, _ action: @escaping @Sendable () -> Void
  ) -> LoopTimer {
    LoopTimer()
  }

  /// How many processors this process may use.
  package static func processorCount() -> Int {
    2
  }

  /// Ends the thread after closing what it holds.
  package func stop() {
  }

  package func enqueue(_ job: consuming ExecutorJob) {
  }
}
