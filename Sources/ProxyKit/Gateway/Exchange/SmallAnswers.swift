internal import Dialects
internal import Transport

/// Answers what needs no backend: health, the list of models, paths that do not exist.
struct SmallAnswers {
  let house: House
  let client: ServerExchange
  let snapshot: Snapshot

  func answer(_ endpoint: Endpoint) async {
    switch endpoint.action {
    case .health: respond(200, Array(#"{"status":"ok"}"#.utf8))
    case .hello: respond(200, [])
    case .upgrade:
      fail(
        Failure(
          .invalidRequest, origin: .client, status: 426,
          "WebSockets are not served here; use HTTP POST"), endpoint)
    case .wrongMethod(let allowed):
      fail(
        Failure(
          .methodNotAllowed, origin: .client, status: 405,
          "\(client.head.method) is not served here; use \(allowed)"), endpoint,
        beside: HTTPFields([("allow", allowed)]))
    case .listModels, .showModel, .listProfiles: await answerModels(endpoint)
    case .converse, .countTokens, .storedResponse, .passThrough, .unknown:
      fail(Failure(.notFound, origin: .client, status: 404, "Not found"), endpoint)
    }
  }

  private func answerModels(_ endpoint: Endpoint) async {
    do throws(Failure) {
      let admission = try await house.identify(client, by: snapshot)
      try admission.verify([])
      let list = ModelList(snapshot.settings, for: admission.caller.terms)
      guard case .showModel(let id) = endpoint.action else {
        return respond(200, list.body(in: endpoint.dialect))
      }
      guard list.contains(id) else {
        throw Failure(
          .notFound, origin: .client, status: 404, "model `\(id.prefix(200))` is not listed here",
          code: "model_not_found", parameter: "model")
      }
      respond(200, list.entry(id, in: endpoint.dialect))
    } catch {
      house.turnAway(error, in: endpoint.refusalDialect, client)
    }
  }

  private func respond(_ status: Int, _ body: [UInt8]) {
    let fields = HTTPFields([
      ("content-type", "application/json"), ("x-request-id", house.requestID(client.head)),
    ])
    client.respond(status: status, fields: fields, body: body)
  }

  private func fail(
    _ failure: Failure, _ endpoint: Endpoint, beside more: HTTPFields = HTTPFields()
  ) {
    var fields = HTTPFields([("x-request-id", house.requestID(client.head))])
    fields.append(contentsOf: more)
    house.respond(failure, in: endpoint.refusalDialect, to: client, beside: fields)
  }
}
