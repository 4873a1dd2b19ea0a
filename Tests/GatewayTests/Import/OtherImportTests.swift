import ControlPlane
import Dialects
import Testing

@testable import Gateway

/// Imports a text, and loads what came of it.
private func taken(
  _ path: String, _ text: String, _ variables: [String: String] = [:]
) throws -> (settings: Settings, report: ImportReport) {
  let report = Importer.read(path: path, contents: Array(text.utf8))
  let loaded = loaded(report.yaml, variables)
  #expect(loaded.lines == [], "\(report.yaml)")
  return (try #require(loaded.settings), report)
}

extension ImportReport {
  fileprivate func tells(_ start: String) -> Bool {
    lines.contains { $0.description.contains(start) }
  }
}

@Suite struct `An anyllm-proxy configuration` {
  private static let tables = """
    # comment
    listen_port = 3_000
    default_backend = "azure"
    expose_degradation_warnings = true
    log_bodies = true
    colour = "blue"

    [backends.openai]
    kind = "openai"
    api_key = "env:OPENAI_KEY"
    api_format = "responses"
    big_model = "gpt-4o"
    omit_stream_options = true
    stream_timeout_secs = 300

    [backends."azure"]
    api_key = 'azure-literal-key'
    endpoint = "https://east.openai.azure.com"
    deployment = "gpt4"
    api_version = "2024-10-21"

    [backends.aws]
    kind = "bedrock"
    region = "us-east-1"
    aws_access_key_id = "os.environ/AWS_ID"
    aws_secret_access_key = "os.environ/AWS_SECRET"
    """

  @Test func `in TOML is taken`() throws {
    let variables = ["OPENAI_KEY": "sk-1", "AWS_ID": "AKIA", "AWS_SECRET": "s"]
    let (settings, report) = try taken("config.toml", Self.tables, variables)
    #expect(settings.backends.map(\.name) == ["openai", "azure", "aws"])
    #expect(settings.defaultBackend == "azure")
    #expect(settings.listen[0].port == 3000)
    #expect(settings.exposeDegradation)
    let openai = try #require(settings.backend(named: "openai"))
    #expect(openai.format == .responses)
    #expect(openai.bigModel == "gpt-4o")
    #expect(openai.omitStreamOptions)
    #expect(openai.totalTimeout == .seconds(300))
    #expect(settings.backend(named: "azure")?.smallModel == "gpt4")
    #expect(settings.backend(named: "aws")?.cloud.region == "us-east-1")
    #expect(report.tells("config.toml:5: could not: log_bodies"))
    #expect(report.tells("config.toml:6: could not: colour"))
    #expect(report.tells("config.toml:17: changed: backends.azure.api_key: a secret stands"))
    #expect(!report.lines.contains { "\($0)".contains("azure-literal") })
  }

  @Test func `in TOML runs as it is`() {
    let loaded = loaded(
      nil, ["OPENAI_KEY": "sk-1", "AWS_ID": "AKIA", "AWS_SECRET": "s"],
      files: ["/site/config.toml": Self.tables],
      flags: ConfigurationFlags(configurationPath: "config.toml"))
    #expect(loaded.lines == [])
    #expect(loaded.settings?.backends.count == 3)
  }

  @Test func `as a list of models is taken`() throws {
    let (settings, report) = try taken(
      "models.yaml",
      """
      routing_strategy: least-busy
      listen_port: 8080
      models:
        - openai/gpt-4o
        - name: fast
          model: gemini/gemini-2.5-flash
          api_key: os.environ/GEMINI
          rpm: 30
        - name: fast
          provider: ollama
          model: qwen3
          weight: 2
        - {model: azure/gpt-4o, deployment: east, api_base: "https://e.openai.azure.com", api_key: k}
      tool_execution: {max_iterations: 3}
      """, ["GEMINI": "g", "OPENAI_API_KEY": "sk"])
    #expect(settings.backends.map(\.name) == ["openai", "gemini", "ollama", "azure"])
    let route = try #require(settings.route(named: "fast"))
    #expect(route.strategy == .leastBusy)
    #expect(route.deployments.map(\.weight) == [1, 2])
    #expect(settings.route(named: "gpt-4o")?.deployments.map(\.model) == ["gpt-4o", "east"])
    #expect(report.tells("could not: tool_execution; tools are run by clients"))
  }

  @Test func `in variables is taken`() throws {
    let (settings, report) = try taken(
      "/home/me/.anyllm.env",
      """
      # mine
      export BACKEND=anthropic
      ANTHROPIC_API_KEY="sk-ant-literal"
      LISTEN_PORT=4000
      BIG_MODEL='claude-opus-4-6'
      LITELLM_MASTER_KEY=sk-one,sk-two
      IP_ALLOWLIST=10.0.0.0/8
      REQUEST_TIMEOUT_SECS=60
      RUST_LOG=warn
      ADMIN_PORT=3001
      nonsense
      """)
    #expect(settings.backends.map(\.kind) == [.anthropic])
    #expect(settings.backends[0].bigModel == "claude-opus-4-6")
    #expect(settings.backends[0].totalTimeout == .seconds(60))
    #expect(settings.listen[0].port == 4000)
    #expect(settings.callers.staticKeys.map { $0.secret.reveal() } == ["sk-one", "sk-two"])
    #expect(settings.log.level == .warning)
    #expect(report.tells(".anyllm.env:10: could not: ADMIN_PORT; there is no web page"))
    #expect(report.tells(".anyllm.env:11: could not: no \"=\""))
    #expect(!report.lines.contains { "\($0)".contains("sk-") })
  }
}

@Suite struct `A crabllm configuration` {
  private static let whole = """
    listen = "127.0.0.1:5632"
    admin_token = "never-shown"
    shutdown_timeout = 20

    [providers.openai]
    kind = "openai"
    api_key = "${OPENAI_API_KEY}"
    models = ["gpt-4o", "gpt-4o-mini"]
    weight = 3
    max_retries = 1
    timeout = 45

    [providers.mirror]
    base_url = "https://mirror.example.com/v1/chat/completions"
    api_key = "literal-key-1234"
    models = [
      "gpt-4o", # the same
    ]

    [providers.spare]
    kind = "ollama"
    models = ["gpt-4o"]
    weight = 0

    [aliases]
    smart = "gpt-4o"

    [models."openai/gpt-4o"]
    context_length = 128000
    [models."openai/gpt-4o".pricing]
    prompt_cost_per_million = 2.5
    completion_cost_per_million = 10.0

    [extensions.rate_limit]
    requests_per_minute = 100
    [extensions.budget]
    default_budget = 5
    keys = { team = { budget = 50.5 } }
    [extensions.cache]
    ttl_seconds = 60
    [extensions.audit]
    [extensions.mystery]

    [[keys]]
    name = "team"
    key = "sk-team"
    models = ["gpt-4o"]
    rate_limit = { requests_per_minute = 10, tokens_per_minute = 1000 }
    [[keys]]
    name = "all"
    key = "sk-all"
    models = ["*"]

    [storage]
    kind = "sqlite"
    """

  @Test func `is taken`() throws {
    let (settings, report) = try taken(
      "crabllm.toml", Self.whole, ["OPENAI_API_KEY": "sk-1"])
    #expect(settings.backends.map(\.name) == ["openai", "mirror", "spare"])
    #expect(settings.backends[1].baseURL == "https://mirror.example.com/v1")
    #expect(settings.backends[0].firstByteTimeout == .seconds(45))
    let route = try #require(settings.route(named: "gpt-4o"))
    #expect(route.deployments.map(\.weight) == [3, 1])
    #expect(route.fallbacks.map(\.target.text) == ["spare:gpt-4o"])
    #expect(settings.drainDeadline == .seconds(20))
    #expect(
      settings.mappings.map { "\($0.pattern)=\($0.target)" } == [
        "gpt-4o-mini=openai:gpt-4o-mini", "smart=gpt-4o", "*=reject:404",
      ])
    #expect(settings.prices[0].prices == ModelPrices([.input: 2_500_000, .output: 10_000_000]))
    #expect(settings.cache.ttl == .seconds(60))
    let team = settings.callers.staticKeys[0].terms
    #expect(team.models == ["gpt-4o"])
    #expect(team.requestsPerMinute == 10)
    #expect(team.tokensPerMinute == 1000)
    #expect(team.budgets == [BudgetTerms(limitMicroDollars: 50_500_000, period: .lifetime)])
    let all = settings.callers.staticKeys[1].terms
    #expect(all.models == nil)
    #expect(all.requestsPerMinute == 100)
    #expect(report.tells("crabllm.toml:2: could not: admin_token"))
    #expect(report.tells("could not: extensions.mystery"))
    #expect(report.tells("could not: storage; keys and the ledger"))
    #expect(!report.lines.contains { "\($0)".contains("never-shown") })
  }
}

@Suite struct `A file of nobody that is known` {
  @Test(arguments: [
    ("x.yaml", "a: 1\n"), ("x.yaml", "- 1\n"), ("x.yaml", ""), ("x.toml", "a = 1\n"),
    ("x.toml", "a = \n"), ("x.yaml", "a: [\n"), ("x.env", "NOTHING=1\nBACKEND=unheard-of\n"),
  ])
  func `is not taken, and the report says why`(path: String, text: String) {
    let report = Importer.read(path: path, contents: Array(text.utf8))
    #expect(!report.tookAnything)
    #expect(report.count(of: .lost) > 0)
  }
}
