/// Escapes text for the inside of a JSON string, and takes the escapes out again.
enum JSONEscape {
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.makeContiguousUTF8()
    append(text.utf8.span, to: &out)
  }

  static func append(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    append(text.span, to: &out)
  }

  /// What needs no escape, which is nearly everything, is copied in runs.
  private static func append(_ text: borrowing Span<UInt8>, to out: inout [UInt8]) {
    var start = 0
    for at in text.indices {
      let byte = text[at]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      out.append(text.extracting(start..<at))
      start = at + 1
      appendEscape(of: byte, to: &out)
    }
    out.append(text.extracting(start..<text.count))
  }

  private static func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): out.append("\\\"")
    case UInt8(ascii: "\\"): out.append("\\\\")
    case 0x0A: out.append("\\n")
    case 0x0D: out.append("\\r")
    case 0x09: out.append("\\t")
    default:
      out.append("\\u00")
      out.append(Hexadecimal.digit(byte >> 4))
      out.append(Hexadecimal.digit(byte & 15))
    }
  }

  static func resolve(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = bytes.startIndex
    while let escape = bytes[at...].firstIndex(of: UInt8(ascii: "\\")) {
      out.append(contentsOf: bytes[at..<escape])
      at = resolveOne(bytes, escape, into: &out)
    }
    out.append(contentsOf: bytes[at...])
    return out
  }

  /// Reads the escape that begins there; answers the place behind it.
  private static func resolveOne(
    _ bytes: ArraySlice<UInt8>, _ at: Int, into out: inout [UInt8]
  ) -> Int {
    guard at + 1 < bytes.endIndex else {
      out.append(bytes[at])
      return at + 1
    }
    switch bytes[at + 1] {
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"): return resolveUnicode(bytes, at, into: &out)
    default: out.append(bytes[at + 1])
    }
    return at + 2
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
  /// Appends the span's bytes.
  @inline(__always)
  fileprivate mutating func append(_ bytes: borrowing Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
  }
}
