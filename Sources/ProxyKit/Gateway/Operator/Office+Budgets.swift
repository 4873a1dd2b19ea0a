internal import ControlPlane
internal import Storage

/// What owners have used so far, as the store says.
struct PastUse: Sendable {
  var usage: [String: KeyUsage] = [:]
  fileprivate var totals: [String: [SpendTotal]] = [:]
  fileprivate var hours: [String: [Spend]] = [:]
}

extension Office {
  /// What one owner, or everybody, has used so far.
  func pastUse(of owner: String?, at nowMs: Int64) async throws(ControlFailure) -> PastUse {
    let rolling = rollingOwners(owner)
    return try await stored { store throws(StorageFailure) in
      var past = PastUse()
      for usage in try await store.keyUsage(of: owner) { past.usage[usage.owner] = usage }
      for total in try await store.spendTotals(atMs: nowMs, owner: owner) {
        past.totals[total.owner, default: []].append(total)
      }
      guard !rolling.isEmpty else { return past }
      let since = nowMs - BudgetPeriod.month.rollingMs
      // A disk that is full hides what is shown here, and nothing else.
      for spend in (try? await store.spends(sinceMs: since, owners: rolling)) ?? [] {
        past.hours[spend.owner, default: []].append(spend)
      }
      return past
    }
  }

  /// Those with budgets that roll and that no counter knows, since nothing was asked of them.
  private func rollingOwners(_ owner: String?) -> [String] {
    let fixed = house.snapshots.value.settings.callers.staticKeys.map {
      (FoundKey.fixed($0).owner, $0.terms)
    }
    // Most keys have no such budget, and reading the terms of each takes time.
    let stored = keys.filter { key in
      (owner == nil || key.owner == owner) && key.revokedAtMs == nil
        && key.terms.utf8.count > 2 && key.terms.contains("\"isRolling\":true")
    }.map { ($0.owner, KeyTerms(json: $0.terms) ?? StoredKey.noTerms) }
    return (fixed + stored).filter { name, terms in
      (owner == nil || name == owner) && terms.budgets.contains(where: \.isRolling)
    }.map(\.0)
  }

  /// Where the budgets of an owner stand: what the counter says that also decides, and before there
  /// is one, what the ledger says.
  func budgets(
    of owner: String, _ terms: KeyTerms, _ past: PastUse, _ nowMs: Int64
  ) -> [BudgetStanding] {
    guard !terms.budgets.isEmpty else { return [] }
    let live = house.accounts.account(owner).standing(nowMs: nowMs).budgets
    return terms.budgets.map { budget in
      let counted = live.first { $0.terms == budget }
      let spent =
        counted?.spentNanoDollars ?? past.spent(by: owner, on: budget, since: nowMs)
      return BudgetStanding(
        limitMicroDollars: budget.limitMicroDollars, spentMicroDollars: spent / 1000,
        reservedMicroDollars: (counted?.reservedNanoDollars ?? 0) / 1000, period: budget.period,
        isRolling: budget.isRolling, model: budget.model,
        resetsAtMs: counted.map(\.resetsAtMs)
          ?? (budget.isRolling ? nil : BudgetWindow(budget.period, at: nowMs).endMs))
    }
  }
}

extension PastUse {
  fileprivate func spent(by owner: String, on budget: BudgetTerms, since nowMs: Int64) -> Int64 {
    let pattern = budget.model.map { ModelPattern($0) }
    func covers(_ model: String) -> Bool { pattern?.matches(model) ?? true }
    if budget.isRolling {
      let start = nowMs - budget.period.rollingMs
      return (hours[owner] ?? []).reduce(0) { sum, spend in
        spend.startMs >= start && covers(spend.model) ? sum + spend.nanoDollars : sum
      }
    }
    return (totals[owner] ?? []).reduce(0) { sum, total in
      covers(total.model) ? sum + total.nanoDollars(in: budget.period) : sum
    }
  }
}

extension SpendTotal {
  fileprivate func nanoDollars(in period: BudgetPeriod) -> Int64 {
    switch period {
    case .hour: hourNanoDollars
    case .day: dayNanoDollars
    case .week: weekNanoDollars
    case .month: monthNanoDollars
    case .lifetime: nanoDollars
    }
  }
}
