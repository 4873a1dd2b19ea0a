internal import Synchronization

/// All that can change while the gateway runs, as one request sees it from its first header to
/// its last byte.
struct Snapshot: Sendable {
  /// Grows by one with every change.
  var generation: Int
  var settings: Settings
  /// What the file says, before operators changed it.
  var fileMappings: [MappingRule]
  var keys: KeyRing
}

/// Holds the snapshot that the next request begins with.
final class SnapshotBox: Sendable {
  private let current: Mutex<Snapshot>

  init(_ snapshot: Snapshot) {
    current = Mutex(snapshot)
  }

  var value: Snapshot { current.withLock { $0 } }

  /// Swaps at once; requests in flight keep what they began with.
  func swap(_ snapshot: Snapshot) {
    current.withLock { $0 = snapshot }
  }
}
