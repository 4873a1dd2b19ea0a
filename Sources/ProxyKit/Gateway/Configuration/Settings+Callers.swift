package import ControlPlane

extension Settings {
  /// Who may call.
  package struct Callers: Sendable, Equatable {
    package var staticKeys: [StaticKey]
    /// Whether callers without a known key are served while no key exists.
    package var openRelay: Bool
    /// False when nobody asked for it and it follows from a loopback address without any key.
    package var openRelayIsExplicit: Bool
    /// What those may do who are served without a key.
    package var openTerms: KeyTerms
    /// Sets of terms that the file names, for keys, groups of tokens and the open gate.
    package var namedTerms: [String: KeyTerms] = [:]
    /// Whose tokens open the gate.
    package var issuers: [Issuer] = []

    package init(
      staticKeys: [StaticKey] = [], openRelay: Bool = true, openRelayIsExplicit: Bool = false,
      openTerms: KeyTerms = KeyTerms()
    ) {
      self.staticKeys = staticKeys
      self.openRelay = openRelay
      self.openRelayIsExplicit = openRelayIsExplicit
      self.openTerms = openTerms
    }

    /// Whether a caller whose key is unknown is served.
    ///
    /// - Parameter storedKeys: All keys of the store, revoked ones too: revoking the last key
    ///   must not open the gate.
    package func admitsUnknownCallers(storedKeys: Int) -> Bool {
      openRelay && staticKeys.isEmpty && issuers.isEmpty && (openRelayIsExplicit || storedKeys == 0)
    }
  }

  /// A caller's key that the configuration names.
  package struct StaticKey: Sendable, Equatable {
    package var name: String
    package var secret: Secret
    /// With it the key is a pair: its callers sign their requests as Amazon's clients do.
    package var accessKeyID: String?
    package var terms: KeyTerms

    package init(
      name: String, secret: Secret, accessKeyID: String? = nil, terms: KeyTerms = KeyTerms()
    ) {
      self.name = name
      self.secret = secret
      self.accessKeyID = accessKeyID
      self.terms = terms
    }
  }
}

extension Settings.Callers {
  /// What changed of who may call and what they may do; no secret is in it.
  func changes(from old: Settings.Callers) -> [String] {
    var changes: [String] = []
    for key in old.staticKeys where !staticKeys.contains(where: { $0.name == key.name }) {
      changes.append("key \(key.name) removed")
    }
    for key in staticKeys {
      guard let before = old.staticKeys.first(where: { $0.name == key.name }) else {
        changes.append("key \(key.name) added")
        continue
      }
      if before.secret != key.secret || before.accessKeyID != key.accessKeyID {
        changes.append("key \(key.name) changed")
      }
      if before.terms != key.terms { changes.append("key \(key.name): terms changed") }
    }
    if openRelay != old.openRelay {
      changes.append(
        openRelay ? "callers without a key are served" : "callers without a key are refused")
    } else if openRelayIsExplicit != old.openRelayIsExplicit {
      changes.append("open_relay is \(openRelayIsExplicit ? "explicit" : "implied")")
    }
    for issuer in old.issuers where !issuers.contains(where: { $0.issuer == issuer.issuer }) {
      changes.append("issuer \(issuer.issuer) removed")
    }
    for issuer in issuers {
      let before = old.issuers.first { $0.issuer == issuer.issuer }
      if before != issuer {
        changes.append("issuer \(issuer.issuer) \(before == nil ? "added" : "changed")")
      }
    }
    if openTerms != old.openTerms { changes.append("open_terms changed") }
    for name in Set(namedTerms.keys).union(old.namedTerms.keys).sorted()
    where namedTerms[name] != old.namedTerms[name] {
      changes.append(
        "terms \(name) "
          + (namedTerms[name] == nil
            ? "removed" : old.namedTerms[name] == nil ? "added" : "changed"))
    }
    return changes
  }
}
