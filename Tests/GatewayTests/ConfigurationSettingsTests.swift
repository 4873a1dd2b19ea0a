import Dialects
import Testing

@testable import Gateway

@Suite struct `A secret` {
  private let secret = Secret("sk-0123456789-abcdef")

  @Test func `shows dots wherever it is printed`() {
    var dumped = ""
    dump(["key": secret], to: &dumped)
    let texts = [
      "\(secret)", String(describing: secret), String(reflecting: secret), dumped,
      "\(Optional(secret) as Any)",
    ]
    for text in texts {
      #expect(text.contains("••••"))
      #expect(!text.contains("0123"))
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(secret.reveal() == "sk-0123456789-abcdef")
  }

  @Test func `shows its ends when it is asked and long enough`() {
    #expect(secret.masked == "sk-0…cdef")
    #expect(Secret("sk-01234567").masked == "••••")
  }

  @Test func `is in no description of settings, problems, notices or changes`() throws {
    let yaml = """
      keys: {a: TOPSECRET-caller}
      backends:
        openai:
          api_key: TOPSECRET-upstream
          headers: {X: TOPSECRET-header}
          proxy: http://u:TOPSECRET-proxy@p:1
        anthropic: {auth_token: TOPSECRET-token}
      """
    let before = loaded(yaml, ["OPENAI_API_KEY": "TOPSECRET-other"])
    let after = loaded(yaml.replacing("TOPSECRET-", with: "TOPSECRET-2"))
    let settings = try #require(before.settings)
    let changes = try #require(after.settings).diff(from: settings)
    #expect(changes.count == 5, "\(changes)")
    var dumped = ""
    dump(before, to: &dumped)
    dump(changes, to: &dumped)
    #expect(!dumped.contains("TOPSECRET"))
    #expect(!"\(before) \(settings) \(String(reflecting: settings))".contains("TOPSECRET"))
  }

  @Test(arguments: [
    "backends: {openai: {api_key: \"TOPSECRET x\"}}",
    "keys: [{name: a, secret: \"TOPSECRET\\n\\u0001x\"}]",
    "backends: {openai: {api_key: k, proxy: \"TOPSECRET\"}}",
    "backends: {x: {kind: openai, base_url: \"https://u:TOPSECRET@h\"}}",
    "backends: {x: {kind: openai, api_key: k, retries: env:SECRET}}",
    "backends: {x: {kind: openai, api_key: k, base_url: env:SECRET}}",
    "backends: {x: {kind: openai, api_key: k, headers: {A: \"TOPSECRET\\n\"}}}",
    "keys: [{name: a, secret: TOPSECRET}, {name: b, secret: TOPSECRET}]",
  ])
  func `is not repeated by the problem with it`(yaml: String) {
    let loaded = loaded(yaml, ["SECRET": "TOPSECRET"])
    #expect(!loaded.problems.isEmpty)
    #expect(!"\(loaded.lines) \(loaded.notices)".contains("TOPSECRET"))
  }
}

@Suite struct `Access` {
  @Test(arguments: [
    ("listen: 127.0.0.1:1", true, false), ("listen: \"[::1]:1\"\nopen_relay: true", true, true),
    ("open_relay: false", false, false), ("keys: {a: k}", false, false),
    ("keys: {a: k}\nopen_relay: true", false, false),
    ("keys: {a: k}\nlisten: 0.0.0.0:1", false, false),
  ])
  func `is open only on loopback without keys`(yaml: String, isOpen: Bool, isExplicit: Bool) {
    let callers = loaded(yaml).settings?.callers
    #expect(callers?.openRelay == isOpen)
    #expect(callers?.openRelayIsExplicit == isExplicit)
  }

  @Test func `closes when the first key is stored, and stays closed`() {
    let implied = Settings.Callers()
    #expect(implied.admitsUnknownCallers(storedKeys: 0))
    #expect(!implied.admitsUnknownCallers(storedKeys: 1))
    let explicit = Settings.Callers(openRelay: true, openRelayIsExplicit: true)
    #expect(explicit.admitsUnknownCallers(storedKeys: 1))
    let keyed = Settings.Callers(staticKeys: [.init(name: "a", secret: Secret("b"))])
    #expect(!keyed.admitsUnknownCallers(storedKeys: 0))
  }

  @Test(arguments: ["0.0.0.0:1", "\"[::]:1\"", "192.168.1.2:1", ":1", "\"*:1\""])
  func `from other machines needs a key, be it a stored one`(address: String) {
    #expect(loaded("listen: \(address)\nopen_relay: true").lines.count == 1)
    let stored = loaded("listen: \(address)", hasStoredKeys: true)
    #expect(stored.lines == [])
    #expect(stored.settings?.callers.openRelay == false)
  }

  @Test func `that nobody has is noticed`() {
    #expect(loaded("open_relay: false").notices.contains { $0.hasPrefix("no key exists") })
  }

  @Test func `with a key in clear over a public network is noticed`() {
    func notices(_ url: String) -> [String] {
      loaded("backends: {x: {kind: openai, api_key: k, base_url: \"\(url)\", big_model: b}}")
        .notices
    }
    #expect(notices("http://llm.example.com").count == 1)
    for url in ["https://llm.example.com", "http://10.0.0.3", "http://box", "http://127.0.0.1:9"] {
      #expect(notices(url) == [])
    }
  }
}

@Suite struct `A model pattern` {
  @Test(arguments: [
    ("gpt-4o", "gpt-4o", true), ("gpt-4o", "GPT-4O", true), ("gpt-4o", "gpt-4o-mini", false),
    ("*", "", true), ("*haiku*", "claude-3-5-haiku-latest", true), ("claude-*", "claude-", true),
    ("claude-*", "xclaude-1", false), ("*-mini", "gpt-4o-mini", true), ("a*a", "a", false),
    ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("ab*ba", "aba", false),
    ("claude-opus-4-6", "claude-opus-4-6[1m]", true), ("*-4-6", "claude-opus-4-6[1M]", true),
    ("claude-opus-4-6[1m]", "claude-opus-4-6", false), ("x", "x[200k]", true),
    ("x", "x[m]", false), ("x", "x[1m]y", false), ("a**b", "ab", true),
  ])
  func `fits names`(pattern: String, name: String, fits: Bool) {
    #expect(ModelPattern(pattern).matches(name) == fits)
  }

  @Test(arguments: [
    ("*", "gpt-*", true), ("gpt-*", "gpt-4*", true), ("gpt-4*", "gpt-*", false),
    ("*a*", "*ba*", true), ("*ba*", "*a*", false), ("a", "A", true), ("x", "x[1m]", true),
    ("x[1m]", "x", false), ("a*b", "a*c*b", true), ("a*c*b", "a*b", false),
  ])
  func `covers others`(pattern: String, other: String, covers: Bool) {
    #expect(ModelPattern(pattern).covers(ModelPattern(other)) == covers)
  }

  /// Whatever a covered pattern fits, the covering one fits too.
  @Test func `covers no more than it fits`() {
    let patterns = ["*", "a*", "*a", "*a*", "a*a", "ab", "a*b", "b*", "*b*a*"].map {
      ModelPattern($0)
    }
    var names = [""]
    for _ in 0..<5 { names += names.flatMap { [$0 + "a", $0 + "b"] } }
    for one in patterns {
      for other in patterns {
        let fitsAll = names.allSatisfy { !other.matches($0) || one.matches($0) }
        #expect(one.covers(other) == fitsAll, "\(one) \(other)")
      }
    }
  }

  @Test(arguments: [
    ("b:m", "b", "m"), ("b", "b", nil), (":m:8b", "d", "m:8b"), ("b:m:8b", "b", "m:8b"),
  ])
  func `leads to a target of two halves`(text: String, backend: String, model: String?) throws {
    let target = try #require(RouteTarget(text, defaultBackend: "d"))
    #expect(target.parts == [.init(backend, model: model)])
  }
}

@Suite struct `A reload` {
  private func changes(_ old: String, _ new: String) throws -> [String] {
    let environment = ["OPENAI_API_KEY": "k"]
    return try #require(loaded(new, environment).settings).diff(
      from: try #require(loaded(old, environment).settings))
  }

  @Test(arguments: [
    ("loops: 1", "loops: 1", []),
    (
      "listen: 127.0.0.1:1", "listen: \"[::1]:2\"",
      ["listen changed from 127.0.0.1:1 to [::1]:2, which takes effect at the next start"]
    ),
    (
      "ping_interval: 1s", "ping_interval: 2s",
      ["ping interval changed from 1.0 seconds to 2.0 seconds"]
    ),
    (
      "keys: {a: x, b: y}", "keys: {b: z, c: w}", ["key a removed", "key b changed", "key c added"]
    ),
    (
      "keys: {a: x}", "loops: 1",
      [
        "loops changed from one a core to 1, which takes effect at the next start", "key a removed",
        "callers without a key are served",
      ]
    ),
    (
      "backends: {a: {kind: demo}, b: {kind: ollama}}",
      "backends: {a: {kind: demo}, c: {kind: demo}}", ["backend b removed", "backend c added"]
    ),
    (
      "backends: {b: {kind: ollama}}",
      "backends: {b: {kind: ollama, base_url: 'http://x', retries: 1, api_key: k}}",
      ["backend b: base URL changed", "backend b: API key changed", "backend b: retries changed"]
    ),
    (
      "backends: {d: {kind: demo}}\nmappings: {a: d, b: d, c: d}",
      "backends: {d: {kind: demo}}\nmappings: {c: d, b: 'd:x', e: d}",
      [
        "mapping a removed", "mapping b changed from d to d:x", "mapping e added: d",
        "mappings are in another order",
      ]
    ),
  ])
  func `tells what changed`(old: String, new: String, sentences: [String]) throws {
    #expect(try changes(old, new) == sentences)
  }

  /// A part of the settings that the comparison forgets would change in silence.
  @Test func `tells of every part`() throws {
    let base = Settings(backends: [.demo, .init(name: "x", kind: .openai, baseURL: "a")])
    let edits: [(inout Settings) -> Void] = [
      { $0.listen = [] }, { $0.socketPath = "s" }, { $0.stateDirectory = "s" }, { $0.loops = 9 },
      { $0.limits.headerBytes = 1 }, { $0.limits.bodyBytes = 1 }, { $0.limits.bodyBudgetBytes = 1 },
      { $0.limits.connections = 1 }, { $0.limits.exchanges = 1 },
      { $0.limits.keptResponseBytes = 1 },
      { $0.limits.headerTimeout = .zero }, { $0.limits.clientIdleTimeout = .zero },
      { $0.drainDeadline = .zero }, { $0.pingInterval = .zero }, { $0.exposeDegradation = false },
      { $0.defaultBackend = "x" }, { $0.log.level = .trace }, { $0.log.format = .json },
      { $0.callers.openRelay = false }, { $0.callers.openRelayIsExplicit = true },
      { $0.backends[1].kind = .anthropic }, { $0.backends[1].authToken = Secret("") },
      { $0.backends[1].extraHeaders = [.init(name: "a", value: Secret("b"))] },
      { $0.backends[1].bigModel = "b" }, { $0.backends[1].smallModel = "b" },
      { $0.backends[1].models = ["b"] }, { $0.backends[1].omitStreamOptions = true },
      { $0.backends[1].forwardClientAuthorization = true },
      { $0.backends[1].connectTimeout = .zero }, { $0.backends[1].firstByteTimeout = .zero },
      { $0.backends[1].idleTimeout = .zero }, { $0.backends[1].totalTimeout = .zero },
      { $0.backends[1].proxy = Secret("") }, { $0.backends[1].caFile = "" },
      { $0.backends[1].clientCertificate = "" }, { $0.backends[1].clientKey = "" },
      { $0.backends[1].preset = "" }, { $0.backends[1].quirks = [.glmThinking] },
    ]
    for (index, edit) in edits.enumerated() {
      var changed = base
      edit(&changed)
      #expect(changed != base)
      #expect(changed.diff(from: base).count == 1, "edit \(index)")
    }
    #expect(base.diff(from: base) == [])
  }
}

@Suite struct `The table of providers` {
  @Test func `is whole and right in form`() throws {
    let rows = ProviderTable.rows.split(separator: "\n")
    #expect(ProviderPreset.all.count == rows.count)
    #expect(Set(ProviderPreset.all.map(\.id)).count == rows.count)
    for (row, preset) in zip(rows, ProviderPreset.all) {
      if let base = preset.baseURL { #expect(try BaseURL(base).plain == base) }
      #expect(preset.keyVariables.allSatisfy { EnvironmentFile.isName($0) })
      let cells = row.split(separator: " ")
      let quirks = cells.count > 3 ? cells[3].split(separator: ",").count : 0
      #expect(preset.quirks.count == quirks, "\(row)")
    }
    for target in ProviderTable.aliases.values { #expect(ProviderPreset.named(target) != nil) }
  }

  @Test(arguments: ProviderPreset.all.map(\.id))
  func `makes a backend of every row`(id: String) throws {
    let preset = try #require(ProviderPreset.named(id))
    let url = preset.baseURL == nil && id != "demo" ? ", base_url: 'https://h/v1'" : ""
    let loaded = loaded("backends: {it: {kind: \(id)\(url)\(id == "demo" ? "" : ", api_key: k")}}")
    #expect(loaded.lines == [])
    #expect(loaded.settings?.backends[0].preset == id)
  }
}

@Suite struct `A damaged configuration` {
  @Test func `never does more than report`() {
    let text = Array(ConfigurationTemplate.text.utf8)
    var random = RepeatableNumbers(state: 1)
    for round in 0..<400 {
      var damaged = text
      if round % 2 == 0 { damaged.removeLast(Int.random(in: 0..<text.count, using: &random)) }
      for _ in 0..<8 where !damaged.isEmpty {
        let index = damaged.indices.randomElement(using: &random) ?? 0
        damaged[index] = "{}[]:#&*!|>'\"%@`\n\t -0x".utf8.randomElement(using: &random) ?? 0
      }
      let loaded = loaded(String(decoding: damaged, as: UTF8.self))
      #expect((loaded.settings == nil) == !loaded.problems.isEmpty)
    }
  }
}

/// The same numbers in every run, so that what fails once fails again.
private struct RepeatableNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct `A small file` {
  @Test func `is read whole, or says why not`() {
    #expect(FileContents.read("/proc/self/cmdline") != .bytes([]))
    #expect(FileContents.read("/nowhere/at/all") == .missing)
    #expect(FileContents.read("/etc/hostname/x") == .missing)
    #expect(FileContents.read("/proc") == .unreadable("Is a directory"))
    #expect(FileContents.read("/dev/zero") == .unreadable("larger than 4 MiB"))
  }
}
