import ControlPlane

/// What the `keys` commands do.
enum KeyCommands {
  typealias Run = @Sendable (Invocation, Session) throws(CommandFailure) -> Report

  static func list(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let word = try invocation.choice("state") ?? "active"
    let least = try percent(invocation)
    let command = KeyState(rawValue: word).map { ControlCommand.listKeysOf($0) } ?? .listKeys
    let keys = try session.ask(command) { answer in
      if case .keys(let keys) = answer { keys } else { nil }
    }
    let shown = keys.filter { key in
      least.map { least in key.budgets.contains { $0.usedPercent >= least } } ?? true
    }
    return .list(
      shown, word == "all" ? "keys" : "\(word) keys",
      columns: [
        .flexible("NAME", 1), .word("PREFIX", 2), .word("STATE", 1), .word("USED", 3),
        .number("REQUESTS", 4), .number("IN", 6), .number("OUT", 6), .number("COST", 3),
        .number("BUDGET", 2), .word("EXPIRES", 5), .word("SOURCE", 8), .number("ID", 7),
        .word("NOTE", 9),
      ],
      name: \.name
    ) { key in
      [
        Cell(key.name), Cell(masked(key), value: key.prefix), Cell(state: key.state),
        Cell(
          key.lastUsedAtMs.map { Figures.age(milliseconds: session.now() - $0) } ?? "never",
          value: key.lastUsedAtMs.map { "\($0)" } ?? ""),
        Cell(key.requests, Figures.count), Cell(key.inputTokens, Figures.count),
        Cell(key.outputTokens, Figures.count), Cell(money: key.costMicroDollars), budget(key),
        expiry(key, session), Cell(key.source), Cell("\(key.id)"), Cell(key.note),
      ]
    }
  }

  private static func percent(_ invocation: Invocation) throws(CommandFailure) -> Double? {
    guard let text = invocation.flags["over"] else { return nil }
    let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let percent = Double(digits), percent.isFinite, percent >= 0 else {
      throw CommandFailure.badValue(
        "--over is `\(PlainText.cleaned(text))`", hint: "Give a percentage such as 80%.")
    }
    return percent
  }

  static func show(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let key = try key(try invocation.identifier(0), session, try session.client())
    func moment(_ value: Int64?, _ absent: String) -> Cell {
      Cell(
        value.map { Figures.moment($0, now: session.now(), utc: session.options.isUTC) } ?? absent,
        value: value.map { "\($0)" } ?? "")
    }
    var details: [(label: String, cell: Cell)] = [
      ("Name", Cell(key.name)), ("Id", Cell("\(key.id)")),
      ("Prefix", Cell(masked(key), value: key.prefix)), ("State", Cell(state: key.state)),
      ("Source", Cell(key.source)), ("Created", moment(key.createdAtMs, "-")),
      ("Expires", moment(key.expiresAtMs, "never")),
    ]
    if key.pausedAtMs != nil { details.append(("Paused", moment(key.pausedAtMs, "-"))) }
    if key.revokedAtMs != nil { details.append(("Revoked", moment(key.revokedAtMs, "-"))) }
    if key.previousUntilMs != nil {
      details.append(("Old secret until", moment(key.previousUntilMs, "-")))
    }
    details += [
      ("Used", moment(key.lastUsedAtMs, "never")),
      ("Requests", Cell(key.requests, Figures.count)),
      ("Input", Cell(key.inputTokens) { "\(Figures.count($0)) tokens" }),
      ("Output", Cell(key.outputTokens) { "\(Figures.count($0)) tokens" }),
      ("Cost", Cell(money: key.costMicroDollars)),
    ]
    details += termDetails(key, moment)
    details.append(("Note", Cell(key.note)))
    var report = Report.details(key, name: key.name, details)
    report.notes = key.notes
    return report
  }

  private static func termDetails(
    _ key: KeySummary, _ moment: (Int64?, String) -> Cell
  ) -> [(label: String, cell: Cell)] {
    let terms = key.terms
    func list(_ names: [String]?) -> Cell? {
      names.map { Cell($0.isEmpty ? "none" : $0.joined(separator: ", ")) }
    }
    let rows: [(String, Cell?)] = [
      ("Owner", terms.owner.map { Cell($0) }),
      ("Tags", terms.tags.isEmpty ? nil : list(terms.tags)),
      ("Role", terms.role == .developer ? nil : Cell(terms.role.rawValue)),
      ("Models", list(terms.models)), ("Backends", list(terms.backends)),
      ("Routes", list(terms.routes)),
      ("Requests/min", terms.requestsPerMinute.map { Cell("\($0)") }),
      ("Tokens/min", terms.tokensPerMinute.map { Cell("\($0)") }),
      ("Input/min", terms.inputTokensPerMinute.map { Cell("\($0)") }),
      ("Output/min", terms.outputTokensPerMinute.map { Cell("\($0)") }),
      ("At once", terms.concurrentRequests.map { Cell("\($0)") }),
      ("Bodies", terms.logsBodies ? Cell("kept") : nil),
    ]
    var details = rows.compactMap { label, cell in cell.map { (label: label, cell: $0) } }
    for rule in terms.mappings {
      details.append(("Maps", Cell("\(rule.pattern) -> \(rule.target)")))
    }
    for budget in terms.budgets {
      let standing = key.budgets.first {
        $0.period == budget.period && $0.isRolling == budget.isRolling && $0.model == budget.model
      }
      details.append(("Budget", Cell(words(budget, standing))))
      if let reset = standing?.resetsAtMs { details.append(("  whole again", moment(reset, "-"))) }
    }
    return details
  }

  /// Such as `$3.20 of $20.00 a day for claude-*`.
  private static func words(_ budget: BudgetTerms, _ standing: BudgetStanding?) -> String {
    var words = Figures.dollars(micro: budget.limitMicroDollars)
    if let standing {
      words = "\(Figures.dollars(micro: standing.spentMicroDollars)) of \(words)"
    }
    switch budget.period {
    case .lifetime: words += " ever"
    case let period: words += budget.isRolling ? " in any \(period)" : " a \(period)"
    }
    return words + (budget.model.map { " for \($0)" } ?? "")
  }

  /// The budget that is nearest to its end, in percent.
  private static func budget(_ key: KeySummary) -> Cell {
    guard let most = key.budgets.map(\.usedPercent).max() else { return Cell("") }
    return Cell(
      "\(Figures.percent(most))%", value: Figures.percent(most),
      tone: most >= 100 ? .bad : most >= 75 ? .warning : nil)
  }

  static func key(
    _ id: String, _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) -> KeySummary {
    try session.ask(.showKey(id), of: client) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
  }

  /// What means this key and no other: keys of the configuration have no number.
  static func reference(_ key: KeySummary) -> String {
    key.source == "store" ? "\(key.id)" : key.name
  }

  static func masked(_ key: KeySummary) -> String { "\(key.prefix)…" }

  private static func expiry(_ key: KeySummary, _ session: Session) -> Cell {
    guard let moment = key.expiresAtMs else { return Cell("never", value: "") }
    let left = moment - session.now()
    return Cell(
      left > 0
        ? "in \(Figures.age(milliseconds: left))" : "\(Figures.age(milliseconds: -left)) ago",
      value: "\(moment)")
  }
}

extension Cell {
  init(state: KeyState) {
    switch state {
    case .active: self.init(state.rawValue, tone: .good)
    case .paused, .expired: self.init(state.rawValue, tone: .warning)
    case .revoked: self.init(state.rawValue, tone: .bad)
    }
  }

  /// Dollars for people, millionths of them for programs.
  init(money microDollars: Int64) {
    self.init(Figures.dollars(micro: microDollars), value: "\(microDollars)")
  }
}
