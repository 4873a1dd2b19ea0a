internal import Dialects
internal import Synchronization
internal import Transport

/// The client's side of a streamed reply: begun late, kept alive in silence, ended once.
///
/// It begins with the first output or the first ping, so that an early failure still has a status
/// of its own. Pings come from a timer, between two events only.
final class ClientStream: Sendable {
  /// Bytes that may wait for a slow client before the upstream is no longer read.
  private static let highWater = 256 << 10

  private struct State: Sendable {
    var encoder: any ReplyEncoder
    var wrapper: StreamWrapper
    var fields: HTTPFields
    var out: [UInt8] = []
    var hasStarted = false
    var hasEnded = false
    var isBetweenEvents = true
    /// Events of the upstream's own that were passed on; nil when nothing was.
    var passedEvents: Int?
    var lastSent: ContinuousClock.Instant
  }

  private let client: ServerExchange
  private let pingInterval: Duration
  private let copy: BodyCopy?
  private let state: Mutex<State>

  init(
    client: ServerExchange, encoder: any ReplyEncoder, framing: StreamFraming,
    fields: HTTPFields, pingInterval: Duration, copy: BodyCopy?
  ) {
    self.client = client
    self.copy = copy
    self.pingInterval = pingInterval
    state = Mutex(
      State(
        encoder: encoder, wrapper: StreamWrapper(framing), fields: fields, lastSent: .now))
  }

  var hasStarted: Bool { state.withLock { $0.hasStarted } }

  /// What the client's language could not say of the reply.
  var losses: Losses { state.withLock { $0.encoder.losses } }

  /// Begins to write pings into silences.
  func keepAlive() -> LoopTimer {
    client.loop.every(pingInterval / 2) { [self] in ping() }
  }

  /// Adds headers that are known only after the stream was prepared; too late once it has begun.
  func addFields(_ fields: HTTPFields) {
    state.withLock { $0.fields.append(contentsOf: fields) }
  }

  /// Writes events in the client's language; returns how many bytes they became.
  func send(_ events: [ReplyEvent], now: ContinuousClock.Instant) -> Int {
    state.withLock { state in
      state.encoder.encode(events, into: &state.out)
      return flush(&state, now)
    }
  }

  /// Passes the upstream's own bytes on.
  func pass(
    _ bytes: [UInt8], isWrapped: Bool, after decoder: any ReplyDecoder,
    now: ContinuousClock.Instant
  ) -> Int {
    state.withLock { state in
      state.isBetweenEvents = decoder.isBetweenEvents
      guard !bytes.isEmpty else { return 0 }
      state.passedEvents = decoder.eventCount
      guard isWrapped || state.wrapper.isBare else {
        state.out = bytes
        return flush(&state, now)
      }
      return write(bytes, &state, now)
    }
  }

  /// Sends a whole stream as it went out before; returns how many bytes that were.
  func replay(_ bytes: [UInt8], now: ContinuousClock.Instant) -> Int {
    state.withLock { state in
      guard !state.hasEnded else { return 0 }
      return write(bytes, &state, now)
    }
  }

  /// Waits until a slow client has taken most of what was sent.
  func waitUntilDrained() async {
    await client.waitUntilDrained(below: Self.highWater)
  }

  func finish() {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      var last: [UInt8] = []
      state.wrapper.finish(into: &last)
      start(&state)
      if !last.isEmpty { _ = write(last, &state, .now) }
      client.finish()
    }
  }

  /// Tells the failure in the client's language and breaks the stream off, so that nobody takes
  /// half an answer for a whole one.
  func fail(_ failure: Failure) {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      if !state.isBetweenEvents, state.wrapper.isBare { state.out.append("\n\n") }
      if let count = state.passedEvents { state.encoder.goOn(after: count) }
      state.encoder.encode([.failed(failure)], into: &state.out)
      _ = flush(&state, .now)
      client.abort()
    }
  }

  /// Breaks the stream off without a word.
  func abort() {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      client.abort()
    }
  }

  private func ping() {
    state.withLock { state in
      let now = ContinuousClock.now
      guard !state.hasEnded, state.isBetweenEvents, now - state.lastSent >= pingInterval else {
        return
      }
      state.encoder.ping(into: &state.out)
      _ = flush(&state, now)
    }
  }

  private func flush(_ state: inout State, _ now: ContinuousClock.Instant) -> Int {
    guard !state.out.isEmpty else { return 0 }
    if !state.wrapper.isBare {
      var wrapped: [UInt8] = []
      state.wrapper.wrap(state.out, into: &wrapped)
      state.out = wrapped
    }
    let out = state.out
    state.out = []
    return write(out, &state, now)
  }

  private func write(
    _ bytes: [UInt8], _ state: inout State, _ now: ContinuousClock.Instant
  ) -> Int {
    guard !bytes.isEmpty else { return 0 }
    start(&state)
    client.send(bytes)
    copy?.take(bytes)
    state.lastSent = now
    return bytes.count
  }

  private func start(_ state: inout State) {
    guard !state.hasStarted else { return }
    state.hasStarted = true
    client.startStreaming(status: 200, fields: state.fields)
  }
}
