/// The CRC-32 of IEEE 802.3, eight bytes at a step.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~state }

  mutating func take(_ bytes: borrowing Span<UInt8>) {
    state = Self.tables.span.withCRC(state, of: bytes)
  }

  /// Eight tables of 256, the one after the other; the first is the plain one.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
      tables[index] = value
    }
    for index in 256..<(8 * 256) {
      let before = tables[index - 256]
      tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()
}

extension Span where Element == UInt32 {
  /// The state after these bytes, by the tables that this is: 2048 entries, of which an index is
  /// made of a table's number and a byte and so is always one.
  fileprivate func withCRC(_ state: UInt32, of bytes: borrowing Span<UInt8>) -> UInt32 {
    precondition(count == 8 * 256)
    var crc = state
    let raw = unsafe bytes.bytes
    var at = 0
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      let mixed = word ^ UInt64(crc)
      let low =
        entry(7, mixed) ^ entry(6, mixed >> 8) ^ entry(5, mixed >> 16) ^ entry(4, mixed >> 24)
      let high =
        entry(3, mixed >> 32) ^ entry(2, mixed >> 40) ^ entry(1, mixed >> 48)
        ^ entry(0, mixed >> 56)
      crc = low ^ high
      at &+= 8
    }
    while at < bytes.count {
      crc = (crc >> 8) ^ entry(0, UInt64(crc) ^ UInt64(bytes[at]))
      at &+= 1
    }
    return crc
  }

  @inline(__always)
  private func entry(_ table: Int, _ bits: UInt64) -> UInt32 {
    unsafe self[unchecked: table &* 256 &+ Int(truncatingIfNeeded: bits & 0xFF)]
  }
}
