import ControlPlane

extension [CommandSpec] {
  static let configuration = [
    CommandSpec(
      path: ["config", "reload"],
      summary: "read the configuration again; a bad file changes nothing",
      examples: [
        Example("anyllmctl config reload"),
        Example("anyllmctl config reload --json | jq .changes"),
      ],
      exits: [.noGateway, .invalid], seeAlso: ["audit list", "status"],
      run: ConfigurationCommands.reload),
    .importConfiguration,
    CommandSpec(
      path: ["audit", "list"], summary: "who changed what, newest first",
      examples: [
        Example("anyllmctl audit list --limit 20"), Example("anyllmctl audit list --json"),
      ],
      flags: [
        FlagSpec("limit", value: .required("N"), "how many, 1 to 1000 (default: 50)"),
        CommandTable.watch,
      ],
      exits: [.noGateway, .invalid], seeAlso: ["mappings undo"], run: ConfigurationCommands.audit),
  ]
}

/// What `config` and `audit` do.
enum ConfigurationCommands {
  static func reload(_ invocation: Invocation, _ session: Session) throws(CommandFailure)
    -> Report
  {
    let report = try session.ask(.reload) { answer in
      if case .reloaded(let report) = answer { report } else { nil }
    }
    guard report.problems.isEmpty else {
      var refused = Report.change(report, name: "\(report.generation)", [])
      refused.essential = nil
      refused.notes =
        [
          "anyllmctl: the configuration was refused; generation "
            + "\(report.generation) stays"
        ] + report.problems.map { "  \($0)" }
        + ["Put these right, then reload again."]
      refused.exit = .invalid
      return refused
    }
    let sentence =
      report.changed
      ? "configuration reloaded (generation \(report.generation))"
      : "nothing changed (generation \(report.generation))"
    return .change(
      report, name: "\(report.generation)", [sentence] + report.changes.map { "  \($0)" })
  }

  static func audit(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let limit = try invocation.number("limit", in: 1...ControlRoutes.largestLimit)
    let records = try session.ask(.listAudit(limit: limit ?? ControlRoutes.defaultLimit)) {
      answer in
      if case .audit(let records) = answer { records } else { nil }
    }
    return .list(
      records, "audit records",
      columns: [
        .word("TIME", 1), .word("ACTOR", 2), .word("ACTION", 1), .word("TARGET", 1),
        .flexible("CHANGE", 3), .number("GEN", 4),
      ],
      name: { "\($0.atMs)" }
    ) { record in
      [
        Cell(
          Figures.moment(record.atMs, now: session.now(), utc: session.options.isUTC),
          value: "\(record.atMs)"),
        Cell(record.actor), Cell(record.action), Cell(record.target), Cell(change(record)),
        Cell("\(record.generation)"),
      ]
    }
  }

  private static func change(_ record: AuditRecord) -> String {
    guard record.before != nil || record.after != nil else { return "" }
    // Of what is written as JSON, only what differs is of interest.
    if let before = record.before.flatMap(BodyValue.init(json:)), case .object = before,
      let after = record.after.flatMap(BodyValue.init(json:))
    {
      return before.changes(to: after).joined(separator: "; ")
    }
    return "\(record.before ?? "(none)") -> \(record.after ?? "(none)")"
  }
}
