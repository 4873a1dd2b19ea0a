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
    while true {
      let at = plainEnd(text, from: start)
      out.append(text.extracting(start..<at))
      guard at < text.count else { return }
      appendEscape(of: text[at], to: &out)
      start = at &+ 1
    }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The place of the next byte that needs an escape, or the end; eight bytes at a step.
  private static func plainEnd(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    let raw = unsafe text.bytes
    var at = start
    while at &+ 8 <= text.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let stops =
        ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        | ((word &- (ones &* 0x20)) & ~word)
      if stops & tops != 0 { return at &+ ((stops & tops).trailingZeroBitCount >> 3) }
      at &+= 8
    }
    while at < text.count, text[at] >= 0x20, text[at] != 0x22, text[at] != 0x5C { at &+= 1 }
    return at
  }

  /// The place of the next backslash, or the end.
  static func backslash(in bytes: borrowing Span<UInt8>, from start: Int) -> Int {
    let raw = unsafe bytes.bytes
    var at = start
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let other = word ^ (ones &* 0x5C)
      let mask = (other &- ones) & ~other & tops
      if mask != 0 { return at &+ (mask.trailingZeroBitCount >> 3) }
      at &+= 8
    }
    while at < bytes.count, bytes[at] != UInt8(ascii: "\\") { at &+= 1 }
    return at
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

  static func resolve(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    let bytes = text.span
    var at = 0
    while true {
      let escape = backslash(in: bytes, from: at)
      out.append(bytes.extracting(at..<escape))
      guard escape < bytes.count else { return out }
      at = resolveOne(bytes, escape, into: &out)
    }
  }

  /// Reads the escape that begins there; answers the place behind it.
  private static func resolveOne(
    _ bytes: borrowing Span<UInt8>, _ at: Int, into out: inout [UInt8]
  ) -> Int {
    guard at + 1 < bytes.count else {
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
    _ bytes: borrowing Span<UInt8>, _ at: Int, into out: inout [UInt8]
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

  private static func codeUnit(_ bytes: borrowing Span<UInt8>, _ at: Int) -> UInt32? {
    guard at + 6 <= bytes.count, bytes[at] == UInt8(ascii: "\\"),
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
