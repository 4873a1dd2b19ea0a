internal import Dialects
internal import Transport

/// Counts a request's tokens: by the upstream's own counter where it has one, else by our own.
struct TokenCounting {
  private static let mostAnswerBytes = 1 << 20

  let house: House
  let client: ServerExchange
  let endpoint: Endpoint
  let snapshot: Snapshot

  func run() async {
    do throws(Failure) {
      let admission = try snapshot.keys.admit(
        client.head, nowMs: WallClock.milliseconds())
      try IncomingRequest.checkFields(client.head)
      let body = try await readBody()
      try admission.verify(body)
      let asked = try IncomingRequest(body: body, to: endpoint)
      let memory = ResponseMemory(house: house, snapshot: snapshot, caller: admission.caller)
      let (request, deployments) = try await memory.recall(asked, prefix: endpoint.backend)
      guard let deployment = deployments.first else { return }
      if let question = try question(request, deployment),
        let tokens = try await ask(question, of: deployment)
      {
        answer(tokens, by: "upstream")
      } else {
        let family = TokenFamily(model: deployment.model)
        answer(RequestTokens.count(try request.countQuestion(), for: family), by: "gateway")
      }
    } catch {
      house.turnAway(error, in: endpoint.refusalDialect, client)
    }
  }

  private func readBody() async throws(Failure) -> [UInt8] {
    do {
      return try await client.readBody(
        limit: snapshot.settings.limits.bodyBytes, budget: house.bodies)
    } catch {
      throw Failure(error, limit: snapshot.settings.limits.bodyBytes)
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
      letter.body, betas: letter.betas, client: client.head.fields)
  }

  /// Nil when the counter is not there or out of order; only what the client did wrong is thrown.
  private func ask(
    _ question: UpstreamRequest, of deployment: Deployment
  ) async throws(Failure) -> Int? {
    let cancellation = Cancellation()
    client.onClientGone { cancellation.cancel() }
    guard
      let reply = try? await house.send(
        question, to: deployment, on: client.loop, cancellation: cancellation),
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

  private func answer(_ tokens: Int, by counter: String) {
    let fields = HTTPFields([
      ("content-type", "application/json"), ("x-request-id", house.requestID(client.head)),
      ("x-anyllm-token-counter", counter),
    ])
    client.respond(
      status: 200, fields: fields, body: endpoint.dialect.codec.encodeCount(tokens))
  }
}
