internal import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization

/// The one counter of everything that is shown: exchanges in flight, rates, failures.
final class LiveBoard: Sendable {
  private static let shownAfterEnd: Duration = .seconds(3)
  private static let mostFinished = 64
  private static let mostErrors = 200
  private static let mostLossTags = 200

  private struct State {
    /// Each knows its place here.
    var live: [LiveExchange] = []
    var finished = RecentExchanges(capacity: LiveBoard.mostFinished)
    var totals = Totals()
    var nanoDollars: Int64 = 0
    var backends: [String: BackendCount] = [:]
    var tokens = RateWindow(seconds: 901)
    var requests = RateWindow(seconds: 901)
    var failures = RateWindow(seconds: 901)
    var errors = ErrorBook(limit: LiveBoard.mostErrors)
    var notices: [String] = []

    mutating func count(of backend: String) -> BackendCount {
      if let known = backends[backend] { return known }
      let new = BackendCount()
      backends[backend] = new
      return new
    }

    mutating func remove(_ exchange: LiveExchange) {
      let place = exchange.place.exchange(-1, ordering: .relaxed)
      guard place >= 0 else { return }
      let last = live.removeLast()
      guard last !== exchange else { return }
      live[place] = last
      last.place.store(place, ordering: .relaxed)
    }
  }

  private let state = Mutex(State())

  /// Shared by reference, so that a dictionary of them is changed in place.
  private final class BackendCount {
    var record = BackendRecord()
  }

  func note(_ sentences: [String]) {
    state.withLock { state in
      state.notices = Array((state.notices + sentences).suffix(50))
    }
  }

  func open(_ exchange: LiveExchange) {
    state.withLock { state in
      exchange.place.store(state.live.count, ordering: .relaxed)
      state.live.append(exchange)
      state.totals.requests += 1
      state.totals.inFlight += 1
      state.requests.add(1, at: exchange.startedAt)
    }
  }

  /// One attempt at a backend begins.
  func begin(backend: String, at now: ContinuousClock.Instant) {
    state.withLock { $0.count(of: backend).record.begin(at: now) }
  }

  /// One attempt at a backend ended; only its own faults count against it.
  func end(
    backend: String, firstTokenMs: Int?, failure: Failure?, at now: ContinuousClock.Instant,
    nowMs: Int64
  ) {
    state.withLock { state in
      state.backends[backend]?.record.end(
        firstTokenMs: firstTokenMs, failure: failure, at: now, nowMs: nowMs)
    }
  }

  func count(tokens: Int, backend: String, at now: ContinuousClock.Instant) {
    guard tokens > 0 else { return }
    state.withLock { state in
      state.tokens.add(tokens, at: now)
      state.backends[backend]?.record.count(tokens: tokens, at: now)
    }
  }

  /// The last thing that happens to an exchange.
  func close(
    _ exchange: LiveExchange, _ finished: LiveExchange.Finished, at now: ContinuousClock.Instant,
    nowMs: Int64
  ) {
    state.withLock { state in
      state.remove(exchange)
      state.finished.append(exchange)
      state.totals.inFlight -= 1
      state.totals.inputTokens += finished.record.inputTokens
      state.totals.outputTokens += finished.record.outputTokens
      state.totals.cacheReadTokens += finished.record.cacheReadTokens
      state.nanoDollars += finished.record.costNanoDollars ?? 0
      state.totals.costMicroDollars = state.nanoDollars / 1000
      for tag in finished.record.losses
      where state.totals.losses[tag] != nil || state.totals.losses.count < Self.mostLossTags {
        state.totals.losses[tag, default: 0] += 1
      }
      if let backend = finished.openAttempt {
        state.backends[backend]?.record.end(
          firstTokenMs: finished.record.firstTokenMs, failure: finished.failure, at: now,
          nowMs: nowMs)
      }
      guard let failure = finished.failure else { return }
      state.totals.failures += 1
      state.failures.add(1, at: now)
      state.errors.add(
        failure, backend: finished.record.backend, requestID: exchange.id, atMs: nowMs)
    }
  }

  /// A request that was turned away before it became an exchange.
  func turnAway(
    _ failure: Failure, requestID: String, at now: ContinuousClock.Instant, nowMs: Int64
  ) {
    state.withLock { state in
      state.totals.failures += 1
      state.failures.add(1, at: now)
      state.errors.add(failure, backend: "", requestID: requestID, atMs: nowMs)
    }
  }

  func drop() {
    state.withLock { $0.totals.droppedRecords += 1 }
  }

  var inFlight: Int { state.withLock { $0.totals.inFlight } }

  /// The exchange with that id, or the only one whose id ends so.
  func exchange(_ id: String) -> LiveExchange? {
    state.withLock { state in
      if let exact = state.live.first(where: { $0.id == id }) { return exact }
      let alike = state.live.filter { $0.id.hasSuffix(id) }
      return alike.count == 1 ? alike.first : nil
    }
  }

  var exchanges: [LiveExchange] { state.withLock { $0.live } }

  /// The picture at this moment; the parts that the board does not know are the caller's.
  func picture(
    backends: [Settings.Backend], at now: ContinuousClock.Instant
  ) -> BoardPicture {
    let (shown, picture) = state.withLock { state in
      let picture = BoardPicture(
        totals: state.totals,
        backends: backends.map {
          state.count(of: $0.name).record.status(of: $0, at: now)
        },
        streams: [],
        throughput: Throughput(
          tokensPerSecond: state.tokens.series(at: now),
          requestsPerSecond: state.requests.series(at: now),
          failuresPerSecond: state.failures.series(at: now)),
        errors: state.errors.groups, notices: state.notices)
      let ended = state.finished.exchanges.filter { exchange in
        exchange.with { $0.endedAt.map { now - $0 <= Self.shownAfterEnd } ?? true }
      }
      return (state.live + ended, picture)
    }
    var whole = picture
    whole.streams = shown.map { $0.status(at: now) }
      .sorted { ($0.startedAtMs, $0.id) < ($1.startedAtMs, $1.id) }
    return whole
  }
}

/// What the board contributes to a `LiveSnapshot`.
struct BoardPicture: Sendable {
  var totals: Totals
  var backends: [BackendStatus]
  var streams: [StreamStatus]
  var throughput: Throughput
  var errors: [ErrorGroup]
  var notices: [String]
}

/// The exchanges that ended last, in a ring.
private struct RecentExchanges: Sendable {
  private let capacity: Int
  private var next = 0
  private(set) var exchanges: [LiveExchange] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func append(_ exchange: LiveExchange) {
    if exchanges.count < capacity {
      exchanges.append(exchange)
    } else {
      exchanges[next] = exchange
      next = (next + 1) % capacity
    }
  }
}
