internal import Dialects

/// What the environment says for every backend that says nothing itself.
struct BackendDefaults {
  var omitStreamOptions: Bool?
  var totalTimeout: Duration?
  var caFile: String?
  var forwardClientAuthorization: Bool?

  /// Fills what the backend's kind can take.
  func fill(_ backend: inout Settings.Backend) {
    backend.totalTimeout = totalTimeout
    backend.caFile = caFile
    if let omitStreamOptions, backend.kind == .openai {
      backend.omitStreamOptions = omitStreamOptions
    }
    if let forwardClientAuthorization, backend.kind == .anthropic {
      backend.forwardClientAuthorization = forwardClientAuthorization
    }
  }
}

extension ConfigurationReader {
  private static let backendKeys =
    [
      "kind", "format", "base_url", "exact_base_url", "api_key", "api_key_file", "auth_token",
      "auth_token_file", "headers", "big_model", "small_model", "models", "omit_stream_options",
      "forward_client_authorization", "connect_timeout", "first_byte_timeout", "idle_timeout",
      "total_timeout", "retries", "proxy", "ca_file", "client_certificate", "client_key", "quirks",
      "enabled", "circuit", "health", "betas",
    ] + CloudMembers.keys

  private static let backendMeant = [
    "backend": "kind", "type": "kind", "provider": "kind", "protocol": "kind", "url": "base_url",
    "api_base": "base_url", "endpoint": "base_url", "key": "api_key", "token": "auth_token",
    "model": "models", "timeout": "first_byte_timeout", "extra_headers": "headers",
    "stream_timeout_secs": "total_timeout", "ca": "ca_file", "max_retries": "retries",
    "num_retries": "retries", "location": "region", "aws_region_name": "region",
    "vertex_project": "project", "vertex_location": "region", "deployment": "models",
  ]

  /// Reads `backends`, a mapping by name.
  mutating func backends(
    _ root: Section, vendors: VendorEnvironment, defaults: BackendDefaults,
    into draft: inout SettingsDraft
  ) {
    guard let node = root.node("backends") else { return }
    for member in mapping(node, path: "backends") ?? [] {
      let path = "backends.\(member.key)"
      draft.declaredBackends.insert(member.key)
      guard isBackendName(member) else { continue }
      let keys = member.value.scalar?.isNull == true ? emptied(member.value) : member.value
      guard
        let section = section(keys, path: path, knows: Self.backendKeys, meant: Self.backendMeant),
        let preset = preset(named: member.key, section: section, at: member.keyMark)
      else { continue }
      var backend = Settings.Backend(
        name: member.key, kind: preset.kind, baseURL: "", preset: preset.id,
        quirks: preset.quirks)
      defaults.fill(&backend)
      clouds(section, vendors: vendors, into: &backend)
      address(section, preset: preset, vendors: vendors, into: &backend)
      credentials(section, preset: preset, vendors: vendors, into: &backend)
      models(section, preset: preset, backend: &backend, draft: &draft)
      behaviour(section, into: &backend)
      upkeep(section, into: &backend)
      network(section, into: &backend)
      betas(section, into: &backend)
      draft.add(backend, at: place(member.keyMark))
    }
  }

  /// `ollama:` alone is enough when the name says which provider it is.
  private func emptied(_ node: YAMLNode) -> YAMLNode {
    YAMLNode(mark: node.mark, content: .mapping([]))
  }

  private mutating func isBackendName(_ member: YAMLMember) -> Bool {
    let name = member.key
    let isPlain = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "-_.".utf8.contains($0)
    }
    if isPlain, !name.isEmpty, !["env", "reject"].contains(name) { return true }
    findings.refuse(
      "\"\(name)\" cannot be the name of a backend", at: place(member.keyMark),
      remedy: "use letters, digits, \"-\", \"_\" and \".\", and neither \"env\" nor \"reject\"")
    return false
  }

  private mutating func preset(
    named name: String, section: Section, at mark: YAMLMark
  ) -> ProviderPreset? {
    guard let node = section.node("kind") else {
      if let preset = ProviderPreset.named(name) { return preset }
      findings.refuse(
        "\(section.path) has no kind", at: place(mark),
        remedy: "write kind: openai, anthropic, azure, gemini, vertex, bedrock or a provider's "
          + "name such as groq")
      return nil
    }
    guard let text = text(node, path: section.path(of: "kind")) else { return nil }
    if let preset = ProviderPreset.named(text.value) { return preset }
    let fault = ProviderPreset.unknown(text.value)
    findings.refuse(
      "\(section.path).kind \"\(text.value)\" \(fault.what)", at: text.place,
      remedy: fault.remedy)
    return nil
  }

  private mutating func address(
    _ section: Section, preset: ProviderPreset, vendors: VendorEnvironment,
    into backend: inout Settings.Backend
  ) {
    guard preset.kind != .demo else {
      for key in ["base_url", "api_key", "api_key_file"] where section.has(key) {
        findings.refuse(
          "\(section.path).\(key): the demo backend calls nobody", at: section.place,
          remedy: "remove it or give another kind")
      }
      return
    }
    guard let node = section.node("base_url") else {
      switch vendors.address(of: backend, preset: preset, findings: &findings) {
      case .url(let url): backend.baseURL = url
      case .unusable: break
      case .unset, .ourselves:
        guard let base = preset.baseURL ?? backend.usualCloudAddress else {
          findings.refuse(
            "\(section.path) has no base_url, and \(preset.id) has no usual one",
            at: section.place, remedy: backend.kind.addressRemedy)
          return
        }
        backend.baseURL = base
      }
      return
    }
    guard let text = text(node, path: section.path(of: "base_url")) else { return }
    let isExact = value("exact_base_url", in: section, .flag) ?? false
    do {
      let url = try BaseURL(text.value.trimmed)
      backend.baseURL = isExact ? url.plain : VendorEnvironment.normalised(url, for: backend)
      if vendors.isOurs(url) {
        findings.refuse(
          "\(section.path).base_url leads to this gateway, which would call itself",
          at: text.place, remedy: "give the provider's address")
      }
    } catch {
      let shown = text.isLiteral && !text.value.contains("@") ? " \"\(text.value)\"" : ""
      findings.refuse(
        "\(section.path).base_url\(shown) \(error.what)", at: text.place, remedy: error.remedy)
    }
  }

  private mutating func models(
    _ section: Section, preset: ProviderPreset, backend: inout Settings.Backend,
    draft: inout SettingsDraft
  ) {
    let listed = list("models", in: section)
    backend.models = listed.map(\.value)
    draft.modelPlaces[backend.name] = listed.map(\.place)
    backend.bigModel = value("big_model", in: section, .text)
    backend.smallModel = value("small_model", in: section, .text)
    guard backend.bigModel == nil, backend.smallModel == nil else {
      draft.familySources[backend.name] = .file
      return
    }
    guard let models = preset.familyModels, backend.baseURL == preset.baseURL else { return }
    backend.bigModel = models.big
    backend.smallModel = models.small
    draft.familySources[backend.name] = .default
  }

  private mutating func behaviour(_ section: Section, into backend: inout Settings.Backend) {
    read("omit_stream_options", section, .flag) { backend.omitStreamOptions = $0 }
    read("connect_timeout", section, .duration) { backend.connectTimeout = $0 }
    read("first_byte_timeout", section, .duration) { backend.firstByteTimeout = $0 }
    read("idle_timeout", section, .duration) { backend.idleTimeout = $0 }
    read("total_timeout", section, .duration) { backend.totalTimeout = $0 }
    read("retries", section, .count(in: 0...10)) { backend.retries = $0 }
    guard section.has("quirks") else { return }
    let form = ScalarForm<Target.Quirk>.choice
    backend.quirks = []
    for text in list("quirks", in: section) {
      guard let quirk = form.parse(text.value) else {
        findings.refuse(
          "\(section.path).quirks: \"\(text.value)\" is not \(form.expected)", at: text.place)
        continue
      }
      backend.quirks.insert(quirk)
    }
    if backend.quirks.contains(.omitStreamOptions) { backend.omitStreamOptions = true }
  }
}

extension ProviderPreset {
  /// What to say of a name that is none of the providers'.
  static func unknown(_ name: String) -> (what: String, remedy: String) {
    let supported =
      "openai, anthropic, azure, gemini, vertex, bedrock, demo, or a provider such as groq"
    if let guess = NearestName.to(name, among: all.map(\.id)) {
      return ("is unknown", "did you mean \"\(guess)\"?")
    }
    return ("is unknown", "use \(supported)")
  }
}
