extension SettingsDraft {
  /// A model that a backend lists is served by it, unless a rule of the operator's says otherwise.
  mutating func addListedModels(findings: inout ConfigurationFindings) {
    var owners: [String: String] = [:]
    var added: [MappingRule] = []
    for backend in settings.backends {
      for (index, model) in backend.models.enumerated() {
        let places = modelPlaces[backend.name] ?? []
        let place = places.indices.contains(index) ? places[index] : nil
        if let owner = owners[model.lowercased()] {
          if owner != backend.name {
            findings.notice(
              "backends \(owner) and \(backend.name) both list \(model); \(owner) serves it",
              at: place)
          }
          continue
        }
        owners[model.lowercased()] = backend.name
        let rule = settings.mappings.first { $0.pattern.matches(model) }
        if rule?.source == .file { continue }
        let route = settings.route(model: model)
        if route?.backend.name == backend.name, route?.model == model { continue }
        added.append(
          MappingRule(
            pattern: ModelPattern(model), backend: backend.name, model: model,
            source: place == nil ? .default : .file, line: place?.line))
      }
    }
    let index =
      settings.mappings.firstIndex { $0.source != .file } ?? settings.mappings.endIndex
    settings.mappings.insert(contentsOf: added, at: index)
  }

  /// Says so when names of Claude's families go unchanged to a server that may not know them.
  func noticeUnnamed(findings: inout ConfigurationFindings) {
    guard let route = settings.route(model: "claude-sonnet"), route.model == "claude-sonnet",
      route.backend.kind == .openai, route.rule?.source != .file
    else { return }
    findings.notice(
      "names of Claude models go unchanged to backend `\(route.backend.name)`; "
        + "set big_model and small_model (or BIG_MODEL and SMALL_MODEL) to change them")
  }

  /// Decides who may call, and refuses what would serve strangers.
  mutating func decideAccess(hasStoredKeys: Bool, findings: inout ConfigurationFindings) {
    checkKeys(findings: &findings)
    let keys = settings.callers.staticKeys
    let isPublic = settings.listen.contains { !IPAddress.isLoopback($0.host) }
    let hasProof = !keys.isEmpty || !settings.callers.issuers.isEmpty
    if isPublic, !hasProof, !hasStoredKeys {
      let address = settings.listen.first { !IPAddress.isLoopback($0.host) }
      let relay = openRelay?.value == true ? " (an open relay serves loopback only)" : ""
      findings.refuse(
        "listening on \(address?.host ?? "") without any key would serve strangers\(relay)",
        at: listenPlace,
        remedy: "set PROXY_API_KEYS, write keys, add one with `anyllmctl keys add`, or listen on "
          + "127.0.0.1")
    }
    if let openRelay, openRelay.value, hasProof {
      findings.notice(
        "open_relay does nothing while there are keys" + (keys.isEmpty ? " or issuers" : ""),
        at: openRelay.place)
    }
    settings.callers.openRelay = !hasProof && !isPublic && (openRelay?.value ?? true)
    settings.callers.openRelayIsExplicit = openRelay?.value == true && settings.callers.openRelay
    if !hasProof, !hasStoredKeys, !settings.callers.openRelay {
      findings.notice("no key exists, so nobody can call yet; `anyllmctl keys add` makes one")
    }
  }

  private func checkKeys(findings: inout ConfigurationFindings) {
    let keys = settings.callers.staticKeys
    for (index, key) in keys.enumerated() {
      let earlier = keys[..<index]
      if earlier.contains(where: { $0.name == key.name }) {
        findings.refuse(
          "two keys are named \"\(key.name)\"", at: keyPlaces[index], remedy: "rename one")
      }
      if let id = key.accessKeyID, let twin = earlier.first(where: { $0.accessKeyID == id }) {
        findings.refuse(
          "keys \"\(twin.name)\" and \"\(key.name)\" have the same access_key_id",
          at: keyPlaces[index], remedy: "give each its own")
      }
      if let twin = earlier.first(where: { $0.secret == key.secret }) {
        findings.refuse(
          "keys \"\(twin.name)\" and \"\(key.name)\" are the same secret", at: keyPlaces[index],
          remedy: "remove one")
      }
    }
  }

  /// Refuses backends at addresses where clouds tell their machines secrets.
  func checkAddresses(findings: inout ConfigurationFindings) {
    for backend in settings.backends {
      guard let url = try? BaseURL(backend.baseURL),
        let refusal = AddressPolicy.noMetadata.refusal(of: url)
      else { continue }
      findings.refuse(
        "backend \(backend.name): its base_url \(refusal)",
        at: backendPlaces[backend.name] ?? .environment,
        remedy: "give the address of a model server")
    }
  }

  /// Says so when a credential crosses a public network in clear.
  func noticeClearText(findings: inout ConfigurationFindings) {
    for backend in settings.backends where backend.apiKey != nil || backend.authToken != nil {
      guard let url = try? BaseURL(backend.baseURL), url.scheme == "http",
        !IPAddress.isPrivate(url.host)
      else { continue }
      findings.notice(
        "backend \(backend.name): its key travels unencrypted to \(url.host)",
        at: backendPlaces[backend.name])
    }
  }
}
