/// What repeats on a loop until it is cancelled.
package final class LoopTimer: Sendable {
  init() {}

  /// Ends the repetition.
  package func cancel() {
  }
}
