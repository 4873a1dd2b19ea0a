/// Finds the closing quote of a JSON string, eight bytes at a step, and checks what is inside.
struct JSONStringScan {
  var at: Int
  var isEscaped = false
  private var hasNonASCII = false

  init(at start: Int) {
    at = start
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// Leaves `at` on the closing quote.
  mutating func run(_ bytes: borrowing Span<UInt8>) throws(MalformedJSON) {
    let start = at
    while true {
      skipPlain(bytes)
      guard at < bytes.count else {
        throw MalformedJSON(offset: start, reason: "the text ends inside a string")
      }
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        try skipEscape(bytes)
      } else if byte < 0x20 {
        throw MalformedJSON(offset: at, reason: "a control character in a string is not escaped")
      } else {
        at += 1
      }
    }
    if hasNonASCII, !UTF8Check.isValid(bytes.extracting(start..<at)) {
      throw MalformedJSON(offset: start, reason: "a string is not valid UTF-8")
    }
  }

  /// Moves to the first quote, backslash or control character, or close before it.
  private mutating func skipPlain(_ bytes: borrowing Span<UInt8>) {
    let raw = unsafe bytes.bytes
    var seen: UInt64 = 0
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quote = word ^ (Self.ones &* 0x22)
      let backslash = word ^ (Self.ones &* 0x5C)
      let stops =
        ((quote &- Self.ones) & ~quote)
        | ((backslash &- Self.ones) & ~backslash)
        | ((word &- (Self.ones &* 0x20)) & ~word)
      let mask = stops & Self.tops
      if mask != 0 {
        let step = mask.trailingZeroBitCount >> 3
        seen |= step == 0 ? 0 : word & (UInt64.max >> UInt64((8 - step) * 8))
        at &+= step
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

  private mutating func skipEscape(_ bytes: borrowing Span<UInt8>) throws(MalformedJSON) {
    let start = at
    guard at + 1 < bytes.count else {
      throw MalformedJSON(offset: start, reason: "the text ends inside an escape")
    }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
    case UInt8(ascii: "u"):
      guard at + 6 <= bytes.count else {
        throw MalformedJSON(offset: start, reason: "the text ends inside an escape")
      }
      for index in (at + 2)..<(at + 6) where Hexadecimal.value(bytes[index]) == nil {
        throw MalformedJSON(offset: start, reason: "\\u is not followed by four hex digits")
      }
      at += 6
    default:
      throw MalformedJSON(offset: start, reason: "an unknown escape in a string")
    }
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

enum UTF8Check {
  /// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
  static func isValid(_ bytes: borrowing Span<UInt8>) -> Bool {
    var at = 0
    while at < bytes.count {
      let lead = bytes[at]
      if lead < 0x80 {
        at += 1
        continue
      }
      let (count, low, high): (Int, UInt8, UInt8)
      switch lead {
      case 0xC2...0xDF: (count, low, high) = (2, 0x80, 0xBF)
      case 0xE0: (count, low, high) = (3, 0xA0, 0xBF)
      case 0xED: (count, low, high) = (3, 0x80, 0x9F)
      case 0xE1...0xEF: (count, low, high) = (3, 0x80, 0xBF)
      case 0xF0: (count, low, high) = (4, 0x90, 0xBF)
      case 0xF1...0xF3: (count, low, high) = (4, 0x80, 0xBF)
      case 0xF4: (count, low, high) = (4, 0x80, 0x8F)
      default: return false
      }
      guard at + count <= bytes.count, bytes[at + 1] >= low, bytes[at + 1] <= high else {
        return false
      }
      for index in (at + 2)..<max(at + 2, at + count) where bytes[index] & 0xC0 != 0x80 {
        return false
      }
      at += count
    }
    return true
  }
}

extension Span where Element == UInt8 {
  /// Whether these bytes are exactly the literal's.
  func equals(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    return literal.withUTF8Buffer { other in
      for index in 0..<count where unsafe self[index] != other[index] { return false }
      return true
    }
  }

  /// Whether these bytes begin with the literal's.
  func begins(with literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    return count >= length && extracting(0..<length).equals(literal)
  }
}
