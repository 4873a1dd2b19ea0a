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
  /// The state after these bytes, by the tables that this is.
  fileprivate func withCRC(_ state: UInt32, of bytes: borrowing Span<UInt8>) -> UInt32 {
    var crc = state
    let raw = unsafe bytes.bytes
    var at = 0
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      let mixed = word ^ UInt64(crc)
      crc =
        self[1792 &+ Int(mixed & 0xFF)] ^ self[1536 &+ Int(mixed >> 8 & 0xFF)]
        ^ self[1280 &+ Int(mixed >> 16 & 0xFF)] ^ self[1024 &+ Int(mixed >> 24 & 0xFF)]
      crc ^=
        self[768 &+ Int(mixed >> 32 & 0xFF)] ^ self[512 &+ Int(mixed >> 40 & 0xFF)]
        ^ self[256 &+ Int(mixed >> 48 & 0xFF)] ^ self[Int(mixed >> 56)]
      at &+= 8
    }
    while at < bytes.count {
      crc = (crc >> 8) ^ self[Int((crc ^ UInt32(bytes[at])) & 0xFF)]
      at &+= 1
    }
    return crc
  }
}
