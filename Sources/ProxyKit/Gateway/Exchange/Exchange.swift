internal import Dialects
internal import Transport

/// The whole passage of one request, from its headers to its ending.
struct Exchange {
  let house: House
  let client: ServerExchange
  let endpoint: Endpoint
  let snapshot: Snapshot
  let live: LiveExchange

  /// The way of a request.
  ///
  /// It never throws: every way out of it is an ending, settled once by the caller.
  func run() async -> Ending {
    do throws(Failure) {
      let admission = try await admit()
      let body = try await readBody()
      try admission.verify(body)
      return try await converse(body, of: admission.caller)
    } catch {
      return refuse(error, nil)
    }
  }

  /// The way of a conversation whose body has come.
  func converse(_ body: [UInt8], of caller: Caller) async throws(Failure) -> Ending {
    copy(body, of: caller)
    var asked = try IncomingRequest(body: body, to: endpoint)
    let controls = try takeControls(of: &asked)
    try caller.terms.check(model: asked.model, of: caller.name)
    let memory = ResponseMemory(house: house, snapshot: snapshot, caller: caller)
    let (request, plan) = try await memory.recall(
      asked, question(of: asked.model, from: caller, asked))
    let translation = try translation(of: request, for: plan)
    try reserve(request.document, model: asked.model, plan.deployments, for: caller)
    let stage = begin(request, translation, echo: asked.dialect.codec.echo(asked.document))
    let stream = request.wantsStream ? makeStream(stage) : nil
    let pings = stream?.keepAlive()
    let limit = timeLimit(plan.deployments)
    defer {
      pings?.cancel()
      limit?.cancel()
    }
    do throws(Failure) {
      let standing = await lookUp(request, controls, plan, for: caller)
      note(standing, stream)
      if case .hit(let reply) = standing { return answer(reply, to: request, stage, stream) }
      let attempts = Attempts(
        house: house, client: client, request: request, translation: translation, live: live)
      let reply = try await attempts.open(plan)
      return try await relay(
        reply, request, memory, stage, stream, standing?.recorder(request, stage, plan, reply))
    } catch {
      return refuse(error, stream)
    }
  }

  /// Decides from the headers alone whether the caller may enter; the body is not read before.
  func admit() async throws(Failure) -> Admission {
    let admission = try await house.identify(
      client, by: snapshot, cancellation: live.cancellation)
    try IncomingRequest.checkFields(client.head)
    let own = ownCredentials(of: admission.caller)
    live.with { state in
      state.ownCredentials = own
      state.caller = admission.caller.name
      state.owner = admission.caller.owner
      state.keyID = admission.caller.keyID
    }
    guard house.board.inFlight <= snapshot.settings.limits.exchanges else {
      throw Failure(
        .overloaded, origin: .proxy, status: 529,
        "the gateway serves \(snapshot.settings.limits.exchanges) requests already; try again soon",
        retryAfterSeconds: 1)
    }
    try await enter(admission.caller)
    return admission
  }

  /// The client's own credential, where a backend takes it.
  private func ownCredentials(of caller: Caller) -> HTTPFields {
    let settings = snapshot.settings
    guard settings.backends.contains(where: \.forwardClientAuthorization) else {
      return HTTPFields()
    }
    return OwnCredentials.forwardable(
      client.head, keys: snapshot.keys, proof: caller.proof, issuers: settings.callers.issuers)
  }

  func readBody() async throws(Failure) -> [UInt8] {
    let limit = snapshot.settings.limits.bodyBytes
    do {
      return try await client.readBody(limit: limit, budget: house.bodies)
    } catch {
      throw Failure(error, limit: limit)
    }
  }

  /// The request in the hub's words; nil when every deployment speaks the client's language.
  private func translation(
    of request: IncomingRequest, for plan: RoutePlan
  ) throws(Failure) -> Conversation? {
    guard plan.contains(where: { !request.passes(to: $0) }) else { return nil }
    return try request.conversation()
  }

  /// Notes what the body said, and what the writer of the reply must know.
  private func begin(
    _ request: IncomingRequest, _ translation: Conversation?, echo: ResponsesEcho?
  ) -> ReplyStage {
    let estimate = (request.document.bytes.count + 3) / 4
    live.with { state in
      state.modelRequested = request.model
      state.isStreaming = request.wantsStream
      state.estimatedInput = estimate
    }
    return ReplyStage(
      model: request.model, requestID: live.id, createdAt: Int(live.startedAtMs / 1000),
      estimatedInputTokens: estimate, showsUsage: request.wantsUsage,
      toolForms: translation?.toolForms ?? ToolForms(),
      echo: echo)
  }

  /// Ends the exchange when it has taken as long as its backend allows, where it sets a limit.
  private func timeLimit(_ deployments: [Deployment]) -> LoopTimer? {
    guard let limit = deployments.first?.backend.totalTimeout else { return nil }
    return client.loop.every(limit) { [live] in live.stop(.outOfTime) }
  }

  private func makeStream(_ stage: ReplyStage) -> ClientStream {
    var fields = house.fields(for: live)
    fields.append("content-type", endpoint.framing.contentType(of: endpoint.dialect))
    fields.append("cache-control", "no-cache")
    fields.append("x-accel-buffering", "no")
    let encoder =
      endpoint.isCompletion
      ? LegacyCompletion.makeStreamEncoder(stage)
      : endpoint.dialect.codec.makeStreamEncoder(stage)
    return ClientStream(
      client: client, encoder: encoder,
      framing: endpoint.framing, fields: fields, pingInterval: snapshot.settings.pingInterval,
      copy: live.with { $0.copy })
  }

  private func relay(
    _ reply: OpenReply, _ request: IncomingRequest, _ memory: ResponseMemory,
    _ stage: ReplyStage, _ stream: ClientStream?, _ recorder: CacheRecorder?
  ) async throws(Failure) -> Ending {
    let relay = Relay(
      house: house, client: client, request: request, memory: memory, live: live, stage: stage,
      recorder: recorder)
    let fields = replyFields(reply)
    stream?.addFields(fields)
    switch reply {
    case .stream(let open):
      if let stream { return await relay.stream(open, into: stream) }
      return try await relay.fold(open, fields: house.fields(for: live) + fields)
    case .whole(let whole):
      if let stream { return relay.unfold(whole, into: stream) }
      return relay.send(whole, fields: house.fields(for: live) + fields)
    }
  }

  /// What the upstream said beside its body, and what its language could not carry.
  private func replyFields(_ reply: OpenReply) -> HTTPFields {
    var fields = HTTPFields()
    ReplyFields.forward(
      reply.source.fields, from: reply.deployment.dialect, to: endpoint.dialect, into: &fields,
      showingLimits: live.showsUpstreamLimits, nowSeconds: Int(live.startedAtMs / 1000))
    let losses = live.with { $0.losses }
    if !losses.isEmpty, snapshot.settings.exposeDegradation {
      fields.append("x-anyllm-degradation", losses.tags.joined(separator: ", "))
    }
    return fields
  }

  /// Tells the client what went wrong, in its own language and as early as it still can be told.
  func refuse(_ failure: Failure, _ stream: ClientStream?) -> Ending {
    if case .clientGone = live.stopEnding { return .clientGone }
    var told = live.stopFailure ?? failure
    if endpoint.refusalDialect != endpoint.dialect { told.verbatim = nil }
    if let stream, stream.hasStarted {
      stream.fail(told)
    } else {
      house.respond(
        told, in: endpoint.refusalDialect, to: client,
        beside: house.fields(for: live) + live.with { $0.refusalFields })
    }
    return live.stopEnding ?? .refused(told)
  }
}

extension IncomingRequest {
  /// Whether a stream shows usage: only Chat has to be asked for it.
  fileprivate var wantsUsage: Bool {
    dialect != .chat
      || document.root["stream_options"]?["include_usage"]?.bool ?? false
  }
}

extension Failure {
  init(_ failure: BodyFailure, limit: Int) {
    switch failure {
    case .tooLarge:
      self.init(
        .tooLarge, origin: .client, status: 413,
        "the body is larger than \(limit) bytes; `limits.body_bytes` raises the limit")
    case .budgetExhausted:
      self.init(
        .overloaded, origin: .proxy, status: 529,
        "too many large requests are in memory; try again soon", retryAfterSeconds: 1)
    case .clientGone:
      self.init(.invalidRequest, origin: .client, status: 499, "the client left")
    case .malformed:
      self.init(.invalidRequest, origin: .client, status: 400, "the body's framing is broken")
    }
  }
}

extension HTTPFields {
  fileprivate static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
    var sum = left
    sum.append(contentsOf: right)
    return sum
  }
}
