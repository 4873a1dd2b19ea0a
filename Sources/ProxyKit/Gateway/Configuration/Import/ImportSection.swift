/// One mapping of another proxy's file, and the members nobody has asked for yet.
struct ImportSection {
  let path: String
  let mark: YAMLMark
  private(set) var rest: [YAMLMember]

  /// Nil when the node is no mapping.
  init?(_ node: YAMLNode, path: String) {
    guard let members = node.members else { return nil }
    self.path = path
    mark = node.mark
    rest = members.filter { $0.value.scalar?.isNull != true }
  }

  /// One without members.
  init(path: String, mark: YAMLMark) {
    self.path = path
    self.mark = mark
    rest = []
  }

  /// The path of a member.
  func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// A member, which then counts as looked at.
  mutating func take(_ key: String) -> YAMLMember? {
    guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
    return rest.remove(at: index)
  }

  /// Adds what the section itself does not say.
  mutating func add(_ members: [YAMLMember]) {
    for member in members where !rest.contains(where: { $0.key == member.key }) {
      rest.append(member)
    }
  }

  /// A single value; what is none stays unlooked at.
  mutating func text(_ key: String) -> ImportText? {
    guard let index = rest.firstIndex(where: { $0.key == key }),
      let scalar = rest[index].value.scalar
    else { return nil }
    return ImportText(value: scalar.text.trimmed, mark: rest.remove(at: index).keyMark)
  }

  /// A mapping below this one.
  mutating func section(_ key: String) -> ImportSection? {
    guard let index = rest.firstIndex(where: { $0.key == key }),
      let section = ImportSection(rest[index].value, path: path(of: key))
    else { return nil }
    rest.remove(at: index)
    return section
  }

  /// The items of a list.
  mutating func items(_ key: String) -> [YAMLNode] {
    guard let index = rest.firstIndex(where: { $0.key == key }),
      let items = rest[index].value.items
    else { return [] }
    rest.remove(at: index)
    return items
  }
}

/// A value of another proxy's file and where it stands.
struct ImportText: Equatable {
  var value: String
  var mark: YAMLMark

  /// As we write it: the ways to name a variable are one.
  var written: String {
    if value.hasPrefix("os.environ/") { return "env:\(value.dropFirst(11))" }
    if value.hasPrefix("${"), value.hasSuffix("}"),
      EnvironmentFile.isName(value.dropFirst(2).dropLast())
    {
      return "env:\(value.dropFirst(2).dropLast())"
    }
    return value
  }

  /// Whether the value stands in a variable.
  var isReference: Bool { written.hasPrefix("env:") }

  var flag: Bool? { ScalarForm.flag.parse(value) }

  /// Whole or broken seconds as a duration of ours.
  var seconds: String? {
    guard let number = Double(value), number > 0, number.isFinite else { return nil }
    let milliseconds = (number * 1000).rounded()
    guard milliseconds >= 1 else { return nil }
    let most = 86_400_000.0
    let whole = Int(min(milliseconds, most))
    return whole % 1000 == 0 ? "\(whole / 1000)s" : "\(whole)ms"
  }
}
