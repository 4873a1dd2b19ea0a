/// A 128-bit fingerprint (FNV-1a) for ids that have to be the same each time they are made.
struct Fingerprint {
  private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

  private mutating func mix(_ byte: UInt8) {
    state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
  }

  mutating func take(_ text: JSONText) {
    for byte in text.bytes { mix(byte) }
    // No text holds this byte, so that two texts are not one longer one.
    mix(0xFF)
  }

  mutating func take(_ number: Int) {
    var digits: [UInt8] = []
    digits.append(decimal: number)
    take(JSONText(escaped: digits[...]))
  }

  /// 32 lower-case digits.
  var hexadecimal: String {
    unsafe String(unsafeUninitializedCapacity: 32) { room in
      var rest = state
      for place in stride(from: 31, through: 0, by: -1) {
        unsafe room[place] = Hexadecimal.digit(UInt8(truncatingIfNeeded: rest & 15))
        rest >>= 4
      }
      return 32
    }
  }
}
