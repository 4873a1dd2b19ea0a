internal import ControlPlane
internal import Dialects
internal import Transport

/// How one exchange stands to the cache.
enum CacheStanding: Sendable {
  /// Nothing is looked for and nothing kept.
  case bypass
  /// A new reply is got, and kept where there is a slot.
  case miss(CacheSlot?)
  case hit(CachedReply)

  /// As the client is told.
  var word: String {
    switch self {
    case .bypass: "bypass"
    case .miss: "miss"
    case .hit: "hit"
    }
  }
}

extension Exchange {
  /// How long a client waits for the reply of another one.
  private static let longestWait = Duration.seconds(120)

  /// Takes what is said to the cache out of the request; the vendors know nothing of it.
  func takeControls(
    of request: inout IncomingRequest
  ) throws(Failure) -> CacheControls {
    let controls =
      snapshot.settings.cache.isOn
      ? try CacheControls(request.document.root, client.head.fields) : CacheControls()
    if let bytes = CacheControls.removed(from: request.document.root) {
      request.document = try IncomingRequest.object(in: bytes)
    }
    return controls
  }

  /// Looks for a reply that was given before, or is being given to another.
  ///
  /// Nil where the operator has no cache, so that nothing is said of it.
  func lookUp(
    _ request: IncomingRequest, _ controls: CacheControls, _ plan: RoutePlan, for caller: Caller
  ) async -> CacheStanding? {
    let settings = snapshot.settings.cache
    guard settings.isOn else { return nil }
    let isWanted = settings.keepsSampled || controls.asks || request.isDeterministic
    guard isWanted, !(controls.noCache && controls.noStore), request.isRepeatable,
      // What a client's own credential bought is its own.
      !plan.contains(where: { $0.backend.forwardClientAuthorization }),
      let key = CacheKey(surroundings(request, controls, plan, caller), request.document.root)
    else { return .bypass }
    switch house.cache.lookup(key, controls, settings, nowMs: WallClock.milliseconds()) {
    case .hit(let reply): return .hit(reply)
    case .lead(let slot): return .miss(slot)
    case .miss: return .miss(nil)
    case .follow(let awaited):
      if let reply = await follow(awaited) {
        house.cache.noteShared()
        return .hit(reply)
      }
      let again = house.cache.lookup(
        key, controls, settings, nowMs: WallClock.milliseconds(), mayWait: false)
      switch again {
      case .hit(let reply): return .hit(reply)
      case .lead(let slot): return .miss(slot)
      case .miss, .follow: return .miss(nil)
      }
    }
  }

  /// The reply that another exchange brings; nil when it has none to share, or takes too long.
  private func follow(_ awaited: Awaited<CachedReply?>) async -> CachedReply? {
    let registration = live.cancellation.onCancel { awaited.leave() }
    let patience = client.loop.every(Self.longestWait) { awaited.leave() }
    let reply = await awaited.wait()
    patience.cancel()
    live.cancellation.forget(registration)
    return reply ?? nil
  }

  /// What was lost on its way to the first client is lost again.
  private func note(_ reply: CachedReply) -> HTTPFields {
    live.with { state in
      state.modelSent = reply.model
      state.losses = reply.losses
    }
    guard !reply.losses.isEmpty, snapshot.settings.exposeDegradation else { return HTTPFields() }
    return ["x-anyllm-degradation": reply.losses.tags.joined(separator: ", ")]
  }

  /// Has the client told how its request stood to the cache.
  func note(_ standing: CacheStanding?, _ stream: ClientStream?) {
    guard let word = standing?.word else { return }
    live.with { $0.cache = word }
    stream?.addFields([CacheControls.field: word])
  }

  private func surroundings(
    _ request: IncomingRequest, _ controls: CacheControls, _ plan: RoutePlan, _ caller: Caller
  ) -> CacheKey.Surroundings {
    let scope =
      switch snapshot.settings.cache.scope {
      case .caller: "caller:" + caller.owner
      case .owner: caller.terms.terms.owner.map { "owner:" + $0 } ?? "caller:" + caller.owner
      case .everyone: "everyone"
      }
    let fields = client.head.fields
    return CacheKey.Surroundings(
      scope: scope, namespace: controls.namespace, dialect: request.dialect,
      isCompletion: request.isCompletion, model: request.model,
      targets: plan.pool.deployments
        .filter { plan.permissions?.allows(backend: $0.backend.name) ?? true }
        .map { "\($0.backend.name) \($0.model) \($0.backend.baseURL)" }.sorted(),
      switches: ["anthropic-version", "anthropic-beta", "openai-beta"].flatMap { name in
        fields.all(name).map { "\(name): \($0)" }
      } + request.betas)
  }

  /// Gives a reply again; nobody is asked and nothing is paid.
  func answer(
    _ reply: CachedReply, to request: IncomingRequest, _ stage: ReplyStage,
    _ stream: ClientStream?
  ) -> Ending {
    let lost = note(reply)
    guard let stream else {
      live.with { $0.bytesOut += reply.whole.count }
      var fields = house.fields(for: live)
      fields.append(contentsOf: lost)
      fields.append("content-type", "application/json")
      client.respond(status: 200, fields: fields, body: reply.whole)
      return client.isClientGone ? .clientGone : .completed(status: 200)
    }
    stream.addFields(lost)
    let form = CachedReply.Form(framing: request.framing, showsUsage: stage.showsUsage)
    let sent: Int
    if let kept = reply.stream, kept.form == form {
      sent = stream.replay(kept.bytes, now: .now)
    } else {
      sent = stream.send(request.dialect.codec.decodeReply(reply.whole), now: .now)
    }
    live.with { $0.bytesOut += sent }
    stream.finish()
    return .completed(status: 200)
  }
}

extension CacheStanding {
  /// Who keeps a reply; nobody where there is no slot, or where a model answered that stands in for
  /// the one that was asked for.
  func recorder(
    _ request: IncomingRequest, _ stage: ReplyStage, _ plan: RoutePlan, _ reply: OpenReply
  ) -> CacheRecorder? {
    guard case .miss(let slot?) = self,
      plan.deployments.contains(where: { $0 === reply.deployment })
    else { return nil }
    return CacheRecorder(slot, request, stage)
  }
}

extension StreamReply {
  /// Whether what the client sees of it are the upstream's bytes as they stand.
  func isShown(as request: IncomingRequest) -> Bool {
    passes && (showsPieces || request.framing == .bare)
  }
}
