/// White space in texts that are still escaped.
enum JSONBlank {
  static func isBlank(_ text: JSONText) -> Bool {
    // Only an escape can hide white space, and a text begins with few of them.
    guard let first = text.bytes.first else { return true }
    guard first == 0x20 || first == UInt8(ascii: "\\") else { return false }
    return text.unescaped.allSatisfy(isSpace)
  }

  static func trimmingEnd(_ text: JSONText) -> JSONText {
    guard let last = text.bytes.last, last == 0x20 || "nrt".utf8.contains(last) else { return text }
    let bytes = text.unescaped
    guard let end = bytes.lastIndex(where: { !isSpace($0) }), end < bytes.count - 1 else {
      return text
    }
    return JSONText(escaping: bytes[...end])
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
