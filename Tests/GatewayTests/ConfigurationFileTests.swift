import Dialects
import Testing

@testable import Gateway

@Suite struct `A configuration file` {
  private static let whole = """
    listen: [127.0.0.1:4000, {address: "[::1]:4443", tls_certificate: c.pem, tls_key: ~/k.pem}]
    socket: run/admin.sock
    state_directory: ~/state
    loops: 3
    drain_deadline: 1m30s
    ping_interval: 500ms
    expose_degradation: no
    limits: {header_bytes: 32KiB, body_bytes: 1 MiB, body_budget_bytes: 16MB, connections: 5,
      exchanges: 4, header_timeout: 3, client_idle_timeout: 1h}
    log: {level: debug, format: json}
    keys:
      - {name: laptop, secret: sk-laptop-0123456789}
      - {name: ci, secret: os.environ/CI_KEY}
      - {name: file, secret_file: key.txt}
    default_backend: main
    backends:
      main:
        kind: openai
        base_url: https://LLM.example.com/
        api_key: env:MAIN_KEY
        big_model: big
        small_model: small
        models: [m1, m2]
        headers: {X-Team: blue team}
        omit_stream_options: true
        connect_timeout: 1s
        first_byte_timeout: 2s
        idle_timeout: 3s
        total_timeout: 4s
        retries: 0
        proxy: http://u:p@proxy:1
        ca_file: c.pem
        client_certificate: c.pem
        client_key: ~/k.pem
        quirks: [glm_thinking]
      claude: {kind: anthropic, auth_token: token-1234}
      groq: {api_key: gsk-1}
    mappings:
      - "*special*": groq:llama3:8b
      - {pattern: claude-*, to: claude}
      - small-thing: :tiny
    """

  private func whole() -> LoadedConfiguration {
    loaded(
      Self.whole, ["CI_KEY": "sk-ci", "MAIN_KEY": " sk-main "],
      files: ["/site/c.pem": "x", "/home/me/k.pem": "y", "/site/key.txt": "sk-file\n"])
  }

  @Test func `says everything there is to say`() throws {
    let loaded = whole()
    #expect(loaded.lines == [])
    let settings = try #require(loaded.settings)
    #expect(
      settings.listen == [
        .init(port: 4000),
        .init(host: "::1", port: 4443, tlsCertificate: "/site/c.pem", tlsKey: "/home/me/k.pem"),
      ])
    #expect(settings.socketPath == "/site/run/admin.sock")
    #expect(settings.stateDirectory == "/home/me/state")
    #expect(settings.loops == 3)
    #expect(settings.drainDeadline == .seconds(90))
    #expect(settings.pingInterval == .milliseconds(500))
    #expect(!settings.exposeDegradation)
    #expect(
      settings.limits
        == .init(
          headerBytes: 32_768, bodyBytes: 1 << 20, bodyBudgetBytes: 16_000_000, connections: 5,
          exchanges: 4, headerTimeout: .seconds(3), clientIdleTimeout: .seconds(3600)))
    #expect(settings.log == .init(level: .debug, format: .json))
    #expect(
      settings.callers.staticKeys.map { "\($0.name) \($0.secret.reveal())" }
        == ["laptop sk-laptop-0123456789", "ci sk-ci", "file sk-file"])
    #expect(!settings.callers.openRelay)
    #expect(loaded.filesRead == ["/site/config.yaml"])
  }

  @Test func `describes backends in full`() throws {
    let settings = try #require(whole().settings)
    #expect(settings.backends.map(\.name) == ["main", "claude", "groq"])
    #expect(
      settings.backends[0]
        == .init(
          name: "main", kind: .openai, baseURL: "https://llm.example.com/v1",
          apiKey: Secret("sk-main"),
          extraHeaders: [.init(name: "X-Team", value: Secret("blue team"))], bigModel: "big",
          smallModel: "small", models: ["m1", "m2"], omitStreamOptions: true,
          connectTimeout: .seconds(1), firstByteTimeout: .seconds(2), idleTimeout: .seconds(3),
          totalTimeout: .seconds(4), retries: 0, proxy: Secret("http://u:p@proxy:1"),
          caFile: "/site/c.pem", clientCertificate: "/site/c.pem",
          clientKey: "/home/me/k.pem", preset: "openai", quirks: [.glmThinking]))
    #expect(settings.backends[1].baseURL == "https://api.anthropic.com/v1")
    #expect(settings.backends[1].authToken == Secret("token-1234"))
    #expect(settings.backends[2].baseURL == "https://api.groq.com/openai/v1")
    #expect(settings.backends[2].kind == .openai)
  }

  @Test(arguments: [
    ("a-special-one", "groq:llama3:8b"), ("Claude-Opus-4[1m]", "claude:Claude-Opus-4"),
    ("small-thing", "main:tiny"), ("some-haiku", "main:small"), ("the-sonnet", "main:big"),
    ("gpt-4o", "main:gpt-4o"), ("m1", "main:m1"),
  ])
  func `routes by its rules, then by families, then to the default`(model: String, goal: String) {
    #expect(whole().goal(of: model) == goal)
  }

  @Test func `keeps rules with their lines, and says where the others come from`() throws {
    let rules = try #require(whole().settings).mappings
    #expect(rules.prefix(3).map(\.line) == [39, 40, 41])
    #expect(rules.allSatisfy { $0.source == .file })
    #expect(
      rules.map(\.pattern.text) == [
        "*special*", "claude-*", "small-thing", "*haiku*", "*sonnet*", "*opus*", "*fable*",
      ])
  }

  @Test func `may be JSON`() {
    let loaded = loaded(
      #"{"backends": {"b": {"kind": "demo"}}, "mappings": {"x": "b:y"}, "loops": 2}"#)
    #expect(loaded.lines == [])
    #expect(loaded.goal(of: "x") == "b:y")
    #expect(loaded.settings?.loops == 2)
  }

  @Test func `template parses without a problem and keeps every default`() throws {
    let loaded = loaded(ConfigurationTemplate.text)
    #expect(loaded.lines == [])
    #expect(loaded.notices == [])
    var plain = Settings(stateDirectory: "/home/me/.local/state/anyllm")
    plain.backends = try #require(loaded.settings).backends
    #expect(loaded.settings == plain)
  }

  /// Takes the number signs away, so that the examples cannot go stale.
  @Test func `template's examples are right too`() {
    let text = ConfigurationTemplate.text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("listen:") }
      .map { line -> String in
        let indent = line.prefix { $0 == " " }
        let rest = line.dropFirst(indent.count)
        guard rest.hasPrefix("# ") else { return String(line) }
        let example = rest.dropFirst(2)
        let key = example.drop { $0 == " " }.prefix { !$0.isWhitespace }
        let isCode = key.hasSuffix(":") || key.hasPrefix("-") || key.hasPrefix("\"")
        return String(isCode && !example.hasPrefix("true:") ? indent + example : line)
      }.joined(separator: "\n")
    let loaded = loaded(
      text, ["OPENAI_API_KEY": "a", "ANTHROPIC_API_KEY": "b", "KEY_OF_LAPTOP": "c"],
      files: ["/site/ca.pem": "", "/site/client.pem": "", "/site/client-key.pem": ""])
    #expect(loaded.lines == [])
    #expect(loaded.settings?.backends.map(\.name) == ["demo", "openai", "anthropic", "ollama"])
    #expect(loaded.settings?.callers.staticKeys.count == 1)
    #expect(loaded.settings?.mappings.first?.target == "openai:gpt-4o-mini")
  }

  @Test func `of the README is right`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    guard case .bytes(let bytes) = FileContents.read("\(root)/README.md") else {
      Issue.record("README.md cannot be read")
      return
    }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "```yaml\n")
    #expect(parts.count > 1)
    for part in parts.dropFirst() {
      let yaml = try #require(part.split(separator: "```").first)
      let names = ["ANTHROPIC", "OPENAI", "GEMINI", "AZURE_OPENAI", "GROQ"].map { $0 + "_API_KEY" }
      let variables = Dictionary(uniqueKeysWithValues: (names + ["LAPTOP_KEY"]).map { ($0, "k") })
      let loaded = loaded(String(yaml), variables)
      #expect(loaded.lines == [])
    }
  }

  @Test func `that is empty is like none`() {
    #expect(loaded("# nothing\n").settings?.backends == [.demo])
    #expect(loaded("backends:\n").settings?.backends == [.demo])
  }

  @Test func `backend is known by its name alone`() {
    let loaded = loaded("backends:\n  ollama:\n  mistral: {api_key: k}\n")
    #expect(loaded.lines == [])
    #expect(
      loaded.settings?.backends.map(\.baseURL) == [
        "http://localhost:11434/v1", "https://api.mistral.ai/v1",
      ])
    #expect(loaded.settings?.backends[1].quirks == [.numericToolCallIDs])
  }

  @Test func `gives a listed model to the backend that lists it`() {
    let loaded = loaded(
      "backends:\n  openai: {api_key: k}\n  ollama: {models: [llama3:8b, my-sonnet]}\n")
    #expect(loaded.goal(of: "llama3:8b") == "ollama:llama3:8b")
    #expect(loaded.goal(of: "my-sonnet") == "ollama:my-sonnet")
    #expect(loaded.goal(of: "claude-sonnet-4-6") == "openai:gpt-4o")
    #expect(loaded.goal(of: "gpt-5") == "openai:gpt-5")
  }
}
