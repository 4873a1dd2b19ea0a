/// A TOML text as the same tree that YAML texts become; what is written twice is refused.
///
/// Numbers, truth values and dates stay as the text they are; nothing here needs more of them.
struct TOMLDocument {
  /// Nil when the text could not be read to its end.
  var root: YAMLNode?
  /// Empty when the text is good.
  var problems: [YAMLProblem] = []

  private static let mostBytes = 1 << 20

  init(_ bytes: [UInt8]) {
    let start = YAMLMark(line: 1, column: 1)
    guard bytes.count <= Self.mostBytes else {
      problems = [YAMLProblem(mark: start, text: "the file is larger than 1 MiB")]
      return
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      problems = [YAMLProblem(mark: start, text: "the file is not UTF-8")]
      return
    }
    var reading = TOMLReading(TOMLScanner(text))
    do throws(YAMLProblem) {
      root = try reading.document().node
    } catch {
      problems = [error]
    }
  }
}

/// Puts lines and headers into their tables.
private struct TOMLReading {
  var scanner: TOMLScanner
  private var root = TOMLTable(mark: YAMLMark(line: 1, column: 1))
  /// The path of the last header.
  private var place: [TOMLKey] = []

  init(_ scanner: TOMLScanner) {
    self.scanner = scanner
  }

  mutating func document() throws(YAMLProblem) -> TOMLTable {
    while true {
      scanner.skipBlank()
      guard let byte = scanner.peek else { return root }
      if byte == UInt8(ascii: "[") {
        try header()
      } else {
        let path = try scanner.keys()
        try scanner.expect("=")
        scanner.skipSpaces()
        try root.insert(try scanner.value(depth: 0), at: (place + path)[...])
      }
      try scanner.endLine()
    }
  }

  private mutating func header() throws(YAMLProblem) {
    try scanner.expect("[")
    let isList = scanner.take("[")
    place = try scanner.keys()
    try scanner.expect("]")
    if isList { try scanner.expect("]") }
    try root.open(place[...], isList: isList)
  }
}

/// One name of a path and where it stands.
struct TOMLKey {
  var name: String
  var mark: YAMLMark
}

/// A table that is still being filled.
struct TOMLTable {
  /// What a name stands for.
  private enum Content {
    case value(YAMLNode)
    case table(TOMLTable)
    case tables([TOMLTable])
  }

  private struct Member {
    var key: TOMLKey
    var content: Content
  }

  let mark: YAMLMark
  private var members: [Member] = []
  /// Whether a header has named it.
  private var isNamed = false

  private static let mostLevels = 32

  init(mark: YAMLMark) {
    self.mark = mark
  }

  /// Puts a value at the end of a path, making what is missing on the way.
  mutating func insert(
    _ value: YAMLNode, at path: ArraySlice<TOMLKey>
  ) throws(YAMLProblem) {
    try walk(path) { (table, key) throws(YAMLProblem) in
      guard table.index(of: key) == nil else { throw Self.twice(key) }
      table.members.append(Member(key: key, content: .value(value)))
    }
  }

  /// Opens the table of a header.
  mutating func open(_ path: ArraySlice<TOMLKey>, isList: Bool) throws(YAMLProblem) {
    try walk(path) { (table, key) throws(YAMLProblem) in
      var fresh = TOMLTable(mark: key.mark)
      fresh.isNamed = true
      guard let index = table.index(of: key) else {
        table.members.append(
          Member(key: key, content: isList ? .tables([fresh]) : .table(fresh)))
        return
      }
      switch table.members[index].content {
      case .tables(let tables) where isList:
        table.members[index].content = .tables(tables + [fresh])
      case .table(var known) where !isList && !known.isNamed:
        known.isNamed = true
        table.members[index].content = .table(known)
      default: throw Self.twice(key)
      }
    }
  }

  private mutating func walk(
    _ path: ArraySlice<TOMLKey>,
    _ change: (inout TOMLTable, TOMLKey) throws(YAMLProblem) -> Void
  ) throws(YAMLProblem) {
    guard let key = path.first else { return }
    guard path.count <= Self.mostLevels else {
      throw YAMLProblem(mark: key.mark, text: "nested deeper than \(Self.mostLevels) levels")
    }
    if path.count == 1 { return try change(&self, key) }
    if index(of: key) == nil {
      members.append(Member(key: key, content: .table(TOMLTable(mark: key.mark))))
    }
    guard let index = index(of: key) else { return }
    switch members[index].content {
    case .value: throw Self.twice(key)
    case .table(var table):
      try table.walk(path.dropFirst(), change)
      members[index].content = .table(table)
    case .tables(var tables):
      try tables[tables.count - 1].walk(path.dropFirst(), change)
      members[index].content = .tables(tables)
    }
  }

  private func index(of key: TOMLKey) -> Int? {
    members.firstIndex { $0.key.name == key.name }
  }

  private static func twice(_ key: TOMLKey) -> YAMLProblem {
    YAMLProblem(
      mark: key.mark, text: "\"\(key.name)\" is here twice", remedy: "keep one of them")
  }

  /// The finished tree.
  var node: YAMLNode {
    YAMLNode(
      mark: mark,
      content: .mapping(
        members.map { member in
          let value: YAMLNode
          switch member.content {
          case .value(let node): value = node
          case .table(let table): value = table.node
          case .tables(let tables):
            value = YAMLNode(mark: member.key.mark, content: .sequence(tables.map(\.node)))
          }
          return YAMLMember(key: member.key.name, keyMark: member.key.mark, value: value)
        }))
  }
}
