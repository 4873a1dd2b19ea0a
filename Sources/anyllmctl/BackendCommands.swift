import ControlPlane

extension [CommandSpec] {
  private static let onlyIf = FlagSpec(
    "if-gen", value: .required("N"), "only while the configuration is still of generation N")
  private static let dryRun = FlagSpec("dry-run", "say what would change and change nothing")
  private static let reason = FlagSpec(
    "reason", value: .required("TEXT"), "why, for the audit trail")
  private static let name = ArgumentSpec(name: "NAME", values: .backends)

  static let backends = [
    CommandSpec(
      path: ["backends", "list"], summary: "where models run, and how they do",
      examples: [
        Example("anyllmctl backends list"),
        Example("anyllmctl backends list --watch"),
        Example("anyllmctl backends list --json | jq '.[] | select(.health != \"up\")'"),
      ],
      flags: [CommandTable.watch], seeAlso: ["backends show", "status", "mappings list"],
      run: { invocation, session throws(CommandFailure) in
        BackendList.report(try BackendCommands.all(session), session)
      }),
    CommandSpec(
      path: ["backends", "show"], summary: "the models of a backend, their circuits and pace",
      examples: [Example("anyllmctl backends show openai")],
      arguments: [name], flags: [CommandTable.watch], exits: [.noGateway, .notFound],
      seeAlso: ["backends list", "backends reset"], run: BackendCommands.show),
    CommandSpec(
      path: ["backends", "drain"], summary: "give a backend nothing new; streams finish there",
      discussion: "With --wait it returns when nothing is in flight there any more.",
      examples: [
        Example("anyllmctl backends drain local-gpu0 --wait --reason 'new driver'"),
        Example("anyllmctl backends drain local-gpu0 --dry-run", "what would lead nowhere"),
      ],
      arguments: [name],
      flags: [
        FlagSpec("wait", value: .optional("TIME"), "until nothing is in flight (default: 5m)"),
        reason, onlyIf, dryRun,
      ],
      exits: [.noGateway, .notFound, .conflict, .ranOut], seeAlso: ["backends enable"],
      run: { invocation, session throws(CommandFailure) in
        try BackendCommands.setDuty(.draining, invocation, session)
      }),
    CommandSpec(
      path: ["backends", "enable"], summary: "give a backend work again",
      examples: [Example("anyllmctl backends enable local-gpu0")],
      arguments: [name], flags: [reason, onlyIf, dryRun],
      exits: [.noGateway, .notFound, .conflict], seeAlso: ["backends drain", "backends reset"],
      run: { invocation, session throws(CommandFailure) in
        try BackendCommands.setDuty(.serving, invocation, session)
      }),
    CommandSpec(
      path: ["backends", "disable"], summary: "take a backend out, its health checks too",
      examples: [Example("anyllmctl backends disable azure-eu --reason 'contract ended'")],
      arguments: [name], flags: [reason, onlyIf, dryRun],
      exits: [.noGateway, .notFound, .conflict], seeAlso: ["backends enable", "backends drain"],
      run: { invocation, session throws(CommandFailure) in
        try BackendCommands.setDuty(.off, invocation, session)
      }),
    CommandSpec(
      path: ["backends", "reset"], summary: "forget every reason not to ask a backend",
      discussion: "Closes its circuits and ends its cooldowns.",
      examples: [Example("anyllmctl backends reset openai")],
      arguments: [name], exits: [.noGateway, .notFound], seeAlso: ["backends show"],
      run: BackendCommands.reset),
    CommandSpec(
      path: ["backends", "test"], summary: "ask a backend for one token, on the real road",
      examples: [
        Example("anyllmctl backends test openai"),
        Example("anyllmctl backends test openai --model gpt-4o --count 3"),
      ],
      arguments: [name],
      flags: [
        FlagSpec("model", value: .required("NAME"), "the model to ask (default: one it lists)"),
        FlagSpec("count", value: .required("N"), "how often (default: 1)"),
      ],
      exits: [.noGateway, .notFound, .invalid, .checkFailed], seeAlso: ["backends show"],
      run: BackendCommands.test),
  ]
}

/// What the `backends` commands do.
enum BackendCommands {
  static func all(_ session: Session) throws(CommandFailure) -> [BackendStatus] {
    try session.ask(.listBackends) { answer in
      if case .backends(let backends) = answer { backends } else { nil }
    }
  }

  static func show(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let name = try invocation.identifier(0)
    let backend = try find(name, session)
    return .list(
      backend.deployments ?? [], "models of \(name) in use",
      columns: [
        .flexible("MODEL", 1), .word("CIRCUIT", 1), .number("AGAIN", 3), .number("INFL", 2),
        .number("TTFT", 3), .number("WHOLE", 4), .flexible("CAUSE", 5),
      ],
      name: \.model
    ) { deployment in
      [
        Cell(deployment.model), Cell(circuit: deployment.circuit),
        Cell(deployment.againInMs) { Figures.age(milliseconds: Int64($0)) },
        Cell("\(deployment.inFlight)"),
        Cell(deployment.firstTokenMs) { Figures.latency(milliseconds: $0) },
        Cell(deployment.wholeReplyMs) { Figures.latency(milliseconds: $0) },
        Cell(deployment.cause ?? ""),
      ]
    }
  }

  private static func find(
    _ name: String, _ session: Session
  ) throws(CommandFailure) -> BackendStatus {
    let backends = try all(session)
    if let backend = backends.first(where: { $0.name == name }) { return backend }
    throw CommandFailure(
      ControlFailure(
        .notFound, "there is no backend `\(PlainText.cleaned(name))`",
        hint: "The backends are: \(backends.map(\.name).joined(separator: ", ")).")
    )
  }

  static func setDuty(
    _ duty: BackendDuty, _ invocation: Invocation, _ session: Session
  ) throws(CommandFailure) -> Report {
    let name = try invocation.identifier(0)
    let isTrial = invocation.has("dry-run")
    let change = try ask(
      .setDuty(
        backend: name, duty, reason: invocation.flags["reason"],
        ifGeneration: try invocation.number("if-gen", in: 0...Int.max)), isTrial, session)
    var report = Report.change(change, name: change.name, [sentence(change, isTrial)])
    for orphan in change.orphans { report.notes.append("Leads nowhere now: \(orphan).") }
    if change.changed, !isTrial, duty != .serving {
      report.notes.append("Undo: anyllmctl backends enable \(Shell.quoted(name))")
    }
    if let wait = try invocation.span("wait", default: 300_000), !isTrial {
      try self.wait(until: wait, name, session)
      report.notes.append("Nothing is in flight there.")
    }
    return report
  }

  /// Waits until nothing is in flight at a backend.
  private static func wait(
    until limit: Int, _ name: String, _ session: Session
  ) throws(CommandFailure) {
    let end = session.now() + Int64(limit)
    while try find(name, session).inFlight > 0 {
      guard session.now() < end, session.pause(200) else {
        throw CommandFailure(
          ControlFailure(
            .timedOut, "streams are still in flight at `\(PlainText.cleaned(name))`",
            hint: "It stays drained; `anyllmctl backends list` shows how many."))
      }
    }
  }

  static func reset(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let name = try invocation.identifier(0)
    let change = try ask(.resetCircuit(backend: name), false, session)
    return .change(
      change, name: name,
      [change.changed ? "\(name): asked again from now on" : "\(name): nothing stood in its way"])
  }

  static func test(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let name = try invocation.identifier(0)
    let count = try invocation.number("count", in: 1...ControlRoutes.mostTries) ?? 1
    let client = try session.client()
    var test = try once(name, invocation.flags["model"], client, session)
    // One question each, so that the time of one answer bounds every wait.
    for _ in 0..<(count - 1) {
      test.tries += try once(name, test.model, client, session).tries
    }
    var report = Report.change(test, name: test.backend, lines(of: test))
    if test.tries.contains(where: { !$0.isGood }) { report.exit = .checkFailed }
    return report
  }

  private static func once(
    _ name: String, _ model: String?, _ client: ControlClient, _ session: Session
  ) throws(CommandFailure) -> BackendTest {
    let command = RoutingCommand.testBackend(name, model: model, count: 1)
    return try session.ask(.routing(command, isTrial: false), of: client) { answer in
      if case .routing(.backendTest(let test)) = answer { test } else { nil }
    }
  }

  static func lines(of test: BackendTest) -> [String] {
    ["\(test.backend): \(test.model) at \(test.url) (\(test.dialect))"]
      + test.tries.map { attempt in
        let time = Figures.latency(milliseconds: attempt.milliseconds)
        return attempt.isGood
          ? "  ok    \(attempt.status)  \(time)"
          : "  FAIL  \(attempt.status)  \(time)  \(PlainText.cleaned(attempt.message ?? ""))"
      }
  }

  private static func ask(
    _ command: RoutingCommand, _ isTrial: Bool, _ session: Session
  ) throws(CommandFailure) -> BackendChange {
    try session.ask(.routing(command, isTrial: isTrial)) { answer in
      if case .routing(.backendChange(let change)) = answer { change } else { nil }
    }
  }

  private static func sentence(_ change: BackendChange, _ isTrial: Bool) -> String {
    guard change.changed else {
      return "\(change.name): \(change.after.rawValue) as before (generation \(change.generation))"
    }
    let words = "\(change.name): \(change.before.rawValue) -> \(change.after.rawValue)"
    if isTrial { return "\(words) (not done; \(change.inFlight) in flight)" }
    let rest = change.after == .serving ? "" : ", \(change.inFlight) in flight"
    return "\(words) (generation \(change.generation)\(rest))"
  }
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

  init(circuit: DeploymentStatus.Circuit) {
    switch circuit {
    case .closed: self.init("closed", value: circuit.rawValue, tone: .good)
    case .cooling: self.init("cooling", value: circuit.rawValue, tone: .warning)
    case .halfOpen: self.init("trying", value: circuit.rawValue, tone: .warning)
    case .open: self.init("OPEN", value: circuit.rawValue, tone: .bad)
    }
  }
}
