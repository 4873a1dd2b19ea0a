/// Takes keys and values from a TOML text, one after the other.
struct TOMLScanner {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) {
    let bytes = Array(text.utf8)
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    self.bytes = bytes
  }

  var mark: YAMLMark { YAMLMark(line: line, column: at - lineStart + 1) }
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func advance() {
    if peek == UInt8(ascii: "\n") {
      line += 1
      lineStart = at + 1
    }
    at += 1
  }

  func fault(_ text: String, remedy: String? = nil) -> YAMLProblem {
    YAMLProblem(mark: mark, text: "not valid TOML: \(text)", remedy: remedy)
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: sign) else { return false }
    advance()
    return true
  }

  mutating func expect(_ sign: Unicode.Scalar) throws(YAMLProblem) {
    skipSpaces()
    guard take(sign) else { throw fault("\"\(sign)\" is missing") }
  }

  mutating func skipSpaces() {
    while let byte = peek, byte == 32 || byte == 9 { advance() }
  }

  /// Spaces, ends of lines and comments.
  mutating func skipBlank() {
    while let byte = peek {
      if byte == UInt8(ascii: "#") {
        while let byte = peek, byte != 10 { advance() }
      } else if byte == 32 || byte == 9 || byte == 10 || byte == 13 {
        advance()
      } else {
        return
      }
    }
  }

  /// Nothing but a comment may follow on the line.
  mutating func endLine() throws(YAMLProblem) {
    skipSpaces()
    guard let byte = peek, byte != 10, byte != 13, byte != UInt8(ascii: "#") else { return }
    throw fault("something follows the value")
  }

  /// `a.b."c d"`.
  mutating func keys() throws(YAMLProblem) -> [TOMLKey] {
    var keys: [TOMLKey] = []
    repeat {
      skipSpaces()
      let mark = mark
      let name: String
      if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
        name = try quoted()
      } else {
        name = bare { byte in
          (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == 95 || byte == 45
        }
        if name.isEmpty { throw fault("a key is missing") }
      }
      keys.append(TOMLKey(name: name, mark: mark))
      skipSpaces()
    } while take(".")
    return keys
  }

  private mutating func bare(_ belongs: (UInt8) -> Bool) -> String {
    let start = at
    while let byte = peek, belongs(byte) { advance() }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  mutating func value(depth: Int) throws(YAMLProblem) -> YAMLNode {
    guard depth < 32 else { throw fault("values are nested too deep") }
    let mark = mark
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try quoted()
      return YAMLNode(
        mark: mark, content: .scalar(YAMLScalar(text: text, style: .doubleQuoted)))
    case UInt8(ascii: "["): return try list(at: mark, depth: depth)
    case UInt8(ascii: "{"): return try table(at: mark, depth: depth)
    default:
      let word = bare { byte in byte > 32 && !",]}#".utf8.contains(byte) }
      let isNumber = word.utf8.first.map { (48...57).contains($0) || $0 == 43 || $0 == 45 } == true
      guard isNumber || word == "true" || word == "false" || word == "inf" || word == "nan" else {
        throw fault("a value is missing", remedy: "texts stand in quotes")
      }
      let text = word.filter { $0 != "_" }
      return YAMLNode(mark: mark, content: .scalar(YAMLScalar(text: text, style: .plain)))
    }
  }

  private mutating func list(at mark: YAMLMark, depth: Int) throws(YAMLProblem) -> YAMLNode {
    try expect("[")
    var items: [YAMLNode] = []
    while true {
      skipBlank()
      if take("]") { return YAMLNode(mark: mark, content: .sequence(items)) }
      items.append(try value(depth: depth + 1))
      skipBlank()
      if take(",") { continue }
      guard peek == UInt8(ascii: "]") else { throw fault("\",\" or \"]\" is missing") }
    }
  }

  private mutating func table(at mark: YAMLMark, depth: Int) throws(YAMLProblem) -> YAMLNode {
    try expect("{")
    var table = TOMLTable(mark: mark)
    skipBlank()
    if take("}") { return table.node }
    while true {
      skipBlank()
      let path = try keys()
      try expect("=")
      skipSpaces()
      try table.insert(try value(depth: depth + 1), at: path[...])
      skipBlank()
      if take("}") { return table.node }
      guard take(",") else { throw fault("\",\" or \"}\" is missing") }
    }
  }

  /// A text in quotes of one or three signs; only double ones know escapes.
  private mutating func quoted() throws(YAMLProblem) -> String {
    guard let quote = peek else { throw fault("a text is missing") }
    var marks = 0
    while peek == quote, marks < 3 {
      advance()
      marks += 1
    }
    if marks == 2 { return "" }
    let isLong = marks == 3
    if isLong {
      _ = take("\r")
      _ = take("\n")
    }
    var text: [UInt8] = []
    while let byte = peek {
      if byte == quote {
        guard isLong else {
          advance()
          return String(decoding: text, as: UTF8.self)
        }
        if bytes[at...].prefix(3).elementsEqual([quote, quote, quote]) {
          for _ in 0..<3 { advance() }
          return String(decoding: text, as: UTF8.self)
        }
      }
      if byte == 10, !isLong { break }
      advance()
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        text += try escaped(isLong: isLong)
      } else {
        text.append(byte)
      }
    }
    throw fault("the closing quote is missing")
  }

  private mutating func escaped(isLong: Bool) throws(YAMLProblem) -> [UInt8] {
    guard let byte = peek else { throw fault("the closing quote is missing") }
    if isLong, byte == 10 || byte == 13 || byte == 32 || byte == 9 {
      while let byte = peek, byte == 10 || byte == 13 || byte == 32 || byte == 9 { advance() }
      return []
    }
    advance()
    switch byte {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "e"): return [27]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
    case UInt8(ascii: "u"): return try scalar(digits: 4)
    case UInt8(ascii: "U"): return try scalar(digits: 8)
    default: throw fault("an unknown escape in a text", remedy: "write \\\\ for a backslash")
    }
  }

  private mutating func scalar(digits: Int) throws(YAMLProblem) -> [UInt8] {
    let word = bytes[at...].prefix(digits)
    guard word.count == digits, word.allSatisfy({ isHex($0) }),
      let number = UInt32(String(decoding: word, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw fault("an escape names no character") }
    at += digits
    return Array(String(scalar).utf8)
  }

  private func isHex(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}
