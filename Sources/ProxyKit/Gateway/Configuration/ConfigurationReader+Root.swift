extension ConfigurationReader {
  private static let rootKeys = [
    "listen", "socket", "state_directory", "loops", "limits", "drain_deadline", "ping_interval",
    "expose_degradation", "backends", "default_backend", "mappings", "routes", "classes", "terms",
    "keys", "open_relay", "open_terms", "network", "issuers", "cache", "prices", "log",
  ]

  private static let rootMeant = [
    "port": "listen", "listen_port": "listen", "host": "listen", "bind": "listen",
    "providers": "backends", "backend": "backends", "route": "routes", "tiers": "classes",
    "router": "classes", "models": "mappings",
    "api_keys": "keys", "proxy_api_keys": "keys", "callers": "keys", "log_level": "log",
    "logging": "log", "default": "default_backend",
    "ip_allowlist": "network", "trusted_proxies": "network", "allow": "network",
    "oidc": "issuers", "jwt": "issuers", "issuer": "issuers",
    "pricing": "prices", "expose_degradation_warnings": "expose_degradation",
  ]

  /// Reads everything but the backends, which need to know where we listen.
  mutating func root(_ node: YAMLNode, into draft: inout SettingsDraft) -> Section? {
    guard
      let root = section(node, path: "", knows: Self.rootKeys, meant: Self.rootMeant)
    else { return nil }
    listen(root, into: &draft)
    if let node = root.node("socket"), let text = text(node, path: "socket") {
      draft.settings.socketPath = path(text.value)
    }
    if let node = root.node("state_directory"),
      let text = text(node, path: "state_directory")
    {
      draft.settings.stateDirectory = path(text.value)
    }
    read("loops", root, .count(in: 1...256)) { draft.settings.loops = $0 }
    read("drain_deadline", root, .duration) { draft.settings.drainDeadline = $0 }
    read("ping_interval", root, .duration) { draft.settings.pingInterval = $0 }
    read("expose_degradation", root, .flag) { draft.settings.exposeDegradation = $0 }
    limits(root, into: &draft.settings.limits)
    log(root, into: &draft.settings.log)
    let relayPlace = root.node("open_relay").map { place($0.mark) } ?? root.place
    read("open_relay", root, .flag) { draft.openRelay = ($0, relayPlace) }
    prices(root, into: &draft)
    network(root, into: &draft)
    cache(root, into: &draft)
    namedTerms(root, into: &draft)
    keys(root, into: &draft)
    issuers(root, into: &draft)
    return root
  }

  /// Stores a value when there is a good one.
  mutating func read<Value>(
    _ key: String, _ section: Section, _ form: ScalarForm<Value>, store: (Value) -> Void
  ) {
    if let value = value(key, in: section, form) { store(value) }
  }

  /// A path of the file, relative to where the file is.
  private func path(_ text: String) -> String {
    PathText.absolute(
      text, from: PathText.absolute(PathText.directory(of: file), from: inputs),
      home: inputs.homeDirectory)
  }

  private mutating func limits(_ root: Section, into limits: inout Settings.Limits) {
    let keys = [
      "header_bytes", "body_bytes", "body_budget_bytes", "connections", "exchanges",
      "kept_response_bytes", "header_timeout", "client_idle_timeout",
    ]
    guard let node = root.node("limits"),
      let section = section(node, path: "limits", knows: keys)
    else { return }
    read("header_bytes", section, .byteCount(atLeast: 1 << 10)) { limits.headerBytes = $0 }
    read("body_bytes", section, .byteCount(atLeast: 1 << 10)) { limits.bodyBytes = $0 }
    read("body_budget_bytes", section, .byteCount(atLeast: 1 << 10)) {
      limits.bodyBudgetBytes = $0
    }
    read("connections", section, .count(in: 1...1_000_000)) { limits.connections = $0 }
    read("exchanges", section, .count(in: 1...1_000_000)) { limits.exchanges = $0 }
    read("kept_response_bytes", section, .byteCount(atLeast: 0)) {
      limits.keptResponseBytes = $0
    }
    read("header_timeout", section, .duration) { limits.headerTimeout = $0 }
    read("client_idle_timeout", section, .duration) { limits.clientIdleTimeout = $0 }
    if limits.bodyBudgetBytes < limits.bodyBytes {
      findings.refuse(
        "limits.body_budget_bytes is smaller than one body may be (limits.body_bytes)",
        at: section.place, remedy: "raise the budget or lower the size of a body")
    }
  }

  private mutating func log(_ root: Section, into log: inout Settings.Log) {
    guard let node = root.node("log"),
      let section = section(node, path: "log", knows: ["level", "format"])
    else { return }
    read("level", section, .choice) { log.level = $0 }
    read("format", section, .choice) { log.format = $0 }
  }
}
