/// A YAML (or JSON) text as a tree, with everything that is wrong with it.
package struct YAMLDocument: Sendable, Equatable {
  /// Nil when the text is empty or could not be read to its end.
  package var root: YAMLNode?
  /// Empty when the text is good.
  package var problems: [YAMLProblem]

  /// What a text may cost before it is refused.
  package struct Bounds: Sendable {
    package var bytes = 1 << 20
    package var depth = 64
    /// Nodes when every alias is written out; what stops a text that doubles itself.
    package var nodes = 100_000

    package init() {}
  }

  package init(_ bytes: [UInt8], bounds: Bounds = Bounds()) {
    root = nil
    problems = []
    guard bytes.count <= bounds.bytes else {
      problems = [
        YAMLProblem(
          mark: YAMLMark(line: 1, column: 1),
          text: "\(bytes.count) bytes are more than the \(bounds.bytes) a file may have")
      ]
      return
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
    guard let reader = YAMLEventReader(text) else { return }
    var composer = YAMLComposer(reader: reader, bounds: bounds)
    do {
      root = try composer.document()
    } catch {
      composer.problems.append(error)
    }
    problems = composer.problems
  }

  package init(_ text: String, bounds: Bounds = Bounds()) {
    self.init(Array(text.utf8), bounds: bounds)
  }
}

/// Builds the tree from the events, one level of recursion a level of nesting.
private struct YAMLComposer: ~Copyable {
  var reader: YAMLEventReader
  let bounds: YAMLDocument.Bounds
  var problems: [YAMLProblem] = []
  private var anchors: [String: YAMLNode] = [:]
  private var nodes = 0

  init(reader: consuming YAMLEventReader, bounds: YAMLDocument.Bounds) {
    self.reader = reader
    self.bounds = bounds
  }

  mutating func document() throws(YAMLProblem) -> YAMLNode? {
    var root: YAMLNode?
    var documents = 0
    while true {
      let event = try reader.next()
      switch event.kind {
      case .streamStart, .documentEnd: continue
      case .streamEnd: return root
      case .documentStart:
        documents += 1
        guard documents == 1 else {
          throw YAMLProblem(
            mark: event.mark, text: "a second document begins here",
            remedy: "keep one document in the file")
        }
      default: root = try node(from: event, depth: 1)
      }
    }
  }

  private mutating func node(
    from event: YAMLEvent, depth: Int
  ) throws(YAMLProblem) -> YAMLNode {
    guard depth <= bounds.depth else { throw tooDeep(event.mark) }
    let node: YAMLNode
    switch event.kind {
    case .alias(let name): return try referred(name, at: event.mark, depth: depth)
    case .scalar(var scalar):
      checkTag(of: event)
      if event.tag?.hasSuffix(":str") == true { scalar.style = .doubleQuoted }
      node = YAMLNode(mark: event.mark, content: .scalar(scalar))
    case .sequenceStart:
      checkTag(of: event)
      node = try sequence(from: event.mark, depth: depth)
    case .mappingStart:
      checkTag(of: event)
      node = try mapping(from: event.mark, depth: depth)
    default: throw YAMLProblem(mark: event.mark, text: "not valid YAML: a value is missing")
    }
    try count(1, at: event.mark)
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func sequence(
    from mark: YAMLMark, depth: Int
  ) throws(YAMLProblem) -> YAMLNode {
    var items: [YAMLNode] = []
    while true {
      let event = try reader.next()
      if case .sequenceEnd = event.kind {
        return YAMLNode(mark: mark, content: .sequence(items))
      }
      items.append(try node(from: event, depth: depth + 1))
    }
  }

  private mutating func mapping(
    from mark: YAMLMark, depth: Int
  ) throws(YAMLProblem) -> YAMLNode {
    var members: [YAMLMember] = []
    var lines: [String: Int] = [:]
    var merged: [YAMLMember] = []
    while true {
      let event = try reader.next()
      if case .mappingEnd = event.kind { break }
      let key = try node(from: event, depth: depth + 1)
      let value = try node(from: try reader.next(), depth: depth + 1)
      guard let scalar = key.scalar else {
        problems.append(YAMLProblem(mark: event.mark, text: "a key must be a plain text"))
        continue
      }
      if scalar.text == "<<", scalar.style == .plain {
        merged += mergeable(value)
      } else if let line = lines.updateValue(event.mark.line, forKey: scalar.text) {
        lines[scalar.text] = line
        problems.append(
          YAMLProblem(
            mark: event.mark, text: "\"\(scalar.text)\" is here twice, first at line \(line)",
            remedy: "keep one of them"))
      } else {
        members.append(YAMLMember(key: scalar.text, keyMark: event.mark, value: value))
      }
    }
    // What the mapping says itself wins, then what was merged first.
    for member in merged where lines[member.key] == nil {
      lines[member.key] = member.keyMark.line
      members.append(member)
    }
    return YAMLNode(mark: mark, content: .mapping(members))
  }

  private mutating func mergeable(_ node: YAMLNode) -> [YAMLMember] {
    if let members = node.members { return members }
    if let items = node.items, items.allSatisfy({ $0.members != nil }) {
      return items.flatMap { $0.members ?? [] }
    }
    problems.append(
      YAMLProblem(
        mark: node.mark, text: "\"<<\" takes a mapping, found \(node.kindName)",
        remedy: "give it an alias of a mapping"))
    return []
  }

  private mutating func referred(
    _ name: String, at mark: YAMLMark, depth: Int
  ) throws(YAMLProblem) -> YAMLNode {
    guard let node = anchors[name] else {
      throw YAMLProblem(
        mark: mark, text: "nothing above is named &\(name)",
        remedy: "name a value with &\(name) before it is used")
    }
    guard depth + node.height - 1 <= bounds.depth else { throw tooDeep(mark) }
    try count(node.weight, at: mark)
    return node
  }

  private mutating func count(_ added: Int, at mark: YAMLMark) throws(YAMLProblem) {
    nodes += added
    guard nodes <= bounds.nodes else {
      throw YAMLProblem(
        mark: mark, text: "more than \(bounds.nodes) values, aliases written out",
        remedy: "use fewer aliases of aliases")
    }
  }

  private mutating func checkTag(of event: YAMLEvent) {
    guard let tag = event.tag else { return }
    let known = ["str", "int", "bool", "float", "null", "seq", "map"]
    guard tag == "!" || known.contains(where: { tag == "tag:yaml.org,2002:\($0)" }) else {
      problems.append(
        YAMLProblem(
          mark: event.mark, text: "the tag \(tag) is unknown",
          remedy: "write the value itself, or env:NAME to take it from the environment"))
      return
    }
  }

  private func tooDeep(_ mark: YAMLMark) -> YAMLProblem {
    YAMLProblem(mark: mark, text: "nested deeper than \(bounds.depth) levels")
  }
}
