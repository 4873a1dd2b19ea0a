/// A path of the control plane, before its method is looked at.
enum ControlEndpoint: Equatable {
  case server, drain, status, keys, mappings, backends, requests, events, reload, audit
  case cache, clearCache, translate
  case key(String)
  case keyVerb(String, KeyVerb)
  case keyExport, keyImport, keyUndo, usage
  case bodies(String)
  case request(String)
  case mapping(String)
  case kill(String)
  case routing(RoutingEndpoint)

  /// What is done to one key by a path of its own.
  enum KeyVerb: String {
    case rotate, pause, resume
  }

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
    case (1, "usage"): self = .usage
    case (2, "keys") where segments[1] == "export": self = .keyExport
    case (2, "keys") where segments[1] == "import": self = .keyImport
    case (2, "keys") where segments[1] == "undo": self = .keyUndo
    case (1, "cache"): self = .cache
    case (1, "translate"): self = .translate
    case (2, "cache") where segments[1] == "clear": self = .clearCache
    case (2, "keys"): self = .key(segments[1])
    case (2, "mappings"): self = .mapping(segments[1])
    case (2, "server") where segments[1] == "drain": self = .drain
    case (2, "config") where segments[1] == "reload": self = .reload
    case (2, "requests") where segments[1] == "events": self = .events
    case (2, "requests"): self = .request(segments[1])
    case (3, "requests") where segments[2] == "kill": self = .kill(segments[1])
    case (3, "requests") where segments[2] == "bodies": self = .bodies(segments[1])
    case (3, "keys"):
      guard let verb = KeyVerb(rawValue: segments[2]) else { return nil }
      self = .keyVerb(segments[1], verb)
    default:
      guard let routing = RoutingEndpoint(segments) else { return nil }
      self = .routing(routing)
    }
  }

  /// The methods that the path answers.
  var methods: [String] {
    switch self {
    case .server, .status, .backends, .requests, .events, .audit, .cache: ["GET"]
    case .keyExport, .usage, .request, .bodies: ["GET"]
    case .drain, .reload, .kill, .keyVerb, .keyImport, .keyUndo, .clearCache,
      .translate:
      ["POST"]
    case .keys: ["GET", "POST"]
    case .key: ["GET", "PATCH", "DELETE"]
    case .mappings: ["GET"]
    case .routing(let endpoint): endpoint.methods
    case .mapping(let pattern):
      ["undo", "swap"].contains(pattern) ? ["PUT", "DELETE", "POST"] : ["PUT", "DELETE"]
    }
  }

  /// The query parameters that the path takes with a method.
  func parameters(_ method: String) -> [String] {
    switch (self, method) {
    case (.requests, _): ["limit", "before"]
    case (.events, _): ["backlog", "after"]
    case (.audit, _): ["limit"]
    case (.keys, "GET"): ["state"]
    case (.key, "DELETE"): ["kill", "dry_run"]
    case (.keys, _), (.key, "PATCH"), (.keyVerb, _), (.keyImport, _), (.keyUndo, _): ["dry_run"]
    case (.usage, _): ["key", "since", "until", "by"]
    case (.routing(let endpoint), _): endpoint.parameters
    case (.mapping, "PUT"), (.mapping("swap"), "POST"): ["dry_run"]
    default: []
    }
  }

  /// Every fixed path, for "did you mean".
  static let paths = [
    "server", "server/drain", "status", "keys", "keys/export", "keys/import", "keys/undo",
    "usage", "mappings", "mappings/undo", "mappings/swap", "backends", "routes",
    "routes/explain", "requests", "requests/events", "config/reload", "audit", "cache",
    "cache/clear", "translate",
  ].map { "\(ControlRoutes.base)/\($0)" }
}
