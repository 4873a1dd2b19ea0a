import ControlPlane

extension [CommandSpec] {
  private static let onlyIf = FlagSpec(
    "if-gen", value: .required("N"), "only while the configuration is still of generation N")

  private static let dryRun = FlagSpec("dry-run", "say what would change and change nothing")

  static let mappings = [
    CommandSpec(
      path: ["mappings", "list"], summary: "which model name goes where, in order",
      examples: [Example("anyllmctl mappings list"), Example("anyllmctl mappings list -o name")],
      flags: [CommandTable.watch], seeAlso: ["mappings set"], run: MappingCommands.list),
    CommandSpec(
      path: ["mappings", "set"], summary: "send a model name elsewhere, from the next request on",
      discussion:
        "PATTERN is a name or a glob such as 'claude-*haiku*'. TARGET is backend:model,\n"
        + "backend alone to keep the name, a route's name, shares such as a:m*3,b:m*1, or\n"
        + "reject[:STATUS]. Streams in flight finish where they are.",
      examples: [
        Example("anyllmctl mappings set 'gpt-4o*' azure-eu:gpt-4o-eu"),
        Example("anyllmctl mappings set claude-haiku local-gpu0:qwen3"),
        Example("anyllmctl mappings set 'o3-*' openai --if-gen 17", "if nobody was faster"),
        Example("anyllmctl mappings set gpt-4o 'azure:g*9,openai:g*1'", "a canary"),
        Example("anyllmctl mappings set 'claude-*' fast --ttl 1h", "for an hour"),
        Example("anyllmctl mappings set gpt-3 reject --before 'gpt-*'"),
      ],
      arguments: [
        ArgumentSpec(name: "PATTERN", values: .mappings),
        ArgumentSpec(name: "TARGET", values: .backends),
      ],
      flags: [
        FlagSpec("ttl", value: .required("TIME"), "after which the change takes itself back"),
        FlagSpec("before", value: .required("PATTERN"), "the rule before which it stands"),
        onlyIf, dryRun,
      ],
      exits: [.noGateway, .notFound, .conflict, .invalid],
      seeAlso: ["mappings undo", "mappings test", "mappings list"], run: MappingCommands.set),
    CommandSpec(
      path: ["mappings", "swap"], summary: "exchange the targets of two patterns at once",
      examples: [Example("anyllmctl mappings swap 'claude-opus*' 'claude-sonnet*'")],
      arguments: [
        ArgumentSpec(name: "PATTERN", values: .mappings),
        ArgumentSpec(name: "OTHER", values: .mappings),
      ],
      flags: [onlyIf, dryRun], exits: [.noGateway, .notFound, .conflict],
      seeAlso: ["mappings undo", "mappings list"], run: MappingCommands.swap),
    CommandSpec(
      path: ["mappings", "move"], summary: "put a mapping before another, or at the end",
      examples: [
        Example("anyllmctl mappings move 'gpt-4o*' --before 'gpt-*'"),
        Example("anyllmctl mappings move '*'", "to the end"),
      ],
      arguments: [ArgumentSpec(name: "PATTERN", values: .mappings)],
      flags: [
        FlagSpec("before", value: .required("PATTERN"), "the rule before which it stands"),
        onlyIf, dryRun,
      ],
      exits: [.noGateway, .notFound, .conflict], seeAlso: ["mappings list"],
      run: MappingCommands.move),
    CommandSpec(
      path: ["mappings", "test"], summary: "where a model name would go, and why",
      discussion: "With --send the deployment is asked for one token.",
      examples: [
        Example("anyllmctl mappings test claude-opus-4-6"),
        Example("anyllmctl mappings test gpt-4o --send"),
      ],
      arguments: [ArgumentSpec(name: "MODEL")],
      flags: [FlagSpec("send", "ask the deployment for one token")],
      exits: [.noGateway, .notFound, .checkFailed],
      seeAlso: ["routes explain", "backends test"], run: MappingCommands.test),
    CommandSpec(
      path: ["mappings", "unset"], summary: "take a mapping away",
      examples: [Example("anyllmctl mappings unset 'gpt-4o*'")],
      arguments: [ArgumentSpec(name: "PATTERN", values: .mappings)],
      flags: [onlyIf], exits: [.noGateway, .notFound, .conflict],
      seeAlso: ["mappings undo", "mappings list"], run: MappingCommands.unset),
    CommandSpec(
      path: ["mappings", "undo"], summary: "take the last change of the mappings back",
      examples: [Example("anyllmctl mappings undo")],
      exits: [.noGateway, .conflict], seeAlso: ["audit list"], run: MappingCommands.undo),
  ]
}

/// What the `mappings` commands do.
enum MappingCommands {
  static func list(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let list = try session.ask(.listMappings) { answer in
      if case .mappings(let list) = answer { list } else { nil }
    }
    var place = 0
    return .list(
      list.mappings, "mappings",
      columns: [
        .number("#", 4), .word("PATTERN", 1), .flexible("TARGET", 1), .word("SOURCE", 3),
        .number("LIVE", 2),
      ],
      name: \.pattern
    ) { mapping in
      place += 1
      return [
        Cell("\(place)"), Cell(mapping.pattern), Cell(mapping.target), Cell(mapping.source),
        Cell("\(mapping.live)"),
      ]
    }
  }

  static func set(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let generation = try invocation.number("if-gen", in: 0...Int.max)
    let pattern = try invocation.identifier(0)
    let target = try invocation.identifier(1)
    let lasts = try invocation.span("ttl", default: 0)
    let isPlain = lasts == nil && !invocation.has("before") && !invocation.has("dry-run")
    guard !isPlain else {
      return try change(
        .setMapping(pattern: pattern, target: target, ifGeneration: generation), session)
    }
    let edit = MappingEdit(
      pattern: pattern, target: target, lastsMs: lasts.map { Int64($0) },
      before: invocation.flags["before"], ifGeneration: generation)
    var report = try changes(.editMapping(edit), invocation, session)
    if lasts != nil, !invocation.has("dry-run") {
      report.notes.append("It takes itself back after \(invocation.flags["ttl"] ?? "").")
    }
    return report
  }

  static func swap(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    try changes(
      .swapMappings(
        try invocation.identifier(0), try invocation.identifier(1),
        ifGeneration: try invocation.number("if-gen", in: 0...Int.max)), invocation, session)
  }

  static func move(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    try changes(
      .moveMapping(
        try invocation.identifier(0), before: invocation.flags["before"],
        ifGeneration: try invocation.number("if-gen", in: 0...Int.max)), invocation, session)
  }

  static func test(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let explanation = try RouteCommands.ask(
      RouteInquiry(model: try invocation.identifier(0)), session)
    var report = RouteCommands.report(explanation)
    guard invocation.has("send"), let deployment = explanation.deployment else { return report }
    let parts = deployment.split(separator: ":", maxSplits: 1).map(String.init)
    let command = RoutingCommand.testBackend(parts[0], model: parts[1], count: 1)
    let test = try session.ask(.routing(command, isTrial: false)) { answer in
      if case .routing(.backendTest(let test)) = answer { test } else { nil }
    }
    if case .lines(let lines) = report.face {
      report.face = .lines(lines + BackendCommands.lines(of: test))
    }
    if test.tries.contains(where: { !$0.isGood }) { report.exit = .checkFailed }
    return report
  }

  private static func changes(
    _ command: RoutingCommand, _ invocation: Invocation, _ session: Session
  ) throws(CommandFailure) -> Report {
    let isTrial = invocation.has("dry-run")
    let changes = try session.ask(.routing(command, isTrial: isTrial)) { answer in
      if case .routing(.mappingChanges(let changes)) = answer { changes } else { nil }
    }
    var lines = changes.map(sentence)
    if isTrial { lines = lines.map { $0 + ", not done" } }
    if case .moveMapping(let pattern, let before, _) = command, let change = changes.first {
      let place = before.map { "before \($0)" } ?? "at the end"
      let word = change.changed ? "now" : "as before"
      lines = ["\(pattern): \(word) \(place) (generation \(change.generation))"]
    }
    var report = Report.list(changes, "changes", columns: [], name: \.pattern) { _ in [] }
    report.face = .lines(lines)
    report.essential = changes.last.map { "\($0.generation)" }
    report.notes = []
    let live = changes.map(\.liveOnOlder).max() ?? 0
    if live > 0 { report.notes.append("\(live) live streams finish as they began.") }
    return report
  }

  static func unset(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    try change(
      .unsetMapping(
        pattern: try invocation.identifier(0),
        ifGeneration: try invocation.number("if-gen", in: 0...Int.max)), session)
  }

  static func undo(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    try change(.undoMapping, session)
  }

  private static func change(
    _ command: ControlCommand, _ session: Session
  ) throws(CommandFailure) -> Report {
    let change = try session.ask(command) { answer in
      if case .mappingChange(let change) = answer { change } else { nil }
    }
    var report = Report.change(change, name: change.pattern, [sentence(change)])
    report.essential = "\(change.generation)"
    guard change.changed else { return report }
    if change.liveOnOlder > 0 {
      report.notes.append(
        change.liveOnOlder == 1
          ? "1 live stream finishes as it began."
          : "\(change.liveOnOlder) live streams finish as they began.")
    }
    if command != .undoMapping { report.notes.append("Undo: anyllmctl mappings undo") }
    return report
  }

  private static func sentence(_ change: MappingChange) -> String {
    let after = change.after ?? "(none)"
    guard change.changed else {
      return "\(change.pattern): \(after) as before (generation \(change.generation))"
    }
    let before = change.before ?? "(none)"
    return "\(change.pattern): \(before) -> \(after) (generation \(change.generation))"
  }
}
