import ControlPlane
import Dialects
import Testing

@testable import Gateway

@Suite struct `A LiteLLM configuration` {
  private func imported(_ text: String = LiteLLMFixture.whole) -> ImportReport {
    Importer.read(path: "litellm.yaml", contents: Array(text.utf8))
  }

  private func settings(_ text: String = LiteLLMFixture.whole) throws -> Settings {
    let loaded = loaded(imported(text).yaml, LiteLLMFixture.variables)
    #expect(loaded.lines == [])
    return try #require(loaded.settings, "\(imported(text).yaml)")
  }

  @Test func `becomes one that our own loader accepts`() throws {
    let settings = try settings()
    #expect(
      settings.backends.map(\.name) == [
        "anthropic", "azure", "openai", "ollama", "bedrock", "vertex", "openai-2",
      ])
    #expect(
      settings.routes.map(\.name) == ["smart", "gpt-4o-mini", "nova", "flash", "own"])
  }

  @Test func `with several entries of one name becomes a route`() throws {
    let route = try #require(try settings().route(named: "smart"))
    #expect(route.strategy == .lowestLatency)
    #expect(
      route.deployments.map { "\($0.backend):\($0.model ?? "")" } == [
        "anthropic:claude-opus-4-6", "azure:gpt-4o-east",
      ])
    #expect(route.deployments[0].limits.requestsPerMinute == 60)
    #expect(route.deployments[0].limits.tokensPerMinute == 90000)
    #expect(route.fallbacks.map(\.target.text) == ["openai:gpt-4o-mini", "ollama:llama3:8b"])
  }

  @Test func `keeps retries, times, prices, breaker, key, budget, cache and addresses`() throws {
    let settings = try settings()
    let backend = try #require(settings.backend(named: "openai"))
    #expect(backend.retries == 2)
    #expect(backend.totalTimeout == .seconds(30))
    #expect(settings.backend(named: "anthropic")?.totalTimeout == .seconds(600))
    #expect(backend.circuit.failures == 4)
    #expect(backend.circuit.pause == .seconds(30))
    #expect(settings.prices.first?.pattern.text == "gpt-4o-east")
    #expect(settings.prices.first?.prices == ModelPrices([.input: 2_500_000, .output: 10_000_000]))
    let key = try #require(settings.callers.staticKeys.first)
    #expect(key.secret.reveal() == "sk-master-1")
    #expect(key.terms.budgets == [BudgetTerms(limitMicroDollars: 100_000_000, period: .month)])
    #expect(settings.cache.isOn)
    #expect(settings.cache.ttl == .seconds(120))
    #expect("\(settings.network.allow)".contains("10.0.0.0/8"))
  }

  @Test(arguments: [
    ("llama", "ollama:llama3:8b"), ("claude-haiku-4-5", "anthropic:claude-haiku-4-5"),
    ("own", "openai-2:own"), ("gpt-4", "anthropic:claude-opus-4-6"),
    ("hidden-one", "ollama:llama3:8b"),
  ])
  func `leads its names where they led`(name: String, goal: String) throws {
    let settings = try settings()
    let route = settings.route(named: name) ?? settings.mapped(name)
    #expect(route.map { "\($0.deployments[0].backend):\($0.deployments[0].model ?? name)" } == goal)
  }

  @Test(arguments: [
    (9, "taken", "model smart, one more deployment"),
    (22, "changed", "a secret stands in the file"),
    (24, "changed", "drop_params"),
    (25, "could not", "temperature; clients say it"),
    (45, "could not", "databricks has no usual address"),
    (52, "changed", "the cache (redis) is kept in memory"),
    (54, "could not", "langfuse"),
    (55, "changed", "100 dollars a month"),
    (64, "could not", "the fallback unheard-of of smart"),
    (68, "could not", "redis_host"),
    (71, "could not", "database_url"),
    (74, "could not", "LANGFUSE_SECRET_KEY; set it in the environment"),
  ])
  func `is told line by line`(line: Int, outcome: String, what: String) {
    let told = imported().lines.filter { $0.line == line }.map(\.description)
    #expect(
      told.contains { $0.hasPrefix("litellm.yaml:\(line): \(outcome): ") && $0.contains(what) },
      "\(told)")
  }

  @Test func `shows no secret in what is told`() {
    let told = imported().lines.map(\.description).joined()
    #expect(!told.contains("sk-literal") && !told.contains("never-shown"))
  }

  @Test func `whose fallbacks go round in a circle loses none of them`() throws {
    let settings = try settings(
      """
      model_list:
        - {model_name: a, litellm_params: {model: ollama/a}}
        - {model_name: b, litellm_params: {model: ollama/b}}
      router_settings: {fallbacks: [{a: [b]}, {b: [a]}]}
      """)
    #expect(settings.route(named: "a")?.fallbacks.map(\.target.text) == ["ollama:b"])
    #expect(settings.route(named: "b")?.fallbacks.map(\.target.text) == ["ollama:a"])
  }

  @Test func `whose names are odd keeps them`() throws {
    let settings = try settings(
      """
      model_list:
        - {model_name: "my model:1", litellm_params: {model: ollama/x}}
        - {model_name: "ollama", litellm_params: {model: ollama/y, rpm: 5}}
        - {model_name: "gpt:4", litellm_params: {model: ollama/z, rpm: 5}}
        - {model_name: "gpt-4", litellm_params: {model: ollama/w, rpm: 5}}
      """)
    #expect(settings.backends.map(\.name) == ["ollama-2"])
    #expect(settings.routes.map(\.name) == ["ollama", "gpt-4-2", "gpt-4"])
    #expect(
      settings.mappings.map { "\($0.pattern)=\($0.target)" } == [
        "gpt:4=gpt-4-2", "*=reject:404",
      ])
  }

  @Test func `runs as it is, and the notices tell what was changed`() throws {
    let loaded = loaded(LiteLLMFixture.whole, LiteLLMFixture.variables)
    #expect(loaded.lines == [])
    #expect(loaded.settings?.route(named: "smart") != nil)
    #expect(loaded.notices.contains { $0.contains("LiteLLM configuration: ") })
    #expect(
      loaded.notices.contains { $0.hasPrefix("config.yaml:68: could not: router_settings.redis") })
  }

  @Test(arguments: [
    ("model_list: []", "no model server"), ("model_list: 3", "no model server"),
    ("model_list:\n  - model_name: x\n", "it has no litellm_params.model"),
    ("general_settings: {master_key: a}", "no model server"),
  ])
  func `without a model server is refused`(text: String, what: String) {
    #expect(!imported(text).tookAnything)
    #expect(loaded(text).lines.contains { $0.contains(what) })
  }
}

extension Settings {
  /// What a mapping's target leads to, as a route.
  fileprivate func mapped(_ model: String) -> Route? {
    guard let part = mappings.first(where: { $0.pattern.matches(model) })?.destination.parts.first
    else { return nil }
    if part.model == nil, let route = route(named: part.name) { return route }
    return Route(name: model, deployments: [.init(backend: part.name, model: part.model)])
  }
}
