internal import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization
internal import Transport

/// One exchange while it lives: what the screen shows, what the ledger will say, and the handle
/// by which it is stopped.
final class LiveExchange: Sendable {
  enum StopReason: Sendable {
    case clientGone, killed
    /// It took longer than its backend's `total_timeout`.
    case outOfTime
  }

  struct State: Sendable {
    var phase: StreamState = .receiving
    var caller = ""
    /// Whose account it is.
    var owner = ""
    /// Who is told what is left of its limits; nil where it has none.
    var limited: Caller?
    /// What it holds of that account.
    var permit: Permit?
    var plan = PricePlan.standard
    /// Where its bodies are kept, for callers who have that.
    var copy: BodyCopy?
    var keyID: Int64?
    var modelRequested = ""
    var modelSent = ""
    var backend = ""
    var attempts = 0
    var isStreaming = false
    var firstTokenMs: Int?
    var usage: Usage?
    /// Bytes of text and arguments that came; a fourth of it stands for the tokens until the
    /// upstream says how many there were.
    var producedBytes = 0
    var bytesOut = 0
    /// The upstream has begun to answer, and so to charge.
    var hasReply = false
    var estimatedInput = 0
    var lastByteAt: ContinuousClock.Instant
    /// How the request stood to the cache, where there is one.
    var cache: String?
    /// The client's own credential, for backends that take it in place of ours.
    var ownCredentials = HTTPFields()
    var losses = Losses()
    /// What the upstream said beside the body of its last refusal.
    var refusalFields = HTTPFields()
    var ending: Ending?
    var endedAt: ContinuousClock.Instant?
    var stop: StopReason?
    var rate: RateWindow?
    /// The attempt that nobody has ended yet.
    var openAttempt: OpenAttempt?
    /// The route that was taken; empty where a mapping named a backend.
    var route = ""
    /// Deployments that were asked or passed over before the one that answered.
    var tries: [AttemptSummary] = []
  }

  let id: String
  let dialect: Dialect
  let client: String
  let session: String?
  let generation: Int
  /// What was paid for when it began.
  let prices: PriceList
  let startedAt: ContinuousClock.Instant
  let startedAtMs: Int64
  let cancellation = Cancellation()
  /// Where the board keeps it; -1 when it does not.
  let place = Atomic<Int>(-1)
  private let state: Mutex<State>

  init(
    id: String, dialect: Dialect, client: String, session: String?, generation: Int,
    prices: PriceList, startedAt: ContinuousClock.Instant, startedAtMs: Int64
  ) {
    self.id = id
    self.dialect = dialect
    self.client = client
    self.session = session
    self.generation = generation
    self.prices = prices
    self.startedAt = startedAt
    self.startedAtMs = startedAtMs
    state = Mutex(State(lastByteAt: startedAt))
  }

  /// Reads or changes what is known of the exchange.
  func with<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { body(&$0) }
  }

  /// Notes how it ended and gives what is to be kept of it.
  func finish(_ ending: Ending, at now: ContinuousClock.Instant) -> Finished {
    state.withLock { state in
      state.ending = ending
      state.endedAt = now
      let open = state.openAttempt
      state.openAttempt = nil
      open?.end(ending, of: self, state, at: now)
      let charge = charge(of: state)
      return Finished(
        record: record(of: state, costing: charge, at: now),
        pricesAreKnown: charge?.isKnown ?? true, failure: ending.failure,
        openAttempt: open == nil ? nil : state.backend, permit: state.permit,
        wasAdmitted: !state.caller.isEmpty)
    }
  }

  /// What remains of an exchange for those who count it.
  struct Finished: Sendable {
    var record: ExchangeRecord
    var pricesAreKnown: Bool
    var failure: Failure?
    /// The backend of the attempt that ends with the exchange.
    var openAttempt: String?
    /// What its caller's account still holds for it.
    var permit: Permit?
    var wasAdmitted: Bool
  }

  /// Asks the exchange to end; the first reason counts.
  func stop(_ reason: StopReason) {
    state.withLock { if $0.stop == nil { $0.stop = reason } }
    cancellation.cancel()
  }

  /// Takes in what a piece of the reply said; returns the tokens that it added.
  func observe(_ events: [ReplyEvent], bytesOut: Int, now: ContinuousClock.Instant) -> Int {
    state.withLock { state in
      let before = state.outputTokens
      state.hasReply = true
      for event in events { state.take(event) }
      if state.firstTokenMs == nil, state.producedBytes > 0 {
        state.firstTokenMs = startedAt.milliseconds(to: now)
      }
      if state.producedBytes > 0 { state.phase = .streaming }
      state.bytesOut += bytesOut
      state.lastByteAt = now
      let added = max(0, state.outputTokens - before)
      if state.isStreaming { state.rate.add(added, at: now) }
      return added
    }
  }
}

extension RateWindow? {
  fileprivate mutating func add(_ amount: Int, at now: ContinuousClock.Instant) {
    var window = self ?? RateWindow(seconds: 4)
    self = nil
    window.add(amount, at: now)
    self = window
  }
}

extension LiveExchange.State {
  var outputTokens: Int {
    guard let usage, usage.output > 0 else { return (producedBytes + 3) / 4 }
    return usage.output
  }

  fileprivate mutating func take(_ event: ReplyEvent) {
    switch event {
    case .text(let text), .thinking(let text), .arguments(let text):
      producedBytes += text.bytes.count
    case .open(.toolCall(_, let name, _)): producedBytes += name.bytes.count
    case .usage(let usage): self.usage = usage
    default: break
    }
  }
}

extension ContinuousClock.Instant {
  /// Whole milliseconds from here to a later moment.
  func milliseconds(to later: ContinuousClock.Instant) -> Int {
    let (seconds, attoseconds) = (later - self).components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
