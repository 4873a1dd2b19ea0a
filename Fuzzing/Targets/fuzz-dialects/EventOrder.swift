internal import Dialects
internal import FuzzSupport

/// The order that decoders promise to encoders, and the texts that may go on a wire as they stand.
struct EventOrder {
  private var open: ReplyBlock?
  private var hasBegun = false
  private var hasEnded = false

  /// Stops the process where the events are in another order, or have no end.
  static func check(_ events: [ReplyEvent]) {
    var order = EventOrder()
    for (index, event) in events.enumerated() {
      order.take(event) { what in
        "event \(index) \(what): " + EventText.of(events).joined(separator: "\n")
      }
    }
    promise(
      order.hasEnded, "the events have no end: " + EventText.of(events).joined(separator: "\n"))
  }

  private mutating func take(_ event: ReplyEvent, _ message: (String) -> String) {
    promise(!hasEnded, message("comes after the end"))
    if case .failed = event {
      hasEnded = true
      return
    }
    if case .begin(let id, let model) = event {
      promise(!hasBegun, message("begins again"))
      hasBegun = true
      check(id ?? .empty, message)
      check(model ?? .empty, message)
      return
    }
    if case .lost = event { return }
    promise(hasBegun, message("comes before the beginning"))
    switch event {
    case .begin, .failed: break
    case .open(let block):
      promise(open == nil, message("opens a block in a block"))
      open = block
      check(block, message)
    case .close:
      promise(open != nil, message("closes nothing"))
      open = nil
    case .end(let reason):
      promise(open == nil, message("ends inside a block"))
      hasEnded = true
      if case .other(let text) = reason { check(text, message) }
      if case .stopSequence(let text?) = reason { check(text, message) }
    case .text(let text), .thinking(let text), .arguments(let text):
      promise(isFit(event), message("is in no block of its kind"))
      check(text, message)
    case .seal(let seal):
      promise(open != nil, message("is in no block"))
      check(seal.value, message)
    case .citation: promise(open != nil, message("is in no block"))
    case .odds(let odds):
      for token in odds.flatMap({ [$0.said] + $0.alternatives }) { check(token.text, message) }
    case .usage, .lost: break
    }
  }

  private func isFit(_ event: ReplyEvent) -> Bool {
    switch (event, open) {
    case (.text, .text), (.text, .refusal), (.thinking, .thinking), (.arguments, .toolCall): true
    default: false
    }
  }

  private func check(_ block: ReplyBlock, _ message: (String) -> String) {
    switch block {
    case .text, .thinking, .refusal: break
    case .redactedThinking(let seal): check(seal.value, message)
    case .toolCall(let id, let name, let seal):
      check(id, message)
      check(name, message)
      check(seal?.value ?? .empty, message)
    case .unknown(let type, let raw):
      check(type, message)
      promise(JSONCheck.isJSON(raw), message("has no JSON"))
    }
  }

  private func check(_ text: JSONText, _ message: (String) -> String) {
    promise(JSONCheck.isInside(text), message("leaves its string"))
  }
}
