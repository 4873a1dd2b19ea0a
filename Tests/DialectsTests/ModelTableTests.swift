import Testing

@testable import Dialects

struct `The table of models` {
  private let table = ModelTable.standard

  @Test func `finds every row under its own name`() {
    let names = ModelTable.names
    #expect(names.count > 3000)
    #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    for name in names {
      let entry = table.entry(name)
      #expect(entry?.name == name)
      #expect(entry?.mode != nil, "\(name)")
      #expect(entry?.contextWindow ?? 1 > 0, "\(name)")
    }
  }

  @Test func `finds a model under longer names than it has`() {
    let found: [(String, String?, String)] = [
      ("gpt-5.5", nil, "gpt-5.5"), ("openai/gpt-5.5", nil, "gpt-5.5"),
      ("gpt-5.5-2026-04-23", nil, "gpt-5.5"), ("GPT-5.5", nil, "gpt-5.5"),
      ("claude-opus-4-6", "anthropic", "claude-opus-4-6"),
      ("claude-opus-4-6-20990101", nil, "claude-opus-4-6"),
      ("claude-opus-4-6@20260205", "vertex_ai", "vertex_ai/claude-opus-4-6"),
      ("claude-opus-4-6-latest", nil, "claude-opus-4-6"),
      ("openrouter/anthropic/claude-opus-4.6", nil, "claude-opus-4-6"),
      ("claude-opus-4-6", "vertex_ai", "vertex_ai/claude-opus-4-6"),
      ("anthropic.claude-haiku-4-5-20251001-v1:0", nil, "anthropic.claude-haiku-4-5-20251001-v1:0"),
      (
        "sa.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock",
        "anthropic.claude-haiku-4-5-20251001-v1:0"
      ),
      ("gemini-3.1-pro-preview", "gemini", "gemini/gemini-3.1-pro-preview"),
    ]
    for (model, provider, name) in found {
      #expect(table.entry(model, provider: provider)?.name == name, "\(model)")
    }
    for model in [
      "", "-", "/", "gpt-", "no-such-model", "claude", "@", ":0", "20250101", "\t", "\n",
    ] {
      #expect(table.entry(model) == nil, "\(model)")
    }
  }

  @Test func `knows prices, windows and abilities`() throws {
    let opus = try #require(table.entry("claude-opus-4-6"))
    #expect(opus.mode == .chat)
    #expect(opus.contextWindow == 1_000_000 && opus.maximumOutput == 128_000)
    #expect(opus.cacheMinimum == 4096)
    #expect(opus.supports(.vision) == true && opus.supports(.documents) == true)
    #expect(opus.supports(.prefill) == false)
    #expect(opus.supports(.audioInput) == nil)
    let wanted: [(PricedUnit, PricePlan, Int)] = [
      (.input, .standard, 5_000_000), (.output, .standard, 25_000_000),
      (.cacheRead, .standard, 500_000), (.cacheWrite5m, .standard, 6_250_000),
      (.cacheWrite1h, .standard, 10_000_000), (.webSearch, .standard, 10_000_000_000),
      (.input, .batch, 2_500_000), (.output, .batch, 12_500_000), (.input, .flex, 5_000_000),
    ]
    for (unit, plan, price) in wanted {
      #expect(opus.prices.price(unit, plan: plan) == price, "\(unit) \(plan)")
    }
    #expect(opus.prices.price(.audioInput) == nil)
    #expect(opus.prices.cost(1_000_000, .input) == 5_000_000_000)

    let gemini = try #require(table.entry("gemini/gemini-3.1-pro-preview"))
    #expect(gemini.prices.price(.input, inputTokens: 200_000) == 2_000_000)
    #expect(gemini.prices.price(.input, inputTokens: 200_001) == 4_000_000)
    #expect(gemini.prices.price(.output, plan: .priority, inputTokens: 300_000) == 32_400_000)
    #expect(gemini.prices.price(.output, plan: .flex, inputTokens: 300_000) == 6_000_000)
  }

  @Test func `is overridden by rows of the same kind`() throws {
    let rows = """
      # my own
      My-Model\tc\ttv-f\t32000\t4000\t\ti1500 o6e3

      gpt-5.5\tc\tt\t1000\t\t\ti1
      vertex_ai/claude-opus-4-6\tc\t\t7\t\t\t\r
      """
    let table = ModelTable(overrides: Array(rows.utf8))
    let mine = try #require(table.entry("my-model"))
    #expect(mine.contextWindow == 32_000 && mine.maximumOutput == 4000)
    #expect(mine.supports(.tools) == true && mine.supports(.prefill) == false)
    #expect(mine.prices.cost(1, .input) == 2)
    #expect(mine.prices.cost(1000, .output) == 6000)
    #expect(table.entry("azure/my-model-2026-01-01")?.name == "my-model")
    #expect(table.entry("gpt-5.5")?.contextWindow == 1000)
    #expect(table.entry("claude-opus-4-6", provider: "vertex_ai")?.contextWindow == 7)
    #expect(table.entry("claude-opus-4-6")?.contextWindow == 1_000_000)
    #expect(ModelTable.standard.entry("my-model") == nil)
  }

  @Test func `takes no harm from rows that make no sense`() {
    let rows = """
      a
      b\t
      c\tz\t\u{1}--é\tx\t-\t\ti i5e i5e99 i99999999999999999999 i>:5 i>1 i>9x:3 z5 ib> i-5 é i9e15e1
      \t\t\t
      d\tc\tt\t5\t6\t7\ti5\tmore\tfields
      """
    let table = ModelTable(overrides: Array(rows.utf8))
    for name in ["a", "b", "c"] { #expect(table.entry(name)?.prices.isEmpty == true, "\(name)") }
    #expect(table.entry("d")?.prices.price(.input) == 5)
    #expect(table.entry("")?.mode == nil)
  }

  @Test func `adds up without overflow`() {
    let prices = ModelPrices(Array("i9e15 o7".utf8)[...])
    #expect(prices.cost(Int.max, .input) == Int.max)
    #expect(prices.cost(-5, .output) == 0)
    #expect(prices.cost(1, .output) == 1)
    #expect(prices.cost(1001, .output) == 8)
  }
}

struct `The table of betas` {
  @Test func `says what each platform takes, renames and refuses`() {
    let table = BetaTable.standard
    let rows: [(String, BetaPlatform, BetaTreatment)] = [
      ("context-1m-2025-08-07", .anthropic, .takes), ("context-1m-2025-08-07", .vertex, .takes),
      ("advanced-tool-use-2025-11-20", .anthropic, .takes),
      ("advanced-tool-use-2025-11-20", .foundry, .takes),
      ("advanced-tool-use-2025-11-20", .bedrockInvoke, .takesAs("tool-search-tool-2025-10-19")),
      ("advanced-tool-use-2025-11-20", .vertex, .takesAs("tool-search-tool-2025-10-19")),
      ("advanced-tool-use-2025-11-20", .bedrockConverse, .refuses),
      ("files-api-2025-04-14", .foundry, .takes), ("files-api-2025-04-14", .vertex, .refuses),
      ("claude-code-20250219", .bedrockMessages, .takes),
      ("claude-code-20250219", .bedrockInvoke, .unknown),
      ("tomorrow-2030-01-01", .vertex, .unknown),
    ]
    for (beta, platform, treatment) in rows {
      #expect(table.treatment(of: beta, on: platform) == treatment, "\(beta) \(platform)")
    }
    #expect(BetaTable.names.count >= 40)
  }

  @Test func `sorts a header into what is sent and what is kept`() {
    let header =
      " context-1m-2025-08-07,advanced-tool-use-2025-11-20 ,, files-api-2025-04-14,"
      + "tool-search-tool-2025-10-19,tomorrow-2030-01-01"
    let table = BetaTable.standard
    let vertex = table.sort(header: header, for: .vertex)
    #expect(vertex.sent == ["context-1m-2025-08-07", "tool-search-tool-2025-10-19"])
    #expect(vertex.kept == ["files-api-2025-04-14", "tomorrow-2030-01-01"])
    let anthropic = table.sort(header: header, for: .anthropic)
    #expect(anthropic.kept.isEmpty && anthropic.sent.contains("tomorrow-2030-01-01"))
    #expect(table.sort(header: "", for: .vertex).sent.isEmpty)
  }

  @Test(arguments: BetaPlatform.allCases)
  func `is overridden by what the operator says of a server`(platform: BetaPlatform) {
    let table = BetaTable(overrides: [
      "tomorrow-2030-01-01": .takesAs("other-1"), "context-1m-2025-08-07": .refuses,
      "bash_20241022": .takes,
    ])
    #expect(table.treatment(of: "Tomorrow-2030-01-01", on: platform) == .takesAs("other-1"))
    #expect(table.treatment(of: "context-1m-2025-08-07", on: platform) == .refuses)
    let (sent, kept) = table.sort(
      header: "tomorrow-2030-01-01,context-1m-2025-08-07,bash_20241022", for: platform)
    #expect(sent == ["other-1", "bash_20241022"] && kept == ["context-1m-2025-08-07"])
    #expect(
      table.treatment(of: "files-api-2025-04-14", on: platform)
        == BetaTable.standard.treatment(of: "files-api-2025-04-14", on: platform))
  }
}
