internal import ControlPlane
internal import Dialects

/// What one backend did lately; kept under the board's lock.
struct BackendRecord: Sendable {
  private static let samples = 256
  private static let window = 300

  var inFlight = 0
  var requests = 0
  var failures = 0
  private var lastError: String?
  private var lastErrorAtMs: Int64?
  private var failuresInARow = 0
  private var tokens = RateWindow(seconds: 61)
  private var starts = RateWindow(seconds: 11)
  private var finished = RateWindow(seconds: window)
  private var failed = RateWindow(seconds: window)
  private var firstTokens: [(at: ContinuousClock.Instant, milliseconds: Int)] = []
  private var nextSample = 0

  mutating func begin(at now: ContinuousClock.Instant) {
    inFlight += 1
    requests += 1
    starts.add(1, at: now)
  }

  mutating func count(tokens added: Int, at now: ContinuousClock.Instant) {
    tokens.add(added, at: now)
  }

  /// An attempt ended; only the backend's own faults count against it.
  mutating func end(
    firstTokenMs: Int?, failure: Failure?, at now: ContinuousClock.Instant, nowMs: Int64
  ) {
    inFlight -= 1
    finished.add(1, at: now)
    if let firstTokenMs { sample(firstTokenMs, at: now) }
    guard let failure, failure.origin == .upstream else {
      failuresInARow = 0
      return
    }
    failures += 1
    failuresInARow += 1
    failed.add(1, at: now)
    lastError = "\(failure.kind.rawValue) \(failure.message)"
    lastErrorAtMs = nowMs
  }

  private mutating func sample(_ milliseconds: Int, at now: ContinuousClock.Instant) {
    if firstTokens.count < Self.samples {
      firstTokens.append((now, milliseconds))
    } else {
      firstTokens[nextSample] = (now, milliseconds)
      nextSample = (nextSample + 1) % Self.samples
    }
  }

  mutating func status(
    of backend: Settings.Backend, at now: ContinuousClock.Instant
  ) -> BackendStatus {
    let recent = firstTokens.filter { now - $0.at < .seconds(Self.window) }
      .map(\.milliseconds).sorted()
    let done = finished.series(at: now).reduce(0, +)
    let bad = failed.series(at: now).reduce(0, +)
    let percent = done > 0 ? 100 * bad / done : 0
    return BackendStatus(
      name: backend.name, kind: backend.preset ?? backend.kind.rawValue,
      baseURL: backend.baseURL, health: health(errorPercent: percent), inFlight: inFlight,
      firstTokenMedianMs: recent.count >= 5 ? recent[recent.count / 2] : nil,
      firstTokenP95Ms: recent.count >= 5 ? recent[recent.count * 95 / 100] : nil,
      tokensPerSecond: tokens.perSecond(over: 5, at: now),
      requestsPerSecond: starts.perSecond(over: 10, at: now), errorPercent: percent,
      requests: requests, failures: failures, lastError: lastError,
      lastErrorAtMs: lastErrorAtMs, recentTokensPerSecond: tokens.series(at: now))
  }

  private func health(errorPercent: Double) -> BackendHealth {
    if failuresInARow >= 3 { return .down }
    if errorPercent >= 5 { return .degraded }
    return requests == 0 ? .unknown : .up
  }
}
