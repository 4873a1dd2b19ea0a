import Testing

@testable import Gateway

@Suite struct `The environment alone` {
  @Test func `configures OpenAI with its usual models`() throws {
    let loaded = loaded(
      nil,
      [
        "BACKEND": "openai", "OPENAI_API_KEY": "sk-1", "LISTEN_PORT": "4000",
        "PROXY_API_KEYS": "one, two",
      ])
    #expect(loaded.lines == [])
    let settings = try #require(loaded.settings)
    #expect(settings.listen == [.init(port: 4000)])
    #expect(settings.backends.map(\.name) == ["openai"])
    #expect(settings.backends[0].baseURL == "https://api.openai.com/v1")
    #expect(settings.backends[0].apiKey == Secret("sk-1"))
    #expect(settings.callers.staticKeys.map(\.secret) == [Secret("one"), Secret("two")])
    #expect(loaded.goal(of: "claude-sonnet-4-6[1m]") == "openai:gpt-4o")
    #expect(loaded.goal(of: "claude-3-5-HAIKU-latest") == "openai:gpt-4o-mini")
    #expect(settings.mappings.allSatisfy { $0.source == .default })
  }

  @Test(arguments: [
    ("https://api.openai.com", "https://api.openai.com/v1"),
    ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
    ("http://localhost:11434", "http://localhost:11434/v1"),
    ("http://localhost:1234/v1", "http://localhost:1234/v1"),
    ("https://API.perplexity.ai/", "https://api.perplexity.ai"),
    ("https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4"),
    ("https://host/llm/", "https://host/llm/v1"),
    ("https://host/v1/chat/completions", "https://host/v1"),
    ("http://[::1]:9/x", "http://[::1]:9/x/v1"),
  ])
  func `takes a base URL with or without its version`(given: String, base: String) {
    let loaded = loaded(nil, ["OPENAI_BASE_URL": given, "OPENAI_API_KEY": "k"])
    #expect(loaded.settings?.backends.first?.baseURL == base)
  }

  @Test(arguments: [
    ("api.openai.com", "has no scheme"), ("ftp://x", "is not a web address"),
    ("https://", "has no valid host"), ("https://h:0", "has no valid port"),
    ("https://h/?a=1", "has a query"), ("https://u:pa55@h", "has a user or password in it"),
    ("https://h x", "has a space"), ("https://[zz]:1", "has no valid host"),
  ])
  func `refuses what is no base URL`(given: String, what: String) throws {
    let loaded = loaded(nil, ["OPENAI_BASE_URL": given, "OPENAI_API_KEY": "k"])
    let line = try #require(loaded.lines.first)
    #expect(line.hasPrefix("environment: OPENAI_BASE_URL"))
    #expect(line.contains(what))
    #expect(!line.contains("pa55"))
    #expect(loaded.lines.count == 1)
  }

  @Test func `configures Anthropic by key or token`() throws {
    let key = loaded(nil, ["BACKEND": "anthropic", "ANTHROPIC_API_KEY": "a"])
    #expect(key.settings?.backends[0].kind == .anthropic)
    #expect(key.rules == [])
    #expect(key.goal(of: "claude-opus-4-6[1m]") == "anthropic:claude-opus-4-6")
    let token = loaded(
      nil,
      [
        "BACKEND": "anthropic", "ANTHROPIC_AUTH_TOKEN": "t",
        "ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic",
      ])
    #expect(token.settings?.backends[0].authToken == Secret("t"))
    #expect(token.settings?.backends[0].baseURL == "https://api.deepseek.com/anthropic/v1")
    let forwarded = loaded(
      nil, ["BACKEND": "anthropic", "ANTHROPIC_FORWARD_CLIENT_AUTH": "true"])
    #expect(forwarded.lines == [])
    #expect(forwarded.settings?.backends[0].forwardClientAuthorization == true)
  }

  @Test func `configures a provider by its name`() {
    let own = loaded(nil, ["BACKEND": "groq", "GROQ_API_KEY": "g", "OPENAI_API_KEY": "o"])
    #expect(own.settings?.backends[0].apiKey == Secret("g"))
    #expect(own.settings?.backends[0].baseURL == "https://api.groq.com/openai/v1")
    let lent = loaded(nil, ["BACKEND": "groq", "OPENAI_API_KEY": "o"])
    #expect(lent.settings?.backends[0].apiKey == Secret("o"))
    #expect(lent.notices.contains("GROQ_API_KEY is not set: OPENAI_API_KEY is sent to groq"))
    let local = loaded(nil, ["BACKEND": "ollama", "OPENAI_API_KEY": "o"])
    #expect(local.settings?.backends[0].apiKey == nil)
    #expect(local.lines == [])
    let gemini = loaded(
      nil,
      [
        "BACKEND": "gemini", "GEMINI_API_KEY": "g",
        "GEMINI_BASE_URL": "https://generativelanguage.googleapis.com/v1beta",
      ])
    #expect(
      gemini.settings?.backends[0].baseURL
        == "https://generativelanguage.googleapis.com/v1beta")
    #expect(gemini.goal(of: "claude-opus-4-6") == "gemini:gemini-2.5-pro")
  }

  @Test(arguments: [
    (["BACKEND": "openai"], "environment: BACKEND is openai, and OPENAI_API_KEY is not set"),
    (
      ["BACKEND": "azure"],
      "environment: BACKEND is azure, which has no usual address; set AZURE_OPENAI_ENDPOINT"
    ),
    (
      ["BACKEND": "bedrock"],
      "environment: BACKEND is bedrock, which has no usual address; set AWS_REGION"
    ),
    (
      ["BACKEND": "openai", "OPENAI_API_KEY": "k", "OPENAI_API_FORMAT": "converse"],
      "environment: OPENAI_API_FORMAT must be chat or responses"
    ),
    (["BACKEND": "groqq"], "environment: BACKEND \"groqq\" is unknown; did you mean \"groq\"?"),
    (
      ["BACKEND": "databricks", "DATABRICKS_API_KEY": "k"],
      "environment: BACKEND is databricks, which has no usual address; set OPENAI_BASE_URL"
    ),
    (["LISTEN_PORT": "70000"], "environment: LISTEN_PORT \"70000\" is not a port"),
    (["PROXY_API_KEYS": ""], "environment: PROXY_API_KEYS is set and empty"),
    (["LITELLM_MASTER_KEY": " "], "environment: LITELLM_MASTER_KEY is set and empty"),
    (["PROXY_API_KEYS": "a,,b"], "environment: key 2 of PROXY_API_KEYS is empty"),
    (["PROXY_OPEN_RELAY": "perhaps"], "environment: PROXY_OPEN_RELAY \"perhaps\" is not true"),
    (["TLS_CA_CERT": "no.pem"], "environment: TLS_CA_CERT: there is no file /site/no.pem"),
    (["REQUEST_TIMEOUT_SECS": "-3"], "environment: REQUEST_TIMEOUT_SECS \"-3\" is not a duration"),
    (["ANYLLM_LISTEN": "0.0.0.0:1"], "environment: listening on 0.0.0.0 without any key"),
    (["ANYLLM_LOG_LEVEL": "loud"], "environment: ANYLLM_LOG_LEVEL \"loud\" is not one of"),
    (
      ["BACKEND": "openai", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://localhost:3000"],
      "environment: OPENAI_BASE_URL leads to this gateway"
    ),
  ])
  func `has problems of its own`(environment: [String: String], start: String) {
    let loaded = loaded(nil, environment)
    #expect(loaded.lines.count == 1, "\(loaded.lines)")
    #expect(loaded.lines.first?.hasPrefix(start) == true, "\(loaded.lines)")
  }

  @Test func `sets what every backend may need`() throws {
    let loaded = loaded(
      "backends:\n  a: {kind: ollama}\n  b: {kind: ollama, total_timeout: 5s, base_url: 'http://b'}",
      [
        "OMIT_STREAM_OPTIONS": "true", "REQUEST_TIMEOUT_SECS": "900", "TLS_CA_CERT": "ca.pem",
        "ANYLLM_DEGRADATION_WARNINGS": "false", "PROXY_OPEN_RELAY": "1",
        "RUST_LOG": "hyper=warn,debug",
        "LOG_FORMAT": "json",
      ], files: ["/site/ca.pem": "x"])
    #expect(loaded.lines == [])
    let settings = try #require(loaded.settings)
    #expect(settings.backends.map(\.omitStreamOptions) == [true, true])
    #expect(settings.backends.map(\.totalTimeout) == [.seconds(900), .seconds(5)])
    #expect(settings.backends.map(\.caFile) == ["/site/ca.pem", "/site/ca.pem"])
    #expect(!settings.exposeDegradation)
    #expect(settings.callers.openRelay && settings.callers.openRelayIsExplicit)
    #expect(settings.log == .init(level: .debug, format: .json))
  }

  @Test func `takes the names other proxies use`() {
    let loaded = loaded(
      nil,
      ["LITELLM_MASTER_KEY": "sk-m", "OPENAI_API_BASE": "http://box:8000", "BACKEND": "openai"])
    #expect(loaded.settings?.callers.staticKeys.map(\.secret) == [Secret("sk-m")])
    #expect(loaded.settings?.backends[0].baseURL == "http://box:8000/v1")
  }

  @Test func `names variables whose features come later, and unknown ones`() {
    let loaded = loaded(
      nil, ["REDIS_URL": "redis://x", "AUTH_MODE": "oidc", "ANYLLM_LISTN": "1"])
    #expect(
      loaded.notices.contains("set in the environment, but the features come later: REDIS_URL"))
    #expect(
      loaded.notices.contains { $0.hasPrefix("AUTH_MODE is set, but this version does NOT") })
    #expect(
      loaded.notices.contains("the variable ANYLLM_LISTN is unknown; did you mean ANYLLM_LISTEN?"))
  }
}

@Suite struct `What wins` {
  private let file = "listen: 127.0.0.1:1\nlog: {level: error}\nbackends: {b: {kind: demo}}\n"

  @Test func `is the flag, then the environment, then the file`() {
    func port(_ environment: [String: String], _ flag: String? = nil) -> Int? {
      loaded(file, environment, flags: ConfigurationFlags(listen: flag)).settings?.listen[0].port
    }
    #expect(port([:]) == 1)
    #expect(port(["LISTEN_PORT": "2"]) == 2)
    #expect(port(["LISTEN_PORT": "2"], "127.0.0.1:3") == 3)
    let level = loaded(
      file, ["ANYLLM_LOG_LEVEL": "debug"], flags: ConfigurationFlags(logLevel: "trace"))
    #expect(level.settings?.log.level == .trace)
  }

  @Test func `is the process, then the nearer environment file`() {
    let files = [
      "/site/.anyllm.env": "LISTEN_PORT=2\nANYLLM_SOCKET=near\nA=1\n",
      "/home/me/.anyllm/.anyllm.env": "ANYLLM_SOCKET=far\nANYLLM_LOG_LEVEL=debug\n",
    ]
    let near = loaded(nil, ["LISTEN_PORT": "1"], files: files)
    #expect(near.settings?.listen[0].port == 1)
    #expect(near.settings?.socketPath == "/site/near")
    #expect(near.settings?.log.level == .debug)
    #expect(near.filesRead == ["/site/.anyllm.env", "/home/me/.anyllm/.anyllm.env"])
    let moved = loaded(
      nil, ["ANYLLM_HOME": "/data"], files: ["/data/.anyllm.env": "LISTEN_PORT=9"])
    #expect(moved.settings?.listen[0].port == 9)
    #expect(moved.settings?.stateDirectory == "/data")
  }

  @Test func `among files is the one that is asked for`() {
    let files = [
      "/home/me/.config/anyllm/config.yaml": "loops: 1", "/etc/a.yaml": "loops: 3",
      "/home/me/.anyllm/config.yaml": "loops: 2", "/x/anyllm/config.yaml": "loops: 4",
      "/site/b.yaml": "loops: 5",
    ]
    func loops(_ environment: [String: String], _ flag: String? = nil) -> Int? {
      loaded(
        nil, environment, files: files, flags: ConfigurationFlags(configurationPath: flag)
      ).settings?.loops
    }
    #expect(loops([:]) == 1)
    #expect(loops(["XDG_CONFIG_HOME": "/x"]) == 4)
    #expect(loops(["XDG_CONFIG_HOME": "/none"]) == 2)
    #expect(loops(["PROXY_CONFIG": "/etc/a.yaml"]) == 3)
    #expect(loops(["LITELLM_CONFIG": "/etc/a.yaml"]) == 3)
    #expect(loops(["PROXY_CONFIG": "/etc/a.yaml"], "b.yaml") == 5)
  }

  @Test func `between a file's key and a vendor's variable is the file`() {
    let loaded = loaded(
      "backends: {openai: {api_key: mine}}", ["OPENAI_API_KEY": "ambient", "BIG_MODEL": "huge"])
    #expect(loaded.settings?.backends[0].apiKey == Secret("mine"))
    #expect(
      loaded.notices.contains(
        "config.yaml:1:20: backends.openai has its own api_key, so OPENAI_API_KEY is not used"))
    #expect(loaded.goal(of: "sonnet") == "openai:huge")
    #expect(loaded.settings?.mappings.last?.source == .environment)
  }

  @Test func `never sends a vendor's key to another host`() {
    let loaded = loaded(
      "backends: {box: {kind: openai, base_url: 'http://box:8000'}}", ["OPENAI_API_KEY": "k"])
    #expect(loaded.lines == [])
    #expect(loaded.settings?.backends[0].apiKey == nil)
  }

  @Test func `of BACKEND is the default among the file's backends`() {
    let yaml = "backends:\n  a: {kind: demo}\n  b: {kind: ollama}\ndefault_backend: a\n"
    #expect(loaded(yaml).settings?.defaultBackend == "a")
    #expect(loaded(yaml, ["BACKEND": "b"]).settings?.defaultBackend == "b")
    #expect(loaded(yaml, ["BACKEND": "ollama"]).settings?.defaultBackend == "b")
    #expect(
      loaded(yaml, ["BACKEND": "c"]).lines == [
        "environment: BACKEND \"c\" is none of the configured backends; use one of a, b"
      ])
  }
}

@Suite struct `An environment file` {
  @Test func `has one variable a line`() {
    let file = EnvironmentFile(
      """
      # comment
      A=1
      export B = two words  # comment
      C="a\\tb\\n\\"q\\" \\\\ \\x" # comment
      D='raw \\n # kept'
      E=
      F=a#b

      """)
    #expect(file.problems.isEmpty)
    #expect(
      file.entries.map { "\($0.line) \($0.name)=\($0.value)" } == [
        "2 A=1", "3 B=two words", "4 C=a\tb\n\"q\" \\ \\x", "5 D=raw \\n # kept", "6 E=", "7 F=a#b",
      ])
  }

  @Test func `is refused by the line, never showing a value`() {
    let loaded = loaded(
      nil, files: ["/site/.anyllm.env": "A=1\nsk-secret\nB=\"sk-secret\n1C=sk-secret\nD='x' y\n"])
    #expect(
      loaded.lines == [
        ".anyllm.env:2: no \"=\" in this line; write NAME=value",
        ".anyllm.env:3: B: the closing quote is missing; write NAME=value",
        ".anyllm.env:4: what stands before \"=\" is not the name of a variable; write NAME=value",
        ".anyllm.env:5: D: text follows the closing quote; write NAME=value",
      ])
  }

  @Test func `that is asked for stands alone and must be there`() {
    let files = ["/site/.anyllm.env": "LISTEN_PORT=1", "/site/other.env": "LOOPS=1"]
    let other = loaded(
      nil, files: files, flags: ConfigurationFlags(environmentFile: "other.env"))
    #expect(other.settings?.listen[0].port == 3000)
    let none = loaded(nil, files: files, flags: ConfigurationFlags(environmentFile: "none.env"))
    #expect(none.lines.first?.hasPrefix("none.env: there is no such file") == true)
  }

  @Test func `gives the place of a bad value`() {
    let loaded = loaded(nil, files: ["/site/.anyllm.env": "\nLISTEN_PORT=x\n"])
    #expect(
      loaded.lines == [
        ".anyllm.env:2: LISTEN_PORT \"x\" is not a port from 0 to 65535"
      ])
  }
}
