/// The letters that an upstream takes in a name, all of them ASCII.
struct NameAlphabet: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// Letters, digits, `_` and `-`, which every vendor takes.
  static let plain = NameAlphabet().adding(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool {
    let half = byte < 0x40 ? low : high
    return byte < 0x80 && half &>> UInt64(byte & 0x3F) & 1 != 0
  }

  func adding(_ letters: String) -> NameAlphabet { setting(letters, to: true) }
  func removing(_ letters: String) -> NameAlphabet { setting(letters, to: false) }

  private func setting(_ letters: String, to isIn: Bool) -> NameAlphabet {
    var other = self
    for letter in letters.utf8 {
      let bit: UInt64 = 1 << UInt64(letter & 0x3F)
      if letter < 0x40 {
        other.low = isIn ? other.low | bit : other.low & ~bit
      } else {
        other.high = isIn ? other.high | bit : other.high & ~bit
      }
    }
    return other
  }
}
