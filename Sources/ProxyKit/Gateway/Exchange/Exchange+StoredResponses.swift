internal import Dialects
internal import Storage
internal import Transport

/// What a client does with a response that was kept: here, or at the backend that has it.
extension Exchange {
  /// The way of such a request; like the way of a conversation it ends in one ending.
  func answer(_ action: Endpoint.StoredResponseAction) async -> Ending {
    do throws(Failure) {
      let admission = try await admit()
      try admission.verify(try await readBody())
      let memory = ResponseMemory(house: house, snapshot: snapshot, caller: admission.caller)
      switch try await memory.find(action.id)?.place {
      case .backend(let name): return try await forward(action, to: name, memory)
      case .here(let input, let response):
        let body = try await answer(action, input, response, memory)
        var fields = house.fields(for: live)
        fields.append("content-type", "application/json")
        client.respond(status: 200, fields: fields, body: body)
        return client.isClientGone ? .clientGone : .completed(status: 200)
      case nil: throw action.missing
      }
    } catch {
      return refuse(error, nil)
    }
  }

  private func answer(
    _ action: Endpoint.StoredResponseAction, _ input: [UInt8], _ response: [UInt8],
    _ memory: ResponseMemory
  ) async throws(Failure) -> [UInt8] {
    let query = client.head.query
    switch action {
    case .show:
      guard QueryText.value(of: "stream", in: query) != "true" else {
        throw Failure.invalid(
          "This response has ended and is not streamed again; ask for it without stream.",
          parameter: "stream")
      }
      return response
    case .delete(let id):
      try await memory.forget(id)
      var writer = JSONWriter(reserving: 128)
      writer.object {
        $0.member("id", id)
        $0.member("object", word: "response")
        $0.member("deleted", true)
      }
      return writer.bytes
    case .cancel: throw Failure.invalid("Cannot cancel a synchronous response.")
    case .listInput:
      let page = try ResponsesItemPage(
        limit: QueryText.value(of: "limit", in: query),
        order: QueryText.value(of: "order", in: query),
        after: QueryText.value(of: "after", in: query))
      return try page.list(input)
    }
  }

  /// Lets the backend answer that has kept the response.
  private func forward(
    _ action: Endpoint.StoredResponseAction, to backend: String, _ memory: ResponseMemory
  ) async throws(Failure) -> Ending {
    guard let settings = snapshot.settings.backend(named: backend) else { throw action.missing }
    let deployment = Deployment(
      backend: settings, model: "", station: house.fleet.station(backend: backend, model: ""))
    guard deployment.dialect == .responses,
      var request = deployment.passage(
        to: action.path, [], client: client.head.fields,
        own: live.with { $0.ownCredentials })
    else { throw action.missing }
    request.method = action.method
    request.url += action.query(client.head.query, after: request.url)
    _ = house.beginAttempt(deployment, of: live)
    let source = try await house.send(
      request, to: deployment, on: client.loop, cancellation: live.cancellation)
    if case .delete(let id) = action, source.status / 100 == 2 || source.status == 404 {
      try await memory.forget(id)
    }
    // The tokens were counted with the request that made the response.
    return try await carry(source, from: deployment, countsTokens: false)
  }
}

extension Endpoint.StoredResponseAction {
  var id: String {
    switch self {
    case .show(let id), .delete(let id), .cancel(let id), .listInput(let id): id
    }
  }

  fileprivate var method: String {
    switch self {
    case .show, .listInput: "GET"
    case .delete: "DELETE"
    case .cancel: "POST"
    }
  }

  /// Where it is at a server that speaks Responses.
  fileprivate var path: String {
    let place = Surface.responsesPath + URIEncoding.encode(id)
    switch self {
    case .show, .delete: return place
    case .cancel: return place + "/cancel"
    case .listInput: return place + "/input_items"
    }
  }

  private static let parameters = [
    "after", "before", "include", "include[]", "include_obfuscation", "limit", "order",
    "starting_after", "stream",
  ]

  /// The parameters that mean something to the vendor; a key in the query is for us alone.
  fileprivate func query(_ query: String?, after url: String) -> String {
    let kept = (query ?? "").split(separator: "&").filter { pair in
      let name = URIEncoding.text(pair.prefix { $0 != "=" })
      return Self.parameters.contains(name)
    }
    guard !kept.isEmpty else { return "" }
    return (url.contains("?") ? "&" : "?") + kept.joined(separator: "&")
  }

  /// The answer to everybody but the caller that made the response.
  fileprivate var missing: Failure {
    Failure(
      .notFound, origin: .client, status: 404,
      "Response with id '\(id.prefix(200))' not found.")
  }
}
