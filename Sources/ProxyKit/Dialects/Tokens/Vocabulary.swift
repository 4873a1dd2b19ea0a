internal import CVocabulary

/// The o200k_base vocabulary as `scripts/make-vocabulary` lays it out; nothing is built or read
/// before the first count.
///
/// Two open-addressed tables of 64-bit slots lie in it: whole pieces (check 17 bits, length 8,
/// offset of the bytes 21, token 18) and pairs that merge (left 18, right 18, merged 18). A token
/// comes out of merging in one way only, so one pair a token is enough.
struct Vocabulary {
  static let longestToken = 128
  private static let indexShift: UInt64 = 64 - 18

  private let file: EmbeddedBytes
  private let pieces: Int
  private let pairs: Int
  private let singles: Int
  private let blocks: Int
  private let classes: Int
  private let texts: Int

  init() {
    file = unsafe EmbeddedBytes(from: anyllm_o200k(), to: anyllm_o200k_behind())
    pieces = Int(file.word(8))
    pairs = Int(file.word(12))
    singles = Int(file.word(16))
    blocks = Int(file.word(20))
    classes = Int(file.word(24))
    texts = Int(file.word(28))
  }

  /// The token of a single byte.
  @inline(__always)
  func token(ofByte byte: UInt8) -> UInt32 {
    file.word(singles &+ Int(byte) &* 4)
  }

  /// The class of an ASCII character.
  @inline(__always)
  func scalarClass(ascii byte: UInt8) -> ScalarClass {
    ScalarClass(rawValue: file.byte(classes &+ Int(byte & 0x7F)))
  }

  /// The class of a code point; what is none belongs to no class.
  @inline(__always)
  func scalarClass(_ scalar: UInt32) -> ScalarClass {
    guard scalar < 0x110000 else { return .other }
    let block = Int(file.half(blocks &+ Int(scalar >> 7) &* 2))
    return ScalarClass(rawValue: file.byte(classes &+ block << 7 &+ Int(scalar & 0x7F)))
  }

  /// The token that these two become when they meet.
  @inline(__always)
  func merged(_ left: UInt32, _ right: UInt32) -> UInt32? {
    let key = UInt64(left) << 18 | UInt64(right)
    let home = Self.home(ofPair: key)
    var at = pairs &+ Int(home) &* 8
    while true {
      let slot = file.long(at)
      if slot >> 18 == key, slot != 0 { return UInt32(truncatingIfNeeded: slot & 0x3FFFF) }
      // Slots stand in the order of their homes, so behind a later one there is nothing.
      if slot == 0 || Self.home(ofPair: slot >> 18) > home { return nil }
      at &+= 8
    }
  }

  @inline(__always)
  private static func home(ofPair key: UInt64) -> UInt64 {
    let state = key &* Mix.first
    return ((state ^ (state >> 32)) &* Mix.second) >> indexShift
  }

  /// The token that is exactly this piece of the text.
  @inline(__always)
  func token(_ text: borrowing Span<UInt8>, _ piece: Range<Int>) -> UInt32? {
    let length = piece.upperBound &- piece.lowerBound
    guard length <= Self.longestToken else { return nil }
    let hash = Self.hash(text, piece)
    let check = (hash >> (Self.indexShift &- 17)) & 0x1FFFF
    let wanted = check << 8 | UInt64(length)
    var at = pieces &+ Int(hash >> Self.indexShift) &* 8
    while true {
      let slot = file.long(at)
      if slot == 0 { return nil }
      if slot >> 39 == wanted, isSame(text, piece, Int(slot >> 18 & 0x1FFFFF)) {
        return UInt32(truncatingIfNeeded: slot & 0x3FFFF)
      }
      at &+= 8
    }
  }

  @inline(__always)
  private func isSame(
    _ text: borrowing Span<UInt8>, _ piece: Range<Int>, _ offset: Int
  ) -> Bool {
    var at = piece.lowerBound
    var other = texts &+ offset
    while at < piece.upperBound {
      let count = min(8, piece.upperBound &- at)
      let shift = UInt64(8 &- count) &* 8
      // The file is padded behind its last token.
      if (file.long(other) ^ text.word(at, count)) << shift != 0 { return false }
      at &+= 8
      other &+= 8
    }
    return true
  }

  @inline(__always)
  private static func hash(_ text: borrowing Span<UInt8>, _ piece: Range<Int>) -> UInt64 {
    var state = UInt64(piece.upperBound &- piece.lowerBound) &* Mix.first
    var at = piece.lowerBound
    while at < piece.upperBound {
      state = (state ^ text.word(at, min(8, piece.upperBound &- at))) &* Mix.first
      state ^= state >> 32
      at &+= 8
    }
    return state &* Mix.second
  }

  private enum Mix {
    static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let second: UInt64 = 0xD6E8_FEB8_6659_FD93
  }
}

/// What the cutting into pieces must know of a character.
struct ScalarClass: Equatable {
  let rawValue: UInt8

  static let other = Self(rawValue: 0)
  /// Upper and title case.
  static let upper = Self(rawValue: 1)
  static let lower = Self(rawValue: 2)
  /// A letter without case, which may stand for either.
  static let caseless = Self(rawValue: 3)
  /// A combining mark, which passes for a letter and for a sign.
  static let mark = Self(rawValue: 4)
  static let number = Self(rawValue: 5)
  static let space = Self(rawValue: 6)
  static let newline = Self(rawValue: 7)

  /// Whether it may stand in a word.
  @inline(__always)
  var isOfWord: Bool { rawValue &- 1 < 4 }
  @inline(__always)
  var isWhite: Bool { rawValue >= 6 }
  /// Whether it may stand in a run of signs.
  @inline(__always)
  var isSign: Bool { self == .other || self == .mark }
}

extension Span where Element == UInt8 {
  /// Up to eight bytes from there as one little-endian number; zeros fill it up.
  @inline(__always)
  fileprivate func word(_ at: Int, _ count: Int) -> UInt64 {
    if at >= 0, at &+ 8 <= self.count {
      let whole = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      return count == 8 ? whole : whole & ((1 << (UInt64(count) &* 8)) &- 1)
    }
    var result: UInt64 = 0
    for index in 0..<count { result |= UInt64(self[at &+ index]) << (UInt64(index) &* 8) }
    return result
  }
}
