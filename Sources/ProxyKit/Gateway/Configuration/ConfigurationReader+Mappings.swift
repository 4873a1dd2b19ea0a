extension ConfigurationReader {
  /// Reads `mappings`: `pattern: target` lines, or a list of them, or of `pattern` and `to`.
  mutating func mappings(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("mappings") else { return }
    draft.hasMappings = true
    guard let items = node.items else {
      for member in mapping(node, path: "mappings") ?? [] { rule(member, into: &draft) }
      return
    }
    for (index, item) in items.enumerated() {
      let path = "mappings[\(index)]"
      if let members = item.members, members.count == 1, item["pattern"] == nil {
        rule(members[0], into: &draft)
        continue
      }
      guard
        let section = section(
          item, path: path, knows: ["pattern", "to"],
          meant: ["target": "to", "model": "to", "backend": "to", "from": "pattern"])
      else { continue }
      guard let pattern = value("pattern", in: section, .text),
        let target = value("to", in: section, .text)
      else {
        if !section.has("pattern") || !section.has("to") {
          findings.refuse(
            "\(path) needs a pattern and a target", at: section.place,
            remedy: "write - claude-*: openai:gpt-4o")
        }
        continue
      }
      draft.rules.append(.init(pattern: pattern, target: target, place: section.place))
    }
  }

  private mutating func rule(_ member: YAMLMember, into draft: inout SettingsDraft) {
    guard let text = text(member.value, path: "mappings.\(member.key)") else { return }
    draft.rules.append(
      .init(pattern: member.key, target: text.value, place: place(member.keyMark)))
  }
}
