internal import ControlPlane

extension ConfigurationReader {
  private static let keyKeys =
    ["name", "secret", "secret_file", "access_key_id", "terms"] + termKeys

  private static let keyMeant = [
    "key": "secret", "api_key": "secret", "token": "secret", "key_file": "secret_file",
  ].merging(termMeant) { ours, _ in ours }

  /// `keys` is a list of mappings or of bare keys, or a mapping of names to keys.
  mutating func keys(_ root: Section, into draft: inout SettingsDraft) {
    draft.settings.callers.openTerms = termsMember("open_terms", of: root, into: &draft) ?? .init()
    guard let node = root.node("keys") else { return }
    guard let items = node.items else {
      for member in mapping(node, path: "keys") ?? [] {
        if member.value.members != nil {
          let path = "keys.\(member.key)"
          let known = Self.keyKeys.filter { $0 != "name" }
          guard
            let section = section(member.value, path: path, knows: known, meant: Self.keyMeant),
            var key = key(section, number: 0, into: &draft)
          else { continue }
          key.name = member.key
          draft.add(key, at: place(member.keyMark))
          continue
        }
        guard let secret = secret(member.value, path: "keys.\(member.key)") else { continue }
        draft.add(.init(name: member.key, secret: secret), at: place(member.keyMark))
      }
      return
    }
    for (index, item) in items.enumerated() {
      let path = "keys[\(index)]"
      if item.scalar != nil {
        guard let secret = secret(item, path: path) else { continue }
        draft.add(.init(name: "file-\(index + 1)", secret: secret), at: place(item.mark))
        continue
      }
      guard
        let section = section(item, path: path, knows: Self.keyKeys, meant: Self.keyMeant)
      else { continue }
      if let key = key(section, number: index + 1, into: &draft) {
        draft.add(key, at: section.place)
      }
    }
  }

  private mutating func key(
    _ section: Section, number: Int, into draft: inout SettingsDraft
  ) -> Settings.StaticKey? {
    if !section.has("secret"), !section.has("secret_file") {
      findings.refuse(
        "\(section.path) has no secret", at: section.place,
        remedy: "write secret: env:NAME or secret_file: PATH")
    }
    let name = value("name", in: section, .text) ?? "file-\(number)"
    let base = termsMember("terms", of: section, into: &draft) ?? .init()
    let terms = terms(section, base: base, into: &draft)
    guard let secret = secret("secret", in: section) else { return nil }
    let accessKeyID = value("access_key_id", in: section, .text)
    return .init(name: name, secret: secret, accessKeyID: accessKeyID, terms: terms)
  }
}

extension SettingsDraft {
  fileprivate mutating func add(_ key: Settings.StaticKey, at place: ConfigurationPlace) {
    settings.callers.staticKeys.append(key)
    keyPlaces.append(place)
  }
}
