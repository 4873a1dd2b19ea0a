import ControlPlane
import FoundationEssentials

/// A file of keys: an export, a JSON list, or CSV.
struct KeyFile {
  /// Milliseconds since 1970, for columns that count from now.
  var now: Int64

  func export(from bytes: [UInt8]) throws(CommandFailure) -> KeyExport {
    guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      return KeyExport(installation: nil, keys: [])
    }
    switch first {
    case UInt8(ascii: "{"): return try read(bytes)
    case UInt8(ascii: "["): return try read(Array("{\"keys\":".utf8) + bytes + Array("}".utf8))
    default: return try table(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func read(_ bytes: [UInt8]) throws(CommandFailure) -> KeyExport {
    do throws(ControlFailure) {
      return try KeyExport(json: bytes)
    } catch {
      throw CommandFailure(error)
    }
  }

  // MARK: CSV

  private static let columns =
    [CommandSpec].keys.first { $0.path == ["keys", "add"] }?.flags.map(\.name).filter {
      !["stdin", "dry-run"].contains($0)
    } ?? []

  private func table(_ text: String) throws(CommandFailure) -> KeyExport {
    var rows = try Self.rows(text)[...]
    let titles = (rows.popFirst()?.fields ?? []).map { $0.lowercased() }
    for title in titles where title != "name" && title != "key" && !Self.columns.contains(title) {
      let near = Spelling.nearest(to: title, among: Self.columns)
      throw CommandFailure.badValue(
        "the file has a column `\(PlainText.cleaned(title))`",
        hint: near.map { "Did you mean `\($0)`?" }
          ?? "Columns: name, key, \(Self.columns.joined(separator: ", ")).")
    }
    guard titles.contains("name"), titles.contains("key") else {
      throw CommandFailure.badValue(
        "the first line must name the columns, with name and key among them",
        hint: "Such as: name,key,rpm,budget")
    }
    var keys: [PortableKey] = []
    for row in rows {
      guard row.fields.count == titles.count else {
        throw CommandFailure.badValue(
          "line \(row.line) has \(row.fields.count) fields, the first line \(titles.count)",
          hint: "Put fields with commas in double quotes.")
      }
      keys.append(try key(Array(zip(titles, row.fields)), line: row.line))
    }
    return KeyExport(installation: nil, keys: keys)
  }

  private func key(
    _ fields: [(String, String)], line: Int
  ) throws(CommandFailure) -> PortableKey {
    var values = Dictionary(fields) { first, _ in first }.filter { !$0.value.isEmpty }
    guard let name = values.removeValue(forKey: "name"),
      let secret = values.removeValue(forKey: "key")
    else {
      throw CommandFailure.badValue("line \(line) has no name or no key", hint: "Give both.")
    }
    let patch = try KeyTermFlags(
      values: values, name: { "\($0) in line \(line)" }, now: now
    ).patch { [] }
    let card = try KeyCommands.card(KeyCard(name: name), patch)
    return PortableKey(
      name: name, note: card.note, expiresAtMs: card.expiresAtMs, terms: card.terms, key: secret)
  }

  /// The records of CSV (RFC 4180) with the lines that they begin on; blank lines are left out.
  static func rows(_ text: String) throws(CommandFailure) -> [(line: Int, fields: [String])] {
    var rows: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var (line, start) = (1, 1)
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        field.unicodeScalars.append("\"")
        scalars.removeFirst()
      case "\"" where isQuoted || field.isEmpty: isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      case "\r" where !isQuoted && scalars.first == "\n": continue
      case "\n" where !isQuoted:
        line += 1
        if !fields.isEmpty || !field.isEmpty { rows.append((start, fields + [field])) }
        (fields, field, start) = ([], "", line)
      default:
        if scalar == "\n" { line += 1 }
        field.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted else {
      throw CommandFailure.badValue(
        "a quotation mark that line \(start) opens is never closed", hint: "Close it.")
    }
    if !fields.isEmpty || !field.isEmpty { rows.append((start, fields + [field])) }
    return rows
  }
}
