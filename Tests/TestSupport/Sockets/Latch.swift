internal import Synchronization

/// A value that one thread waits for and another brings, once.
package final class Latch<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  package init() {}

  /// Brings the value; later ones are ignored.
  package func bring(_ new: Value) {
    value.withLock { if $0 == nil { $0 = new } }
  }

  /// Whether it has been brought.
  package var isThere: Bool { value.withLock { $0 != nil } }

  /// Waits for the value; nothing when it does not come in half a minute.
  package func wait() -> Value? {
    _ = Patience.wait { isThere }
    return value.withLock { $0 }
  }
}

extension Latch where Value == Bool {
  /// Brings `true`.
  package func open() { bring(true) }
}
