extension ControlRoutes {
  /// Reads a request as it came over the socket, without doing anything.
  ///
  /// `path` is still percent-encoded, `query` comes without its question mark, `fields` are the
  /// header fields in the order they came.
  package static func parse(
    method: String, path: String, query: String? = nil,
    fields: [(name: String, value: String)] = [], body: [UInt8] = []
  ) -> Result<ControlRequest, ControlFailure> {
    do throws(ControlFailure) {
      return .success(try request(method, path, query, fields, body))
    } catch {
      return .failure(error)
    }
  }

  private static func request(
    _ method: String, _ path: String, _ query: String?, _ fields: [(name: String, value: String)],
    _ body: [UInt8]
  ) throws(ControlFailure) -> ControlRequest {
    guard body.count <= bodyLimit else { throw bodyTooLarge }
    guard let endpoint = try ControlEndpoint(path: path) else { throw unknownEndpoint(path) }
    guard endpoint.methods.contains(method) else {
      throw ControlFailure(
        .methodNotAllowed, "\(PlainText.cleaned(method)) does not work on this path",
        hint: "Use \(endpoint.methods.joined(separator: ", ")).")
    }
    let parameters = try QueryParameters(query, known: endpoint.parameters(method))
    let generation = try ifGeneration(fields)
    if let command = try keyCommand(endpoint, method, parameters, body) {
      guard endpoint.parameters(method).contains("dry_run"), try parameters.flag("dry_run") else {
        return .command(command)
      }
      return .command(.trial(command))
    }
    switch (endpoint, method) {
    case (.mapping(let pattern), "PUT"):
      return try mappingEdit(
        pattern, body, generation, isTrial: try parameters.flag("dry_run"))
    case (.mapping("swap"), "POST"):
      return try mappingSwap(body, generation, isTrial: try parameters.flag("dry_run"))
    case (.translate, _): return try translation(body)
    case (.routing(let endpoint), _):
      return try routing(endpoint, parameters, generation, body)
    default:
      _ = try BodyFields(body, known: [])
      return try bodiless(endpoint, method, parameters, generation)
    }
  }

  private static func bodiless(
    _ endpoint: ControlEndpoint, _ method: String, _ parameters: QueryParameters,
    _ generation: Int?
  ) throws(ControlFailure) -> ControlRequest {
    switch endpoint {
    case .routing(let endpoint): return try routing(endpoint, parameters, generation, [])
    case .server: return .server
    case .status: return .command(.status)
    case .drain: return .command(.drain)
    case .reload: return .command(.reload)
    case .backends: return .command(.listBackends)
    case .mappings: return .command(.listMappings)
    case .kill(let id): return .command(.killRequest(id))
    case .request(let id): return .command(.showRequest(id))
    case .bodies(let id): return .command(.showBodies(id))
    case .mapping(let pattern):
      if method == "POST" { return .command(.undoMapping) }
      return .command(.unsetMapping(pattern: pattern, ifGeneration: generation))
    case .requests:
      return .command(.listRequests(limit: try limit(parameters), before: try parameters["before"]))
    case .cache: return .command(.showCache)
    case .clearCache: return .command(.clearCache)
    case .audit: return .command(.listAudit(limit: try limit(parameters)))
    case .events:
      let backlog = try parameters["backlog"] ?? 0
      try requireRange(backlog, 0...Int64(largestLimit), "backlog")
      return .requestEvents(backlog: Int(backlog), after: try parameters["after"])
    case .keys, .key, .keyVerb, .keyExport, .keyImport, .keyUndo, .usage, .translate:
      // Read before, so nothing of it comes here.
      throw ControlFailure(.unknownEndpoint, "no such path")
    }
  }

  private static func limit(_ parameters: QueryParameters) throws(ControlFailure) -> Int {
    let limit = try parameters["limit"] ?? Int64(defaultLimit)
    try requireRange(limit, 1...Int64(largestLimit), "limit")
    return Int(limit)
  }

  static func requireRange(
    _ value: Int64, _ range: ClosedRange<Int64>, _ name: String
  ) throws(ControlFailure) {
    guard range.contains(value) else {
      throw ControlFailure(
        .invalid, "`\(name)` is \(value)",
        hint: "Give `\(name)` a number from \(range.lowerBound) to \(range.upperBound).")
    }
  }

  private static func ifGeneration(
    _ fields: [(name: String, value: String)]
  ) throws(ControlFailure) -> Int? {
    let tags = fields.filter { $0.name.lowercased() == "if-match" }.map(\.value)
    guard let tag = tags.first else { return nil }
    if tags.count == 1, tag == "*" { return nil }
    guard tags.count == 1, let generation = generation(ofTag: tag) else {
      throw ControlFailure(
        .invalid, "`If-Match` is not one generation",
        hint: "Send the `ETag` of the last answer, such as \"gen-17\".")
    }
    return generation
  }

  /// What a body beyond the limit is answered with, before it is read to its end.
  package static var bodyTooLarge: ControlFailure {
    ControlFailure(
      .tooLarge, "the body is larger than \(bodyLimit) bytes",
      hint: "No request of the control plane needs that much; send less.")
  }

  private static func unknownEndpoint(_ path: String) -> ControlFailure {
    let near = Spelling.nearest(to: path, among: ControlEndpoint.paths)
    return ControlFailure(
      .unknownEndpoint, "no such path: \(PlainText.cleaned(String(path.prefix(200))))",
      hint: near.map { "Did you mean \($0)?" }
        ?? "Paths begin with \(base): server, status, keys, mappings, backends, requests, audit.")
  }
}
