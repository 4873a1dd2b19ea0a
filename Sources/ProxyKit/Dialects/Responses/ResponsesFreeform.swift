/// Free text as the hub carries it in a tool's arguments: an object with the one string `input`.
enum ResponsesFreeform {
  /// What stands before the text in arguments that are escaped inside a JSON string.
  static let opening = JSONText("{\"input\":\"")
  /// What stands behind it.
  static let closing = JSONText("\"}")

  static func wrapped(_ text: JSONText) -> JSONRaw {
    var writer = JSONWriter(reserving: text.bytes.count + 16)
    writer.object { $0.member("input", text) }
    return JSONRaw(writer.bytes[...])
  }

  /// The text in arguments; all of them where a model called the tool in its own way.
  static func text(in arguments: JSONRaw) -> JSONText {
    guard let value = try? arguments.parsed() else { return JSONText(escaping: arguments.bytes) }
    if let text = value["input"]?.text ?? value.text { return text }
    let only = value.members.map(\.value)
    if only.count == 1, let text = only[0].text { return text }
    return value.kind == .object && only.isEmpty ? .empty : JSONText(escaping: arguments.bytes)
  }
}

/// Takes free text out of arguments while they arrive.
struct ResponsesFreeformReader {
  private enum Place {
    case head, text, escape, after, other
  }

  private var place = Place.head
  /// What has come and cannot be told yet.
  private var held: [UInt8] = []

  /// How many signs of the head have come.
  private var matched = 0

  private static let pattern = Array("{\"input\":\"".utf8)
  /// The signs of the head that white space may stand before.
  private static let gaps = [0, 1, 8, 9]

  /// Reads a fragment, escaped as it stands inside a JSON string; gives the text it holds.
  mutating func take(_ fragment: JSONText) -> JSONText {
    var out: [UInt8] = []
    for byte in fragment.unescaped { take(byte, into: &out) }
    return JSONText(escaped: out[...])
  }

  /// The rest, when no more will come.
  mutating func finish() -> JSONText {
    defer { held = [] }
    switch place {
    case .text, .escape, .after: return .empty
    case .head, .other:
      guard !held.isEmpty else { return .empty }
      guard (try? JSONDocument(held)) != nil else { return JSONText(escaping: held[...]) }
      return ResponsesFreeform.text(in: JSONRaw(held[...]))
    }
  }

  private mutating func take(_ byte: UInt8, into out: inout [UInt8]) {
    switch place {
    case .after: return
    case .other: held.append(byte)
    case .head: takeHead(byte)
    case .text:
      if byte == UInt8(ascii: "\"") {
        place = .after
      } else if byte == UInt8(ascii: "\\") {
        held = [byte]
        place = .escape
      } else {
        Self.append(byte, to: &out)
      }
    case .escape: takeEscape(byte, into: &out)
    }
  }

  /// White space may stand between the signs of the head, nothing else.
  private mutating func takeHead(_ byte: UInt8) {
    held.append(byte)
    if byte == Self.pattern[matched] {
      matched += 1
      guard matched == Self.pattern.count else { return }
      held = []
      place = .text
    } else if byte > 0x20 || !Self.gaps.contains(matched) {
      place = .other
    }
  }

  private mutating func takeEscape(_ byte: UInt8, into out: inout [UInt8]) {
    held.append(byte)
    if held[1] == UInt8(ascii: "u") {
      let isDigit = held.count == 2 || Hexadecimal.value(byte) != nil
      if isDigit, held.count < 6 { return }
      if isDigit { return tell(into: &out) }
      return tellLiterally(into: &out)
    }
    if "\"\\/bfnrt".utf8.contains(byte) { return tell(into: &out) }
    tellLiterally(into: &out)
  }

  private mutating func tell(into out: inout [UInt8]) {
    out.append(contentsOf: held)
    held = []
    place = .text
  }

  /// What only looked like an escape is text.
  private mutating func tellLiterally(into out: inout [UInt8]) {
    let bytes = held.dropFirst()
    held = []
    place = .text
    out.append("\\\\")
    for byte in bytes { take(byte, into: &out) }
  }

  private static func append(_ byte: UInt8, to out: inout [UInt8]) {
    if byte < 0x20 {
      JSONEscape.append([byte][...], to: &out)
    } else {
      out.append(byte)
    }
  }
}
