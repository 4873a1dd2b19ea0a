internal import ControlPlane

extension Tables {
  static let keys = Table<KeySummary>(
    pane: .keys,
    rows: { $0.keys ?? [] },
    identity: { "\($0.id)" },
    fields: {
      [$0.name, $0.prefix, $0.source, $0.state.rawValue, $0.note, $0.terms.owner ?? ""]
        + $0.terms.tags
    },
    columns: [
      Column("PREFIX", 8...9, priority: 3) { row, _ in .text(row.prefix, .text) },
      Column("NAME", 9...24, priority: 1, precedes: { $0.name < $1.name }) { row, _ in
        .text(row.name, .text)
      },
      Column("STATE", 7...7, priority: 1, precedes: { $0.state.rawValue < $1.state.rawValue }) {
        row, _ in
        .text(row.state.rawValue, row.state.role)
      },
      Column(
        "SPEND", 7...8, priority: 2, isRight: true,
        precedes: { $0.costMicroDollars < $1.costMicroDollars }
      ) { row, _ in
        .text(NumberFormat.dollars(micro: row.costMicroDollars), .text)
      },
      Column(
        "BUDGET", 18...20, priority: 1, isRight: true,
        precedes: { $0.budgetPercent < $1.budgetPercent }
      ) { row, _ in
        row.tightestBudget.map { .text($0.gauge, $0.role) } ?? .text(NumberFormat.unknown, .text)
      },
      Column("RPM", 5...6, priority: 4, isRight: true) { row, _ in
        .text(row.terms.requestsPerMinute.map(NumberFormat.count) ?? NumberFormat.unknown, .text)
      },
      Column("TPM", 5...6, priority: 8, isRight: true) { row, _ in
        .text(row.terms.tokensPerMinute.map(NumberFormat.count) ?? NumberFormat.unknown, .text)
      },
      Column("REQS", 5...7, priority: 3, isRight: true, precedes: { $0.requests < $1.requests }) {
        row, _ in
        .text(NumberFormat.count(row.requests), .text)
      },
      Column("IN", 6...7, priority: 6, isRight: true) { row, _ in
        .text(NumberFormat.count(row.inputTokens), .text)
      },
      Column(
        "OUT", 6...7, priority: 6, isRight: true,
        precedes: { $0.outputTokens < $1.outputTokens }
      ) { row, _ in
        .text(NumberFormat.count(row.outputTokens), .text)
      },
      Column("USED", 5...5, priority: 4, isRight: true) { row, model in
        .text(model.age(of: row.lastUsedAtMs), .text)
      },
      Column("EXPIRES", 10...10, priority: 5) { row, model in
        .text(
          row.expiresAtMs.map {
            NumberFormat.date(milliseconds: $0, utcOffset: model.now.utcOffset)
          } ?? "never", .text)
      },
      Column("SOURCE", 6...6, priority: 7) { row, _ in .text(row.source, .text) },
      Column("CREATED", 10...10, priority: 9, precedes: { $0.createdAtMs < $1.createdAtMs }) {
        row, model in
        .text(
          row.createdAtMs > 0
            ? NumberFormat.date(milliseconds: row.createdAtMs, utcOffset: model.now.utcOffset)
            : NumberFormat.unknown, .text)
      },
      Column("NOTE", 8...Int.max, priority: 8) { row, _ in .text(row.note, .dim) },
    ])
}

extension KeySummary {
  /// The budget that is nearest to its end.
  var tightestBudget: BudgetStanding? {
    budgets.max { $0.usedPercent < $1.usedPercent }
  }

  /// How far the tightest budget is used; a key without one stands before all others.
  var budgetPercent: Double { tightestBudget?.usedPercent ?? -1 }
}

extension BudgetStanding {
  /// `$12.40/$50 24%`.
  var gauge: String {
    "\(NumberFormat.dollars(micro: spentMicroDollars))/\(NumberFormat.limit(micro: limitMicroDollars))"
      + " \(NumberFormat.share(percent: usedPercent))"
  }

  var role: Role { usedPercent >= 90 ? .bad : usedPercent >= 75 ? .warn : .text }
}

extension KeyState {
  var role: Role {
    switch self {
    case .active: .ok
    case .paused, .expired: .warn
    case .revoked: .bad
    }
  }
}
