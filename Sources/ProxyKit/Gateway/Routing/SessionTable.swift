internal import Synchronization

/// One client session on one route.
struct SessionKey: Hashable, Sendable {
  /// Whose session it is: two callers may have the same name for theirs.
  var owner: String
  var session: String
  var route: String
}

/// Which deployment serves a session, as long as the session is not idle for too long.
///
/// Two halves that take turns: what is not used while one half fills is forgotten with the next,
/// so that the table is bounded and every use costs the same.
final class SessionTable: Sendable {
  static let idleTime: Duration = .seconds(3600)

  private struct Entry {
    var station: Station
    var usedAt: ContinuousClock.Instant
  }

  private struct State {
    var young: [SessionKey: Entry] = [:]
    var old: [SessionKey: Entry] = [:]
  }

  private let half: Int
  private let state = Mutex(State())

  init(capacity: Int = 20_000) {
    half = max(1, capacity / 2)
  }

  /// Where the session was served last.
  func station(of key: SessionKey, at now: ContinuousClock.Instant) -> Station? {
    state.withLock { state in
      guard let entry = state.young[key] ?? state.old[key], now - entry.usedAt < Self.idleTime
      else { return nil }
      return entry.station
    }
  }

  /// Notes where the session is served from now on.
  func note(_ key: SessionKey, at station: Station, at now: ContinuousClock.Instant) {
    state.withLock { state in
      if state.young.count >= half, state.young[key] == nil {
        state.old = state.young
        state.young = [:]
      }
      state.young[key] = Entry(station: station, usedAt: now)
    }
  }

  var count: Int { state.withLock { $0.young.count + $0.old.count } }
}
