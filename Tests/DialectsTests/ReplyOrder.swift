@testable import Dialects

/// The order of a reply's events: begin first, deltas inside blocks of their kind, an ending last and
/// no other; and what the decoder of one language may do beyond the strictest of them.
struct ReplyOrder: OptionSet {
  let rawValue: Int

  static let textOfRefusals = ReplyOrder(rawValue: 1)
  static let sealsOfText = ReplyOrder(rawValue: 2)
  static let lossesBetweenBlocks = ReplyOrder(rawValue: 4)
  static let lossesInBlocks = ReplyOrder(rawValue: 8)
  static let lossesBeforeBegin = ReplyOrder(rawValue: 16)
  static let usageInBlocks = ReplyOrder(rawValue: 32)
  static let odds = ReplyOrder(rawValue: 64)

  func isKept(by events: [ReplyEvent]) -> Bool {
    var open: ReplyBlock?
    var hasBegun = false
    for (index, event) in events.enumerated() {
      switch (event, open) {
      case (.begin, nil) where !hasBegun: hasBegun = true
      case (.open(let block), nil) where hasBegun: open = block
      case (.text, .text?), (.citation, .text?), (.thinking, .thinking?), (.seal, .thinking?),
        (.arguments, .toolCall?):
        break
      case (.text, .refusal?) where contains(.textOfRefusals): break
      case (.seal, .text?) where contains(.sealsOfText): break
      case (.close, .some): open = nil
      case (.usage, nil) where hasBegun: break
      case (.usage, .some) where contains(.usageInBlocks): break
      case (.lost, nil) where contains(hasBegun ? .lossesBetweenBlocks : .lossesBeforeBegin): break
      case (.odds, _) where hasBegun && contains(.odds): break
      case (.lost, .some) where contains(.lossesInBlocks): break
      case (.end, nil) where hasBegun: return index == events.count - 1
      case (.failed, _): return index == events.count - 1
      default: return false
      }
    }
    return false
  }
}

extension [ReplyEvent] {
  var isFailed: Bool {
    if case .failed? = last { true } else { false }
  }
}
