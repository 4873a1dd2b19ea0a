/// Takes values out of the file's tree and remembers what is wrong with them.
struct ConfigurationReader {
  let file: String
  let environment: EnvironmentTable
  let inputs: ConfigurationInputs
  var findings = ConfigurationFindings()

  init(file: String, environment: EnvironmentTable, inputs: ConfigurationInputs) {
    self.file = file
    self.environment = environment
    self.inputs = inputs
  }

  /// One mapping of the file and the path to it.
  struct Section {
    /// Empty at the root.
    let path: String
    let place: ConfigurationPlace
    fileprivate let members: [YAMLMember]

    func has(_ key: String) -> Bool { node(key) != nil }

    func node(_ key: String) -> YAMLNode? {
      members.first { $0.key == key && $0.value.scalar?.isNull != true }?.value
    }

    /// The path of one of its members.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  }

  /// A text of the file, its variable resolved.
  struct Text {
    var value: String
    var place: ConfigurationPlace
    /// Whether it stands in the file itself, so that it may be repeated in a message.
    var isLiteral: Bool
  }

  func place(_ mark: YAMLMark) -> ConfigurationPlace {
    ConfigurationPlace(file: file, line: mark.line, column: mark.column)
  }

  /// The mapping at a node; a key that is not in `knows` is a problem.
  mutating func section(
    _ node: YAMLNode, path: String, knows keys: [String], meant: [String: String] = [:]
  ) -> Section? {
    guard let members = mapping(node, path: path) else { return nil }
    for member in members where !keys.contains(member.key) {
      let guess = meant[member.key] ?? NearestName.to(member.key, among: keys)
      let known = "known here: \(keys.joined(separator: ", "))"
      findings.refuse(
        "unknown key \"\(member.key)\"" + (path.isEmpty ? "" : " in \(path)"),
        at: place(member.keyMark), remedy: guess.map { "did you mean \"\($0)\"?" } ?? known)
    }
    for member in members where member.value.scalar?.isNull == true && keys.contains(member.key) {
      refuseEmpty(member, path: path)
    }
    return Section(path: path, place: place(node.mark), members: members)
  }

  /// The members of a mapping with names of the operator's choice; an empty one is fine.
  mutating func mapping(_ node: YAMLNode, path: String) -> [YAMLMember]? {
    if let members = node.members { return members }
    if node.scalar?.isNull == true { return [] }
    let name = path.isEmpty ? "the file" : path
    findings.refuse(
      "\(name) must be a mapping, found \(node.kindName)", at: place(node.mark),
      remedy: "write \"key: value\" lines")
    return nil
  }

  /// A value in the form that is expected of it.
  mutating func value<Value>(
    _ key: String, in section: Section, _ form: ScalarForm<Value>
  ) -> Value? {
    guard let node = section.node(key) else { return nil }
    return value(node, path: section.path(of: key), form)
  }

  mutating func value<Value>(
    _ node: YAMLNode, path: String, _ form: ScalarForm<Value>
  ) -> Value? {
    guard let text = text(node, path: path) else { return nil }
    if let value = form.parse(text.value.trimmed) { return value }
    let shown = text.isLiteral ? " \"\(text.value)\"" : ""
    findings.refuse("\(path)\(shown) is not \(form.expected)", at: text.place)
    return nil
  }

  /// The texts of a list, or of a single value standing for one.
  mutating func list(_ key: String, in section: Section) -> [Text] {
    guard let node = section.node(key) else { return [] }
    let path = section.path(of: key)
    let items = node.items ?? [node]
    return items.enumerated().compactMap { index, item in
      text(item, path: node.items == nil ? path : "\(path)[\(index)]")
    }
  }

  /// A scalar's text; `env:NAME` and `os.environ/NAME` are the variable's value.
  mutating func text(_ node: YAMLNode, path: String) -> Text? {
    guard let scalar = node.scalar, !scalar.isNull else {
      findings.refuse(
        "\(path) must be a single value, found \(node.kindName)", at: place(node.mark))
      return nil
    }
    guard let name = Self.variable(in: scalar.text) else {
      return Text(value: scalar.text, place: place(node.mark), isLiteral: true)
    }
    guard EnvironmentFile.isName(name) else {
      findings.refuse(
        "\(path) refers to \"\(name)\", which cannot be the name of a variable",
        at: place(node.mark))
      return nil
    }
    guard let value = environment.exact(name)?.value, !value.trimmed.isEmpty else {
      let state = environment.exact(name) == nil ? "not set" : "empty"
      findings.refuse(
        "\(path) takes its value from \(name), which is \(state)", at: place(node.mark),
        remedy: "set it in the environment or in .anyllm.env")
      return nil
    }
    return Text(value: value, place: place(node.mark), isLiteral: false)
  }

  /// A credential; never repeated in a message.
  mutating func secret(_ key: String, in section: Section) -> Secret? {
    let inFile = "\(key)_file"
    if section.has(key), section.has(inFile) {
      findings.refuse(
        "\(section.path(of: key)) and \(inFile) are both given", at: section.place,
        remedy: "keep one")
    }
    if let node = section.node(key) { return secret(node, path: section.path(of: key)) }
    guard let node = section.node(inFile),
      let path = filePath(inFile, in: section)
    else { return nil }
    guard case .bytes(let bytes) = inputs.readFile(path) else { return nil }
    return checked(
      String(decoding: bytes, as: UTF8.self), path: section.path(of: inFile),
      place: place(node.mark))
  }

  mutating func secret(_ node: YAMLNode, path: String) -> Secret? {
    guard let text = text(node, path: path) else { return nil }
    return checked(text.value, path: path, place: text.place)
  }

  private mutating func checked(
    _ text: String, path: String, place: ConfigurationPlace
  ) -> Secret? {
    do {
      return try Secret(checking: text)
    } catch {
      findings.refuse("\(path) \(error.what)", at: place)
      return nil
    }
  }

  /// The path of a file that can be read, relative to where the configuration is.
  mutating func filePath(_ key: String, in section: Section) -> String? {
    guard let node = section.node(key),
      let text = text(node, path: section.path(of: key))
    else { return nil }
    let path = PathText.absolute(
      text.value, from: PathText.absolute(PathText.directory(of: file), from: inputs),
      home: inputs.homeDirectory)
    switch inputs.readFile(path) {
    case .bytes: return path
    case .missing:
      findings.refuse("\(section.path(of: key)): there is no file \(path)", at: text.place)
    case .unreadable(let reason):
      findings.refuse(
        "\(section.path(of: key)): \(path) cannot be read: \(reason)", at: text.place)
    }
    return nil
  }

  private mutating func refuseEmpty(_ member: YAMLMember, path: String) {
    let sections = [
      "backends", "mappings", "routes", "classes", "keys", "limits", "log", "headers", "models",
      "terms", "prices", "network", "issuers", "cache", "groups", "required_claims", "betas",
    ]
    if sections.contains(member.key) { return }
    let whole = path.isEmpty ? member.key : "\(path).\(member.key)"
    findings.refuse(
      "\(whole) has no value", at: place(member.keyMark), remedy: "give it one or remove the line")
  }

  private static func variable(in text: String) -> String? {
    for prefix in ["env:", "os.environ/"] where text.hasPrefix(prefix) {
      return String(text.dropFirst(prefix.count))
    }
    return nil
  }
}

extension Secret {
  /// Why a text cannot be a credential.
  struct Fault: Error {
    let what: String
  }

  /// A credential that a header can carry, white space around it removed.
  init(checking text: String) throws(Fault) {
    let text = text.trimmed
    guard !text.isEmpty else { throw Fault(what: "is empty") }
    guard text.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw Fault(what: "has white space or a sign in it that no key has")
    }
    self.init(text)
  }
}

/// Paths as texts.
enum PathText {
  static func absolute(_ path: String, from directory: String, home: String) -> String {
    if path == "~" { return home }
    if path.hasPrefix("~/") { return joined(home, String(path.dropFirst(2))) }
    return path.hasPrefix("/") ? path : joined(directory, path)
  }

  static func absolute(_ path: String, from inputs: ConfigurationInputs) -> String {
    absolute(path, from: inputs.workingDirectory, home: inputs.homeDirectory)
  }

  /// The part before the last slash; empty when there is none.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func joined(_ directory: String, _ name: String) -> String {
    if name.isEmpty { return directory }
    return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}
