internal import Glibc

extension UInt8 {
  /// Whether a method or a header's name may have it (RFC 9110, section 5.6.2).
  var isTokenByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// Whether a header's value may have it (RFC 9110, section 5.5).
  var isFieldByte: Bool {
    self >= 0x20 ? self != 0x7F : self == 0x09
  }

  /// Whether a request's target may have it; what lies beyond ASCII is left to the reader.
  var isTargetByte: Bool {
    self > 0x20 && self != 0x7F
  }

  var asciiLowercased: UInt8 {
    self >= 0x41 && self <= 0x5A ? self | 0x20 : self
  }
}

extension UnsafeRawBufferPointer {
  /// Where `byte` first is, from `start` on.
  func index(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress else { return nil }
    guard let found = unsafe memchr(base + start, Int32(byte), count - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }

  /// The bytes as text; what is not UTF-8 is repaired.
  func text(_ range: Range<Int>) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(rebasing: self[range]), as: UTF8.self)
  }

  /// Cuts off the first `count` bytes.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { unsafe self = unsafe UnsafeRawBufferPointer(rebasing: self[count...]) }
    return unsafe UnsafeRawBufferPointer(rebasing: self[..<count])
  }

  /// Cuts off a line that is known to end in CRLF, and gives it without.
  mutating func takeLine() -> UnsafeRawBufferPointer {
    guard let feed = unsafe index(of: 0x0A, from: 0), feed > 0 else { return unsafe take(0) }
    return unsafe UnsafeRawBufferPointer(rebasing: take(feed + 1)[..<(feed - 1)])
  }

  /// Without white space and line ends at both ends.
  var trimmed: UnsafeRawBufferPointer {
    var start = 0
    var end = count
    while start < end, unsafe self[start] <= 0x20 { start += 1 }
    while end > start, unsafe self[end - 1] <= 0x20 { end -= 1 }
    return unsafe UnsafeRawBufferPointer(rebasing: self[start..<end])
  }
}
