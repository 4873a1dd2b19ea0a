internal import Glibc

extension UInt8 {
  /// Whether a method or a header's name may have it (RFC 9110, section 5.6.2).
  @inline(__always)
  var isTokenByte: Bool {
    // One bit for each of "!#$%&'*+-.0-9" and of "A-Z^_`a-z|~".
    let low: UInt64 = 0x03FF_6CFA_0000_0000
    let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    switch self >> 6 {
    case 0: return low >> UInt64(self) & 1 == 1
    case 1: return high >> UInt64(self & 63) & 1 == 1
    default: return false
    }
  }

  /// Whether a header's value may have it (RFC 9110, section 5.5).
  @inline(__always)
  var isFieldByte: Bool {
    self >= 0x20 ? self != 0x7F : self == 0x09
  }

  /// Whether a request's target may have it; what lies beyond ASCII is left to the reader.
  @inline(__always)
  var isTargetByte: Bool {
    self > 0x20 && self != 0x7F
  }

  @inline(__always)
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

  /// A part of the bytes.
  func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: self[range])
  }

  /// Cuts off the first `count` bytes.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { unsafe self = unsafe UnsafeRawBufferPointer(rebasing: self[count...]) }
    return unsafe UnsafeRawBufferPointer(rebasing: self[..<count])
  }

  /// Whether all bytes may be in a header's name, of which there must be one.
  var isToken: Bool {
    guard unsafe !isEmpty else { return false }
    var at = 0
    while at < count {
      // Letters and hyphens are nearly all there ever is.
      let byte = unsafe self[at]
      guard byte | 0x20 &- 0x61 < 26 || byte == 0x2D || byte.isTokenByte else { return false }
      at &+= 1
    }
    return true
  }

  /// Whether all bytes may be in a header's value.
  var isFieldText: Bool {
    for at in indices where unsafe !self[at].isFieldByte { return false }
    return true
  }

  /// Whether all bytes are digits, of which there must be one.
  var isNumber: Bool {
    guard unsafe !isEmpty else { return false }
    for at in indices where unsafe self[at] < 0x30 || self[at] > 0x39 { return false }
    return true
  }

  /// Whether both are the same but for the case of ASCII letters.
  func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    for at in indices {
      let mine = unsafe self[at]
      let theirs = unsafe other[at]
      if mine != theirs, mine.asciiLowercased != theirs.asciiLowercased { return false }
    }
    return true
  }

  /// Whether the bytes are `text`, which is in lower case, but for the case of ASCII letters.
  func isCalled(_ text: StaticString) -> Bool {
    unsafe equalsIgnoringCase(
      UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether the first bytes are `text`, which is in lower case, but for the case of ASCII letters.
  func begins(with text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return unsafe count >= length && part(0..<length).isCalled(text)
  }

  /// Whether a list with commas has `option`, which is in lower case.
  func listHas(_ option: StaticString) -> Bool {
    var rest = unsafe self
    while unsafe !rest.isEmpty {
      let end = unsafe rest.index(of: 0x2C, from: 0) ?? rest.count
      if unsafe rest.take(end).trimmed.isCalled(option) { return true }
      if unsafe !rest.isEmpty { _ = unsafe rest.take(1) }
    }
    return false
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
