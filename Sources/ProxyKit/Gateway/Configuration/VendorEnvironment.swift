/// What the variables that vendors' own tools share (`OPENAI_API_KEY`, `ANTHROPIC_BASE_URL`…) say.
///
/// They are there for other programs too, so they only fill what the file leaves open; and an
/// address that is our own, set for a client of ours, is not a backend.
struct VendorEnvironment {
  let environment: EnvironmentTable
  let listen: [Settings.ListenAddress]

  /// What was found for the address of one vendor.
  enum Address: Equatable {
    case unset
    case url(String)
    /// It leads to this gateway.
    case ourselves(variable: String)
    /// It was reported.
    case unusable
  }

  /// A credential and the variable that has it.
  struct Credential {
    var secret: Secret
    var variable: String
  }

  /// The address that the environment gives a vendor.
  func address(
    of preset: ProviderPreset, variable name: String? = nil,
    findings: inout ConfigurationFindings
  ) -> Address {
    let backend = Settings.Backend(
      name: preset.id, kind: preset.kind, baseURL: "", preset: preset.id)
    return address(of: backend, preset: preset, variable: name, findings: &findings)
  }

  /// The address that the environment gives a backend that is already known to be in a cloud.
  func address(
    of backend: Settings.Backend, preset: ProviderPreset, variable name: String? = nil,
    findings: inout ConfigurationFindings
  ) -> Address {
    guard let name = name ?? preset.baseURLVariable, let entry = environment[name] else {
      return .unset
    }
    do {
      let url = try BaseURL(entry.value)
      if isOurs(url) { return .ourselves(variable: entry.name) }
      return .url(Self.normalised(url, for: backend))
    } catch {
      let shown = entry.value.contains("@") ? "" : " \"\(entry.value)\""
      findings.refuse(
        "\(entry.name)\(shown) \(error.what)", at: entry.place, remedy: error.remedy)
      return .unusable
    }
  }

  /// The first of the vendor's key variables that is set.
  func key(
    of preset: ProviderPreset, findings: inout ConfigurationFindings
  ) -> Credential? {
    credential(in: preset.keyVariables, findings: &findings)
  }

  /// The first of some variables that is set, checked.
  func credential(
    in variables: [String], findings: inout ConfigurationFindings
  ) -> Credential? {
    for name in variables {
      guard let entry = environment[name] else { continue }
      do {
        return Credential(secret: try Secret(checking: entry.value), variable: entry.name)
      } catch {
        findings.refuse("\(entry.name) \(error.what)", at: entry.place)
        return nil
      }
    }
    return nil
  }

  /// Whether an address leads back to this gateway, which would call itself without end.
  func isOurs(_ url: BaseURL) -> Bool {
    listen.contains { address in
      guard address.port == url.port else { return false }
      let isLocal = IPAddress.isLoopback(address.host) || IPAddress.isAny(address.host)
      return address.host == url.host || (url.isLoopback && isLocal)
    }
  }

  /// The address paths are appended to, whether or not its version was written.
  static func normalised(_ url: BaseURL, for backend: Settings.Backend) -> String {
    if backend.kind.isCloud { return backend.cloudAddress(below: url) }
    let preset = backend.preset.flatMap(ProviderPreset.named)
    let isKnown = ProviderPreset.all.contains { $0.baseURL == url.plain }
    if isKnown || (preset?.baseURL == nil && url.hasPath) { return url.plain }
    return url.versioned(for: backend.kind)
  }
}
