internal import CMicrohttpd
internal import Glibc
internal import Synchronization

/// One request and its reply, as the server sees them.
///
///     asked -> receiving -> complete -> replying -> over
///
/// libmicrohttpd asks for a reply at `asked` (the headers are here; a reply now ends the
/// connection, because the body stays unread) and at `complete`. While there is none, the
/// connection is suspended; what a task decides then resumes it. In `receiving` libmicrohttpd
/// takes no reply at all: it is written past it and the connection is severed.
package final class ServerExchange: Sendable {
  enum Stage {
    case asked, receiving, complete, replying, over
  }

  enum Reply {
    case whole(status: Int, fields: HTTPFields, body: [UInt8])
    case stream(status: Int, fields: HTTPFields)
  }

  enum Ending {
    case well, badly, clientLeft
  }

  @safe
  struct State {
    var stage = Stage.asked
    /// libmicrohttpd has us on its stack; what is decided now it sees when we return.
    var isInCallback = false
    var isSuspended = false
    /// Resumed, and libmicrohttpd has not asked for bytes since.
    var isResuming = false
    var hasBegun = false
    var isGone = false
    var isAborted = false
    var reply: Reply?
    var hasReplied = false
    var isStreaming = false
    var isFinished = false
    var outgoing: [UInt8] = []
    var given = 0
    var drainLimit = 0
    var drainer: UnsafeContinuation<Void, Never>?
    var goneActions: [@Sendable () -> Void] = []
    var incoming = IncomingBody()
  }

  package let head: RequestHead
  package let loop: EventLoop
  let framing: BodyFraming
  let serving: ServingLoop
  let connection: ServerConnection
  let wire: Address
  let state = Mutex(State())

  init(
    head: RequestHead, framing: BodyFraming, serving: ServingLoop, connection: ServerConnection,
    wire: Address
  ) {
    self.head = head
    self.framing = framing
    self.serving = serving
    self.connection = connection
    self.wire = wire
    loop = serving.loop
  }

  /// Sends a whole reply, exactly once; before the body was read it also ends the connection.
  ///
  /// Length, transfer coding and connection fields are the server's own: those in `fields` are
  /// left out.
  package func respond(status: Int, fields: HTTPFields, body: [UInt8]) {
    reply(.whole(status: status, fields: fields, body: body))
  }

  /// Begins a reply whose length is not known.
  package func startStreaming(status: Int, fields: HTTPFields) {
    reply(.stream(status: status, fields: fields))
  }

  /// Queues bytes of a streamed reply; several per wake-up become one write.
  package func send(_ bytes: [UInt8]) {
    let wakes = state.withLock { state -> Bool in
      guard state.isStreaming, !state.isFinished, !state.isGone, !state.isAborted, !bytes.isEmpty
      else { return false }
      if state.given == state.outgoing.count {
        state.outgoing = bytes
        state.given = 0
      } else {
        state.outgoing.append(contentsOf: bytes)
      }
      return state.isSuspended && !state.isInCallback
    }
    if wakes { wake() }
  }

  /// Waits while `limit` bytes or more are queued and the client is there.
  package func waitUntilDrained(below limit: Int) async {
    guard state.withLock({ $0.mustWait(below: limit) }) else { return }
    unsafe await withUnsafeContinuation { continuation in
      let waits = state.withLock { state -> Bool in
        guard state.mustWait(below: limit) else { return false }
        state.drainLimit = limit
        unsafe state.drainer = continuation
        return true
      }
      if !waits { unsafe continuation.resume() }
    }
  }

  /// Ends a streamed reply well.
  package func finish() {
    let wakes = state.withLock { state -> Bool in
      guard state.isStreaming, !state.isFinished else { return false }
      state.isFinished = true
      return state.isSuspended && !state.isInCallback
    }
    if wakes { wake() }
  }

  /// Ends a reply so that the client sees that it was cut.
  package func abort() {
    let (wakes, isStuck) = state.withLock { state -> (Bool, Bool) in
      guard state.stage != .over, !state.isAborted, !state.isFinished || state.isStuck else {
        return (false, false)
      }
      state.isAborted = true
      state.hasReplied = true
      return (state.isSuspended && !state.isInCallback, state.isStuck)
    }
    if wakes { wake() }
    // Nobody asks for bytes while the client takes none.
    if isStuck { connection.sever() }
  }

  /// Whether the client left before its reply was done.
  package var isClientGone: Bool {
    state.withLock { $0.isGone }
  }

  /// Has `action` run on the loop when the client leaves, or at once when it has left.
  package func onClientGone(_ action: @escaping @Sendable () -> Void) {
    let isLate = state.withLock { state -> Bool in
      if state.isGone { return true }
      if state.stage != .over { state.goneActions.append(action) }
      return false
    }
    if isLate { loop.perform(action) }
  }

  private func reply(_ reply: Reply) {
    let acts = state.withLock { state -> Bool in
      guard !state.hasReplied, state.stage != .over else { return false }
      state.hasReplied = true
      state.reply = reply
      if case .stream = reply { state.isStreaming = true }
      return !state.isInCallback && (state.isSuspended || state.stage == .receiving)
    }
    if acts { wake() }
  }

  /// Has the loop see what was decided.
  private func wake() {
    if loop.isCurrent {
      advance()
    } else {
      loop.perform { self.advance() }
    }
  }
}

extension ServerExchange.State {
  func mustWait(below limit: Int) -> Bool {
    outgoing.count - given >= limit && outgoing.count > given && !isGone && !isAborted
      && stage != .over
  }

  /// Whether libmicrohttpd waits for the client to take what it has.
  var isStuck: Bool {
    stage == .replying && !isSuspended && !isResuming && !isInCallback
  }
}
