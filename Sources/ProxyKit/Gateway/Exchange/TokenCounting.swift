internal import Dialects
internal import Transport

extension PublicPort {
  /// Counts a request's tokens: by the upstream's own counter where it has one, else by estimate.
  func countTokens(
    _ client: ServerExchange, _ endpoint: Endpoint, _ snapshot: Snapshot
  ) async {
    do throws(Failure) {
      _ = try snapshot.keys.caller(of: client.head.fields, nowMs: WallClock.milliseconds())
      try IncomingRequest.checkFields(client.head)
      let body = try await readBody(client, snapshot)
      let request = try IncomingRequest(body: body, dialect: endpoint.dialect)
      let deployments = try snapshot.deployments(for: request.model, prefix: endpoint.backend)
      guard let deployment = deployments.first, deployment.dialect == .anthropic else {
        return answer(TokenEstimate.count(request.document.root), client)
      }
      try await askUpstream(deployment, request, client)
    } catch {
      house.turnAway(error, in: endpoint.dialect, client)
    }
  }

  private func readBody(
    _ client: ServerExchange, _ snapshot: Snapshot
  ) async throws(Failure) -> [UInt8] {
    do {
      return try await client.readBody(
        limit: snapshot.settings.limits.bodyBytes, budget: house.bodies)
    } catch {
      throw Failure(error, limit: snapshot.settings.limits.bodyBytes)
    }
  }

  private func askUpstream(
    _ deployment: Deployment, _ request: IncomingRequest, _ client: ServerExchange
  ) async throws(Failure) {
    let passed = try deployment.dialect.codec.passRequest(request.document, for: deployment.target)
    let cancellation = Cancellation()
    client.onClientGone { cancellation.cancel() }
    do {
      let reply = try await house.upstream(for: client.loop).send(
        deployment.request(
          path: "/messages/count_tokens", body: passed.body, client: client.head.fields,
          wantsStream: false),
        cancellation: cancellation)
      let body = try await reply.readWhole(limit: 1 << 20)
      let fields = HTTPFields([
        ("content-type", "application/json"), ("x-request-id", house.requestID(client.head)),
      ])
      client.respond(status: reply.status, fields: fields, body: body)
    } catch {
      throw Failure(error, backend: deployment.backend.name)
    }
  }

  private func answer(_ tokens: Int, _ client: ServerExchange) {
    let fields = HTTPFields([
      ("content-type", "application/json"), ("x-request-id", house.requestID(client.head)),
      ("x-anyllm-token-counter", "estimate"),
    ])
    client.respond(status: 200, fields: fields, body: Array(#"{"input_tokens":\#(tokens)}"#.utf8))
  }
}

/// Tokens of a request by the length of its texts; errs high, for billing it is not.
enum TokenEstimate {
  private static let bytesPerToken = 3.5
  private static let imageTokens = 1600
  private static let messageTokens = 4
  private static let bytesPerPage = 60_000

  static func count(_ root: JSONValue) -> Int {
    var bytes = 0
    var tokens = 8
    for name in ["system", "messages", "tools", "tool_choice"] as [StaticString] {
      guard let value = root[name] else { continue }
      tokens += value.elements.reduce(0) { sum, _ in sum + messageTokens }
      add(value, &bytes, &tokens)
    }
    return tokens + Int((Double(bytes) / bytesPerToken).rounded(.up))
  }

  private static func add(_ value: JSONValue, _ bytes: inout Int, _ tokens: inout Int) {
    switch value.kind {
    case .object:
      if let media = value["data"]?.text, value["media_type"] != nil {
        let isDocument = value["media_type"]?.string?.hasPrefix("application/") ?? false
        tokens += isDocument ? imageTokens * (1 + media.bytes.count / bytesPerPage) : imageTokens
        return
      }
      for (name, member) in value.members {
        bytes += name.bytes.count
        add(member, &bytes, &tokens)
      }
    case .array: for element in value.elements { add(element, &bytes, &tokens) }
    default: bytes += value.raw.bytes.count
    }
  }
}
