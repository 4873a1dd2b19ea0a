/// Reads anyllm-proxy's `.anyllm.env`, whose lines this gateway understands as well.
struct AnyllmEnvironmentImport {
  var notes: ImportNotes
  private var draft = ImportDraft()
  private var entries: [String: EnvironmentFile.Entry] = [:]
  private var order: [String] = []

  init(notes: ImportNotes) {
    self.notes = notes
  }

  mutating func read(_ text: String) -> ImportDraft {
    let file = EnvironmentFile(text)
    for problem in file.problems {
      notes.lost(
        problem.what, at: YAMLMark(line: problem.line, column: 1), remedy: "write NAME=value")
    }
    for entry in file.entries {
      let name = Self.aliases[entry.name] ?? entry.name
      if entries[name] != nil, name != entry.name { continue }
      entries[name] = entry
      order.append(name)
    }
    readBackend()
    readRoot()
    readAccess()
    for name in order {
      guard let entry = entries[name] else { continue }
      notes.lost(
        entry.name, at: YAMLMark(line: entry.line, column: 1),
        remedy: Self.reasons[name] ?? "nothing here is like it")
    }
    return draft
  }

  private mutating func text(_ name: String) -> ImportText? {
    guard let entry = entries.removeValue(forKey: name), !entry.value.isEmpty else { return nil }
    return ImportText(value: entry.value, mark: YAMLMark(line: entry.line, column: 1))
  }

  private mutating func readBackend() {
    let chosen = text("BACKEND")
    let name = chosen?.value ?? "openai"
    let start = chosen?.mark ?? YAMLMark(line: 1, column: 1)
    guard let preset = ProviderPreset.named(name) else {
      notes.lost("BACKEND \(name)", at: start, remedy: "write kind: openai and its base_url")
      return
    }
    var provider = ImportProvider(preset)
    readPlace(&provider)
    provider.set("big_model", text("BIG_MODEL"))
    provider.set("small_model", text("SMALL_MODEL"))
    provider.setTime(
      "total_timeout", text("REQUEST_TIMEOUT_SECS"), path: "REQUEST_TIMEOUT_SECS", &notes)
    provider.set("ca_file", text("TLS_CA_CERT"))
    if preset.kind == .openai { provider.set("omit_stream_options", text("OMIT_STREAM_OPTIONS")) }
    if preset.kind == .anthropic {
      provider.set("forward_client_authorization", text("ANTHROPIC_FORWARD_CLIENT_AUTH"))
    }
    guard let backend = provider.backend else {
      notes.lost("BACKEND \(name) has no usual address", at: start, remedy: "set its address")
      return
    }
    _ = draft.backend(backend)
    notes.taken("BACKEND \(name)", at: start)
  }

  private mutating func readPlace(_ provider: inout ImportProvider) {
    let preset = provider.preset
    let address = preset.baseURLVariable ?? "OPENAI_BASE_URL"
    if !preset.kind.isCloud || preset.baseURLVariable != nil {
      provider.set("base_url", text(address))
    }
    let keys = preset.kind == .bedrock ? [] : preset.keyVariables
    for name in keys + (preset.baseURLVariable == nil ? ["OPENAI_API_KEY"] : [])
    where !provider.has("api_key") {
      provider.setSecret("api_key", text(name), path: name, &notes)
    }
    switch preset.kind {
    case .azure:
      let deployment = text("AZURE_OPENAI_DEPLOYMENT")
      if !entries.keys.contains("BIG_MODEL") { provider.set("big_model", deployment) }
      if !entries.keys.contains("SMALL_MODEL") { provider.set("small_model", deployment) }
      provider.set("api_version", text("AZURE_OPENAI_API_VERSION"))
    case .vertex:
      provider.set("project", text("VERTEX_PROJECT"))
      provider.set("region", text("VERTEX_REGION"))
      provider.setSecret(
        "auth_token", text("GOOGLE_ACCESS_TOKEN"), path: "GOOGLE_ACCESS_TOKEN", &notes)
    case .bedrock:
      provider.set("region", text("AWS_REGION"))
      for (name, key) in [
        ("AWS_ACCESS_KEY_ID", "access_key_id"), ("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
        ("AWS_SESSION_TOKEN", "session_token"),
      ] {
        provider.setSecret(key, text(name), path: name, &notes)
      }
    case .anthropic:
      if !provider.has("api_key") {
        provider.setSecret(
          "auth_token", text("ANTHROPIC_AUTH_TOKEN"), path: "ANTHROPIC_AUTH_TOKEN", &notes)
      }
    case .openai, .gemini, .demo: break
    }
    readFormat(&provider)
  }

  private mutating func readFormat(_ provider: inout ImportProvider) {
    let kind = provider.preset.kind
    guard [.openai, .azure, .gemini].contains(kind) else { return }
    let name = kind == .gemini ? "GEMINI_API_FORMAT" : "OPENAI_API_FORMAT"
    guard let format = text(name) else { return }
    let known = Settings.Backend.Format(rawValue: format.value.lowercased())
    guard let known, kind.formats.contains(known) else {
      notes.lost("\(name) \(format.value)", at: format.mark)
      return
    }
    provider.set("format", written: known.rawValue)
  }

  private mutating func readRoot() {
    if let port = text("LISTEN_PORT"),
      let number = notes.count(port, in: 1...65_535, path: "LISTEN_PORT")
    {
      draft.opening.append(WrittenMember("listen", "127.0.0.1:\(number)"))
      notes.changed(
        "LISTEN_PORT becomes 127.0.0.1:\(number), this machine only", at: port.mark,
        remedy: "write 0.0.0.0:\(number) when others shall reach it")
    }
    if let flag = text("ANYLLM_DEGRADATION_WARNINGS") {
      draft.opening.append(WrittenMember("expose_degradation", "\(flag.flag ?? false)"))
    }
    if let seconds = text("CACHE_TTL_SECS"), let ttl = seconds.seconds {
      draft.closing.append(
        WrittenMember(
          "cache", .members([WrittenMember("ttl", ttl), WrittenMember("longest_ttl", "24h")])))
      notes.taken("CACHE_TTL_SECS", at: seconds.mark)
    }
    var log: [WrittenMember] = []
    if let level = text("RUST_LOG") {
      let word = level.value == "warn" ? "warning" : level.value.lowercased()
      if Settings.LogLevel(rawValue: word) == nil {
        notes.lost("RUST_LOG \(level.value)", at: level.mark, remedy: "write log: {level: info}")
      } else {
        log.append(WrittenMember("level", word))
      }
    }
    if let format = text("LOG_FORMAT"),
      Settings.LogFormat(rawValue: format.value.lowercased()) != nil
    {
      log.append(WrittenMember("format", format.value.lowercased()))
    }
    if !log.isEmpty { draft.closing.append(WrittenMember("log", .members(log))) }
  }

  private mutating func readAccess() {
    readNetwork()
    if let keys = text("PROXY_API_KEYS") {
      let secrets = keys.value.split(separator: ",").map { String($0).trimmed }
      let items = secrets.enumerated().map { index, secret in
        WrittenValue.members([
          WrittenMember("name", "env-\(index + 1)"), WrittenMember("secret", secret),
        ])
      }
      draft.closing.append(WrittenMember("keys", .list(items)))
      notes.taken("PROXY_API_KEYS, \(items.count) of them", at: keys.mark)
      notes.tellSecret(keys, path: "PROXY_API_KEYS")
    }
    if let flag = text("PROXY_OPEN_RELAY"), let isOpen = flag.flag {
      draft.opening.append(WrittenMember("open_relay", "\(isOpen)"))
    }
    guard let issuer = text("OIDC_ISSUER_URL") else { return }
    let audience = text("OIDC_AUDIENCE")
    let whom =
      audience.map { WrittenMember("audience", $0.value) }
      ?? WrittenMember("any_audience", "true")
    draft.closing.append(
      WrittenMember("issuers", .list([.members([WrittenMember("issuer", issuer.value), whom])])))
    notes.taken("OIDC_ISSUER_URL", at: issuer.mark)
  }

  private mutating func readNetwork() {
    var members: [WrittenMember] = []
    if let list = text("IP_ALLOWLIST") {
      let ranges = list.value.split(separator: ",").map { String($0).trimmed }
      members.append(WrittenMember("allow", .texts(ranges)))
      notes.taken("IP_ALLOWLIST", at: list.mark)
    }
    let depth = text("TRUSTED_PROXY_DEPTH")
    if let trust = text("TRUST_PROXY_HEADERS"), trust.flag == true {
      members.append(WrittenMember("trusted_proxies", depth?.value ?? "1"))
      notes.changed(
        "TRUST_PROXY_HEADERS believes whoever stands there", at: trust.mark,
        remedy: "name their addresses: trusted_proxies: [10.0.0.2]")
    }
    if !members.isEmpty { draft.closing.append(WrittenMember("network", .members(members))) }
  }

  private static let aliases = [
    "LITELLM_MASTER_KEY": "PROXY_API_KEYS", "AZURE_API_KEY": "AZURE_OPENAI_API_KEY",
    "AZURE_API_BASE": "AZURE_OPENAI_ENDPOINT", "AZURE_API_VERSION": "AZURE_OPENAI_API_VERSION",
    "AWS_REGION_NAME": "AWS_REGION", "LITELLM_IP_ALLOWLIST": "IP_ALLOWLIST",
    "LITELLM_CONFIG": "PROXY_CONFIG",
  ]

  private static let reasons = [
    "PROXY_CONFIG": "import that file by itself", "AUTH_MODE": "keys and issuers say it",
    "ADMIN_PORT": "there is no web page", "ADMIN_TOKEN": "the control socket needs none",
    "WEBUI": "there is no web page", "DISABLE_ADMIN": "there is no web page",
    "REDIS_URL": "one gateway keeps its counters itself", "FALLBACK_CONFIG": "write routes:",
    "MODEL_PRICING_FILE": "write prices:", "WEBHOOK_URLS": "callbacks come later",
    "LANGFUSE_PUBLIC_KEY": "callbacks come later", "LANGFUSE_SECRET_KEY": "callbacks come later",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "traces come later",
    "LOG_BODIES": "a key says it: log_bodies: true",
    "CACHE_MAX_ENTRIES": "the cache is bounded by bytes",
  ]
}
