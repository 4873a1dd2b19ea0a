internal import Dialects
internal import Transport

/// Requests that are no conversation (embeddings, rerank, images): carried to their backend as
/// they are, but for the model's name.
extension Exchange {
  private static let mostReplyBytes = 64 << 20

  /// The way of such a request; like the way of a conversation it ends in one ending.
  func passThrough(to path: String) async -> Ending {
    do throws(Failure) {
      let admission = try await admit()
      let body = try await readBody()
      try admission.verify(body)
      var document = try IncomingRequest.object(in: body)
      if let bytes = CacheControls.removed(from: document.root) {
        document = try IncomingRequest.object(in: bytes)
      }
      let model = try IncomingRequest.model(of: document, at: endpoint)
      live.with { $0.modelRequested = model }
      try admission.caller.terms.check(model: model, of: admission.caller.name)
      let plan: RoutePlan
      if path.hasPrefix(Surface.responsesPath) {
        let memory = ResponseMemory(house: house, snapshot: snapshot, caller: admission.caller)
        (document, plan) = try await memory.recall(
          document, question(of: model, from: admission.caller))
      } else {
        plan = try router.plan(question(of: model, from: admission.caller))
      }
      if path == "/completions", let first = plan.deployments.first, !first.servesCompletions {
        return try await completion(body, of: admission.caller)
      }
      try reserve(document, model: model, plan.deployments, for: admission.caller)
      let (deployment, source) = try await openPassage(to: path, document, model, plan)
      return try await carry(source, from: deployment)
    } catch {
      return refuse(error, nil)
    }
  }

  /// Asks the deployments that have such a path one after the other, until one has something to say
  /// that the client should read.
  private func openPassage(
    to path: String, _ document: JSONDocument, _ model: String, _ plan: RoutePlan
  ) async throws(Failure) -> (Deployment, UpstreamResponse) {
    var walk = AttemptWalk(isSole: plan.isSole)
    var rest = plan.places[...]
    while let deployment = rest.popFirst() {
      guard
        let request = deployment.passage(
          to: path, Self.body(document, model: deployment.model), client: client.head.fields,
          own: live.with { $0.ownCredentials })
      else { continue }
      if let refusal = house.beginAttempt(deployment, of: live, regardless: walk.isSole) {
        live.with { $0.note(refusal, of: deployment) }
        walk.refusals.append((deployment, refusal))
        continue
      }
      do throws(Failure) {
        let source = try await house.send(
          request, to: deployment, on: client.loop, cancellation: live.cancellation)
        let isBusy = source.status == 408 || source.status == 429 || source.status >= 500
        guard isBusy, !rest.isEmpty else { return (deployment, source) }
        let body = (try? await source.readWhole(limit: 1 << 20)) ?? []
        throw deployment.surface.decodeFailure(status: source.status, errorType: nil, body)
      } catch {
        if rest.isEmpty || live.cancellation.isCancelled { throw error }
        house.failAttempt(deployment, of: live, error)
        walk.last = error
      }
    }
    if let last = walk.last { throw last }
    guard walk.refusals.isEmpty else { throw Failure(walk.refusals, of: model, at: .now) }
    throw Failure(
      .notFound, origin: .client, status: 404,
      "the backend of model `\(model.prefix(200))` does not serve `\(path)`; map the model to "
        + "a backend that does")
  }

  /// A completion for a backend that knows conversations only.
  private func completion(
    _ body: [UInt8], of caller: Caller
  ) async throws(Failure) -> Ending {
    var endpoint = endpoint
    endpoint.action = .converse
    endpoint.isCompletion = true
    return try await Exchange(
      house: house, client: client, endpoint: endpoint, snapshot: snapshot, live: live
    ).converse(body, of: caller)
  }

  /// The reply as it came, whatever its status: it is in the client's own language.
  ///
  /// Tokens are counted but where the reply tells of a request that was counted before.
  func carry(
    _ source: UpstreamResponse, from deployment: Deployment, countsTokens: Bool = true
  ) async throws(Failure) -> Ending {
    var fields = house.fields(for: live)
    ReplyFields.forward(
      source.fields, from: endpoint.dialect, to: endpoint.dialect, into: &fields,
      showingLimits: live.showsUpstreamLimits, nowSeconds: Int(live.startedAtMs / 1000))
    let type = source.fields.first("content-type") ?? "application/json"
    fields.append("content-type", type)
    do {
      guard type.hasPrefix("text/event-stream") else {
        let body = try await source.readWhole(limit: Self.mostReplyBytes)
        if countsTokens { observe(body) }
        live.addCost(to: &fields)
        client.respond(status: source.status, fields: fields, body: body)
        return ending(source, body)
      }
      client.startStreaming(status: source.status, fields: fields)
      while true {
        switch try await source.next(within: .seconds(60)) {
        case .bytes(let piece):
          _ = live.observe([], bytesOut: piece.count, now: .now)
          client.send(piece)
          await client.waitUntilDrained(below: 256 << 10)
        case .silence: continue
        case .end:
          client.finish()
          return .completed(status: source.status)
        }
      }
    } catch {
      let failure = Failure(error, backend: deployment.backend.name)
      guard type.hasPrefix("text/event-stream") else { throw failure }
      client.abort()
      return live.stopEnding ?? .broken(failure)
    }
  }

  /// An upstream's refusal is the client's to read, and counts as one all the same.
  private func ending(_ source: UpstreamResponse, _ body: [UInt8]) -> Ending {
    if client.isClientGone { return .clientGone }
    guard source.status >= 400 else { return .completed(status: source.status) }
    return .refused(endpoint.dialect.codec.decodeFailure(status: source.status, body))
  }

  private func observe(_ body: [UInt8]) {
    let usage = (try? JSONDocument(body))?.root["usage"]
    let input = usage?["prompt_tokens"]?.integer ?? usage?["input_tokens"]?.integer
    let output = usage?["completion_tokens"]?.integer ?? usage?["output_tokens"]?.integer
    let counted = Usage(input: input ?? 0, output: output ?? 0)
    _ = live.observe(
      usage == nil ? [] : [.usage(counted)], bytesOut: body.count, now: .now)
  }

  /// The client's bytes with the model's name as the upstream knows it.
  private static func body(_ document: JSONDocument, model: String) -> [UInt8] {
    guard let given = document.root["model"], given.string != model else {
      return Array(document.bytes)
    }
    var edit = JSONMemberEdit(document.root, removing: ["model"])
    edit.prepend { $0.member("model", model) }
    return edit.bytes
  }
}
