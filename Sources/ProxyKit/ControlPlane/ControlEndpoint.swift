/// A path of the control plane, before its method is looked at.
enum ControlEndpoint: Equatable {
  case server, drain, status, keys, mappings, backends, requests, events, reload, audit
  case cache, clearCache
  case key(String)
  case mapping(String)
  case kill(String)

  /// Nil when no such path exists; a broken escape is refused.
  init?(path: String) throws(ControlFailure) {
    guard path.hasPrefix(ControlRoutes.base + "/") else { return nil }
    var segments: [String] = []
    let rest = path.dropFirst(ControlRoutes.base.count + 1)
    for part in rest.split(separator: "/", omittingEmptySubsequences: false) {
      guard let segment = PercentEncoding.decode(part) else {
        throw ControlFailure(
          .invalid, "the path holds a broken percent escape",
          hint: "Encode names byte by byte, such as `claude-%2A` for `claude-*`.")
      }
      segments.append(segment)
    }
    // An empty last segment is a name left out: `keys/` is not `keys`.
    guard !segments.contains("") else { return nil }
    switch (segments.count, segments[0]) {
    case (1, "server"): self = .server
    case (1, "status"): self = .status
    case (1, "keys"): self = .keys
    case (1, "mappings"): self = .mappings
    case (1, "backends"): self = .backends
    case (1, "requests"): self = .requests
    case (1, "audit"): self = .audit
    case (1, "cache"): self = .cache
    case (2, "cache") where segments[1] == "clear": self = .clearCache
    case (2, "keys"): self = .key(segments[1])
    case (2, "mappings"): self = .mapping(segments[1])
    case (2, "server") where segments[1] == "drain": self = .drain
    case (2, "config") where segments[1] == "reload": self = .reload
    case (2, "requests") where segments[1] == "events": self = .events
    case (3, "requests") where segments[2] == "kill": self = .kill(segments[1])
    default: return nil
    }
  }

  /// The methods that the path answers.
  var methods: [String] {
    switch self {
    case .server, .status, .backends, .requests, .events, .audit, .cache: ["GET"]
    case .drain, .reload, .kill, .clearCache: ["POST"]
    case .keys: ["GET", "POST"]
    case .key: ["GET", "DELETE"]
    case .mappings: ["GET"]
    case .mapping(let pattern): pattern == "undo" ? ["PUT", "DELETE", "POST"] : ["PUT", "DELETE"]
    }
  }

  /// The query parameters that the path takes.
  var parameters: [String] {
    switch self {
    case .requests: ["limit", "before"]
    case .events: ["backlog", "after"]
    case .audit: ["limit"]
    default: []
    }
  }

  /// Every fixed path, for "did you mean".
  static let paths = [
    "server", "server/drain", "status", "keys", "mappings", "mappings/undo", "backends",
    "requests", "requests/events", "config/reload", "audit",
    "cache", "cache/clear",
  ].map { "\(ControlRoutes.base)/\($0)" }
}
