/// Finds the closing quote of a JSON string, eight bytes at a step, and checks what is inside.
struct JSONStringScan {
  private(set) var at: Int
  private(set) var isEscaped = false
  private var hasNonASCII = false

  init(at start: Int) {
    at = start
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// Leaves `at` on the closing quote.
  @inline(__always)
  mutating func run(_ bytes: borrowing Span<UInt8>) throws(MalformedJSON) {
    let start = at
    skipPlain(bytes)
    if at < bytes.count, bytes[at] == UInt8(ascii: "\""), !hasNonASCII { return }
    try runOn(bytes, from: start)
  }

  /// The rest of a string that is not as plain as most are.
  @inline(never)
  private mutating func runOn(
    _ bytes: borrowing Span<UInt8>, from start: Int
  ) throws(MalformedJSON) {
    while true {
      guard at < bytes.count else {
        throw MalformedJSON(offset: start, reason: "the text ends inside a string")
      }
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") { break }
      guard byte == UInt8(ascii: "\\") else {
        throw MalformedJSON(offset: at, reason: "a control character in a string is not escaped")
      }
      isEscaped = true
      if at &+ 1 < bytes.count, Self.isShortEscape(bytes[at &+ 1]) {
        at &+= 2
      } else {
        try skipLongEscape(bytes)
      }
      skipPlain(bytes)
    }
    if hasNonASCII, !UTF8Check.isValid(bytes.extracting(start..<at)) {
      throw MalformedJSON(offset: start, reason: "a string is not valid UTF-8")
    }
  }

  /// Moves to the first quote, backslash or control character, or to the end.
  @inline(__always)
  private mutating func skipPlain(_ bytes: borrowing Span<UInt8>) {
    let raw = unsafe bytes.bytes
    var seen: UInt64 = 0
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quote = word ^ (Self.ones &* 0x22)
      let backslash = word ^ (Self.ones &* 0x5C)
      let stops =
        ((quote &- Self.ones) & ~quote) | ((backslash &- Self.ones) & ~backslash)
        | ((word &- (Self.ones &* 0x20)) & ~word)
      let mask = stops & Self.tops
      if mask != 0 {
        // Only the lowest mark is sure to be one; what lies below it has been passed.
        seen |= word & ((mask & (0 &- mask)) &- 1)
        at &+= mask.trailingZeroBitCount >> 3
        hasNonASCII = hasNonASCII || seen & Self.tops != 0
        return
      }
      seen |= word
      at &+= 8
    }
    hasNonASCII = hasNonASCII || seen & Self.tops != 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { return }
      if byte >= 0x80 { hasNonASCII = true }
      at &+= 1
    }
  }

  @inline(__always)
  private static func isShortEscape(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  private mutating func skipLongEscape(_ bytes: borrowing Span<UInt8>) throws(MalformedJSON) {
    guard at &+ 1 < bytes.count else {
      throw MalformedJSON(offset: at, reason: "the text ends inside an escape")
    }
    guard bytes[at &+ 1] == UInt8(ascii: "u") else {
      throw MalformedJSON(offset: at, reason: "an unknown escape in a string")
    }
    guard at &+ 6 <= bytes.count else {
      throw MalformedJSON(offset: at, reason: "the text ends inside an escape")
    }
    for index in (at &+ 2)..<(at &+ 6) where Hexadecimal.value(bytes[index]) == nil {
      throw MalformedJSON(offset: at, reason: "\\u is not followed by four hex digits")
    }
    at &+= 6
  }
}

enum Hexadecimal {
  /// The value of one hexadecimal digit.
  static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// The lower-case digit of a value below sixteen.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}
