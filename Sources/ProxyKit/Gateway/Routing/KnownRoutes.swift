internal import Synchronization

/// What the names led to that a snapshot was asked for, so that what follows from the settings
/// alone is worked out once.
final class KnownRoutes: Sendable {
  /// Clients choose the names: their number must have a bound.
  private static let most = 512

  private let known = Mutex<[String: RoutePool]>([:])

  func pool(for name: String) -> RoutePool? {
    known.withLock { $0[name] }
  }

  func note(_ pool: RoutePool, for name: String) {
    known.withLock { known in
      if known.count < Self.most { known[name] = pool }
    }
  }
}
