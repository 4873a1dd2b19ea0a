internal import ControlPlane
internal import Transport

extension ConfigurationReader {
  private static let issuerKeys = [
    "issuer", "audience", "any_audience", "jwks_url", "algorithms", "leeway", "name_claim",
    "groups_claim", "groups", "terms", "required_claims", "allow_loopback", "allow_private",
    "ca_file",
  ]

  private static let issuerMeant = [
    "url": "issuer", "issuer_url": "issuer", "iss": "issuer", "aud": "audience",
    "audiences": "audience", "client_id": "audience", "jwks_uri": "jwks_url",
    "jwks": "jwks_url", "algorithm": "algorithms", "algs": "algorithms",
    "roles_claim": "groups_claim", "roles": "groups", "clock_skew": "leeway",
    "claims": "required_claims",
  ]

  /// Reads `issuers`, whose tokens open the gate.
  mutating func issuers(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("issuers") else { return }
    for (index, item) in (node.items ?? [node]).enumerated() {
      let path = node.items == nil ? "issuers" : "issuers[\(index)]"
      guard
        let section = section(item, path: path, knows: Self.issuerKeys, meant: Self.issuerMeant),
        let issuer = issuer(section, into: &draft)
      else { continue }
      if draft.settings.callers.issuers.contains(where: { $0.issuer == issuer.issuer }) {
        findings.refuse(
          "two issuers are \"\(issuer.issuer)\"", at: section.place, remedy: "remove one")
        continue
      }
      draft.settings.callers.issuers.append(issuer)
    }
  }

  private mutating func issuer(
    _ section: Section, into draft: inout SettingsDraft
  ) -> Settings.Issuer? {
    guard section.has("issuer") else {
      findings.refuse(
        "\(section.path) has no issuer", at: section.place,
        remedy: "write issuer: https://accounts.example.com, as it stands in the tokens")
      return nil
    }
    guard let name = value("issuer", in: section, .text) else { return nil }
    var issuer = Settings.Issuer(
      issuer: name, audiences: list("audience", in: section).map(\.value))
    let takesAnybody = value("any_audience", in: section, .flag) ?? false
    if takesAnybody == !issuer.audiences.isEmpty {
      findings.refuse(
        takesAnybody
          ? "\(section.path) has an audience and takes any"
          : "\(section.path) has no audience, so that tokens for anybody would open the gate",
        at: section.place,
        remedy: takesAnybody ? "keep one" : "write audience: NAME, or any_audience: true")
    }
    var policy = AddressPolicy.publicOnly
    read("allow_loopback", section, .flag) { policy.allowsLoopback = $0 }
    read("allow_private", section, .flag) { policy.allowsPrivate = $0 }
    issuer.addresses = policy
    issuer.caFile = filePath("ca_file", in: section)
    issuer.keysURL = value("jwks_url", in: section, .text)
    for (key, url) in [("issuer", name), ("jwks_url", issuer.keysURL ?? name)] {
      guard let refusal = IssuerCalls.refusal(of: url, by: policy) else { continue }
      findings.refuse(
        "\(section.path(of: key)) \(refusal)", at: section.place,
        remedy: "give an https address; allow_loopback and allow_private widen what is taken")
      break
    }
    proofs(section, into: &issuer)
    groups(section, into: &issuer, draft: &draft)
    return issuer
  }

  private mutating func proofs(_ section: Section, into issuer: inout Settings.Issuer) {
    let algorithms = list("algorithms", in: section)
    if section.has("algorithms") { issuer.algorithms = [] }
    for text in algorithms {
      guard let algorithm = SignatureAlgorithm(rawValue: text.value) else {
        let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        findings.refuse(
          "\(section.path).algorithms: \"\(text.value)\" is not taken", at: text.place,
          remedy: "use \(names)")
        continue
      }
      if !issuer.algorithms.contains(algorithm) { issuer.algorithms.append(algorithm) }
    }
    if algorithms.isEmpty, section.has("algorithms") {
      findings.refuse(
        "\(section.path).algorithms is empty", at: section.place, remedy: "remove it to take all")
    }
    read("leeway", section, .leeway) { issuer.leeway = $0.components.seconds }
    guard let node = section.node("required_claims") else { return }
    let path = section.path(of: "required_claims")
    for member in mapping(node, path: path) ?? [] {
      let values = (member.value.items ?? [member.value]).compactMap {
        text($0, path: "\(path).\(member.key)")?.value
      }
      issuer.requiredClaims.append(.init(name: member.key, values: values))
    }
  }

  private mutating func groups(
    _ section: Section, into issuer: inout Settings.Issuer, draft: inout SettingsDraft
  ) {
    read("name_claim", section, .text) { issuer.nameClaim = $0 }
    read("groups_claim", section, .text) { issuer.groupsClaim = $0 }
    issuer.terms = termsMember("terms", of: section, into: &draft)
    guard let node = section.node("groups") else { return }
    let path = section.path(of: "groups")
    for member in mapping(node, path: path) ?? [] {
      let memberPath = "\(path).\(member.key)"
      var terms: KeyTerms?
      if member.value.members == nil {
        terms = text(member.value, path: memberPath)
          .flatMap { namedTerms($0, path: memberPath, in: draft) }
      } else if let inner = self.section(
        member.value, path: memberPath, knows: Self.termKeys, meant: Self.termMeant)
      {
        terms = self.terms(inner, into: &draft)
      }
      if let terms { issuer.groups.append(.init(name: member.key, terms: terms)) }
    }
  }
}

extension ScalarForm where Value == Duration {
  /// By how much clocks may differ.
  fileprivate static let leeway = ScalarForm(expected: "a time from 0s to 10m") { text in
    if ["0", "0s"].contains(text) { return .zero }
    return duration.parse(text).flatMap { $0 <= .seconds(600) ? $0 : nil }
  }
}

extension ConfigurationEnvironment {
  /// The issuer that variables of other proxies name, beside those of the file.
  mutating func issuer(into draft: inout SettingsDraft) {
    guard let entry = table["OIDC_ISSUER_URL"] else {
      if let audience = table["OIDC_AUDIENCE"] {
        findings.notice("OIDC_AUDIENCE is set without OIDC_ISSUER_URL", at: audience.place)
      }
      return
    }
    if let refusal = IssuerCalls.refusal(of: entry.value, by: .publicOnly) {
      findings.refuse(
        "OIDC_ISSUER_URL \(refusal)", at: entry.place,
        remedy: "give an https address; the file's issuers can have others")
      return
    }
    let known = draft.settings.callers.issuers.contains { $0.issuer == entry.value }
    if known {
      findings.notice("OIDC_ISSUER_URL is an issuer of the file, which counts", at: entry.place)
      return
    }
    let audience = table["OIDC_AUDIENCE"]?.value ?? entry.value
    draft.settings.callers.issuers.append(.init(issuer: entry.value, audiences: [audience]))
  }
}
