internal import Synchronization

/// One deployment while the gateway runs: its load, its pace and its health.
///
/// It outlives snapshots, so that a change of the settings does not forget what is known of it.
final class Station: Sendable {
  /// Why a deployment is not asked now.
  struct Refusal: Sendable, Equatable {
    enum Reason: Sendable, Equatable {
      case requests, tokens, concurrency
      /// It had enough, and said so.
      case cooling
      /// It failed too often.
      case open
      /// The one new try after that is under way.
      case probing
      /// Whoever looks after it found it down.
      case down
    }

    var reason: Reason
    /// When it may be asked again; nil when nobody can say.
    var until: ContinuousClock.Instant?
    /// What happened there last, where that is why.
    var cause = ""
  }

  struct State: Sendable {
    var inFlight = 0
    var requests = MinuteWindow()
    var tokens = MinuteWindow()
    /// Means of milliseconds to the first token of streams, and to whole replies.
    var streamPace: Double?
    var wholePace: Double?
    var coolsUntil: ContinuousClock.Instant?
    var circuit = Circuit.closed
    var failuresInARow = 0
    var outcomes = OutcomeWindow()
    /// Openings since it last worked, for ever longer pauses.
    var openings = 0
    /// What the health check found; nil when all is well or nobody looks.
    var down: String?
    var cause = ""
  }

  /// Whether requests flow.
  enum Circuit: Sendable, Equatable {
    case closed
    case open(until: ContinuousClock.Instant)
    /// The pause is over; one request tries.
    case halfOpen(isProbing: Bool)
  }

  /// The share of a new sample in a mean.
  private static let smoothing = 0.3

  let name: String
  private let state = Mutex(State())

  init(name: String = "") {
    self.name = name
  }

  /// Reads or changes what is known of it.
  func with<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { body(&$0) }
  }

  /// Takes an attempt in, all limits kept at once; a refusal changes nothing.
  ///
  /// - Parameter regardless: There is no other deployment: its health must not stand in the way,
  ///   for its own answer says more than we could.
  func enter(
    _ limits: DeploymentLimits, tokens: Int, regardless: Bool, at now: ContinuousClock.Instant
  ) -> Refusal? {
    state.withLock { state in
      if let refusal = state.refusal(limits, tokens: tokens, at: now),
        !regardless || refusal.isLimit
      {
        return refusal
      }
      if case .open(let until) = state.circuit, until <= now {
        state.circuit = .halfOpen(isProbing: true)
      } else if state.circuit == .halfOpen(isProbing: false) {
        state.circuit = .halfOpen(isProbing: true)
      }
      let second = now.wholeSecond
      state.inFlight += 1
      state.requests.add(1, at: second)
      if limits.tokensPerMinute != nil { state.tokens.add(tokens, at: second) }
      return nil
    }
  }

  /// Why an attempt would not be taken in now; asks without changing anything.
  func refusal(
    _ limits: DeploymentLimits, tokens: Int, at now: ContinuousClock.Instant
  ) -> Refusal? {
    state.withLock { $0.refusal(limits, tokens: tokens, at: now) }
  }

  /// An attempt that was taken in has ended.
  func leave(_ outcome: Outcome, breaker: Settings.Backend.Circuit, at now: ContinuousClock.Instant)
  {
    state.withLock { state in
      state.inFlight -= 1
      state.tokens.add(outcome.tokens - outcome.reservedTokens, at: now.wholeSecond)
      if let milliseconds = outcome.firstTokenMs, outcome.verdict == .success {
        let path = outcome.isStreaming ? \State.streamPace : \State.wholePace
        let known = state[keyPath: path] ?? Double(milliseconds)
        state[keyPath: path] =
          known + Self.smoothing * (Double(milliseconds) - known)
      }
      state.take(outcome.verdict, breaker, at: now)
    }
  }

  /// How an attempt ended.
  struct Outcome: Sendable {
    var verdict: Verdict
    var tokens = 0
    var reservedTokens = 0
    var firstTokenMs: Int?
    var isStreaming = false
  }
}

extension Station.Refusal {
  /// Whether it is the operator's limit, which always holds.
  var isLimit: Bool {
    switch reason {
    case .requests, .tokens, .concurrency: true
    case .cooling, .open, .probing, .down: false
    }
  }
}

extension ContinuousClock.Instant {
  /// A day before the first use, so that no moment that is counted lies before it.
  private static let routingEpoch = ContinuousClock.now - .seconds(86_400)

  /// The number of the second it lies in.
  var wholeSecond: Int64 { (self - Self.routingEpoch).components.seconds }
}
