/// Finds bytes, eight at a step.
enum ByteSearch {
  /// The index of the first byte from there that is one of two, both of ASCII.
  @inline(__always)
  static func first(
    _ one: UInt8, or other: UInt8, in bytes: borrowing Span<UInt8>, from start: Int
  ) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let raw = unsafe bytes.bytes
    var at = start
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
      let left = (word ^ (ones &* UInt64(one))) &- ones
      let right = (word ^ (ones &* UInt64(other))) &- ones
      let mask = (left | right) & ~word & tops
      if mask != 0 { return at &+ (mask.trailingZeroBitCount >> 3) }
      at &+= 8
    }
    while at < bytes.count {
      if bytes[at] == one || bytes[at] == other { return at }
      at &+= 1
    }
    return nil
  }
}
