enum UTF8Check {
  /// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
  static func isValid(_ bytes: borrowing Span<UInt8>) -> Bool {
    let raw = unsafe bytes.bytes
    var at = 0
    while at < bytes.count {
      if at &+ 8 <= bytes.count {
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          at &+= 8
          continue
        }
      }
      guard let length = lengthOfScalar(bytes, at) else { return false }
      at &+= length
    }
    return true
  }

  @inline(__always)
  private static func lengthOfScalar(_ bytes: borrowing Span<UInt8>, _ at: Int) -> Int? {
    let lead = bytes[at]
    let (count, low, high): (Int, UInt8, UInt8)
    switch lead {
    case 0..<0x80: return 1
    case 0xC2...0xDF: (count, low, high) = (2, 0x80, 0xBF)
    case 0xE0: (count, low, high) = (3, 0xA0, 0xBF)
    case 0xED: (count, low, high) = (3, 0x80, 0x9F)
    case 0xE1...0xEF: (count, low, high) = (3, 0x80, 0xBF)
    case 0xF0: (count, low, high) = (4, 0x90, 0xBF)
    case 0xF1...0xF3: (count, low, high) = (4, 0x80, 0xBF)
    case 0xF4: (count, low, high) = (4, 0x80, 0x8F)
    default: return nil
    }
    guard at &+ count <= bytes.count, bytes[at &+ 1] >= low, bytes[at &+ 1] <= high else {
      return nil
    }
    if count > 2, bytes[at &+ 2] & 0xC0 != 0x80 { return nil }
    if count > 3, bytes[at &+ 3] & 0xC0 != 0x80 { return nil }
    return count
  }
}

extension Span where Element == UInt8 {
  /// Whether these bytes are exactly the literal's.
  @inline(__always)
  func equals(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    return literal.withUTF8Buffer { other in
      unsafe isSame(as: other.baseAddress)
    }
  }

  /// Whether both are the same bytes.
  @inline(__always)
  func isSame(as other: borrowing Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe other.withUnsafeBufferPointer { unsafe isSame(as: $0.baseAddress) }
  }

  /// Whether these bytes begin with the literal's.
  @inline(__always)
  func begins(with literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    return count >= length && extracting(0..<length).equals(literal)
  }

  /// Compares with as many bytes from there, eight at a step.
  @inline(__always)
  private func isSame(as other: UnsafePointer<UInt8>?) -> Bool {
    guard let start = unsafe other else { return isEmpty }
    let own = unsafe bytes
    let theirs = unsafe UnsafeRawPointer(start)
    var at = 0
    while at &+ 8 <= count {
      let left = unsafe own.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let right = unsafe theirs.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      if left != right { return false }
      at &+= 8
    }
    while at < count {
      let right = unsafe theirs.load(fromByteOffset: at, as: UInt8.self)
      if self[at] != right { return false }
      at &+= 1
    }
    return true
  }
}
