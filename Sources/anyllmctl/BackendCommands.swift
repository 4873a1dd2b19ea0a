import ControlPlane

extension [CommandSpec] {
  static let backends = [
    CommandSpec(
      path: ["backends", "list"], summary: "where models run, and how they do",
      examples: [
        Example("anyllmctl backends list"),
        Example("anyllmctl backends list --watch"),
        Example("anyllmctl backends list --json | jq '.[] | select(.health != \"up\")'"),
      ],
      flags: [CommandTable.watch], seeAlso: ["status", "mappings list"],
      run: { invocation, session throws(CommandFailure) in
        let backends = try session.ask(.listBackends) { answer in
          if case .backends(let backends) = answer { backends } else { nil }
        }
        return BackendList.report(backends, session)
      })
  ]
}

/// The table of backends.
enum BackendList {
  static func report(_ backends: [BackendStatus], _ session: Session) -> Report {
    .list(
      backends, "backends",
      columns: [
        .flexible("NAME", 1), .word("KIND", 6), .word("HEALTH", 1), .number("INFL", 2),
        .number("RPS", 4), .number("TTFT50", 3), .number("TTFT95", 5), .number("TOK/S", 2),
        .number("ERR%", 3), .number("REQUESTS", 7), .word("URL", 9), .word("LAST ERROR", 8),
      ],
      name: \.name
    ) { backend in
      [
        Cell(backend.name), Cell(backend.kind), Cell(health: backend.health),
        Cell("\(backend.inFlight)"),
        Cell(Figures.rate(backend.requestsPerSecond), value: "\(backend.requestsPerSecond)"),
        Cell(backend.firstTokenMedianMs, latency), Cell(backend.firstTokenP95Ms, latency),
        Cell(Figures.rate(backend.tokensPerSecond), value: "\(backend.tokensPerSecond)"),
        Cell(Figures.percent(backend.errorPercent), value: "\(backend.errorPercent)"),
        Cell(backend.requests, Figures.count), Cell(backend.baseURL), lastError(backend, session),
      ]
    }
  }

  private static func latency(_ milliseconds: Int) -> String {
    Figures.latency(milliseconds: milliseconds)
  }

  private static func lastError(_ backend: BackendStatus, _ session: Session) -> Cell {
    guard let error = backend.lastError else { return Cell("") }
    let age = backend.lastErrorAtMs.map {
      ", \(Figures.age(milliseconds: session.now() - $0)) ago"
    }
    return Cell("\(error)\(age ?? "")", value: error)
  }
}

extension Cell {
  init(health: BackendHealth) {
    switch health {
    case .up: self.init("UP", value: health.rawValue, tone: .good)
    case .degraded: self.init("DEGR", value: health.rawValue, tone: .warning)
    case .down: self.init("DOWN", value: health.rawValue, tone: .bad)
    case .draining: self.init("DRAIN", value: health.rawValue, tone: .warning)
    case .off: self.init("OFF", value: health.rawValue, tone: .faint)
    case .unknown: self.init("PROBE", value: health.rawValue, tone: .faint)
    }
  }
}
