/// Tool ids and names in the alphabet that Anthropic allows: letters, digits, `_` and `-`.
///
/// What is within the alphabet stays as it is. Anything else is spelled
/// with escapes behind a prefix, one to one, so that the original comes back wherever it is needed
/// without anybody remembering it.
enum AnthropicIdentifier {
  private static let prefix = Array("anyllm_".utf8)

  /// Whether Anthropic takes the identifier as it is.
  static func isAccepted(_ identifier: JSONText) -> Bool {
    !identifier.isEmpty && identifier.bytes.allSatisfy(isAllowed)
  }

  /// The identifier as Anthropic may see it.
  static func encode(_ original: JSONText) -> JSONText {
    if isPlain(original.bytes) { return original }
    var out = prefix
    for byte in original.unescaped {
      if byte == UInt8(ascii: "_") {
        out.append(byte)
        out.append(byte)
      } else if isAllowed(byte) {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "_"))
        out.append(Hexadecimal.digit(byte >> 4))
        out.append(Hexadecimal.digit(byte & 15))
      }
    }
    return JSONText(escaped: out[...])
  }

  /// The identifier before ``encode(_:)``; any other identifier is its own original.
  static func decode(_ identifier: JSONText) -> JSONText {
    guard identifier.bytes.starts(with: prefix), let bytes = unescape(identifier.bytes) else {
      return identifier
    }
    let original = JSONText(escaping: bytes[...])
    return encode(original) == identifier ? original : identifier
  }

  private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy(isAllowed) && !bytes.starts(with: prefix)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func unescape(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var rest = bytes.dropFirst(prefix.count)
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "_") else {
        out.append(byte)
        continue
      }
      guard let next = rest.popFirst() else { return nil }
      if next == UInt8(ascii: "_") {
        out.append(next)
        continue
      }
      guard let low = rest.popFirst(), let high = Hexadecimal.value(next),
        let value = Hexadecimal.value(low)
      else { return nil }
      out.append(UInt8(high << 4 | value))
    }
    return UTF8Check.isValid(out.span) ? out : nil
  }
}
