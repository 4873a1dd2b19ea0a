import ControlPlane
import Testing

@testable import Gateway

@Suite struct `Terms of the configuration` {
  private static let team = """
    terms:
      team:
        owner: research
        tags: [lab, eu]
        role: viewer
        models: [claude-*, "gpt-4o"]
        backends: demo
        routes: [fast]
        requests_per_minute: 60
        tokens_per_minute: 200000
        input_tokens_per_minute: 150000
        output_tokens_per_minute: 50000
        concurrent_requests: 8
        budgets:
          - 20/month
          - $0.25/hour
          - {limit: 5.5, period: day, rolling: true, model: claude-opus-*}
        mappings: {claude-*: demo, gpt-*: "demo:gpt-4o"}
        log_bodies: true

    """

  private static let whole = KeyTerms(
    owner: "research", tags: ["lab", "eu"], role: .viewer, models: ["claude-*", "gpt-4o"],
    backends: ["demo"], routes: ["fast"], requestsPerMinute: 60, tokensPerMinute: 200_000,
    inputTokensPerMinute: 150_000, outputTokensPerMinute: 50_000, concurrentRequests: 8,
    budgets: [
      BudgetTerms(limitMicroDollars: 20_000_000, period: .month),
      BudgetTerms(limitMicroDollars: 250_000, period: .hour),
      BudgetTerms(
        limitMicroDollars: 5_500_000, period: .day, isRolling: true, model: "claude-opus-*"),
    ],
    mappings: [
      KeyMapping(pattern: "claude-*", target: "demo"),
      KeyMapping(pattern: "gpt-*", target: "demo:gpt-4o"),
    ], logsBodies: true)

  private func yaml(_ rest: String) -> String {
    Self.team + rest + "\nbackends: {demo: {}}\nroutes: {fast: {deployments: [demo:a]}}"
  }

  @Test func `say everything that a key may do`() {
    let loaded = loaded(yaml(""))
    #expect(loaded.lines == [])
    #expect(loaded.settings?.callers.namedTerms == ["team": Self.whole])
  }

  @Test func `are those of a key, by name or in place, and its own words win`() throws {
    let loaded = loaded(
      yaml(
        """
        keys:
          - {name: a, secret: s1, terms: team}
          - {name: b, secret: s2, terms: team, requests_per_minute: 5, models: []}
          - {name: c, secret: s3, terms: {concurrent_requests: 2}}
          - {name: d, secret: s4, tokens_per_minute: 9}
          - {name: e, secret: s5}
        """))
    #expect(loaded.lines == [])
    let keys = try #require(loaded.settings).callers.staticKeys
    var second = Self.whole
    second.requestsPerMinute = 5
    second.models = []
    #expect(
      keys.map(\.terms) == [
        Self.whole, second, KeyTerms(concurrentRequests: 2), KeyTerms(tokensPerMinute: 9),
        KeyTerms(),
      ])
  }

  @Test func `are those of a key that is written below its name`() {
    let keys = loaded("keys: {a: {secret: s1, concurrent_requests: 2}, b: s2}").settings?.callers
    #expect(keys?.staticKeys.map(\.name) == ["a", "b"])
    #expect(keys?.staticKeys.map(\.terms.concurrentRequests) == [2, nil])
  }

  @Test func `hold for callers without a key when they say so`() {
    #expect(loaded(yaml("open_terms: team")).settings?.callers.openTerms == Self.whole)
    let own = loaded("open_terms: {requests_per_minute: 3}").settings
    #expect(own?.callers.openTerms == KeyTerms(requestsPerMinute: 3))
    #expect(loaded("listen: 127.0.0.1:1").settings?.callers.openTerms == KeyTerms())
  }

  @Test func `tell what changed of them`() throws {
    let before = try #require(loaded(yaml("keys: [{name: a, secret: s, terms: team}]")).settings)
    let text = yaml("keys: [{name: a, secret: s, terms: team}]\nopen_terms: team")
      .replacing("requests_per_minute: 60", with: "requests_per_minute: 61")
    let after = try #require(loaded(text).settings)
    #expect(
      after.diff(from: before) == [
        "key a: terms changed", "open_terms changed", "terms team changed",
      ])
    #expect(after.diff(from: after) == [])
  }

  @Test(arguments: [
    (
      "terms: {t: {rpm: 5}}",
      "unknown key \"rpm\" in terms.t; did you mean \"requests_per_minute\"?"
    ),
    (
      "terms: {t: {requests_per_minute: 0}}",
      "terms.t.requests_per_minute \"0\" is not a whole number from 1 to 1000000000"
    ),
    ("terms: {t: {role: king}}", "terms.t.role \"king\" is not one of developer, viewer"),
    (
      "terms: {t: {tokens_per_minute: 5, input_tokens_per_minute: 6}}",
      "terms.t.input_tokens_per_minute is never reached: tokens_per_minute is 5; "
        + "lower it or remove it"
    ),
    (
      "terms: {t: {models: [a, a]}}", "terms.t.models has \"a\" twice; keep one"
    ),
    (
      "terms: {t: {models: [a b]}}",
      "terms.t.models has a name that is empty or has white space in it; "
        + "write a model's name, with * for any text"
    ),
    (
      "terms: {t: {backends: [dem]}}",
      "unknown backend \"dem\" in terms.t.backends; did you mean \"demo\"?"
    ),
    (
      "terms: {t: {mappings: {a: dem}}}",
      "unknown backend \"dem\" in the mapping of \"a\"; did you mean \"demo\"?"
    ),
    (
      "terms: {t: {mappings: [{a*: demo}, {ab: demo}]}}",
      "terms.t.mappings: the mapping of \"ab\" can never match: \"a*\" comes first; "
        + "move it up or remove it"
    ),
    (
      "terms: {t: {routes: [fsat]}}",
      "unknown route \"fsat\" in terms.t.routes; write a section routes"
    ),
    ("open_terms: tea", "open_terms \"tea\" is none of the terms; write a section terms"),
    (
      "terms: {team: {}}\nopen_terms: tea",
      "open_terms \"tea\" is none of the terms; did you mean \"team\"?"
    ),
    (
      "keys: [{secret: s, terms: x}]",
      "keys[0].terms \"x\" is none of the terms; write a section terms"
    ),
  ])
  func `that cannot hold are a problem with its place`(text: String, problem: String) throws {
    let lines = loaded(text + "\nbackends: {demo: {}}").lines
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.hasPrefix("config.yaml:"))
    #expect(line.hasSuffix(": " + problem), "\(line)")
  }
}

@Suite struct `A budget of the configuration` {
  @Test(arguments: [
    ("0", 0), ("20", 20_000_000), ("$20", 20_000_000), (".5", 500_000), ("3.", 3_000_000),
    ("0.000001", 1), ("999999999", 999_999_999_000_000),
  ])
  func `is counted in millionths of a dollar`(text: String, amount: Int64) {
    #expect(ScalarForm.microDollars.parse(text) == amount)
  }

  @Test(arguments: ["", ".", "$", "-1", "1e3", "0.0000001", "1.2.3", "9999999999", "1,5", "٣"])
  func `is not taken from what is no amount`(text: String) {
    #expect(ScalarForm.microDollars.parse(text) == nil)
  }

  @Test(arguments: [
    ("20/fortnight", "terms.t.budgets \"20/fortnight\" is not a budget"),
    ("a/month", "terms.t.budgets \"a/month\" is not a budget"),
    ("1/day/2", "terms.t.budgets \"1/day/2\" is not a budget"),
    ("{period: day}", "terms.t.budgets has no limit; write limit: 20"),
    ("{limit: 1, period: year}", "terms.t.budgets.period \"year\" is not one of"),
    ("{limit: 1, period: lifetime, rolling: true}", "terms.t.budgets rolls over a lifetime"),
    ("[1/day, 2/day]", "terms.t.budgets[1] is a second budget of the same period and model"),
    ("{limit: 1, duration: day}", "unknown key \"duration\" in terms.t.budgets; did you mean"),
  ])
  func `is refused when it says nothing that can be kept`(text: String, problem: String) {
    let lines = loaded("terms: {t: {budgets: \(text)}}").lines
    #expect(lines.count == 1)
    #expect(lines.first?.contains(problem) == true, "\(lines)")
  }
}
