internal import Dialects
internal import Transport

/// Carries a reply that has proved itself to its client, to whatever end it comes.
struct Relay {
  let house: House
  let client: ServerExchange
  let request: IncomingRequest
  let memory: ResponseMemory
  let live: LiveExchange
  let stage: ReplyStage
  /// Who keeps the reply to be given again, where it is.
  var recorder: CacheRecorder?

  /// A whole reply: the upstream's own bytes, or its events written in the client's language.
  func send(_ reply: WholeReply, fields: HTTPFields) -> Ending {
    let body = reply.passes ? reply.bytes : encode(reply.events)
    keeper(reply.deployment, passes: reply.passes)?.keep(whole: body, reply.events)
    _ = live.observe(reply.events, bytesOut: body.count, now: .now)
    keep(body, reply.events)
    var fields = fields
    fields.append("content-type", "application/json")
    live.addCost(to: &fields)
    live.with { $0.copy }?.take(body)
    client.respond(status: 200, fields: fields, body: body)
    return client.isClientGone ? .clientGone : .completed(status: 200)
  }

  /// Keeps a reply that has come whole, where one is kept.
  private func keep(_ body: [UInt8]?, _ events: [ReplyEvent]) {
    guard var recorder else { return }
    recorder.keep(whole: body ?? encode(events), events, live)
  }

  private func encode(_ events: [ReplyEvent]) -> [UInt8] {
    var losses = Losses()
    let body = request.encodeReply(events, stage, losses: &losses)
    live.with { $0.losses.record(contentsOf: losses) }
    return body
  }

  /// Who keeps the response, where the client wants it kept.
  private func keeper(_ deployment: Deployment, passes: Bool) -> ResponseKeeper? {
    guard request.dialect == .responses else { return nil }
    return ResponseKeeper(
      request, memory, stage, live, keptBy: passes ? deployment.backend.name : nil)
  }

  /// A stream that the client does not want as one: read to its end, then written whole.
  func fold(_ reply: StreamReply, fields: HTTPFields) async throws(Failure) -> Ending {
    var reply = reply
    var events = reply.heldEvents
    while true {
      if case .failed(var failure) = events.last {
        reply.source.cancel()
        if request.dialect != reply.deployment.dialect { failure.verbatim = nil }
        throw failure
      }
      if reply.hasEnded { break }
      guard reply.bytesRead <= Attempt.mostReplyBytes else {
        reply.source.cancel()
        throw Failure(
          .upstream, origin: .upstream, status: 502,
          "the upstream's reply is larger than \(Attempt.mostReplyBytes >> 20) MiB")
      }
      try await read(&reply, into: &events)
    }
    let whole = WholeReply(
      deployment: reply.deployment, source: reply.source, passes: false, bytes: [],
      events: events)
    return send(whole, fields: fields)
  }

  /// A whole reply for a client that asked for a stream.
  func unfold(_ reply: WholeReply, into stream: ClientStream) -> Ending {
    let now = ContinuousClock.now
    var keeper = keeper(reply.deployment, passes: false)
    keeper?.take(reply.events)
    keep(reply.passes ? reply.bytes : nil, reply.events)
    let sent = stream.send(reply.events, now: now)
    _ = live.observe(reply.events, bytesOut: sent, now: now)
    stream.finish()
    return .completed(status: 200)
  }

  /// A stream, event by event; nothing thrown here can be tried again, so it becomes an ending.
  func stream(_ reply: StreamReply, into stream: ClientStream) async -> Ending {
    var reply = reply
    var events = reply.heldEvents
    var visible = reply.heldBytes
    reply.heldEvents = []
    reply.heldBytes = []
    var keeper = keeper(reply.deployment, passes: reply.passes)
    var recorder = recorder
    while true {
      // Before the client reads the end, so that what it asks next finds the response.
      keeper?.take(events)
      recorder?.take(events, visible: reply.isShown(as: request) ? visible : nil, of: reply)
      if let failure = forward(events, visible, reply, stream) {
        reply.source.cancel()
        // An error that the upstream told went through with its bytes and is not told twice.
        let wasTold = reply.passes && failure.verbatim != nil
        if wasTold { stream.abort() } else { stream.fail(failure) }
        return .broken(failure)
      }
      if reply.hasEnded {
        stream.finish()
        let losses = stream.losses
        if !losses.isEmpty { live.with { $0.losses.record(contentsOf: losses) } }
        recorder?.finish(live)
        return .completed(status: 200)
      }
      await stream.waitUntilDrained()
      events.removeAll(keepingCapacity: true)
      do {
        visible = try await read(&reply, into: &events)
      } catch {
        if let ending = live.stopEnding { return breakOff(stream, ending) }
        stream.fail(error)
        return .broken(error)
      }
    }
  }

  /// Sends one piece on; returns the failure that the upstream told inside its stream.
  private func forward(
    _ events: [ReplyEvent], _ visible: [UInt8], _ reply: StreamReply, _ stream: ClientStream
  ) -> Failure? {
    let now = ContinuousClock.now
    var failure: Failure?
    if case .failed(let told) = events.last { failure = told }
    let sent: Int
    if reply.passes {
      sent = stream.pass(
        visible, isWrapped: reply.showsPieces, after: reply.decoder, now: now)
    } else {
      sent = stream.send(failure == nil ? events : Array(events.dropLast()), now: now)
    }
    let tokens = live.observe(events, bytesOut: sent, now: now)
    house.board.count(tokens: tokens, backend: reply.deployment.backend.name, at: now)
    return failure
  }

  @discardableResult
  private func read(
    _ reply: inout StreamReply, into events: inout [ReplyEvent]
  ) async throws(Failure) -> [UInt8] {
    do {
      switch try await reply.source.next(within: .seconds(60)) {
      case .bytes(let piece): return reply.take(piece, into: &events)
      case .silence: return []
      case .end:
        reply.hasEnded = true
        reply.decoder.finish(into: &events)
        return []
      }
    } catch {
      throw Failure(error, backend: reply.deployment.backend.name)
    }
  }

  private func breakOff(_ stream: ClientStream, _ ending: Ending) -> Ending {
    if let failure = live.stopFailure { stream.fail(failure) }
    return ending
  }
}

extension LiveExchange {
  /// How the exchange ends when it was stopped from outside; nil while nobody did.
  var stopEnding: Ending? {
    switch with({ $0.stop }) {
    case .clientGone: .clientGone
    case .killed: .killed
    case .outOfTime: .broken(.outOfTime)
    case nil: nil
    }
  }

  /// What the client is told of a stop from outside, if it is there to hear it.
  var stopFailure: Failure? {
    switch with({ $0.stop }) {
    case .killed: .killed
    case .outOfTime: .outOfTime
    case .clientGone, nil: nil
    }
  }
}

extension Failure {
  static let killed = Failure(
    .internal, origin: .proxy, status: 503, "the operator of the gateway ended this request")
  static let outOfTime = Failure(
    .timeout, origin: .proxy, status: 504,
    "the request took longer than its backend allows; `total_timeout` sets the limit")
}
