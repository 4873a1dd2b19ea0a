internal import ControlPlane

extension ConfigurationReader {
  private static let budgetKeys = ["limit", "period", "rolling", "model"]

  private static let budgetMeant = [
    "amount": "limit", "usd": "limit", "max_budget": "limit", "duration": "period",
    "budget_duration": "period", "per": "period", "window": "period", "models": "model",
  ]

  /// Reads `budgets`: `20/month`, or a mapping, or a list of either.
  mutating func budgets(_ section: Section, into terms: inout KeyTerms) {
    guard let node = section.node("budgets") else { return }
    let path = section.path(of: "budgets")
    var budgets: [BudgetTerms] = []
    for (index, item) in (node.items ?? [node]).enumerated() {
      let itemPath = node.items == nil ? path : "\(path)[\(index)]"
      guard let budget = budget(item, path: itemPath) else { continue }
      let twin = budgets.contains {
        $0.period == budget.period && $0.isRolling == budget.isRolling && $0.model == budget.model
      }
      if twin {
        findings.refuse(
          "\(itemPath) is a second budget of the same period and model", at: place(item.mark),
          remedy: "keep one")
        continue
      }
      budgets.append(budget)
    }
    terms.budgets = budgets
  }

  private mutating func budget(_ node: YAMLNode, path: String) -> BudgetTerms? {
    guard node.members != nil else { return shortBudget(node, path: path) }
    guard
      let section = section(node, path: path, knows: Self.budgetKeys, meant: Self.budgetMeant)
    else { return nil }
    guard section.has("limit") else {
      findings.refuse("\(path) has no limit", at: section.place, remedy: "write limit: 20")
      return nil
    }
    guard let limit = value("limit", in: section, .microDollars) else { return nil }
    var budget = BudgetTerms(limitMicroDollars: limit)
    read("period", section, .choice) { budget.period = $0 }
    read("rolling", section, .flag) { budget.isRolling = $0 }
    read("model", section, .text) { budget.model = $0 }
    if budget.isRolling, budget.period == .lifetime {
      findings.refuse(
        "\(path) rolls over a lifetime, which has no end to roll", at: section.place,
        remedy: "remove rolling, or give a period")
    }
    return budget
  }

  private mutating func shortBudget(_ node: YAMLNode, path: String) -> BudgetTerms? {
    guard let text = text(node, path: path) else { return nil }
    let parts = text.value.split(separator: "/", omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    let period = parts.count == 2 ? ScalarForm<BudgetPeriod>.choice.parse(parts[1]) : .month
    guard (1...2).contains(parts.count), let period,
      let limit = ScalarForm.microDollars.parse(parts[0])
    else {
      let shown = text.isLiteral ? " \"\(text.value)\"" : ""
      findings.refuse(
        "\(path)\(shown) is not a budget", at: text.place,
        remedy: "write 20/month, 5/day, or {limit: 20, period: month, model: claude-opus-*}")
      return nil
    }
    return BudgetTerms(limitMicroDollars: limit, period: period)
  }
}
