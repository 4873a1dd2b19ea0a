internal import ControlPlane
internal import Dialects
internal import Transport

/// One try at one deployment: write, send, and wait until the reply has proved itself.
///
/// Nothing of the reply has gone to the client before `open` returns, so that every failure it
/// throws may be tried again.
struct Attempt {
  /// A stream that says nothing of weight within these bounds is taken as it is.
  private static let mostHeldEvents = 64
  private static let mostHeldBytes = 256 << 10
  private static let mostErrorBytes = 1 << 20
  static let mostReplyBytes = 64 << 20

  let house: House
  let client: ServerExchange
  let request: IncomingRequest
  let translation: Conversation?
  let deployment: Deployment
  let live: LiveExchange
  /// The upstream has refused the thoughts of this conversation once.
  var leavesThoughtsOut = false
  /// A stream that has said nothing by then is asked for elsewhere.
  var firstTokenTimeout: Duration?

  private struct Outgoing {
    var body: [UInt8]
    var passes: Bool
    var hidesUsage = false
    var losses = Losses()
    var toolNames: [JSONText: JSONText] = [:]
    var betas: [String] = []
  }

  func open() async throws(Failure) -> OpenReply {
    let outgoing = try fit(try write())
    live.with { $0.losses = outgoing.losses }
    let source = try await send(outgoing)
    guard source.status / 100 == 2 else { throw await refusal(source) }
    return isEventStream(source)
      ? try await openStream(source, outgoing) : try await openWhole(source, outgoing)
  }

  /// In the same language the client's own bytes; otherwise through the hub, losses recorded.
  private func write() throws(Failure) -> Outgoing {
    let codec = deployment.dialect.codec
    var target = deployment.target
    target.refusesThoughts = leavesThoughtsOut
    if request.passes(to: deployment) {
      let passed = try codec.passRequest(request.document, for: target)
      return Outgoing(
        body: passed.body, passes: true, hidesUsage: passed.hidesUsage, losses: passed.losses,
        betas: request.betas)
    }
    var conversation: Conversation
    if let translation {
      conversation = translation
    } else {
      conversation = try request.conversation()
    }
    if leavesThoughtsOut { conversation = conversation.withoutThoughts() }
    var encoded = try codec.encodeRequest(conversation, for: target)
    if leavesThoughtsOut { encoded.losses.record("thinking_blocks") }
    return Outgoing(
      body: encoded.body, passes: false, losses: encoded.losses, toolNames: encoded.toolNames,
      betas: encoded.betas)
  }

  /// Leaves out what the server does not have, and adds the envelope that it wants.
  private func fit(_ outgoing: Outgoing) throws(Failure) -> Outgoing {
    let letter = try deployment.letter(
      outgoing.body, betas: outgoing.betas, from: client.head.fields, in: request.dialect)
    var outgoing = outgoing
    outgoing.body = letter.body
    outgoing.betas = letter.betas
    outgoing.losses.record(contentsOf: letter.losses)
    return outgoing
  }

  private func send(_ outgoing: Outgoing) async throws(Failure) -> any ReplySource {
    live.with { $0.phase = .connecting }
    if deployment.backend.kind == .demo {
      return DemoModel.answer(outgoing.body, on: client.loop, cancellation: live.cancellation)
    }
    var question = deployment.request(
      outgoing.body, betas: outgoing.betas, client: client.head.fields,
      own: live.with { $0.ownCredentials }, streams: request.wantsStream)
    if let bound = firstTokenTimeout, request.wantsStream {
      question.expectFirstByte(within: bound)
    }
    let reply = try await house.send(
      question, to: deployment, on: client.loop, cancellation: live.cancellation)
    live.with { $0.phase = .waiting }
    return reply
  }

  private func refusal(_ source: any ReplySource) async -> Failure {
    if source.status == 401 || source.status == 403 {
      house.credentials.noteRefusal(by: deployment.backend)
    }
    let body = (try? await source.readWhole(limit: Self.mostErrorBytes)) ?? []
    var failure = deployment.surface.decodeFailure(
      status: source.status, errorType: source.fields.first("x-amzn-errortype"), body)
    if let seconds = source.fields.first("retry-after").flatMap({ Double($0) }), seconds >= 0 {
      failure.retryAfterSeconds = Int(min(seconds, 86_400).rounded(.up))
    }
    var fields = HTTPFields()
    ReplyFields.forward(
      source.fields, from: deployment.dialect, to: request.dialect, into: &fields,
      showingLimits: live.showsUpstreamLimits, nowSeconds: Int(live.startedAtMs / 1000))
    live.with { [fields] in $0.refusalFields = fields }
    return failure
  }

  private func isEventStream(_ source: any ReplySource) -> Bool {
    source.fields.first("content-type")?.lowercased().hasPrefix(deployment.surface.streamType)
      ?? false
  }

  private func openWhole(
    _ source: any ReplySource, _ outgoing: Outgoing
  ) async throws(Failure) -> OpenReply {
    let bytes: [UInt8]
    do {
      bytes = try await source.readWhole(limit: Self.mostReplyBytes)
    } catch {
      throw Failure(error, backend: deployment.backend.name)
    }
    var events = deployment.dialect.codec.decodeReply(bytes)
    events.rename(outgoing.toolNames, from: 0)
    if !outgoing.passes, let place = deployment.target.place {
      events.place(seals: place, from: 0)
    }
    if case .failed(let failure) = events.last {
      // What was asked for in the background is no failure for a client that knows the word.
      guard outgoing.passes, request.dialect == .responses, !request.wantsStream,
        ResponsesHistory.isPutOff(bytes)
      else { throw failure }
      events = []
    }
    return .whole(
      WholeReply(
        deployment: deployment, source: source, passes: outgoing.passes, bytes: bytes,
        events: events))
  }

  /// Reads until the first output, a failure, the end, or a silence that must not be waited out.
  private func openStream(
    _ source: any ReplySource, _ outgoing: Outgoing
  ) async throws(Failure) -> OpenReply {
    let passes = outgoing.passes && request.wantsStream
    let showsPieces = !outgoing.hidesUsage && deployment.surface.framing == request.framing
    var reply = StreamReply(
      deployment: deployment, source: source,
      decoder: deployment.surface.makeStreamDecoder(
        hidingUsage: outgoing.hidesUsage, keepingVisible: passes && !showsPieces),
      passes: passes, showsPieces: showsPieces,
      toolNames: outgoing.toolNames)
    var events: [ReplyEvent] = []
    let deadline = firstTokenTimeout.map { ContinuousClock.now + $0 }
    while !reply.hasEnded {
      let received: UpstreamResponse.Received
      do {
        received = try await source.next(within: Self.patience(until: deadline))
      } catch {
        throw Failure(error, backend: deployment.backend.name)
      }
      switch received {
      case .silence: break
      case .end:
        reply.hasEnded = true
        reply.decoder.finish(into: &events)
      case .bytes(let piece):
        let visible = reply.take(piece, into: &events)
        reply.heldBytes += visible
      }
      if events.contains(where: \.isOutput) || events.count > Self.mostHeldEvents { break }
      if let deadline, ContinuousClock.now >= deadline {
        source.cancel()
        throw Failure(
          .timeout, origin: .upstream, status: 504, retry: .otherDeployment,
          "backend `\(deployment.backend.name)`: no first token in time")
      }
      // Without a single event it is one long line, which the decoder bounds.
      if reply.heldBytes.count > Self.mostHeldBytes, !events.isEmpty { break }
    }
    if case .failed(let failure) = events.first(where: \.isOutput) {
      source.cancel()
      throw failure
    }
    reply.heldEvents = events
    return .stream(reply)
  }
}

extension Attempt {
  private static func patience(until deadline: ContinuousClock.Instant?) -> Duration {
    guard let deadline else { return .seconds(60) }
    return max(.milliseconds(1), min(.seconds(60), deadline - .now))
  }
}

extension ReplyEvent {
  /// Whether the client would see it; before the first of these an attempt can be repeated.
  var isOutput: Bool {
    switch self {
    case .begin, .usage: false
    default: true
    }
  }
}
