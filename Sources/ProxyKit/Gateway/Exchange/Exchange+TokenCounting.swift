internal import Dialects
internal import Transport

/// Counts a request's tokens: by the upstream's own counter where it has one, else by our own.
extension Exchange {
  private static let mostAnswerBytes = 1 << 20

  /// The way of such a request; like the way of a conversation it ends in one ending.
  func countTokens() async -> Ending {
    do throws(Failure) {
      let admission = try await admit()
      let body = try await readBody()
      try admission.verify(body)
      let asked = try IncomingRequest(body: body, to: endpoint)
      live.with { $0.modelRequested = asked.model }
      try admission.caller.terms.check(model: asked.model, of: admission.caller.name)
      let memory = ResponseMemory(house: house, snapshot: snapshot, caller: admission.caller)
      let (request, plan) = try await memory.recall(
        asked, question(of: asked.model, from: admission.caller, asked))
      guard let deployment = plan.deployments.first else { throw asked.unserved }
      if let question = try question(request, deployment),
        let tokens = try await ask(question, of: deployment)
      {
        return answer(tokens, by: "upstream")
      }
      let family = TokenFamily(model: deployment.model)
      return answer(RequestTokens.count(try request.countQuestion(), for: family), by: "gateway")
    } catch {
      return refuse(error, nil)
    }
  }

  /// The question to the upstream's counter; nil where it has none.
  private func question(
    _ request: IncomingRequest, _ deployment: Deployment
  ) throws(Failure) -> UpstreamRequest? {
    guard deployment.surface.countPath(of: deployment.model) != nil else { return nil }
    let codec = deployment.dialect.codec
    var body: [UInt8]
    if request.dialect == deployment.dialect {
      body = try codec.passCount(request.document, for: deployment.target)
    } else {
      let conversation = try request.countQuestion()
      guard let asked = try codec.encodeCount(conversation, for: deployment.target) else {
        return nil
      }
      body = asked
    }
    let letter = try deployment.countLetter(
      body, betas: request.betas, from: client.head.fields, in: request.dialect)
    return deployment.countRequest(
      letter.body, betas: letter.betas, client: client.head.fields,
      own: live.with { $0.ownCredentials })
  }

  /// Nil when the counter is not there or out of order; only what the client did wrong is thrown.
  private func ask(
    _ question: UpstreamRequest, of deployment: Deployment
  ) async throws(Failure) -> Int? {
    guard
      let reply = try? await house.send(
        question, to: deployment, on: client.loop, cancellation: live.cancellation),
      let body = try? await reply.readWhole(limit: Self.mostAnswerBytes)
    else { return nil }
    switch reply.status {
    case 200..<300: return deployment.surface.decodeCount(body)
    case 400, 401, 403, 413, 422, 429:
      var failure = deployment.surface.decodeFailure(
        status: reply.status, errorType: reply.fields.first("x-amzn-errortype"), body)
      if endpoint.dialect != deployment.dialect { failure.verbatim = nil }
      throw failure
    default: return nil
    }
  }

  private func answer(_ tokens: Int, by counter: String) -> Ending {
    var fields = house.fields(for: live)
    fields.append("content-type", "application/json")
    fields.append("x-anyllm-token-counter", counter)
    client.respond(
      status: 200, fields: fields, body: endpoint.dialect.codec.encodeCount(tokens))
    return client.isClientGone ? .clientGone : .completed(status: 200)
  }
}
