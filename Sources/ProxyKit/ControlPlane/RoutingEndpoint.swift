/// A path about backends, routes and the order of mappings.
enum RoutingEndpoint: Equatable {
  case backend(String, Verb)
  case routes, explain
  case move(String)

  /// What is done to one backend.
  enum Verb: String {
    case drain, enable, disable, reset, test

    var duty: BackendDuty? {
      switch self {
      case .drain: .draining
      case .enable: .serving
      case .disable: .off
      case .reset, .test: nil
      }
    }

    init(_ duty: BackendDuty) {
      switch duty {
      case .serving: self = .enable
      case .draining: self = .drain
      case .off: self = .disable
      }
    }
  }

  init?(_ segments: [String]) {
    switch (segments.count, segments[0]) {
    case (1, "routes"): self = .routes
    case (2, "routes") where segments[1] == "explain": self = .explain
    case (3, "mappings") where segments[2] == "move": self = .move(segments[1])
    case (3, "backends"):
      guard let verb = Verb(rawValue: segments[2]) else { return nil }
      self = .backend(segments[1], verb)
    default: return nil
    }
  }

  var methods: [String] {
    switch self {
    case .routes, .explain: ["GET"]
    case .backend, .move: ["POST"]
    }
  }

  var parameters: [String] {
    switch self {
    case .routes: []
    case .explain: ["model", "key", "class"]
    case .backend(_, .test), .backend(_, .reset): []
    case .backend, .move: ["dry_run"]
    }
  }
}
