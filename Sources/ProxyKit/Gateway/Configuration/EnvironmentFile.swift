/// The lines of an `.anyllm.env` file.
///
///     line    = [ "export" ] NAME "=" value [ comment ] | comment | empty
///     value   = '"' text with \n \t \r \\ \" '"' | "'" literal "'" | text up to " #"
struct EnvironmentFile {
  /// One variable and its line.
  struct Entry: Equatable {
    var name: String
    var value: String
    var line: Int
  }

  private(set) var entries: [Entry] = []
  /// Lines that say nothing, and why; never with their text, which may be a secret.
  private(set) var problems: [(line: Int, what: String)] = []

  init(_ text: String) {
    let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    for (index, line) in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      read(line, number: index + 1)
    }
  }

  private mutating func read(_ line: Substring, number: Int) {
    var rest = line.trimmed
    if rest.isEmpty || rest.hasPrefix("#") { return }
    if rest.hasPrefix("export "), let space = rest.firstIndex(of: " ") {
      rest = rest[space...].trimmed
    }
    guard let equals = rest.firstIndex(of: "=") else {
      problems.append((number, "no \"=\" in this line"))
      return
    }
    let name = rest[..<equals].trimmed
    guard Self.isName(name) else {
      problems.append((number, "what stands before \"=\" is not the name of a variable"))
      return
    }
    switch Self.value(rest[rest.index(after: equals)...].trimmed) {
    case .success(let value):
      entries.append(Entry(name: String(name), value: value, line: number))
    case .failure(let fault):
      problems.append((number, "\(name): \(fault.what)"))
    }
  }

  static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
  }

  /// Why a value cannot be read.
  private struct Fault: Error {
    let what: String
  }

  private static func value(_ text: Substring) -> Result<String, Fault> {
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      let end = text.firstRange(ofComment: ()) ?? text.endIndex
      return .success(String(text[..<end].trimmed))
    }
    var value = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if character == quote {
        let tail = rest.trimmed
        guard tail.isEmpty || tail.hasPrefix("#") else {
          return .failure(Fault(what: "text follows the closing quote"))
        }
        return .success(value)
      }
      guard character == "\\", quote == "\"" else {
        value.append(character)
        continue
      }
      guard let escaped = rest.popFirst() else { break }
      switch escaped {
      case "n": value.append("\n")
      case "t": value.append("\t")
      case "r": value.append("\r")
      case "\\", "\"": value.append(escaped)
      default: value += "\\\(escaped)"
      }
    }
    return .failure(Fault(what: "the closing quote is missing"))
  }
}

extension Substring {
  /// Without white space at either end.
  var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// Where a comment begins: a number sign after white space, or at the start.
  fileprivate func firstRange(ofComment: Void) -> Index? {
    var before: Character = " "
    for index in indices {
      if self[index] == "#", before.isWhitespace { return index }
      before = self[index]
    }
    return nil
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String { String(self[...].trimmed) }
}
