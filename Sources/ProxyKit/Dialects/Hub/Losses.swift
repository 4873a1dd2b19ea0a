/// What a translation could not carry, each once, in the order it was met.
package struct Losses: Sendable, Equatable {
  package private(set) var tags: [String] = []

  package init() {}

  package var isEmpty: Bool { tags.isEmpty }

  /// No request, however odd, makes the list longer than this.
  package static let maximumCount = 32

  /// Records a loss; a tag is a lower-case word with underscores that the operator can look up.
  ///
  /// Tags travel in a header, and some are names that a client chose: they are brought into
  /// the alphabet here.
  package mutating func record(_ tag: String) {
    guard !tags.contains(tag) else { return }
    let word = Self.word(tag)
    guard tags.count < Self.maximumCount, !tags.contains(word) else { return }
    tags.append(word)
  }

  private static func word(_ tag: String) -> String {
    let letters = tag.utf8.prefix(64).map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
      default: UInt8(ascii: "_")
      }
    }
    return letters.isEmpty ? "unnamed" : String(decoding: letters, as: UTF8.self)
  }

  package mutating func record(contentsOf other: Losses) {
    for tag in other.tags { record(tag) }
  }
}
