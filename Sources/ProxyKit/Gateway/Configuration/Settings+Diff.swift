extension Settings {
  /// What changed since other settings, a sentence each; secrets are never in them.
  package func diff(from old: Settings) -> [String] {
    var changes = generalChanges(from: old)
    changes += callers.changes(from: old.callers)
    changes += network.changes(from: old.network)
    changes += cache.changes(from: old.cache)
    for backend in old.backends where self.backend(named: backend.name) == nil {
      changes.append("backend \(backend.name) removed")
    }
    for backend in backends {
      guard let before = old.backend(named: backend.name) else {
        changes.append("backend \(backend.name) added")
        continue
      }
      changes += backend.changes(from: before).map { "backend \(backend.name): \($0)" }
    }
    return changes + routeChanges(from: old) + mappingChanges(from: old)
  }

  private func generalChanges(from old: Settings) -> [String] {
    var changes: [String] = []
    func note(_ what: String, _ now: String, _ before: String, later: Bool = false) {
      guard now != before else { return }
      let suffix = later ? ", which takes effect at the next start" : ""
      changes.append("\(what) changed from \(before) to \(now)\(suffix)")
    }
    note(
      "listen", listen.map(\.description).joined(separator: ", "),
      old.listen.map(\.description).joined(separator: ", "), later: true)
    note(
      "socket", socketPath ?? "its usual place", old.socketPath ?? "its usual place", later: true)
    note("state directory", stateDirectory, old.stateDirectory, later: true)
    note(
      "loops", loops.map(String.init) ?? "one a core", old.loops.map(String.init) ?? "one a core",
      later: true)
    note("header size", "\(limits.headerBytes) bytes", "\(old.limits.headerBytes) bytes")
    note("body size", "\(limits.bodyBytes) bytes", "\(old.limits.bodyBytes) bytes")
    note(
      "budget for bodies", "\(limits.bodyBudgetBytes) bytes", "\(old.limits.bodyBudgetBytes) bytes")
    note("connections", "\(limits.connections)", "\(old.limits.connections)")
    note("exchanges", "\(limits.exchanges)", "\(old.limits.exchanges)")
    note(
      "room for kept responses", "\(limits.keptResponseBytes) bytes",
      "\(old.limits.keptResponseBytes) bytes")
    note("header timeout", "\(limits.headerTimeout)", "\(old.limits.headerTimeout)")
    note("client idle timeout", "\(limits.clientIdleTimeout)", "\(old.limits.clientIdleTimeout)")
    note("drain deadline", "\(drainDeadline)", "\(old.drainDeadline)")
    note("ping interval", "\(pingInterval)", "\(old.pingInterval)")
    note("expose_degradation", "\(exposeDegradation)", "\(old.exposeDegradation)")
    note("default backend", defaultBackend, old.defaultBackend)
    if prices != old.prices { changes.append("prices changed") }
    note("log level", log.level.rawValue, old.log.level.rawValue)
    note("log format", log.format.rawValue, old.log.format.rawValue)
    return changes
  }

  private func mappingChanges(from old: Settings) -> [String] {
    var changes: [String] = []
    let before = Dictionary(
      old.mappings.map { ($0.pattern.text, $0) }, uniquingKeysWith: { first, _ in first })
    let now = Dictionary(
      mappings.map { ($0.pattern.text, $0) }, uniquingKeysWith: { first, _ in first })
    for rule in old.mappings where now[rule.pattern.text] == nil {
      changes.append("mapping \(rule.pattern) removed")
    }
    for rule in mappings {
      guard let earlier = before[rule.pattern.text] else {
        changes.append("mapping \(rule.pattern) added: \(rule.target)")
        continue
      }
      if earlier.target != rule.target {
        changes.append(
          "mapping \(rule.pattern) changed from \(earlier.target) to \(rule.target)")
      }
    }
    let kept = mappings.map(\.pattern.text).filter { before[$0] != nil }
    let keptBefore = old.mappings.map(\.pattern.text).filter { now[$0] != nil }
    if kept != keptBefore { changes.append("mappings are in another order") }
    return changes
  }
}

extension Settings.ListenAddress: CustomStringConvertible {
  package var description: String {
    let host = self.host.contains(":") ? "[\(self.host)]" : self.host
    return "\(host):\(port)" + (tlsCertificate == nil ? "" : " (TLS)")
  }
}

extension Settings.Backend {
  /// What of one backend changed; no secret is in it.
  fileprivate func changes(from old: Settings.Backend) -> [String] {
    var changes: [String] = []
    func note<Value: Equatable>(_ what: String, _ part: (Settings.Backend) -> Value) {
      if part(self) != part(old) { changes.append("\(what) changed") }
    }
    note("kind") { $0.kind }
    note("format") { $0.format }
    note("cloud") { $0.cloud }
    note("base URL") { $0.baseURL }
    note("API key") { $0.apiKey }
    note("auth token") { $0.authToken }
    note("headers") { $0.extraHeaders }
    note("big model") { $0.bigModel }
    note("small model") { $0.smallModel }
    note("models") { $0.models }
    note("omit_stream_options") { $0.omitStreamOptions }
    note("forward_client_authorization") { $0.forwardClientAuthorization }
    note("connect timeout") { $0.connectTimeout }
    note("first byte timeout") { $0.firstByteTimeout }
    note("idle timeout") { $0.idleTimeout }
    note("total timeout") { $0.totalTimeout }
    note("retries") { $0.retries }
    note("proxy") { $0.proxy }
    note("CA file") { $0.caFile }
    note("client certificate") { $0.clientCertificate }
    note("client key") { $0.clientKey }
    note("preset") { $0.preset }
    note("quirks") { $0.quirks }
    note("circuit") { $0.circuit }
    note("health check") { $0.healthCheck }
    if duty != old.duty { changes.append("\(duty.rawValue) instead of \(old.duty.rawValue)") }
    note("betas") { $0.betas }
    return changes
  }
}
