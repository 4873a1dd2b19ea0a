/// The bytes behind a base64 text, decoded one at a time where they are asked for.
struct Base64Window {
  private let text: ArraySlice<UInt8>

  init(_ text: JSONText) {
    self.text =
      text.bytes.prefix(4096).contains(UInt8(ascii: "\\"))
      ? text.unescaped.filter { Self.value($0) != nil }[...] : text.bytes
  }

  /// How many bytes there are.
  var count: Int {
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    return max(0, text.count * 3 / 4 - padding)
  }

  subscript(_ index: Int) -> UInt8? {
    guard index >= 0 else { return nil }
    let first = text.startIndex + index / 3 * 4 + index % 3
    guard first + 1 < text.endIndex, let high = Self.value(text[first]),
      let low = Self.value(text[first + 1])
    else { return nil }
    switch index % 3 {
    case 0: return high << 2 | low >> 4
    case 1: return high << 4 | low >> 2
    default: return high << 6 | low
    }
  }

  func bigEndian(_ offset: Int, _ count: Int) -> Int? {
    number(offset..<(offset + count))
  }

  func littleEndian(_ offset: Int, _ count: Int) -> Int? {
    number((offset..<(offset + count)).reversed())
  }

  private func number(_ offsets: some Sequence<Int>) -> Int? {
    var result = 0
    for offset in offsets {
      guard let byte = self[offset] else { return nil }
      result = result << 8 | Int(byte)
    }
    return result
  }

  private static func value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
