/// The CRC-32 of IEEE 802.3, sixteen bytes at a step.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~state }

  mutating func take(_ bytes: borrowing Span<UInt8>) {
    state = Self.tables.span.withCRC(state, of: bytes)
  }

  /// Sixteen tables of 256, the one after the other; the first is the plain one.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
      tables[index] = value
    }
    for index in 256..<(16 * 256) {
      let before = tables[index - 256]
      tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()
}

extension Span where Element == UInt32 {
  /// The state after these bytes, by the tables that this is: 4096 entries, of which an index is
  /// made of a table's number and a byte and so is always one.
  fileprivate func withCRC(_ state: UInt32, of bytes: borrowing Span<UInt8>) -> UInt32 {
    precondition(count == 16 * 256)
    var crc = state
    let raw = unsafe bytes.bytes
    var at = 0
    while at &+ 16 <= bytes.count {
      let first = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
      let second = unsafe raw.unsafeLoadUnaligned(
        fromUncheckedByteOffset: at &+ 8, as: UInt64.self)
      crc = eight(8, first.littleEndian ^ UInt64(crc)) ^ eight(0, second.littleEndian)
      at &+= 16
    }
    if at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
      crc = eight(0, word.littleEndian ^ UInt64(crc))
      at &+= 8
    }
    while at < bytes.count {
      crc = (crc >> 8) ^ entry(0, UInt64(crc) ^ UInt64(bytes[at]))
      at &+= 1
    }
    return crc
  }

  /// Eight bytes that so many tables lie behind.
  @inline(__always)
  private func eight(_ tables: Int, _ word: UInt64) -> UInt32 {
    let low =
      entry(tables &+ 7, word) ^ entry(tables &+ 6, word >> 8) ^ entry(tables &+ 5, word >> 16)
      ^ entry(tables &+ 4, word >> 24)
    return low ^ entry(tables &+ 3, word >> 32) ^ entry(tables &+ 2, word >> 40)
      ^ entry(tables &+ 1, word >> 48) ^ entry(tables, word >> 56)
  }

  @inline(__always)
  private func entry(_ table: Int, _ bits: UInt64) -> UInt32 {
    unsafe self[unchecked: table &* 256 &+ Int(truncatingIfNeeded: bits & 0xFF)]
  }
}
