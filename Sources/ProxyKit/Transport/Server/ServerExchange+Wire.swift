internal import CMicrohttpd
internal import CUv
internal import Synchronization

/// What libmicrohttpd asks, and what we tell it; all on the loop's thread.
extension ServerExchange {
  /// What `give` gave.
  enum Given {
    case bytes(Int), end, broken
  }

  private enum Step {
    case goOn
    case suspend
    case queue(Reply)
    case writePast(Reply)
    case resume
    case drop
  }

  /// The head has come; false drops the connection.
  func begin() -> Bool {
    let hasLeft = connection.begin(self, framing == .none ? .working : .body)
    if hasLeft { state.withLock { $0.isGone = true } }
    // Without a body the same question comes again at once, and a reply to that one keeps the
    // connection.
    return framing == .none ? true : proceed()
  }

  /// libmicrohttpd asks for a reply or waits to be told to go on; false drops the connection.
  func proceed() -> Bool {
    let isNew = state.withLock { state in
      state.isInCallback = true
      state.isSuspended = false
      if state.stage == .receiving || framing == .none, state.stage != .replying {
        state.stage = .complete
        state.incoming.isComplete = true
      }
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    if isNew { startResponder() } else { settleBody() }
    loop.drain()
    return take(
      state.withLock { state in
        state.isInCallback = false
        return decide(&state)
      })
  }

  /// A piece of the body has come; false drops the connection.
  func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
    connection.enter(.body)
    let (isFine, hasFailed) = state.withLock { state in
      let isFine = unsafe state.incoming.take(piece, framing)
      return (isFine, state.incoming.failure != nil)
    }
    guard isFine else { return false }
    guard hasFailed else { return true }
    state.withLock { $0.isInCallback = true }
    settleBody()
    loop.drain()
    return take(
      state.withLock { state in
        state.isInCallback = false
        return decide(&state)
      })
  }

  /// A task decided something while libmicrohttpd was elsewhere.
  func advance() {
    let step = state.withLock { state -> Step in
      guard !state.isInCallback, state.stage != .over else { return .goOn }
      if state.isSuspended {
        if state.stage == .replying || state.isGone || state.isAborted { return .resume }
        if state.stage == .asked, state.incoming.isWanted, state.reply == nil { return .resume }
        return decide(&state)
      }
      return state.stage == .receiving ? decide(&state) : .goOn
    }
    switch step {
    case .suspend, .goOn: return
    case .resume: resume()
    case .queue:
      if take(step) { resume() } else { drop() }
    case .writePast, .drop:
      _ = take(step)
      drop()
    }
  }

  /// Gives libmicrohttpd what is queued of a streamed reply.
  func give(_ buffer: UnsafeMutableRawBufferPointer) -> Given {
    let (given, drainer) = unsafe state.withLock {
      state -> (Given?, UnsafeContinuation<Void, Never>?) in
      state.isResuming = false
      let left = state.outgoing.count - state.given
      guard left > 0, !state.isGone else {
        if state.isAborted || state.isGone { return (.broken, nil) }
        if state.isFinished { return (.end, nil) }
        state.isSuspended = true
        return (nil, nil)
      }
      let count = min(left, buffer.count)
      unsafe state.outgoing.withUnsafeBytes { bytes in
        unsafe buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[state.given..<state.given + count]))
      }
      state.given += count
      if state.given == state.outgoing.count {
        state.outgoing = []
        state.given = 0
      }
      return unsafe (.bytes(count), state.takeDrainer())
    }
    unsafe drainer?.resume()
    if let given {
      connection.enter(.writing)
      return given
    }
    connection.enter(.working)
    unsafe MHD_suspend_connection(wire.opaque)
    return .bytes(0)
  }

  /// The client closed its end.
  func clientLeft() {
    let (actions, isSuspended) = state.withLock { state -> ([@Sendable () -> Void], Bool) in
      guard !state.isGone, state.stage != .over else { return ([], state.isSuspended) }
      return (state.leave(), state.isSuspended)
    }
    for action in actions { action() }
    settleWaiters()
    if isSuspended { resume() } else { connection.sever() }
  }

  /// libmicrohttpd is done with the request.
  func completed(_ ending: Ending) {
    connection.endExchange()
    let actions = state.withLock { state -> [@Sendable () -> Void] in
      guard state.stage != .over else { return [] }
      var actions: [@Sendable () -> Void] = []
      if ending != .well {
        if ending == .badly, state.stage == .receiving { _ = state.incoming.fail(.malformed) }
        if !state.isGone, !state.isAborted { actions = state.leave() }
      }
      state.stage = .over
      state.goneActions = []
      state.outgoing = []
      state.given = 0
      return actions
    }
    for action in actions { action() }
    settleWaiters()
    state.withLock { $0.incoming.release() }
  }

  private func startResponder() {
    loop.run {
      await self.serving.responder.respond(to: self)
      self.responderReturned()
    }
  }

  /// Nobody is to wait for a reply that no one will make.
  private func responderReturned() {
    let (isSilent, isOpen) = state.withLock { state in
      (!state.hasReplied && !state.isGone, state.isStreaming && !state.isFinished)
    }
    if isOpen { abort() }
    guard isSilent else { return }
    let (contentType, body) = serving.options.errorBody(500, head.path, "no reply was made")
    respond(status: 500, fields: ["Content-Type": contentType], body: body)
  }

  private func decide(_ state: inout sending State) -> Step {
    // A reply that was begun and aborted at once still says what it had to say.
    if state.isGone || (state.isAborted && state.reply == nil) { return .drop }
    switch state.stage {
    case .asked, .complete:
      if let reply = state.reply.take() {
        state.stage = .replying
        // Nobody will ask for the bytes of a whole reply.
        if case .whole = reply { state.isResuming = false }
        return .queue(reply)
      }
      if state.stage == .asked, state.incoming.isWanted {
        state.stage = .receiving
        return .goOn
      }
      state.isSuspended = true
      return .suspend
    case .receiving:
      // TLS leaves no way past libmicrohttpd: the reply waits until the client has sent all.
      guard serving.options.tls == nil, let reply = state.reply.take() else { return .goOn }
      state.stage = .replying
      return .writePast(reply)
    case .replying, .over:
      return .goOn
    }
  }

  /// Does what was decided; false drops the connection.
  private func take(_ step: Step) -> Bool {
    switch step {
    case .goOn, .resume: return true
    case .drop: return false
    case .suspend:
      connection.enter(.working)
      unsafe MHD_suspend_connection(wire.opaque)
      return true
    case .queue(let reply): return queue(reply)
    case .writePast(let reply):
      writePast(reply)
      return false
    }
  }

  private func queue(_ reply: Reply) -> Bool {
    connection.enter(.writing)
    if !state.withLock({ $0.incoming.isComplete }) { connection.linger() }
    let closes = serving.tally.isDraining
    let (status, made) =
      switch reply {
      case .whole(let status, let fields, let body):
        (status, MHDReply.whole(status: status, fields: fields, body: body, closes: closes))
      case .stream(let status, let fields):
        (status, MHDReply.stream(self, fields: fields, closes: closes))
      }
    guard let made = unsafe made.opaque else { return false }
    defer { unsafe MHD_destroy_response(made) }
    return unsafe MHD_queue_response(wire.opaque, UInt32(clamping: status), made) == .YES
  }

  /// libmicrohttpd takes no reply while a body is under way.
  private func writePast(_ reply: Reply) {
    guard case .whole(let status, let fields, let body) = reply else { return }
    let bytes = RawReply.bytes(status: status, fields: fields, body: body)
    _ = unsafe anyllm_send(connection.descriptor, bytes, bytes.count, 0)
    connection.linger()
  }

  private func drop() {
    let wasSuspended = state.withLock { state in
      state.isAborted = true
      return state.isSuspended
    }
    if wasSuspended { resume() } else { connection.sever() }
  }

  private func resume() {
    let isSuspended = state.withLock { state in
      defer { state.isSuspended = false }
      if state.isSuspended { state.isResuming = true }
      return state.isSuspended
    }
    guard isSuspended else { return }
    unsafe MHD_resume_connection(wire.opaque)
    serving.schedule()
  }

  /// Whoever waits for the client learns that it is gone or done.
  private func settleWaiters() {
    let drainer = unsafe state.withLock { state in
      if state.isGone { _ = state.incoming.fail(.clientGone) }
      return unsafe state.takeDrainer()
    }
    unsafe drainer?.resume()
    settleBody()
  }
}

extension ServerExchange.State {
  /// Who waits for room, when there is room or nothing to wait for.
  mutating func takeDrainer() -> UnsafeContinuation<Void, Never>? {
    unsafe drainer != nil && !mustWait(below: drainLimit) ? drainer.take() : nil
  }

  /// Notes that the client is gone; what is to be done about it is the caller's.
  mutating func leave() -> [@Sendable () -> Void] {
    isGone = true
    defer { goneActions = [] }
    return goneActions
  }
}
