internal import ControlPlane

extension DetailLines {
  static func key(_ row: KeySummary, _ model: DashboardModel) -> (String, [DetailLine]) {
    func moment(_ milliseconds: Int64) -> String {
      NumberFormat.moment(milliseconds: milliseconds, now: model.now)
    }
    let pause = row.pausedAtMs.map { "  since \(moment($0))" } ?? ""
    let end = row.revokedAtMs.map { "  since \(moment($0))" } ?? ""
    var lines: [DetailLine] = [
      .fact("state", row.state.rawValue + (row.state == .revoked ? end : pause), row.state.role)
    ]
    lines += row.notes.flatMap { wrapped("note well", $0, model) }
    for (index, budget) in row.budgets.enumerated() {
      lines.append(.fact(index == 0 ? "budget" : "", budget.sentence, budget.role))
      guard let reset = budget.resetsAtMs else { continue }
      lines.append(.fact("", "\(budget.resetWord) \(moment(reset))", .dim))
    }
    lines += [
      .fact(
        "used",
        "\(NumberFormat.dollars(micro: row.costMicroDollars))"
          + "  \(NumberFormat.count(row.requests)) requests"
          + "  in \(NumberFormat.count(row.inputTokens))"
          + "  out \(NumberFormat.count(row.outputTokens))", .text)
    ]
    lines += terms(row.terms, model)
    lines += [
      .fact("last used", model.age(of: row.lastUsedAtMs), .text),
      .fact("expires", row.expiresAtMs.map(moment) ?? "never", .text),
      .fact("prefix", "\(row.prefix)  source \(row.source)", .text),
      .fact("created", row.createdAtMs > 0 ? moment(row.createdAtMs) : NumberFormat.unknown, .text),
    ]
    if let until = row.previousUntilMs {
      lines.append(.fact("old secret", "opens too until \(moment(until))", .warn))
    }
    if !row.note.isEmpty { lines.append(.fact("note", row.note, .text)) }
    return ("Key \(row.name)", lines)
  }

  /// What the key may do; what is not limited is not said.
  private static func terms(_ terms: KeyTerms, _ model: DashboardModel) -> [DetailLine] {
    let limits: [(Int?, String)] = [
      (terms.requestsPerMinute, "requests"), (terms.tokensPerMinute, "tokens"),
      (terms.inputTokensPerMinute, "input"), (terms.outputTokensPerMinute, "output"),
    ]
    var rates = limits.compactMap { limit, word in
      limit.map { "\(NumberFormat.count($0)) \(word)/min" }
    }
    if let limit = terms.concurrentRequests { rates.append("\(limit) at once") }
    var lines: [DetailLine] = []
    if !rates.isEmpty { lines.append(.fact("limits", rates.joined(separator: "  "), .text)) }
    let lists: [(String, [String]?)] = [
      ("models", terms.models), ("backends", terms.backends), ("routes", terms.routes),
      ("tags", terms.tags.isEmpty ? nil : terms.tags),
    ]
    for (word, names) in lists {
      guard let names else { continue }
      lines += wrapped(word, names.isEmpty ? "none" : names.joined(separator: ", "), model)
    }
    if let owner = terms.owner { lines.append(.fact("owner", owner, .text)) }
    if terms.role != .developer { lines.append(.fact("role", terms.role.rawValue, .text)) }
    if terms.logsBodies { lines.append(.fact("bodies", "kept", .text)) }
    let rules = terms.mappings.map { "\($0.pattern) \(model.glyphs.arrow) \($0.target)" }
    lines += rules.prefix(4).enumerated().map { .fact($0 == 0 ? "maps" : "", $1, .text) }
    return lines
  }
}

extension BudgetStanding {
  /// `$12.40/$50 24% a month for claude-*, $0.10 held`.
  fileprivate var sentence: String {
    var words = gauge
    switch period {
    case .lifetime: words += " ever"
    case let period: words += isRolling ? " in any \(period)" : " a \(period)"
    }
    if let model { words += " for \(model)" }
    if reservedMicroDollars > 0 {
      words += ", \(NumberFormat.dollars(micro: reservedMicroDollars)) held"
    }
    return words
  }

  fileprivate var resetWord: String { isRolling ? "less from" : "whole again" }
}
