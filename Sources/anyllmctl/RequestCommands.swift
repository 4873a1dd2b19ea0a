import ControlPlane

extension [CommandSpec] {
  static let requests = [
    CommandSpec(
      path: ["requests", "list"], summary: "finished requests, newest first, or live ones",
      examples: [
        Example("anyllmctl requests list --limit 20"),
        Example("anyllmctl requests list --live", "what runs now, with ids to kill"),
        Example("anyllmctl requests list --json | jq '.[].model_sent'"),
      ],
      flags: [
        FlagSpec("limit", value: .required("N"), "how many, 1 to 1000 (default: 50)"),
        FlagSpec("before", value: .required("SEQ"), "older than this sequence number"),
        FlagSpec("live", "those in flight instead"),
        CommandTable.watch,
      ],
      exits: [.noGateway, .invalid], seeAlso: ["requests tail", "requests kill"],
      run: RequestCommands.list),
    CommandSpec(
      path: ["requests", "show"], summary: "everything about one finished request",
      examples: [
        Example("anyllmctl requests show req_01K9ZV"),
        Example("anyllmctl requests show req_01K9ZV --bodies", "what it sent and got"),
      ],
      arguments: [ArgumentSpec(name: "ID")],
      flags: [FlagSpec("bodies", "what it sent and got, where its key has that kept")],
      exits: [.noGateway, .notFound], seeAlso: ["requests list", "keys edit"],
      run: RequestDetail.show),
    CommandSpec(
      path: ["requests", "tail"], summary: "requests as they finish, until Ctrl-C",
      discussion: "Comes back by itself when the gateway restarts, without a gap or a repetition.",
      examples: [
        Example("anyllmctl requests tail"),
        Example("anyllmctl requests tail -n 0 --errors"),
        Example("anyllmctl requests tail --json | jq -c '{id, duration_ms}'"),
      ],
      flags: [
        FlagSpec("backlog", short: "n", value: .required("N"), "older ones first (default: 20)"),
        FlagSpec("errors", "only what failed"),
        FlagSpec("model", value: .required("NAME"), "only what asked for this model"),
        FlagSpec("backend", value: .required("NAME"), "only what this backend answered"),
      ],
      exits: [.noGateway, .invalid], seeAlso: ["requests list", "help output"],
      run: { invocation, session throws(CommandFailure) in
        var tail = try RequestTail(invocation, session)
        return try tail.run()
      }),
    CommandSpec(
      path: ["requests", "kill"], summary: "end requests in flight",
      discussion: "ID is a whole request id, or its end if only one request fits.",
      examples: [
        Example("anyllmctl requests kill req_01K9ZV"),
        Example("anyllmctl requests kill req_01K9ZV -y", "in a script"),
      ],
      arguments: [ArgumentSpec(name: "ID", repeats: true, values: .requests)],
      exits: [.noGateway, .notFound, .partly], seeAlso: ["requests list"],
      run: RequestCommands.kill),
  ]
}

/// What `requests list` and `requests kill` do.
enum RequestCommands {
  static func list(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    if invocation.has("live") { return try live(session) }
    let limit = try invocation.number("limit", in: 1...ControlRoutes.largestLimit)
    let before = try invocation.number("before", in: 0...Int.max)
    let requests = try session.ask(
      .listRequests(limit: limit ?? ControlRoutes.defaultLimit, before: before.map(Int64.init))
    ) { answer in
      if case .requests(let requests) = answer { requests } else { nil }
    }
    return .list(requests, "requests", columns: RequestRow.columns, name: \.id) {
      RequestRow.cells($0, session)
    }
  }

  private static func live(_ session: Session) throws(CommandFailure) -> Report {
    let snapshot = try session.ask(.status) { answer in
      if case .status(let snapshot) = answer { snapshot } else { nil }
    }
    // The snapshot keeps finished ones for a moment, for the eye.
    let live = snapshot.streams.filter { ![.done, .failed, .cancelled].contains($0.state) }
    return .list(
      live, "requests in flight",
      columns: [
        .flexible("ID", 1), .word("STATE", 1), .word("MODEL", 2), .number("TOK/S", 3),
        .number("TIME", 2), .number("TTFT", 4), .number("OUT", 3), .word("KEY", 5),
        .word("BACKEND", 4), .word("CLIENT", 7), .number("GEN", 6),
      ],
      name: \.id
    ) { stream in
      [
        Cell(stream.id), Cell(stream.state.rawValue),
        Cell(RequestRow.model(stream.modelRequested, stream.modelSent)),
        Cell(Figures.rate(stream.tokensPerSecond), value: "\(stream.tokensPerSecond)"),
        Cell(stream.elapsedMs) { Figures.elapsed(milliseconds: $0) },
        Cell(stream.firstTokenMs) { Figures.latency(milliseconds: $0) },
        Cell(
          (stream.outputIsEstimated ? "~" : "") + Figures.count(stream.outputTokens),
          value: "\(stream.outputTokens)"),
        Cell(stream.key), Cell(RequestRow.backend(stream.backend, attempt: stream.attempt)),
        Cell(stream.client), Cell("\(stream.generation)"),
      ]
    }
  }

  static func kill(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let client = try session.client()
    var ids: [String] = []
    for place in invocation.words.indices { ids.append(try invocation.identifier(place)) }
    try Confirmation(invocation: invocation, console: session.console).mild(
      ids.count == 1 ? "End request \(ids[0])?" : "End these \(ids.count) requests?")
    var killed: [String] = []
    var failures: [(id: String, failure: CommandFailure)] = []
    for id in ids {
      do throws(CommandFailure) {
        killed.append(
          try session.ask(.killRequest(id), of: client) { answer in
            if case .killed(let id) = answer { id } else { nil }
          })
      } catch {
        failures.append((id, error))
      }
    }
    if killed.isEmpty, let first = failures.first { throw first.failure }
    let objects = killed.map {
      WireJSON.encode(Changed(resource: ["id": $0], changed: true))
    }
    return Report(
      face: .lines(killed.map { "request \($0) ended" }),
      payload: ids.count == 1 ? .one(objects[0]) : .list(objects), names: killed,
      essential: killed.joined(separator: "\n"),
      notes: failures.map { "request \($0.id) not ended: \($0.failure.message)" },
      exit: failures.isEmpty ? .done : .partly)
  }
}

/// A finished request as a line of a table.
enum RequestRow {
  static let columns: [Column] = [
    .word("TIME", 2), .flexible("ID", 1), .word("KEY", 5), .word("MODEL", 3), .word("BACKEND", 4),
    .number("ST", 1), .number("TTFT", 5), .number("DUR", 2), .number("IN", 6), .number("OUT", 3),
    .word("ENDING", 4), .word("CLIENT", 9), .word("API", 8), .number("GEN", 10),
    .word("ERROR", 11),
  ]

  static func cells(_ request: RequestSummary, _ session: Session) -> [Cell] {
    let isFine = request.errorKind == nil && request.status < 400
    return [
      Cell(
        Figures.moment(request.startedAtMs, now: session.now(), utc: session.options.isUTC),
        value: "\(request.startedAtMs)"),
      Cell(request.id), Cell(request.key), Cell(model(request.modelRequested, request.modelSent)),
      Cell(backend(request.backend, attempt: request.attempts)),
      Cell("\(request.status)", tone: isFine ? nil : .bad),
      Cell(request.firstTokenMs) { Figures.latency(milliseconds: $0) },
      Cell(request.durationMs) { Figures.elapsed(milliseconds: $0) },
      Cell(request.inputTokens, Figures.count), Cell(request.outputTokens, Figures.count),
      Cell(request.errorKind ?? request.ending, tone: isFine ? nil : .bad), Cell(request.client),
      Cell(request.dialect), Cell("\(request.generation)"), Cell(request.errorMessage ?? ""),
    ]
  }

  /// `requested>sent`, or one name when both are the same.
  static func model(_ requested: String, _ sent: String) -> String {
    sent.isEmpty || sent == requested ? requested : "\(requested)>\(sent)"
  }

  /// `openai/2` is the second attempt.
  static func backend(_ name: String, attempt: Int) -> String {
    attempt > 1 ? "\(name)/\(attempt)" : name
  }
}
