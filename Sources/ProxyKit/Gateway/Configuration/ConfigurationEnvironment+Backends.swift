extension ConfigurationEnvironment {
  /// Makes backends from the environment alone: the one that `BACKEND` names, or what is found.
  mutating func backends(
    vendors: VendorEnvironment, defaults: BackendDefaults, into draft: inout SettingsDraft
  ) {
    guard let entry = table["BACKEND"] else {
      discover(vendors: vendors, defaults: defaults, into: &draft)
      return
    }
    guard let preset = ProviderPreset.named(entry.value) else {
      let fault = ProviderPreset.unknown(entry.value)
      findings.refuse(
        "BACKEND \"\(entry.value)\" \(fault.what)", at: entry.place, remedy: fault.remedy)
      return
    }
    guard preset.kind != .demo else {
      draft.add(.demo, at: entry.place)
      return
    }
    let known = findings.problems.count
    guard let backend = backend(preset, vendors: vendors, defaults: defaults, draft: &draft)
    else {
      if findings.problems.count == known {
        findings.refuse(
          "BACKEND is \(preset.id), which has no usual address", at: entry.place,
          remedy: preset.kind.addressVariables)
      }
      return
    }
    let hasCredential =
      backend.apiKey != nil || backend.authToken != nil || backend.forwardClientAuthorization
    if !hasCredential, !backend.kind.findsCredentials, backend.baseURL == preset.baseURL,
      let name = preset.keyVariables.first,
      findings.problems.count == known
    {
      findings.refuse(
        "BACKEND is \(preset.id), and \(name) is not set", at: entry.place,
        remedy: "set \(name), or BACKEND=demo to try without a key")
    }
    draft.add(backend, at: entry.place)
  }

  private mutating func discover(
    vendors: VendorEnvironment, defaults: BackendDefaults, into draft: inout SettingsDraft
  ) {
    var cloud: [(backend: Settings.Backend, variable: String)] = []
    for preset in ["anthropic", "openai", "gemini"].compactMap(ProviderPreset.named) {
      let address = vendors.address(of: preset, findings: &findings)
      if case .ourselves(let variable) = address {
        findings.notice(
          "\(variable) leads to this gateway, so it and its key are not taken for a backend")
        continue
      }
      guard
        let backend = backend(preset, vendors: vendors, defaults: defaults, draft: &draft)
      else { continue }
      let keys = preset.keyVariables + (preset.id == "anthropic" ? ["ANTHROPIC_AUTH_TOKEN"] : [])
      if let name = keys.first(where: { table[$0] != nil }) {
        cloud.append((backend, name))
      } else if case .url = address, let variable = preset.baseURLVariable {
        if preset.id == "openai" {
          cloud.append((backend, variable))
        } else {
          findings.notice("\(variable) is set without a key, so it is not taken for a backend")
        }
      }
    }
    let servers = inputs.findLocalServers(Set(vendors.listen.map(\.port)))
    let found = BackendDiscovery(cloud: cloud, servers: servers)
    for backend in found.backends {
      draft.add(backend, at: .environment)
      if backend.bigModel != nil { draft.familySources[backend.name] = .default }
    }
    for notice in found.notices { findings.notice(notice) }
  }

  /// One backend from its preset and its variables; nil without an address.
  private mutating func backend(
    _ preset: ProviderPreset, vendors: VendorEnvironment, defaults: BackendDefaults,
    draft: inout SettingsDraft
  ) -> Settings.Backend? {
    let isOwn = preset.baseURLVariable != nil
    var backend = Settings.Backend(
      name: preset.id, kind: preset.kind, baseURL: preset.baseURL ?? "", preset: preset.id,
      quirks: preset.quirks)
    defaults.fill(&backend)
    format(into: &backend)
    CloudMembers.fill(&backend, from: table)
    switch vendors.address(
      of: backend, preset: preset,
      variable: isOwn || preset.kind.isCloud ? nil : "OPENAI_BASE_URL", findings: &findings)
    {
    case .url(let url): backend.baseURL = url
    case .ourselves(let variable):
      findings.refuse(
        "\(variable) leads to this gateway, which would call itself",
        at: table[variable]?.place ?? .environment, remedy: "give the provider's address")
    case .unset, .unusable: break
    }
    if backend.baseURL.isEmpty { backend.baseURL = backend.usualCloudAddress ?? "" }
    guard !backend.baseURL.isEmpty else { return nil }
    backend.apiKey = key(of: preset, vendors: vendors, isOwn: isOwn || preset.kind.isCloud)
    if preset.kind == .vertex {
      backend.authToken =
        vendors.credential(in: ["GOOGLE_ACCESS_TOKEN"], findings: &findings)?.secret
    }
    if preset.kind == .anthropic, backend.apiKey == nil {
      backend.authToken =
        vendors.credential(in: ["ANTHROPIC_AUTH_TOKEN"], findings: &findings)?.secret
    }
    if let models = preset.familyModels, backend.baseURL == preset.baseURL {
      backend.bigModel = models.big
      backend.smallModel = models.small
      draft.familySources[backend.name] = .default
    }
    return backend
  }

  /// `OPENAI_API_FORMAT` and `GEMINI_API_FORMAT`.
  private mutating func format(into backend: inout Settings.Backend) {
    let name = backend.kind == .gemini ? "GEMINI_API_FORMAT" : "OPENAI_API_FORMAT"
    guard [.openai, .azure, .gemini].contains(backend.kind),
      let format = value(name, ScalarForm<Settings.Backend.Format>.choice)
    else { return }
    guard backend.kind.formats.contains(format.value) else {
      let names = backend.kind.formats.map(\.rawValue).joined(separator: " or ")
      findings.refuse("\(name) must be \(names)", at: format.place)
      return
    }
    backend.format = format.value
  }

  private mutating func key(
    of preset: ProviderPreset, vendors: VendorEnvironment, isOwn: Bool
  ) -> Secret? {
    if let found = vendors.key(of: preset, findings: &findings) { return found.secret }
    guard !isOwn, !preset.keyVariables.isEmpty,
      let found = vendors.credential(in: ["OPENAI_API_KEY"], findings: &findings)
    else { return nil }
    findings.notice(
      "\(preset.keyVariables[0]) is not set: OPENAI_API_KEY is sent to \(preset.id)")
    return found.secret
  }
}
