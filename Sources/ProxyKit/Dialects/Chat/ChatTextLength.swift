/// Counts the characters of the text so far, as Python and OpenAI's spans count them.
struct ChatTextLength {
  private(set) var characters = 0

  mutating func add(_ text: JSONText) {
    var at = text.bytes.startIndex
    let end = text.bytes.endIndex
    while at < end {
      let byte = text.bytes[at]
      if byte == UInt8(ascii: "\\"), at + 1 < end {
        let isUnicode = text.bytes[at + 1] == UInt8(ascii: "u")
        // The second half of a surrogate pair is no character of its own.
        if !(isUnicode && isLowSurrogate(text.bytes, at + 2)) { characters += 1 }
        at += isUnicode ? 6 : 2
      } else {
        if byte & 0xC0 != 0x80 { characters += 1 }
        at += 1
      }
    }
  }

  private func isLowSurrogate(_ bytes: ArraySlice<UInt8>, _ at: Int) -> Bool {
    guard at + 1 < bytes.endIndex, bytes[at] | 0x20 == UInt8(ascii: "d") else { return false }
    let digit = bytes[at + 1] | 0x20
    return digit >= UInt8(ascii: "c") && digit <= UInt8(ascii: "f")
  }
}
