/// Counts the blocks of a reply as its client will send them back: all text is one block.
struct ChatBlockPlaces {
  enum Kind {
    case text, refusal, other
  }

  /// The place of the newest block that is no text.
  private(set) var current = -1
  private var count = 0
  private var hasText = false
  private var hasRefusal = false

  mutating func enter(_ kind: Kind) {
    switch kind {
    case .text:
      if hasText { return }
      hasText = true
    case .refusal:
      if hasRefusal { return }
      hasRefusal = true
    case .other: current = count
    }
    count += 1
  }
}
