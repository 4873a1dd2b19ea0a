import Testing

@testable import Dialects
@testable import Gateway

@Suite struct `A list of prices` {
  private let remote = Settings.Backend(
    name: "far", kind: .openai, baseURL: "https://api.example.com/v1")
  private let local = Settings.Backend(
    name: "near", kind: .openai, baseURL: "http://127.0.0.1:11434/v1")

  private func list(_ rules: [PriceRule] = []) -> PriceList {
    PriceList(rules: rules, backends: [remote, local])
  }

  @Test func `prices each kind of token apart`() {
    let usage = Usage(
      input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000, cacheWrite5m: 1_000_000,
      cacheWrite1h: 1_000_000, reasoning: 400_000, webSearches: 10)
    let rule = PriceRule(
      pattern: ModelPattern("*"),
      prices: ModelPrices([
        .input: 3_000_000, .output: 15_000_000, .cacheRead: 300_000, .cacheWrite5m: 3_750_000,
        .cacheWrite1h: 6_000_000, .webSearch: 10_000_000_000,
      ]))
    let charge = list([rule]).charge(usage, model: "m", at: "far")
    #expect(Dollars.plain(charge.nanoDollars) == "28.15")
    let thinking = PriceRule(
      pattern: ModelPattern("*"),
      prices: ModelPrices([.input: 0, .output: 10_000_000, .reasoning: 1_000_000]))
    let thought = list([thinking]).charge(
      Usage(output: 1_000_000, reasoning: 400_000), model: "m", at: "far")
    #expect(Dollars.plain(thought.nanoDollars) == "6.40")
  }

  @Test func `knows the catalogue, and what goes before it`() {
    let usage = Usage(input: 1_000_000)
    let known = list().charge(usage, model: "claude-sonnet-4-5-20250929", at: "far")
    #expect(known.isKnown && known.nanoDollars > 0)
    let rule = PriceRule(
      pattern: ModelPattern("claude-*"), backend: "far", prices: ModelPrices([.input: 1_000]))
    let own = list([rule])
    #expect(own.charge(usage, model: "claude-sonnet-4-5", at: "far").nanoDollars == 1_000_000)
  }

  @Test func `charges a model that nobody knows more than it may cost`() {
    let charge = list().charge(
      Usage(input: 1_000_000, output: 1_000_000), model: "never-heard-of-it", at: "far")
    #expect(!charge.isKnown && Dollars.text(charge.nanoDollars) == "$30.00")
  }

  @Test func `takes nothing for a model of this machine`() {
    let charge = list().charge(Usage(input: 1_000_000), model: "claude-opus-4-6", at: "near")
    #expect(charge == PriceList.Charge(nanoDollars: 0, isKnown: true))
  }

  @Test func `never overflows`() {
    let charge = list().charge(
      Usage(input: .max / 4, output: .max / 4), model: "never-heard-of-it", at: "far")
    #expect(charge.nanoDollars > 0)
  }

  @Test(arguments: [
    (0, "$0.00", "0.00"), (1, "$0.000000001", "0.000000001"),
    (12_300_000, "$0.0123", "0.0123"), (1_005_000_000, "$1.01", "1.005"),
    (1_999_999_999, "$2.00", "1.999999999"),
  ])
  func `is read in dollars`(nano: Int64, text: String, plain: String) {
    #expect(Dollars.text(nano) == text && Dollars.plain(nano) == plain)
  }
}
