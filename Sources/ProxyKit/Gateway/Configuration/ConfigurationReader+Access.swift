extension ConfigurationReader {
  /// Reads what a backend wants to see of us: key, token, headers.
  mutating func credentials(
    _ section: Section, preset: ProviderPreset, vendors: VendorEnvironment,
    into backend: inout Settings.Backend
  ) {
    headers(section, into: &backend)
    backend.apiKey = secret("api_key", in: section)
    forwarding(section, into: &backend)
    if backend.kind.takesToken {
      backend.authToken = secret("auth_token", in: section)
    } else if section.has("auth_token") || section.has("auth_token_file") {
      findings.refuse(
        "\(section.path).auth_token is for kind anthropic, azure and vertex", at: section.place,
        remedy: "write api_key, which is sent as a bearer token")
    }
    let isGiven = ["api_key", "api_key_file", "auth_token", "auth_token_file"].contains {
      section.has($0)
    }
    if isGiven {
      noticeUnused(preset, section: section, vendors: vendors, backend: backend)
      return
    }
    fillCredentials(section, preset: preset, vendors: vendors, into: &backend)
  }

  /// Takes the vendor's own variable, but only for the vendor's own address or the environment's.
  private mutating func fillCredentials(
    _ section: Section, preset: ProviderPreset, vendors: VendorEnvironment,
    into backend: inout Settings.Backend
  ) {
    let address = vendors.address(of: preset, findings: &findings)
    let isVendors = preset.baseURL.map { Self.host(of: $0) == Self.host(of: backend.baseURL) }
    let isEnvironments = address == .url(backend.baseURL)
    var isOurKey = false
    if case .ourselves = address { isOurKey = true }
    if !isOurKey, isVendors == true || isEnvironments || !section.has("base_url") {
      backend.apiKey = vendors.key(of: preset, findings: &findings)?.secret
      if backend.kind == .anthropic, backend.apiKey == nil {
        backend.authToken =
          vendors.credential(in: ["ANTHROPIC_AUTH_TOKEN"], findings: &findings)?.secret
      }
    }
    let hasCredential =
      backend.apiKey != nil || backend.authToken != nil || backend.forwardClientAuthorization
      || backend.extraHeaders.contains { Self.credentialHeaders.contains($0.name.lowercased()) }
    guard !hasCredential, isVendors == true, !preset.keyVariables.isEmpty,
      !backend.kind.findsCredentials
    else { return }
    var remedy = "set \(preset.keyVariables[0]) or write api_key: env:NAME"
    if isOurKey {
      remedy =
        "write api_key: env:NAME; the environment's key belongs to this gateway, since "
        + "\(preset.baseURLVariable ?? "its address") leads here"
    }
    findings.refuse("\(section.path) has no api_key", at: section.place, remedy: remedy)
  }

  private static let credentialHeaders = ["authorization", "x-api-key", "api-key"]

  private static func host(of text: String) -> String? { (try? BaseURL(text))?.host }

  private mutating func noticeUnused(
    _ preset: ProviderPreset, section: Section, vendors: VendorEnvironment,
    backend: Settings.Backend
  ) {
    for name in preset.keyVariables where backend.name == preset.id {
      guard let entry = vendors.environment[name], let key = backend.apiKey,
        key != Secret(entry.value)
      else { continue }
      findings.notice(
        "\(section.path) has its own api_key, so \(entry.name) is not used", at: section.place)
    }
  }

  private mutating func headers(_ section: Section, into backend: inout Settings.Backend) {
    guard let node = section.node("headers") else { return }
    let path = section.path(of: "headers")
    let ours = ["host", "content-length", "transfer-encoding", "connection", "te", "upgrade"]
    for member in mapping(node, path: path) ?? [] {
      let isToken = member.key.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
      guard isToken, !member.key.isEmpty, !ours.contains(member.key.lowercased()) else {
        findings.refuse(
          "\(path): \"\(member.key)\" cannot be set as a header", at: place(member.keyMark))
        continue
      }
      guard let text = text(member.value, path: "\(path).\(member.key)") else { continue }
      guard text.value.utf8.allSatisfy({ (32...126).contains($0) }) else {
        findings.refuse(
          "\(path).\(member.key) has a sign in it that no header has", at: text.place)
        continue
      }
      backend.extraHeaders.append(.init(name: member.key, value: Secret(text.value)))
    }
  }

  private mutating func forwarding(_ section: Section, into backend: inout Settings.Backend) {
    guard let forwards = value("forward_client_authorization", in: section, .flag) else { return }
    guard backend.kind == .anthropic || !forwards else {
      findings.refuse(
        "\(section.path).forward_client_authorization is for kind anthropic", at: section.place,
        remedy: "remove it")
      return
    }
    backend.forwardClientAuthorization = forwards
  }

  /// Reads the road to a backend: proxy and certificates.
  mutating func network(_ section: Section, into backend: inout Settings.Backend) {
    if let path = filePath("ca_file", in: section) { backend.caFile = path }
    backend.clientCertificate = filePath("client_certificate", in: section)
    backend.clientKey = filePath("client_key", in: section)
    if section.has("client_key"), !section.has("client_certificate") {
      findings.refuse(
        "\(section.path) has a client_key and no client_certificate", at: section.place,
        remedy: "add client_certificate")
    }
    guard let node = section.node("proxy"),
      let text = text(node, path: section.path(of: "proxy"))
    else { return }
    let schemes = ["http://", "https://", "socks5://", "socks5h://", "socks4://", "socks4a://"]
    let isURL =
      schemes.contains { text.value.hasPrefix($0) && text.value.count > $0.count }
      && text.value.utf8.allSatisfy { (33...126).contains($0) }
    guard isURL else {
      findings.refuse(
        "\(section.path).proxy is not the address of a proxy", at: text.place,
        remedy: "write http://host:port or socks5h://host:port")
      return
    }
    backend.proxy = Secret(text.value)
  }
}
