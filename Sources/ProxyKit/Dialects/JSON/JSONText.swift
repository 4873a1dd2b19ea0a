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
    JSONEscape.append(string, to: &out)
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

  package static func == (left: JSONText, right: JSONText) -> Bool {
    left.bytes.span.isSame(as: right.bytes.span)
  }

  package func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

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
