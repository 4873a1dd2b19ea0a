/// Taking escapes out.
extension JSONEscape {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// Marks the backslashes among eight bytes; the lowest mark is sure.
  @inline(__always)
  private static func backslashes(in word: UInt64) -> UInt64 {
    let other = word ^ (ones &* 0x5C)
    return (other &- ones) & ~other & tops
  }

  /// The place of the next backslash, or the end.
  static func backslash(in bytes: borrowing Span<UInt8>, from start: Int) -> Int {
    let raw = unsafe bytes.bytes
    var at = start
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
      let mask = backslashes(in: word)
      if mask != 0 { return at &+ (mask.trailingZeroBitCount >> 3) }
      at &+= 8
    }
    while at < bytes.count, bytes[at] != UInt8(ascii: "\\") { at &+= 1 }
    return at
  }

  /// The text without its escapes, which is never longer.
  static func resolve(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = text.span
    return [UInt8](capacity: bytes.count) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        guard let base = buffer.baseAddress else { return }
        var place = UnsafeMutableRawPointer(base)
        unsafe resolve(bytes, to: &place)
        count = unsafe place - UnsafeMutableRawPointer(base)
      }
    }
  }

  /// Copies eight bytes at a step, and goes back to the first backslash among them.
  private static func resolve(_ bytes: Span<UInt8>, to out: inout UnsafeMutableRawPointer) {
    let raw = unsafe bytes.bytes
    var at = 0
    while at < bytes.count {
      if at &+ 8 <= bytes.count {
        let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        unsafe out.storeBytes(of: word, as: UInt64.self)
        let mask = backslashes(in: word)
        let plain = mask == 0 ? 8 : mask.trailingZeroBitCount >> 3
        at &+= plain
        unsafe out += plain
        if mask == 0 { continue }
      } else if bytes[at] != UInt8(ascii: "\\") {
        unsafe out.put(bytes[at])
        at &+= 1
        continue
      }
      at = unsafe resolveOne(bytes, at, to: &out)
    }
  }

  /// Reads the escape that begins there; answers the place behind it.
  @inline(__always)
  private static func resolveOne(
    _ bytes: Span<UInt8>, _ at: Int, to out: inout UnsafeMutableRawPointer
  ) -> Int {
    guard at &+ 1 < bytes.count else {
      unsafe out.put(UInt8(ascii: "\\"))
      return at &+ 1
    }
    switch bytes[at &+ 1] {
    case UInt8(ascii: "b"): unsafe out.put(0x08)
    case UInt8(ascii: "f"): unsafe out.put(0x0C)
    case UInt8(ascii: "n"): unsafe out.put(0x0A)
    case UInt8(ascii: "r"): unsafe out.put(0x0D)
    case UInt8(ascii: "t"): unsafe out.put(0x09)
    case UInt8(ascii: "u"): return unsafe resolveUnicode(bytes, at, to: &out)
    case let letter: unsafe out.put(letter)
    }
    return at &+ 2
  }

  @inline(never)
  private static func resolveUnicode(
    _ bytes: Span<UInt8>, _ at: Int, to out: inout UnsafeMutableRawPointer
  ) -> Int {
    guard let first = codeUnit(bytes, at) else {
      unsafe out.put(bytes[at])
      return at + 1
    }
    var scalar = first
    var next = at + 6
    if first & 0xFC00 == 0xD800, let second = codeUnit(bytes, next), second & 0xFC00 == 0xDC00 {
      scalar = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
      next += 6
    }
    for byte in String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8 { unsafe out.put(byte) }
    return next
  }

  private static func codeUnit(_ bytes: Span<UInt8>, _ at: Int) -> UInt32? {
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
