/// The one place that knows how control requests and answers look as HTTP, in both directions, so
/// that server and client cannot disagree.
///
/// ```
/// GET    /admin/v1/server                      GET    /admin/v1/backends
/// GET    /admin/v1/status                      GET    /admin/v1/requests?limit=&before=
/// GET    /admin/v1/keys?state=                 GET    /admin/v1/requests/events?backlog=&after=
/// POST   /admin/v1/keys                        GET    /admin/v1/requests/{id}, {id}/bodies
/// GET    /admin/v1/keys/{id}                   POST   /admin/v1/requests/{id}/kill
/// PATCH  /admin/v1/keys/{id}                   POST   /admin/v1/config/reload
/// DELETE /admin/v1/keys/{id}?kill=1            GET    /admin/v1/audit?limit=
/// POST   /admin/v1/keys/{id}/rotate            POST   /admin/v1/server/drain
/// POST   /admin/v1/keys/{id}/pause, /resume    GET    /admin/v1/usage?key=&since=&until=&by=
/// POST   /admin/v1/keys/undo, /keys/import     GET    /admin/v1/keys/export
/// GET    /admin/v1/mappings                    DELETE /admin/v1/mappings/{pattern}
/// PUT    /admin/v1/mappings/{pattern}          POST   /admin/v1/mappings/undo
/// POST   /admin/v1/mappings/{pattern}/move     POST   /admin/v1/mappings/swap
/// GET    /admin/v1/routes                      GET    /admin/v1/cache, POST /cache/clear
/// POST   /admin/v1/backends/{name}/drain, /enable, /disable, /reset, /test
/// GET    /admin/v1/routes/explain?model=&key=&class=
/// POST   /admin/v1/translate
/// ```
///
/// Every change of keys takes `?dry_run=1`, which says what would be and changes nothing.
package enum ControlRoutes {
  /// What every path begins with.
  package static let base = "/admin/v1"
  /// The largest body that a request may have, in bytes.
  package static let bodyLimit = 1 << 20
  /// How many records a list gives when nobody said.
  package static let defaultLimit = 50
  /// The most records that one list gives.
  package static let largestLimit = 1000
  /// How often the event stream sends a blank line when it has nothing to say, in seconds.
  package static let heartbeatSeconds = 15
  /// The content type of the event stream.
  package static let eventsContentType = "application/x-ndjson"
  /// The header field in which the server names its API version.
  package static let apiField = "X-Anyllm-Api"

  /// How the request looks as HTTP.
  package static func message(for request: ControlRequest) -> ControlMessage {
    switch request {
    case .server: get("server")
    case .requestEvents(let backlog, let after):
      get("requests/events", query: [("backlog", "\(backlog)"), ("after", after.map { "\($0)" })])
    case .command(let command): message(for: command)
    }
  }

  /// How the command looks as HTTP.
  package static func message(for command: ControlCommand) -> ControlMessage {
    switch command {
    case .status: return get("status")
    case .listKeys, .listKeysOf, .showKey, .addKey, .changeKey, .undoKey, .exportKeys,
      .importKeys, .usage:
      return keyMessage(for: command)
    case .trial(let command):
      var message = message(for: command)
      message.query = (message.query.map { $0 + "&" } ?? "") + "dry_run=1"
      return message
    case .listMappings: return get("mappings")
    case .setMapping(let pattern, let target, let generation):
      return send(
        "PUT", "mappings/\(PercentEncoding.encode(pattern))", ifGeneration: generation,
        body: WireJSON.encode(["target": target]))
    case .unsetMapping(let pattern, let generation):
      return send(
        "DELETE", "mappings/\(PercentEncoding.encode(pattern))", ifGeneration: generation)
    case .undoMapping: return send("POST", "mappings/undo")
    case .listBackends: return get("backends")
    case .listRequests(let limit, let before):
      return get("requests", query: [("limit", "\(limit)"), ("before", before.map { "\($0)" })])
    case .showRequest(let id): return get("requests/\(PercentEncoding.encode(id))")
    case .showBodies(let id): return get("requests/\(PercentEncoding.encode(id))/bodies")
    case .killRequest(let id): return send("POST", "requests/\(PercentEncoding.encode(id))/kill")
    case .reload: return send("POST", "config/reload")
    case .showCache: return get("cache")
    case .clearCache: return send("POST", "cache/clear")
    case .listAudit(let limit): return get("audit", query: [("limit", "\(limit)")])
    case .drain: return send("POST", "server/drain")
    case .translate(let question):
      return send("POST", "translate", body: WireJSON.encode(question))
    case .routing(let command, let isTrial): return message(for: command, isTrial: isTrial)
    }
  }

  /// The entity tag of a generation, quotes included.
  package static func etag(_ generation: Int) -> String {
    "\"gen-\(generation)\""
  }

  /// The generation that an entity tag names, with or without its quotes.
  static func generation(ofTag tag: String) -> Int? {
    let isQuoted = tag.count > 2 && tag.hasPrefix("\"") && tag.hasSuffix("\"")
    let bare = isQuoted ? tag.dropFirst().dropLast() : tag[...]
    guard bare.hasPrefix("gen-"), let generation = Int(bare.dropFirst(4)), generation >= 0 else {
      return nil
    }
    return generation
  }

  static func get(_ path: String, query: [(String, String?)] = []) -> ControlMessage {
    let words = query.compactMap { name, value in value.map { "\(name)=\($0)" } }
    return ControlMessage(
      method: "GET", path: "\(base)/\(path)",
      query: words.isEmpty ? nil : words.joined(separator: "&"))
  }

  static func send(
    _ method: String, _ path: String, query: String? = nil, ifGeneration: Int? = nil,
    body: [UInt8] = []
  ) -> ControlMessage {
    ControlMessage(
      method: method, path: "\(base)/\(path)", query: query, ifMatch: ifGeneration.map(etag),
      body: body)
  }
}
