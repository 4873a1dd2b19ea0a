/// The inside of a JSON string exactly as it stands on the wire: still escaped, without its quotes.
///
/// Text that only passes from one language to another is never unescaped; a text is a window on
/// the bytes it came in.
package struct JSONText: Sendable, Hashable {
  package var bytes: ArraySlice<UInt8>

  /// Takes bytes that are already the valid inside of a JSON string.
  package init(escaped bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// Escapes a string.
  package init(_ string: String) {
    var out: [UInt8] = []
    out.reserveCapacity(string.utf8.count + 8)
    JSONEscape.append(string.utf8, to: &out)
    bytes = out[...]
  }

  /// Escapes bytes that are valid UTF-8, such as a whole JSON value that travels inside a string.
  package init(escaping raw: ArraySlice<UInt8>) {
    var out: [UInt8] = []
    out.reserveCapacity(raw.count + raw.count / 8 + 8)
    JSONEscape.append(raw, to: &out)
    bytes = out[...]
  }

  package static let empty = JSONText(escaped: [])

  package var isEmpty: Bool { bytes.isEmpty }

  /// The text with its escapes resolved; a lone surrogate becomes U+FFFD.
  package var string: String {
    guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: unescaped, as: UTF8.self)
  }

  /// The UTF-8 bytes with the escapes resolved.
  package var unescaped: [UInt8] { JSONEscape.resolve(bytes) }

  package func equals(_ literal: StaticString) -> Bool {
    bytes.span.equals(literal)
  }

  package static func + (left: JSONText, right: JSONText) -> JSONText {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return JSONText(escaped: left.bytes + right.bytes)
  }
}

extension JSONText: CustomStringConvertible {
  package var description: String { string }
}

extension JSONText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(value)
  }
}

/// One whole JSON value exactly as it stands on the wire.
package struct JSONRaw: Sendable, Hashable {
  package var bytes: ArraySlice<UInt8>

  /// Takes bytes that are one valid JSON value.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  package init(stringLiteral literal: StaticString) {
    var out: [UInt8] = []
    out.append(literal)
    bytes = out[...]
  }

  package static let emptyObject = JSONRaw(stringLiteral: "{}")

  /// The value, parsed again; the bytes were valid when this was made.
  package func parsed() throws(MalformedJSON) -> JSONValue {
    try JSONDocument(bytes).root
  }
}

enum JSONEscape {
  static func append(_ text: some Sequence<UInt8>, to out: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): out.append("\\\"")
      case UInt8(ascii: "\\"): out.append("\\\\")
      case 0x0A: out.append("\\n")
      case 0x0D: out.append("\\r")
      case 0x09: out.append("\\t")
      case 0..<0x20:
        out.append("\\u00")
        out.append(Hexadecimal.digit(byte >> 4))
        out.append(Hexadecimal.digit(byte & 15))
      default: out.append(byte)
      }
    }
  }

  static func resolve(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let byte = bytes[at]
      guard byte == UInt8(ascii: "\\"), at + 1 < bytes.endIndex else {
        out.append(byte)
        at += 1
        continue
      }
      switch bytes[at + 1] {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        at = resolveUnicode(bytes, at, into: &out)
        continue
      default: out.append(bytes[at + 1])
      }
      at += 2
    }
    return out
  }

  private static func resolveUnicode(
    _ bytes: ArraySlice<UInt8>, _ at: Int, into out: inout [UInt8]
  ) -> Int {
    guard let first = codeUnit(bytes, at) else {
      out.append(bytes[at])
      return at + 1
    }
    var scalar = first
    var next = at + 6
    if first & 0xFC00 == 0xD800, let second = codeUnit(bytes, next), second & 0xFC00 == 0xDC00 {
      scalar = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
      next += 6
    }
    out.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    return next
  }

  private static func codeUnit(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt32? {
    guard at + 6 <= bytes.endIndex, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for index in (at + 2)..<(at + 6) {
      guard let digit = Hexadecimal.value(bytes[index]) else { return nil }
      value = value << 4 | digit
    }
    return value
  }
}

extension [UInt8] {
  /// Appends the literal's bytes.
  package mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { unsafe self.append(contentsOf: $0) }
  }
}
