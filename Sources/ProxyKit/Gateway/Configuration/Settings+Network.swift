extension NetworkPolicy {
  /// What changed of it.
  func changes(from old: NetworkPolicy) -> [String] {
    var changes: [String] = []
    if allow != old.allow {
      changes.append("network.allow changed from \(Self.text(old.allow)) to \(Self.text(allow))")
    }
    if trust != old.trust {
      changes.append("network.trusted_proxies changed from \(old.trust) to \(trust)")
    }
    return changes
  }

  private static func text(_ ranges: [AddressRange]) -> String {
    ranges.isEmpty ? "everybody" : ranges.map(\.description).joined(separator: ", ")
  }
}

extension NetworkPolicy.Trust: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nobody: "none"
    case .depth(let depth, let from):
      "\(depth)" + (from.isEmpty ? "" : " from " + from.map(\.description).joined(separator: ", "))
    case .proxies(let ranges): ranges.map(\.description).joined(separator: ", ")
    }
  }
}
