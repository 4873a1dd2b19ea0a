internal import CUv
internal import Glibc
internal import Synchronization

/// One client's connection, from its acceptance until its descriptor is closed.
///
///     idle -> head -> deciding -> body -> working -> replying -> idle
///                 \------- no body -------/      (or closed)
///
/// In `deciding` the head is here, the responder runs, and nothing of the body is read until it
/// asks: a reply before that ends the connection. Everything happens on the loop's thread. The
/// descriptor stays in the loop's poll set, waiting to be read, for its whole life: a request
/// costs one system call to read it and one to answer it, and a client that leaves is seen at
/// once.
final class ServerConnection: Sendable, TurnEnd {
  enum Phase {
    case idle, head, deciding, body
    /// The body is refused: what comes is thrown away until the reply is written.
    case discarding
    case working, replying, closed
  }

  struct State {
    var phase = Phase.head
    /// When the phase began or last made progress.
    var since: UInt64
    var watch: SocketWatch?
    var exchange: ServerExchange?
    /// What came and is not parsed yet, and how far a head's end was looked for.
    var pending: [UInt8] = []
    var scanned = 0
    var isTaking = false
    /// What came in one read with a head, for as long as its responder is first run; what is
    /// taken of it is cut off.
    var ahead: (address: Address, count: Int) = (.none, 0)
    var decoder = BodyDecoder(.none)
    var discarded = 0
    var keepsConnection = true
    var isVersion10 = false
    var expectsContinue = false
    var isHeadRequest = false
    var closes = false
    var isStreaming = false
    /// The reply was aborted: the connection breaks off once all is written.
    var cutsWhenWritten = false
    var isChunked = false
    var isScheduled = false
    var outgoing = OutgoingReply()
  }

  /// What may be read ahead of the request that is being answered.
  private static let mostAhead = 65_536
  private static let mostDiscarded = 64 << 20

  let descriptor: Int32
  let peer: Peer
  let serving: ServingLoop
  let tls: TLSSession?
  let state: Mutex<State>

  var loop: EventLoop { serving.loop }

  init?(descriptor: Int32, peer: Peer, tls: TLSSession?, serving: ServingLoop) {
    self.descriptor = descriptor
    self.peer = peer
    self.tls = tls
    self.serving = serving
    state = Mutex(State(since: serving.loop.milliseconds))
    let watch = SocketWatch(loop: serving.loop, descriptor: descriptor) { [weak self] events in
      self?.happened(events)
    }
    guard let watch else { return nil }
    state.withLock { $0.watch = watch }
    watch.wait(for: .readable)
  }

  /// Whether the time for what is expected of the client has run out.
  func isOverdue(_ now: UInt64, headerTimeout: UInt64, idleTimeout: UInt64) -> Bool {
    state.withLock { state in
      let elapsed = now - min(now, state.since)
      switch state.phase {
      case .head: return elapsed > headerTimeout
      case .idle, .body, .discarding: return elapsed > idleTimeout
      case .replying: return !state.outgoing.isEmpty && elapsed > idleTimeout
      case .deciding, .working, .closed: return false
      }
    }
  }

  /// The client has left, or is treated as if it had.
  func left() {
    let exchange = state.withLock { state in
      defer { state.exchange = nil }
      return state.exchange
    }
    close()
    exchange?.clientLeft()
  }

  /// Closes it, whatever goes on.
  func close(lingering: Bool = false) {
    let watch = state.withLock { state in
      state.phase = .closed
      state.pending = []
      state.outgoing = OutgoingReply()
      return state.watch.take()
    }
    guard let watch else { return }
    watch.close()
    tls?.close()
    if lingering { LingeringClose.begin(descriptor, on: loop) }
    Glibc.close(descriptor)
    serving.closed(self)
  }

  func turnEnded() {
    let (phase, hasPending) = state.withLock { state in
      state.isScheduled = false
      return (state.phase, !state.pending.isEmpty)
    }
    switch phase {
    case .idle, .head, .body, .discarding:
      if hasPending { takePending() }
    case .replying: flush()
    case .deciding, .working, .closed: break
    }
  }

  /// Has what is queued written, and what is pending taken, when the turn's jobs are done.
  func schedule() {
    let isNew = state.withLock { state in
      defer { state.isScheduled = true }
      return !state.isScheduled && state.phase != .closed
    }
    if isNew { loop.atTurnEnd(self) }
  }

  /// Waits for what makes sense now.
  func updateWatch() {
    let (watch, events) = state.withLock { state -> (SocketWatch?, SocketWatch.Events) in
      var events: SocketWatch.Events = state.outgoing.isEmpty ? [] : .writable
      let limit = state.phase == .deciding ? 1 : ServerConnection.mostAhead
      events.insert(state.pending.count < limit ? .readable : .disconnected)
      return (state.watch, events)
    }
    watch?.wait(for: events)
  }

  private func happened(_ events: SocketWatch.Events) {
    if events.contains(.disconnected) {
      left()
      return
    }
    if events.contains(.writable) { writeMore() }
    if events.contains(.readable) { read() }
  }

  private func read() {
    // A TLS record may hold more than was asked for, and then nothing would wake us.
    for _ in 0..<(tls == nil ? 1 : 16) {
      let count = serving.buffer.fill(from: descriptor, tls)
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      guard count > 0 else {
        left()
        return
      }
      let stored = state.withLock { state -> [UInt8] in
        defer { state.pending = [] }
        return state.pending
      }
      if stored.isEmpty {
        unsafe serving.buffer.withBytes(count) { unsafe take($0) }
      } else {
        let all = unsafe stored + serving.buffer.withBytes(count) { unsafe Array($0) }
        unsafe all.withUnsafeBytes { unsafe take($0) }
      }
      if state.withLock({ $0.phase == .closed }) { return }
    }
    if tls != nil { schedule() }
  }

  private func takePending() {
    let stored = state.withLock { state -> [UInt8] in
      defer { state.pending = [] }
      return state.pending
    }
    unsafe stored.withUnsafeBytes { unsafe take($0) }
    updateWatch()
  }

  /// Takes what came as far as it goes, and keeps the rest.
  private func take(_ bytes: UnsafeRawBufferPointer) {
    var rest = unsafe bytes
    state.withLock { $0.isTaking = true }
    while unsafe !rest.isEmpty {
      switch state.withLock({ $0.phase }) {
      case .idle, .head:
        guard unsafe takeHead(&rest) else { break }
        continue
      case .body:
        unsafe takeBody(&rest)
        continue
      case .discarding:
        discard(rest.count)
        unsafe rest = unsafe rest.take(0)
        continue
      case .closed:
        unsafe rest = unsafe rest.take(0)
        continue
      case .deciding, .working, .replying: break
      }
      break
    }
    state.withLock { state in
      state.isTaking = false
      if unsafe !rest.isEmpty, state.phase != .closed { state.pending = unsafe Array(rest) }
    }
    if unsafe !rest.isEmpty { updateWatch() }
  }

  /// Takes a head; false when it has not all come.
  private func takeHead(_ rest: inout UnsafeRawBufferPointer) -> Bool {
    let limit = serving.options.headerBytes
    do throws(Refusal) {
      var scanned = state.withLock { $0.scanned }
      // An empty line before a request is to be passed over (RFC 9112, section 2.2).
      while scanned == 0, rest.count >= 2, unsafe rest[0] == 0x0D, unsafe rest[1] == 0x0A {
        _ = unsafe rest.take(2)
      }
      if unsafe rest.isEmpty { return true }
      let end = try unsafe RequestParser.end(of: rest, from: scanned)
      guard end ?? rest.count <= limit else {
        throw Refusal(status: 431, message: "the headers are larger than \(limit) bytes")
      }
      guard let end else {
        scanned = max(0, rest.count - 1)
        noteIncompleteHead(scanned)
        return false
      }
      let head = try unsafe RequestParser.parse(rest.take(end))
      unsafe begin(head, &rest)
    } catch {
      unsafe rest = unsafe rest.take(0)
      refuse(error)
    }
    return true
  }

  private func noteIncompleteHead(_ scanned: Int) {
    let now = loop.milliseconds
    state.withLock { state in
      state.scanned = scanned
      guard state.phase == .idle else { return }
      state.phase = .head
      state.since = now
    }
  }

  private func begin(_ head: ParsedHead, _ rest: inout UnsafeRawBufferPointer) {
    let request = RequestHead(
      method: head.method, path: head.path, query: head.query, fields: head.fields, peer: peer,
      isTLS: tls != nil)
    let exchange = ServerExchange(
      head: request, framing: head.framing, connection: self, loop: loop)
    let now = loop.milliseconds
    state.withLock { state in
      state.scanned = 0
      state.exchange = exchange
      state.keepsConnection = head.keepsConnection
      state.isVersion10 = head.isVersion10
      state.expectsContinue = head.expectsContinue
      state.isHeadRequest = head.method == "HEAD"
      state.phase = head.framing == .none ? .working : .deciding
      state.since = now
      state.decoder = BodyDecoder(head.framing)
    }
    if head.framing == .none { exchange.bodyEnded(nil) }
    serving.answerers.answer(exchange)
    guard head.framing != .none else { return }
    // Whether the body is wanted may be known at once: then it is taken from the same read, while
    // the responder asks for it, who need not wait.
    unsafe setAhead(rest)
    loop.drain()
    unsafe rest = unsafe takeAhead()
  }

  /// Takes of the body what came with its head.
  func takeBodyAhead() {
    var ahead = unsafe takeAhead()
    unsafe takeBody(&ahead)
    unsafe setAhead(ahead)
  }

  private func setAhead(_ bytes: UnsafeRawBufferPointer) {
    let address = unsafe Address(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    let count = bytes.count
    state.withLock { $0.ahead = (address, count) }
  }

  private func takeAhead() -> UnsafeRawBufferPointer {
    let (address, count) = state.withLock { state in
      defer { state.ahead = (.none, 0) }
      return state.ahead
    }
    return unsafe UnsafeRawBufferPointer(start: address.raw, count: count)
  }

  private func takeBody(_ rest: inout UnsafeRawBufferPointer) {
    guard let exchange = state.withLock({ $0.exchange }) else {
      unsafe rest = unsafe rest.take(0)
      return
    }
    let now = loop.milliseconds
    var decoder = state.withLock { $0.decoder }
    do throws(BodyDecoder.Malformed) {
      while let piece = try unsafe decoder.next(&rest) {
        guard unsafe exchange.receive(piece) else {
          refuseBody(exchange, nil)
          return
        }
      }
    } catch {
      refuseBody(exchange, .malformed)
      return
    }
    let isComplete = decoder.isComplete
    state.withLock { state in
      state.since = now
      state.decoder = decoder
      if isComplete { state.phase = .working }
    }
    if isComplete { exchange.bodyEnded(nil) }
  }

  /// The rest of the body is not wanted: the reply that says so ends the connection.
  private func refuseBody(_ exchange: ServerExchange, _ failure: BodyFailure?) {
    state.withLock { $0.phase = .discarding }
    if let failure { exchange.bodyEnded(failure) } else { exchange.settleBody() }
  }

  private func discard(_ count: Int) {
    let isEnough = state.withLock { state in
      state.discarded += count
      return state.discarded > ServerConnection.mostDiscarded
    }
    if isEnough { left() }
  }
}
