/// Finds the closing quote of a JSON string, eight bytes at a step, and checks what is inside.
struct JSONStringScan {
  private(set) var at: Int
  private(set) var isEscaped = false
  /// All bytes passed so far, laid over one another; only their highest bits are meant.
  private var seen: UInt64 = 0

  init(at start: Int) {
    at = start
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  private var isASCII: Bool { seen & Self.tops == 0 }

  /// Leaves `at` on the closing quote.
  @inline(__always)
  mutating func run(_ bytes: borrowing Span<UInt8>) throws(MalformedJSON) {
    let start = at
    skipPlain(bytes)
    if at < bytes.count, bytes[at] == UInt8(ascii: "\""), isASCII { return }
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
    if !isASCII, !UTF8Check.isValid(bytes.extracting(start..<at)) {
      throw MalformedJSON(offset: start, reason: "a string is not valid UTF-8")
    }
  }

  /// Moves to the first quote, backslash or control character, or to the end.
  @inline(__always)
  private mutating func skipPlain(_ bytes: borrowing Span<UInt8>) {
    let raw = unsafe bytes.bytes
    var at = at
    var seen = seen
    // Kept in registers until the end.
    defer {
      self.at = at
      self.seen = seen
    }
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
      let mask = Self.stops(in: word)
      if mask != 0 {
        // Only the lowest mark is sure to be one; what lies below it has been passed.
        seen |= word & (mask ^ (mask &- 1))
        at &+= mask.trailingZeroBitCount >> 3
        return
      }
      seen |= word
      at &+= 8
    }
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { return }
      seen |= UInt64(byte)
      at &+= 1
    }
  }

  /// Marks the quotes, backslashes and control characters among eight bytes; the lowest mark is sure.
  ///
  /// With its second bit turned a quote is 0x20, just above the control characters.
  @inline(__always)
  static func stops(in word: UInt64) -> UInt64 {
    let low = (word ^ (ones &* 0x02)) &- (ones &* 0x21)
    let backslash = (word ^ (ones &* 0x5C)) &- ones
    return (low | backslash) & ~word & tops
  }

  /// The letters of `"\\/bfnrt` as bits: what comes as often as this deserves no jump table.
  private static let shortEscapes: (low: UInt64, high: UInt64) = (
    1 << 0x22 | 1 << 0x2F,
    1 << 0x1C | 1 << 0x22 | 1 << 0x26 | 1 << 0x2E | 1 << 0x32 | 1 << 0x34
  )

  @inline(__always)
  private static func isShortEscape(_ letter: UInt8) -> Bool {
    let set = letter < 0x40 ? shortEscapes.low : shortEscapes.high
    return letter < 0x80 && set &>> UInt64(letter & 0x3F) & 1 != 0
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
