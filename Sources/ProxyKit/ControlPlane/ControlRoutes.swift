/// The one place that knows how control requests and answers look as HTTP, in both directions, so
/// that server and client cannot disagree.
///
/// ```
/// GET    /admin/v1/server                      GET    /admin/v1/backends
/// GET    /admin/v1/status                      GET    /admin/v1/requests?limit=&before=
/// GET    /admin/v1/keys                        GET    /admin/v1/requests/events?backlog=&after=
/// POST   /admin/v1/keys                        POST   /admin/v1/requests/{id}/kill
/// GET    /admin/v1/keys/{id}                   POST   /admin/v1/config/reload
/// DELETE /admin/v1/keys/{id}                   GET    /admin/v1/audit?limit=
/// GET    /admin/v1/mappings                    POST   /admin/v1/server/drain
/// PUT    /admin/v1/mappings/{pattern}          DELETE /admin/v1/mappings/{pattern}
/// POST   /admin/v1/mappings/undo               GET    /admin/v1/cache
/// POST   /admin/v1/cache/clear
/// ```
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
    case .listKeys: return get("keys")
    case .showKey(let id): return get("keys/\(PercentEncoding.encode(id))")
    case .addKey(let key): return send("POST", "keys", body: WireJSON.encode(key))
    case .revokeKey(let id): return send("DELETE", "keys/\(PercentEncoding.encode(id))")
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
    case .killRequest(let id): return send("POST", "requests/\(PercentEncoding.encode(id))/kill")
    case .reload: return send("POST", "config/reload")
    case .showCache: return get("cache")
    case .clearCache: return send("POST", "cache/clear")
    case .listAudit(let limit): return get("audit", query: [("limit", "\(limit)")])
    case .drain: return send("POST", "server/drain")
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

  private static func get(_ path: String, query: [(String, String?)] = []) -> ControlMessage {
    let words = query.compactMap { name, value in value.map { "\(name)=\($0)" } }
    return ControlMessage(
      method: "GET", path: "\(base)/\(path)",
      query: words.isEmpty ? nil : words.joined(separator: "&"))
  }

  private static func send(
    _ method: String, _ path: String, ifGeneration: Int? = nil, body: [UInt8] = []
  ) -> ControlMessage {
    ControlMessage(
      method: method, path: "\(base)/\(path)", ifMatch: ifGeneration.map(etag), body: body)
  }
}
