internal import Dialects

extension ConfigurationReader {
  private static let pricedUnits: [(key: String, unit: PricedUnit)] = [
    ("input", .input), ("output", .output), ("cache_read", .cacheRead),
    ("cache_write", .cacheWrite5m), ("cache_write_1h", .cacheWrite1h), ("reasoning", .reasoning),
    ("web_search", .webSearch),
  ]

  /// Reads `prices`: by model, dollars for a million tokens, or for a thousand searches; or `free`.
  mutating func prices(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("prices") else { return }
    for member in mapping(node, path: "prices") ?? [] {
      let path = "prices.\(member.key)"
      let pattern = ModelPattern(member.key.trimmed)
      let earlier = draft.settings.prices.first {
        $0.backend == nil && $0.pattern.covers(pattern)
      }
      if let earlier {
        findings.refuse(
          "\(path) never counts: \"\(earlier.pattern)\" comes first", at: place(member.keyMark),
          remedy: "move it up or remove it")
      }
      if member.value.scalar?.text == "free" {
        draft.settings.prices.append(PriceRule(pattern: pattern, prices: .free))
      } else if let rule = priceRule(member.value, path: path, pattern, into: &draft) {
        draft.settings.prices.append(rule)
      }
    }
  }

  private mutating func priceRule(
    _ node: YAMLNode, path: String, _ pattern: ModelPattern, into draft: inout SettingsDraft
  ) -> PriceRule? {
    guard
      let section = section(
        node, path: path, knows: Self.pricedUnits.map(\.key) + ["backend"],
        meant: [
          "prompt": "input", "completion": "output", "cached_input": "cache_read",
          "cached": "cache_read", "thinking": "reasoning",
        ])
    else { return nil }
    var prices: [PricedUnit: Int] = [:]
    for (key, unit) in Self.pricedUnits {
      // Micro-dollars for a million are nano-dollars for a thousand; searches come by the thousand.
      read(key, section, .microDollars) { amount in
        prices[unit] = Int(unit == .webSearch ? amount * 1000 : amount)
      }
    }
    guard prices[.input] != nil || prices[.output] != nil else {
      findings.refuse(
        "\(path) has no price for input or output", at: section.place,
        remedy: "write input: 3 and output: 15, dollars for a million tokens, or free")
      return nil
    }
    var backend: String?
    read("backend", section, .text) { backend = $0 }
    if let backend {
      draft.namedBackends.append((backend, section.path(of: "backend"), section.place))
    }
    return PriceRule(pattern: pattern, backend: backend, prices: ModelPrices(prices))
  }
}
