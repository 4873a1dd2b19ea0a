/// What is paid for; the raw value is its letter in the table.
package enum PricedUnit: Character, Sendable, CaseIterable {
  case input = "i"
  case output = "o"
  case cacheRead = "r"
  case cacheWrite5m = "w"
  case cacheWrite1h = "W"
  /// Output that was thinking, where it has a price of its own.
  case reasoning = "t"
  case audioInput = "a"
  case audioOutput = "A"
  case audioCacheRead = "b"
  case imageTokenInput = "g"
  case imageTokenOutput = "G"
  case imageCacheRead = "B"
  case videoInput = "v"
  case imageInput = "p"
  case imageOutput = "P"
  case secondInput = "s"
  case secondOutput = "S"
  case characterInput = "c"
  case characterOutput = "C"
  case request = "u"
  case page = "x"
  case webSearch = "q"
}

/// How fast, or how sure, an answer was bought.
package enum PricePlan: Character, Sendable, CaseIterable {
  case standard = "-"
  case batch = "b"
  case priority = "p"
  case flex = "f"
}

/// The prices of a model, in nano-dollars for a thousand of what is counted.
package struct ModelPrices: Sendable, Equatable {
  private struct Row: Sendable, Equatable {
    var unit: PricedUnit
    var plan: PricePlan
    /// From how many thousand tokens of input on.
    var above: Int
    var price: Int
  }

  private var rows: [Row] = []

  package var isEmpty: Bool { rows.isEmpty }

  /// Reads the table's words; what it does not understand is not a price.
  init(_ field: ArraySlice<UInt8>) {
    rows = field.split(separator: UInt8(ascii: " ")).compactMap { Self.row($0) }
  }

  /// Prices of the standard plan, in nano-dollars for a thousand.
  package init(_ prices: [PricedUnit: Int]) {
    rows = PricedUnit.allCases.compactMap { unit in
      prices[unit].map { Row(unit: unit, plan: .standard, above: 0, price: $0) }
    }
  }

  /// Nano-dollars for a thousand, in a request of so many input tokens.
  ///
  /// A plan that has no price of its own costs what the standard one does.
  package func price(
    _ unit: PricedUnit, plan: PricePlan = .standard, inputTokens: Int = 0
  ) -> Int? {
    var best: Row?
    for row in rows where row.unit == unit && row.plan == plan {
      guard row.above == 0 || inputTokens > row.above * 1000 else { continue }
      if row.above >= best?.above ?? 0 { best = row }
    }
    if best == nil, plan != .standard { return price(unit, inputTokens: inputTokens) }
    return best?.price
  }

  /// Nano-dollars for so many, rounded up; nil without a price.
  package func cost(
    _ count: Int, _ unit: PricedUnit, plan: PricePlan = .standard, inputTokens: Int = 0
  ) -> Int? {
    guard let price = price(unit, plan: plan, inputTokens: inputTokens) else { return nil }
    let (product, overflows) = max(0, count).multipliedReportingOverflow(by: price)
    return overflows ? Int.max : product / 1000 + (product % 1000 == 0 ? 0 : 1)
  }

  /// Reads `i5e6`, `ob25e5`, `r>200:4e5`.
  private static func row(_ word: ArraySlice<UInt8>) -> Row? {
    var rest = word
    guard let unit = rest.popFirst().flatMap({ PricedUnit(rawValue: Character(UnicodeScalar($0))) })
    else { return nil }
    var row = Row(unit: unit, plan: .standard, above: 0, price: 0)
    if let plan = rest.first.flatMap({ PricePlan(rawValue: Character(UnicodeScalar($0))) }),
      plan != .standard
    {
      row.plan = plan
      rest = rest.dropFirst()
    }
    if rest.first == UInt8(ascii: ">") {
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
        let above = Int(String(decoding: rest[..<colon].dropFirst(), as: UTF8.self)), above > 0,
        above < 1_000_000
      else { return nil }
      row.above = above
      rest = rest[(colon + 1)...]
    }
    guard let price = number(rest) else { return nil }
    row.price = price
    return row
  }

  /// Reads `25e5` as 2,500,000.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    let parts = digits.split(separator: UInt8(ascii: "e"), omittingEmptySubsequences: false)
    guard parts.count <= 2, let mantissa = Int(String(decoding: parts[0], as: UTF8.self)),
      mantissa >= 0
    else { return nil }
    guard parts.count == 2 else { return mantissa }
    guard let zeros = Int(String(decoding: parts[1], as: UTF8.self)), 0...15 ~= zeros else {
      return nil
    }
    let factor = (0..<zeros).reduce(1) { power, _ in power * 10 }
    let (product, overflows) = mantissa.multipliedReportingOverflow(by: factor)
    return overflows ? nil : product
  }
}
