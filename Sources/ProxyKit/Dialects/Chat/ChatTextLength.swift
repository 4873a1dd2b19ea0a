/// Counts the characters of the text so far, as Python and OpenAI's spans count them.
struct ChatTextLength {
  private(set) var characters = 0

  mutating func add(_ text: JSONText) {
    let bytes = text.bytes.span
    var count = 0
    var backslashes = 0
    for at in bytes.indices {
      let byte = bytes[at]
      count &+= byte & 0xC0 == 0x80 ? 0 : 1
      backslashes &+= byte == UInt8(ascii: "\\") ? 1 : 0
    }
    characters += backslashes == 0 ? count : Self.escaped(bytes)
  }

  private static func escaped(_ bytes: borrowing Span<UInt8>) -> Int {
    var count = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
        let isUnicode = bytes[at + 1] == UInt8(ascii: "u")
        // The second half of a surrogate pair is no character of its own.
        if !(isUnicode && isLowSurrogate(bytes, at + 2)) { count += 1 }
        at += isUnicode ? 6 : 2
      } else {
        if byte & 0xC0 != 0x80 { count += 1 }
        at += 1
      }
    }
    return count
  }

  private static func isLowSurrogate(_ bytes: borrowing Span<UInt8>, _ at: Int) -> Bool {
    guard at + 1 < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "d") else { return false }
    let digit = bytes[at + 1] | 0x20
    return digit >= UInt8(ascii: "c") && digit <= UInt8(ascii: "f")
  }
}
