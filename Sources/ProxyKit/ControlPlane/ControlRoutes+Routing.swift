extension ControlRoutes {
  /// The most tries of one test.
  package static let mostTries = 20
  private static let longestReason: Int64 = 200

  /// How a command about routing looks as HTTP.
  static func message(for command: RoutingCommand, isTrial: Bool) -> ControlMessage {
    let query = isTrial ? "dry_run=1" : nil
    let generation = command.generation
    func name(_ text: String) -> String { PercentEncoding.encode(text) }
    switch command {
    case .setDuty(let backend, let duty, let reason, _):
      return send(
        "POST", "backends/\(name(backend))/\(RoutingEndpoint.Verb(duty).rawValue)", query: query,
        ifGeneration: generation, body: reason.map { WireJSON.encode(["reason": $0]) } ?? [])
    case .resetCircuit(let backend): return send("POST", "backends/\(name(backend))/reset")
    case .testBackend(let backend, let model, let count):
      return send(
        "POST", "backends/\(name(backend))/test",
        body: WireJSON.encode(TestBody(model: model, count: count)))
    case .listRoutes: return get("routes")
    case .explain(let inquiry):
      return get(
        "routes/explain",
        query: [
          ("model", name(inquiry.model)), ("key", inquiry.key.map(name)),
          ("class", inquiry.requestClass.map(name)),
        ])
    case .swapMappings(let first, let second, _):
      return send(
        "POST", "mappings/swap", query: query, ifGeneration: generation,
        body: WireJSON.encode(["first": first, "second": second]))
    case .moveMapping(let pattern, let before, _):
      return send(
        "POST", "mappings/\(name(pattern))/move", query: query, ifGeneration: generation,
        body: before.map { WireJSON.encode(["before": $0]) } ?? [])
    case .editMapping(let edit):
      return send(
        "PUT", "mappings/\(name(edit.pattern))", query: query, ifGeneration: generation,
        body: WireJSON.encode(
          EditBody(target: edit.target, lastsMs: edit.lastsMs, before: edit.before)))
    }
  }

  /// Reads a request of one of these paths.
  static func routing(
    _ endpoint: RoutingEndpoint, _ parameters: QueryParameters, _ generation: Int?,
    _ body: [UInt8]
  ) throws(ControlFailure) -> ControlRequest {
    let command: RoutingCommand
    switch endpoint {
    case .routes:
      _ = try BodyFields(body, known: [])
      command = .listRoutes
    case .explain:
      _ = try BodyFields(body, known: [])
      command = .explain(try inquiry(parameters))
    case .move(let pattern):
      let fields = try BodyFields(body, known: ["before"])
      command = .moveMapping(
        pattern, before: try fields.text("before"), ifGeneration: generation)
    case .backend(let name, .reset):
      _ = try BodyFields(body, known: [])
      command = .resetCircuit(backend: name)
    case .backend(let name, .test):
      let fields = try BodyFields(body, known: ["model", "count"])
      let count = try fields.wholeNumber("count") ?? 1
      try requireRange(count, 1...Int64(mostTries), "count")
      command = .testBackend(name, model: try fields.text("model"), count: Int(count))
    case .backend(let name, let verb):
      let reason = try BodyFields(body, known: ["reason"]).text("reason")
      try requireRange(Int64(reason?.utf8.count ?? 0), 0...longestReason, "reason")
      command = .setDuty(
        backend: name, verb.duty ?? .serving, reason: reason, ifGeneration: generation)
    }
    return .command(.routing(command, isTrial: try isTrial(endpoint, parameters)))
  }

  private static func isTrial(
    _ endpoint: RoutingEndpoint, _ parameters: QueryParameters
  ) throws(ControlFailure) -> Bool {
    guard endpoint.parameters.contains("dry_run") else { return false }
    return try parameters.flag("dry_run")
  }

  private static func inquiry(
    _ parameters: QueryParameters
  ) throws(ControlFailure) -> RouteInquiry {
    guard let model = try parameters.text("model") else {
      throw ControlFailure(
        .invalid, "the query names no model", hint: "Ask `routes/explain?model=NAME`.")
    }
    return RouteInquiry(
      model: model, key: try parameters.text("key"),
      requestClass: try parameters.text("class"))
  }

  /// Reads `PUT /mappings/{pattern}`.
  static func mappingEdit(
    _ pattern: String, _ body: [UInt8], _ generation: Int?, isTrial: Bool
  ) throws(ControlFailure) -> ControlRequest {
    let fields = try BodyFields(body, known: ["target", "lasts_ms", "before"])
    let target = try fields.requiredText("target")
    let edit = MappingEdit(
      pattern: pattern, target: target, lastsMs: try fields.wholeNumber("lasts_ms"),
      before: try fields.text("before"), ifGeneration: generation)
    if let lasts = edit.lastsMs { try requireRange(lasts, 1...31_536_000_000, "lasts_ms") }
    if edit.lastsMs == nil, edit.before == nil, !isTrial {
      return .command(
        .setMapping(pattern: pattern, target: target, ifGeneration: generation))
    }
    return .command(.routing(.editMapping(edit), isTrial: isTrial))
  }

  /// Reads `POST /mappings/swap`.
  static func mappingSwap(
    _ body: [UInt8], _ generation: Int?, isTrial: Bool
  ) throws(ControlFailure) -> ControlRequest {
    let fields = try BodyFields(body, known: ["first", "second"])
    return .command(
      .routing(
        .swapMappings(
          try fields.requiredText("first"), try fields.requiredText("second"),
          ifGeneration: generation), isTrial: isTrial))
  }

  /// How such an answer looks as HTTP.
  static func render(_ answer: RoutingAnswer) -> ControlReply {
    switch answer {
    case .backendChange(let change): ok(change, generation: change.generation)
    case .backendTest(let test): ok(test)
    case .routes(let routes): ok(routes)
    case .explanation(let explanation): ok(explanation, generation: explanation.generation)
    case .mappingChanges(let changes): ok(changes, generation: changes.last?.generation)
    }
  }

  /// Reads what the server answered to such a command.
  static func answer(
    to command: RoutingCommand, from reply: ControlReply
  ) throws(ControlFailure) -> RoutingAnswer {
    switch command {
    case .setDuty, .resetCircuit:
      .backendChange(try decoded(BackendChange.self, reply.body))
    case .testBackend: .backendTest(try decoded(BackendTest.self, reply.body))
    case .listRoutes: .routes(try decoded([RouteSummary].self, reply.body))
    case .explain: .explanation(try decoded(RouteExplanation.self, reply.body))
    case .swapMappings, .moveMapping, .editMapping:
      .mappingChanges(try decoded([MappingChange].self, reply.body))
    }
  }
}

private struct TestBody: Encodable {
  var model: String?
  var count: Int
}

private struct EditBody: Encodable {
  var target: String
  var lastsMs: Int64?
  var before: String?
}
