import ControlPlane

extension [CommandSpec] {
  private static let onlyIf = FlagSpec(
    "if-gen", value: .required("N"), "only while the configuration is still of generation N")

  static let mappings = [
    CommandSpec(
      path: ["mappings", "list"], summary: "which model name goes where, in order",
      examples: [Example("anyllmctl mappings list"), Example("anyllmctl mappings list -o name")],
      flags: [CommandTable.watch], seeAlso: ["mappings set"], run: MappingCommands.list),
    CommandSpec(
      path: ["mappings", "set"], summary: "send a model name elsewhere, from the next request on",
      discussion:
        "PATTERN is a name or a glob such as 'claude-*haiku*'. TARGET is backend:model,\n"
        + "or backend alone to keep the name. Streams in flight finish where they are.",
      examples: [
        Example("anyllmctl mappings set 'gpt-4o*' azure-eu:gpt-4o-eu"),
        Example("anyllmctl mappings set claude-haiku local-gpu0:qwen3"),
        Example("anyllmctl mappings set 'o3-*' openai --if-gen 17", "unless someone was faster"),
      ],
      arguments: [
        ArgumentSpec(name: "PATTERN", values: .mappings),
        ArgumentSpec(name: "TARGET", values: .backends),
      ],
      flags: [onlyIf], exits: [.noGateway, .notFound, .conflict, .invalid],
      seeAlso: ["mappings undo", "mappings list"], run: MappingCommands.set),
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
    try change(
      .setMapping(
        pattern: try invocation.identifier(0), target: try invocation.identifier(1),
        ifGeneration: try invocation.number("if-gen", in: 0...Int.max)), session)
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
