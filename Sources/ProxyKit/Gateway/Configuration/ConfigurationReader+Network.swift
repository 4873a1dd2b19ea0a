extension ConfigurationReader {
  private static let networkMeant = [
    "ip_allowlist": "allow", "allowlist": "allow", "allowed_ips": "allow",
    "trusted_proxy_depth": "trusted_proxies", "trust_proxy_headers": "trusted_proxies",
  ]

  /// Reads `network`: who may call, and whose word counts on where a request came from.
  mutating func network(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("network"),
      let section = section(
        node, path: "network", knows: ["allow", "trusted_proxies"], meant: Self.networkMeant)
    else { return }
    if section.has("allow") {
      let ranges = ranges("allow", in: section)
      if ranges.isEmpty, section.node("allow")?.items?.isEmpty == true {
        findings.refuse(
          "network.allow is an empty list, which nobody is in", at: section.place,
          remedy: "name addresses, or remove it to let everybody call")
      }
      draft.settings.network.allow = ranges
    }
    if let trust = trust(section) {
      draft.settings.network.trust = trust
      draft.trustPlace = section.node("trusted_proxies").map { place($0.mark) }
    }
  }

  private mutating func trust(_ section: Section) -> NetworkPolicy.Trust? {
    guard let node = section.node("trusted_proxies") else { return nil }
    let path = section.path(of: "trusted_proxies")
    if node.members != nil {
      guard
        let inner = self.section(
          node, path: path, knows: ["depth", "addresses"], meant: ["from": "addresses"])
      else { return nil }
      let from = ranges("addresses", in: inner)
      guard inner.has("depth") else { return .proxies(from) }
      return value("depth", in: inner, .count(in: 1...32)).map { .depth($0, from: from) }
    }
    if node.items == nil, node.scalar.map({ Int($0.text) != nil }) == true {
      return value("trusted_proxies", in: section, .count(in: 1...32)).map { .depth($0, from: []) }
    }
    return .proxies(ranges("trusted_proxies", in: section))
  }

  /// Addresses and networks; one that another covers is a problem.
  private mutating func ranges(_ key: String, in section: Section) -> [AddressRange] {
    var ranges: [AddressRange] = []
    for text in list(key, in: section) {
      do {
        let range = try AddressRange(text.value.trimmed)
        if let wider = ranges.first(where: { $0.covers(range) }) {
          findings.refuse(
            "\(section.path(of: key)): \(range) lies in \(wider) already", at: text.place,
            remedy: "remove it")
        }
        ranges.append(range)
      } catch {
        let shown = text.isLiteral ? " \"\(text.value)\"" : ""
        findings.refuse(
          "\(section.path(of: key))\(shown) \(error.what)", at: text.place, remedy: error.remedy)
      }
    }
    return ranges
  }
}

extension SettingsDraft {
  /// Says so when strangers can write where they come from.
  func noticeTrust(findings: inout ConfigurationFindings) {
    guard case .depth(_, let from) = settings.network.trust, from.isEmpty,
      settings.listen.contains(where: { !IPAddress.isLoopback($0.host) })
    else { return }
    findings.notice(
      "whoever reaches the port without a proxy can claim any address, since trusted_proxies names "
        + "none; write {depth: N, addresses: […]}", at: trustPlace)
  }
}

extension ConfigurationEnvironment {
  /// The variables of other proxies that say who may call from where.
  mutating func network(into draft: inout SettingsDraft) {
    if let entry = table["IP_ALLOWLIST"] ?? table["LITELLM_IP_ALLOWLIST"] {
      var ranges: [AddressRange] = []
      for item in entry.value.split(separator: ",", omittingEmptySubsequences: false) {
        do {
          ranges.append(try AddressRange(String(item).trimmed))
        } catch {
          findings.refuse(
            "\(entry.name) \"\(item)\" \(error.what)", at: entry.place, remedy: error.remedy)
        }
      }
      draft.settings.network.allow = ranges
    }
    guard let trusts = value("TRUST_PROXY_HEADERS", .flag) else { return }
    let depth = value("TRUSTED_PROXY_DEPTH", .count(in: 1...32))?.value ?? 1
    draft.settings.network.trust = trusts.value ? .depth(depth, from: []) : .nobody
    draft.trustPlace = trusts.place
  }
}
