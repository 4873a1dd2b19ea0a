internal import Synchronization

/// All that can change while the gateway runs, as one request sees it from its first header to
/// its last byte.
///
/// A class only so that a request takes one reference along instead of copying every setting.
final class Snapshot: Sendable {
  /// Grows by one with every change.
  let generation: Int
  let settings: Settings
  /// What the file says, before operators changed it.
  let fileMappings: [MappingRule]
  let keys: KeyRing
  let prices: PriceList
  /// Where models led that were asked for before.
  let routes = KnownRoutes()

  init(generation: Int, settings: Settings, fileMappings: [MappingRule], keys: KeyRing) {
    self.generation = generation
    self.settings = settings
    self.fileMappings = fileMappings
    self.keys = keys
    prices = PriceList(rules: settings.prices, backends: settings.backends)
  }

  /// The next generation, with what changed.
  func next(
    settings: Settings? = nil, fileMappings: [MappingRule]? = nil, keys: KeyRing? = nil
  ) -> Snapshot {
    Snapshot(
      generation: generation + 1, settings: settings ?? self.settings,
      fileMappings: fileMappings ?? self.fileMappings, keys: keys ?? self.keys)
  }
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
