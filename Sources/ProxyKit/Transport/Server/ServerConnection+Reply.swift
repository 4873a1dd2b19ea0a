internal import Glibc
internal import Synchronization

/// What the exchange asks of its connection; all on the loop's thread.
extension ServerConnection {
  /// The responder wants the body.
  func wantBody(of exchange: ServerExchange) {
    let (isNews, invites, isTaking) = state.withLock { state -> (Bool, Bool, Bool) in
      guard state.exchange === exchange, state.phase == .deciding else {
        return (false, false, false)
      }
      state.phase = .body
      let invites = state.expectsContinue && state.pending.isEmpty && !state.isTaking
      return (true, invites || (state.expectsContinue && state.isTaking), state.isTaking)
    }
    guard isNews else { return }
    if invites {
      state.withLock { $0.outgoing.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
      writeMore()
    }
    if isTaking {
      takeBodyAhead()
    } else {
      updateWatch()
      schedule()
    }
  }

  /// A whole reply.
  func reply(to exchange: ServerExchange, status: Int, fields: HTTPFields, body: [UInt8]) {
    guard let (closes, isVersion10) = beginReply(exchange) else { return }
    let isBodiless = status == 204 || status == 304 || status < 200
    let head = ReplyHead(
      status: status, fields: fields, framing: isBodiless ? .none : .length(body.count),
      closes: closes, saysKeepAlive: isVersion10)
    let hasBody = !isBodiless && !state.withLock { $0.isHeadRequest } && !body.isEmpty
    let isTogether = hasBody && body.count <= OutgoingReply.mostCopied
    let bytes = head.bytes(date: serving.date.bytes, body: isTogether ? body : [])
    state.withLock { state in
      state.isStreaming = false
      state.outgoing.append(bytes)
      if hasBody, !isTogether { state.outgoing.append(body) }
    }
    writeMore()
  }

  /// The head of a streamed reply; it is written with the first bytes of this turn.
  func beginStream(for exchange: ServerExchange, status: Int, fields: HTTPFields) {
    guard let (closes, isVersion10) = beginReply(exchange) else { return }
    let head = ReplyHead(
      status: status, fields: fields, framing: isVersion10 ? .close : .chunked,
      closes: closes || isVersion10)
    let bytes = head.bytes(date: serving.date.bytes)
    state.withLock { state in
      state.isStreaming = true
      state.isChunked = !isVersion10
      state.closes = state.closes || isVersion10
      state.outgoing.append(bytes)
    }
    schedule()
  }

  /// The reply ends broken: what was said still goes out, then comes the cut.
  func abort(_ exchange: ServerExchange) {
    guard state.withLock({ $0.exchange === exchange }) else { return }
    state.withLock { state in
      if state.isStreaming { state.appendChunk(exchange.takeOutgoing().bytes) }
      state.isStreaming = false
      state.cutsWhenWritten = true
    }
    writeMore()
  }

  private func cut() {
    let (exchange, isChunked) = state.withLock { state in
      defer { state.exchange = nil }
      return (state.exchange, state.isChunked)
    }
    if !isChunked {
      // Without chunks only a reset tells a cut from an end.
      var linger = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }
    close()
    exchange?.ended()
  }

  /// Answers without a responder and ends the connection.
  func refuse(_ refusal: Refusal) {
    let (contentType, body) = serving.options.errorBody(
      refusal.status, refusal.path, refusal.message)
    let head = ReplyHead(
      status: refusal.status, fields: ["Content-Type": contentType], framing: .length(body.count),
      closes: true)
    state.withLock { state in
      state.phase = .replying
      state.closes = true
      state.discarded = 1
      state.outgoing.append(head.bytes(date: serving.date.bytes) + body)
    }
    writeMore()
  }

  /// Writes what is queued of a stream, as one chunk.
  func flush() {
    guard let exchange = state.withLock({ $0.exchange }) else { return }
    let mayWrite = state.withLock { state -> Bool in
      guard state.isStreaming, state.outgoing.isFlushable else { return false }
      let (bytes, isFinished) = exchange.takeOutgoing()
      state.appendChunk(bytes)
      if isFinished {
        if state.isChunked { state.outgoing.append(Array("0\r\n\r\n".utf8)) }
        state.isStreaming = false
      }
      return true
    }
    if mayWrite { writeMore() }
  }

  /// Writes what the client takes, and goes on when it took all.
  func writeMore() {
    let now = loop.milliseconds
    let (result, left, exchange) = state.withLock { state in
      let result = state.outgoing.write(to: descriptor, tls)
      if result != .nothing { state.since = now }
      return (result, state.outgoing.count, state.exchange)
    }
    if result == .broken {
      self.left()
      return
    }
    exchange?.noteUnwritten(left)
    updateWatch()
    guard left == 0 else { return }
    if state.withLock({ $0.cutsWhenWritten }) {
      cut()
      return
    }
    let (isDone, hasMore) = state.withLock { state in
      (state.phase == .replying && !state.isStreaming, state.isStreaming)
    }
    if isDone {
      endReply()
    } else if hasMore, exchange?.hasOutgoing ?? false {
      schedule()
    }
  }

  /// Notes that the reply begins; nothing when it is for nobody.
  private func beginReply(_ exchange: ServerExchange) -> (closes: Bool, isVersion10: Bool)? {
    let now = loop.milliseconds
    let isDraining = serving.tally.isDraining
    return state.withLock { state in
      guard state.exchange === exchange else { return nil }
      switch state.phase {
      case .deciding, .body, .discarding:
        // The client may be sending still: it is heard out, lest a reset overtake the reply.
        state.closes = true
        state.discarded += 1
      case .working: state.closes = !state.keepsConnection || isDraining
      case .idle, .head, .replying, .closed: return nil
      }
      state.phase = .replying
      state.since = now
      return (state.closes, state.isVersion10)
    }
  }

  private func endReply() {
    let now = loop.milliseconds
    let (exchange, closes, lingers, hasPending) = state.withLock { state in
      defer {
        state.exchange = nil
        state.phase = .idle
        state.since = now
      }
      return (
        state.exchange, state.closes, state.discarded > 0 || !state.pending.isEmpty,
        !state.pending.isEmpty
      )
    }
    if closes {
      close(lingering: lingers)
    } else if hasPending {
      schedule()
    }
    exchange?.ended()
  }
}

extension ServerConnection.State {
  /// Queues a piece of a stream in the stream's framing.
  mutating func appendChunk(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    guard isChunked else {
      outgoing.append(bytes)
      return
    }
    outgoing.append(Array("\(String(bytes.count, radix: 16))\r\n".utf8))
    outgoing.append(bytes)
    outgoing.append([0x0D, 0x0A])
  }
}
