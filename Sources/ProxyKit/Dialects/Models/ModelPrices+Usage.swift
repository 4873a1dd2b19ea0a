extension ModelPrices {
  /// What is paid where nobody knows a price: as much as the dearest of the common models.
  package static let conservative = ModelPrices([.input: 5_000_000, .output: 25_000_000])
  package static let free = ModelPrices(
    Dictionary(uniqueKeysWithValues: PricedUnit.allCases.map { ($0, 0) }))

  /// Nano-dollars for all that a reply used, rounded up; nil where neither input nor output has a
  /// price.
  ///
  /// What has no price of its own costs what it is a kind of: cached input what input costs,
  /// thinking what output costs.
  package func cost(of usage: Usage, plan: PricePlan = .standard) -> Int? {
    let input = usage.wholeInput
    func price(_ units: PricedUnit...) -> Int? {
      for unit in units {
        if let price = self.price(unit, plan: plan, inputTokens: input) { return price }
      }
      return nil
    }
    guard let inputPrice = price(.input, .output), let outputPrice = price(.output, .input) else {
      return nil
    }
    let thinking = min(usage.reasoning, usage.output)
    let parts = [
      (usage.input, inputPrice),
      (usage.output - thinking, outputPrice),
      (thinking, price(.reasoning) ?? outputPrice),
      (usage.cacheRead, price(.cacheRead) ?? inputPrice),
      (usage.cacheWrite5m, price(.cacheWrite5m) ?? inputPrice),
      (usage.cacheWrite1h, price(.cacheWrite1h, .cacheWrite5m) ?? inputPrice),
      (usage.webSearches, price(.webSearch) ?? 0),
    ]
    var sum = 0
    for (count, price) in parts {
      let (product, overflows) = max(0, count).multipliedReportingOverflow(by: price)
      let cost = overflows ? Int.max / 16 : product / 1000 + (product % 1000 == 0 ? 0 : 1)
      sum = sum.addingReportingOverflow(cost).overflow ? Int.max : sum + cost
    }
    return sum
  }
}
