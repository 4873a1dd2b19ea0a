internal import Dialects
internal import Transport

/// Answers what needs no backend: health, the list of models, paths that do not exist.
struct SmallAnswers {
  let house: House
  let client: ServerExchange
  let snapshot: Snapshot

  func answer(_ endpoint: Endpoint) {
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
    case .listModels, .showModel: answerModels(endpoint)
    case .converse, .countTokens, .unknown:
      fail(Failure(.notFound, origin: .client, status: 404, "Not found"), endpoint)
    }
  }

  private func answerModels(_ endpoint: Endpoint) {
    do throws(Failure) {
      _ = try snapshot.keys.caller(of: client.head.fields, nowMs: WallClock.milliseconds())
      let list = ModelList(snapshot.settings)
      guard case .showModel(let id) = endpoint.action else {
        return respond(200, list.body(in: endpoint.dialect))
      }
      guard list.names.contains(id) else {
        throw Failure(
          .notFound, origin: .client, status: 404, "model `\(id.prefix(200))` is not listed here",
          code: "model_not_found", parameter: "model")
      }
      respond(200, ModelList.entry(id, in: endpoint.dialect))
    } catch {
      house.turnAway(error, in: endpoint.dialect, client)
    }
  }

  private func respond(_ status: Int, _ body: [UInt8]) {
    let fields = HTTPFields([
      ("content-type", "application/json"), ("x-request-id", house.requestID(client.head)),
    ])
    client.respond(status: status, fields: fields, body: body)
  }

  private func fail(
    _ failure: Failure, _ endpoint: Endpoint, beside fields: HTTPFields = HTTPFields()
  ) {
    house.respond(
      failure, in: endpoint.dialect, to: client, id: house.requestID(client.head), beside: fields)
  }
}

/// The models a client may ask for, from memory.
struct ModelList: Sendable {
  /// Names under which agents ask for the model families, shown where a rule serves them.
  private static let familiar = [
    "claude-opus-4-6", "claude-opus-4-6[1m]", "claude-sonnet-4-6", "claude-sonnet-4-6[1m]",
    "claude-haiku-4-5",
  ]

  let names: [String]

  init(_ settings: Settings) {
    var names: [String] = []
    for rule in settings.mappings where rule.pattern.isExact { names.append(rule.pattern.text) }
    for name in Self.familiar where settings.mappings.contains(where: { $0.pattern.matches(name) })
    {
      names.append(name)
    }
    for backend in settings.backends {
      names += backend.models
      names += [backend.bigModel, backend.smallModel].compactMap { $0 }
      if backend.kind == .demo { names.append("demo") }
    }
    var seen: Set<String> = []
    self.names = names.filter { seen.insert($0).inserted }
  }

  func body(in dialect: Dialect) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { out in
      if dialect == .chat { out.member("object", "list") }
      out.name("data")
      out.array { list in
        for name in names { list.raw(JSONRaw(Self.entry(name, in: dialect)[...])) }
      }
      guard dialect == .anthropic else { return }
      out.member("has_more", false)
      out.name("first_id")
      if let first = names.first { out.string(first) } else { out.null() }
      out.name("last_id")
      if let last = names.last { out.string(last) } else { out.null() }
    }
    return writer.bytes
  }

  static func entry(_ name: String, in dialect: Dialect) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { out in
      out.member("id", name)
      switch dialect {
      case .anthropic:
        out.member("type", "model")
        out.member("display_name", name)
        out.member("created_at", "2026-01-01T00:00:00Z")
      case .chat, .gemini:
        out.member("object", "model")
        out.member("created", 1_767_225_600)
        out.member("owned_by", "anyllm")
        out.member("display_name", name)
      }
    }
    return writer.bytes
  }
}
