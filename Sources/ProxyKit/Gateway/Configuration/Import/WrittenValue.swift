/// A value of a configuration that is being written.
indirect enum WrittenValue: Equatable {
  case text(String)
  case list([WrittenValue])
  case members([WrittenMember])

  static func number(_ number: Int) -> WrittenValue { .text("\(number)") }
  static func texts(_ texts: [String]) -> WrittenValue { .list(texts.map(WrittenValue.text)) }
}

/// A key and its value.
struct WrittenMember: Equatable {
  var key: String
  var value: WrittenValue

  init(_ key: String, _ value: WrittenValue) {
    self.key = key
    self.value = value
  }

  init(_ key: String, _ text: String) {
    self.init(key, .text(text))
  }
}

extension [WrittenMember] {
  /// The members as YAML, in block style.
  func yaml(indent: Int = 0) -> String {
    map { $0.yaml(indent: indent) }.joined()
  }
}

extension WrittenMember {
  fileprivate func yaml(indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    return margin + WrittenValue.scalar(key) + ":" + value.yaml(indent: indent)
  }
}

extension WrittenValue {
  /// What stands behind a colon or a dash, to the end of its last line.
  fileprivate func yaml(indent: Int) -> String {
    switch self {
    case .text(let text): return " \(Self.scalar(text))\n"
    case .list(let items):
      if items.isEmpty { return " []\n" }
      return "\n" + items.map { $0.item(indent: indent + 2) }.joined()
    case .members(let members):
      return members.isEmpty ? " {}\n" : "\n" + members.yaml(indent: indent + 2)
    }
  }

  private func item(indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    guard case .members(let members) = self, !members.isEmpty else {
      return "\(margin)-" + yaml(indent: indent)
    }
    return "\(margin)- " + members.yaml(indent: indent + 2).dropFirst(indent + 2)
  }

  /// A text that YAML reads back as that text, in quotes when it needs them.
  fileprivate static func scalar(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { isWord($0) || "-./:@%+".utf8.contains($0) }
    if isPlain, let first = text.utf8.first, isWord(first), text.utf8.last != UInt8(ascii: ":"),
      text.lowercased() != "null"
    {
      return text
    }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default:
        let isPrinted = scalar.value >= 32 && !(127...159).contains(scalar.value)
        quoted += isPrinted ? String(scalar) : "\\x" + hex(scalar.value)
      }
    }
    return quoted + "\""
  }

  private static func hex(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return digits.utf8.count < 2 ? "0\(digits)" : digits
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
  }
}
