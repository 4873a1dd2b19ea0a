internal import Synchronization

/// One request and its reply, as the server sees them.
///
/// It may be used from any thread; what must happen on the wire is done on its loop, by its
/// connection.
package final class ServerExchange: Sendable {
  @safe
  struct State {
    var isOver = false
    var isGone = false
    var isAborted = false
    var hasReplied = false
    var isStreaming = false
    var isFinished = false
    /// What the connection has not taken yet, and how much it has taken but not written.
    var outgoing: [UInt8] = []
    var unwritten = 0
    var drainLimit = 0
    var drainer: UnsafeContinuation<Void, Never>?
    var goneActions: [@Sendable () -> Void] = []
    var incoming = IncomingBody()
  }

  package let head: RequestHead
  package let loop: EventLoop
  let framing: BodyFraming
  let connection: ServerConnection
  let state = Mutex(State())

  init(head: RequestHead, framing: BodyFraming, connection: ServerConnection, loop: EventLoop) {
    self.head = head
    self.framing = framing
    self.connection = connection
    self.loop = loop
  }

  /// Sends a whole reply, exactly once; before the body was read it also ends the connection.
  ///
  /// Length, transfer coding and connection fields are the server's own: those in `fields` are
  /// left out.
  package func respond(status: Int, fields: HTTPFields, body: [UInt8]) {
    guard takeReply(isStream: false) else { return }
    if loop.isCurrent {
      connection.reply(to: self, status: status, fields: fields, body: body)
    } else {
      loop.perform { self.connection.reply(to: self, status: status, fields: fields, body: body) }
    }
  }

  /// Begins a reply whose length is not known.
  package func startStreaming(status: Int, fields: HTTPFields) {
    guard takeReply(isStream: true) else { return }
    loop.perform { self.connection.beginStream(for: self, status: status, fields: fields) }
  }

  /// Queues bytes of a streamed reply; several per wake-up become one write.
  package func send(_ bytes: [UInt8]) {
    let isFirst = state.withLock { state -> Bool in
      guard state.isOpenStream, !bytes.isEmpty else { return false }
      guard state.outgoing.isEmpty else {
        state.outgoing.append(contentsOf: bytes)
        return false
      }
      state.outgoing = bytes
      return true
    }
    if isFirst { flush() }
  }

  /// Waits while `limit` bytes or more are queued and the client is there.
  package func waitUntilDrained(below limit: Int) async {
    guard state.withLock({ $0.mustWait(below: limit) }) else { return }
    unsafe await withUnsafeContinuation { continuation in
      let waits = state.withLock { state -> Bool in
        guard state.mustWait(below: limit) else { return false }
        state.drainLimit = limit
        unsafe state.drainer = unsafe continuation
        return true
      }
      if !waits { unsafe continuation.resume() }
    }
  }

  /// Ends a streamed reply well.
  package func finish() {
    let ends = state.withLock { state -> Bool in
      guard state.isOpenStream else { return false }
      state.isFinished = true
      return true
    }
    if ends { flush() }
  }

  /// Ends a reply so that the client sees that it was cut.
  package func abort() {
    let cuts = state.withLock { state -> Bool in
      guard !state.isOver, !state.isGone, !state.isAborted else { return false }
      state.isAborted = true
      state.hasReplied = true
      return true
    }
    if cuts { loop.perform { self.connection.abort(self) } }
  }

  /// Whether the client left before its reply was done.
  package var isClientGone: Bool {
    state.withLock { $0.isGone }
  }

  /// Has `action` run on the loop when the client leaves, or at once when it has left.
  package func onClientGone(_ action: @escaping @Sendable () -> Void) {
    let isLate = state.withLock { state -> Bool in
      if state.isGone { return true }
      if !state.isOver { state.goneActions.append(action) }
      return false
    }
    if isLate { loop.perform(action) }
  }

  private func takeReply(isStream: Bool) -> Bool {
    state.withLock { state in
      guard !state.hasReplied, !state.isOver, !state.isGone else { return false }
      state.hasReplied = true
      state.isStreaming = isStream
      return true
    }
  }

  private func flush() {
    if loop.isCurrent {
      connection.schedule()
    } else {
      loop.perform { self.connection.schedule() }
    }
  }
}

/// What its connection tells it and takes from it; all on the loop's thread.
extension ServerExchange {
  /// Nobody is to wait for a reply that no one will make.
  func responderReturned(_ errorBody: ServerOptions.ErrorBody) {
    let (isSilent, isOpen) = state.withLock { state in
      (!state.hasReplied && !state.isGone && !state.isOver, state.isOpenStream)
    }
    if isOpen { abort() }
    guard isSilent else { return }
    let (contentType, body) = errorBody(500, head.path, "no reply was made")
    respond(status: 500, fields: ["Content-Type": contentType], body: body)
  }

  /// What is queued of a streamed reply, and whether that is all.
  func takeOutgoing() -> (bytes: [UInt8], isFinished: Bool) {
    state.withLock { state in
      defer { state.outgoing = [] }
      return (state.outgoing, state.isFinished)
    }
  }

  var hasOutgoing: Bool {
    state.withLock { !$0.outgoing.isEmpty || $0.isFinished }
  }

  /// So much of what was taken is not written yet.
  func noteUnwritten(_ count: Int) {
    let drainer = unsafe state.withLock { state in
      state.unwritten = count
      return unsafe state.takeDrainer()
    }
    unsafe drainer?.resume()
  }

  /// The client closed its end.
  func clientLeft() {
    let actions = state.withLock { state -> [@Sendable () -> Void] in
      guard !state.isGone, !state.isOver else { return [] }
      state.isGone = true
      _ = state.incoming.fail(.clientGone)
      defer { state.goneActions = [] }
      return state.goneActions
    }
    for action in actions { action() }
    ended()
  }

  /// Nothing more happens on the wire.
  func ended() {
    let drainer = unsafe state.withLock { state in
      state.isOver = true
      state.goneActions = []
      state.outgoing = []
      state.unwritten = 0
      if !state.incoming.isComplete { _ = state.incoming.fail(.clientGone) }
      return unsafe state.takeDrainer()
    }
    unsafe drainer?.resume()
    settleBody()
    state.withLock { $0.incoming.release() }
  }
}

extension ServerExchange.State {
  var isOpenStream: Bool { isStreaming && !isFinished && !isGone && !isAborted && !isOver }

  func mustWait(below limit: Int) -> Bool {
    outgoing.count + unwritten >= limit && outgoing.count + unwritten > 0 && !isGone
      && !isAborted && !isOver
  }

  /// Who waits for room, when there is room or nothing to wait for.
  mutating func takeDrainer() -> UnsafeContinuation<Void, Never>? {
    unsafe drainer != nil && !mustWait(below: drainLimit) ? drainer.take() : nil
  }
}
