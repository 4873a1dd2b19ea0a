/// The events that most of a stream consists of: one text that goes on, and nothing else new.
struct ResponsesUsualEvent {
  /// What the text belongs to.
  enum Slot {
    case prose(ResponsesOutputItem.Slot)
    case arguments(isFreeform: Bool)
  }

  var slot = Slot.prose(.text)
  /// The text's node on the tape.
  var node = 0
  var item: Int?
  var part = 0

  /// Nil when the event is of another kind, or says it in an unusual way.
  init?(_ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
    guard read(tape.nodes.span, bytes.span, bytes.startIndex) else { return nil }
  }

  private mutating func read(
    _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int
  ) -> Bool {
    guard nodes.count > 0, nodes[0].kind == .object else { return false }
    var isKnown = false
    var at = 1
    let end = Int(nodes[0].next)
    while at < end {
      let key = nodes[at]
      if key.isEscaped { return false }
      let value = nodes[at + 1]
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      if name.equals("type") {
        guard value.kind == .string,
          let found = Self.slot(
            bytes.extracting((Int(value.start) - base)..<(Int(value.end) - base)))
        else { return false }
        slot = found
        isKnown = true
      } else if name.equals("delta") {
        guard value.kind == .string else { return false }
        node = at + 1
      } else if name.equals("output_index") {
        guard let number = Self.number(value, bytes, base) else { return false }
        item = number
      } else if name.equals("content_index") || name.equals("summary_index") {
        guard let number = Self.number(value, bytes, base) else { return false }
        part = number
      } else if name.equals("error") {
        return false
      }
      at = Int(value.next)
    }
    return isKnown && node > 0
  }

  private static func slot(_ type: borrowing Span<UInt8>) -> Slot? {
    if type.equals("response.output_text.delta") { return .prose(.text) }
    if type.equals("response.function_call_arguments.delta") {
      return .arguments(isFreeform: false)
    }
    if type.equals("response.reasoning_summary_text.delta") { return .prose(.summary) }
    if type.equals("response.reasoning_text.delta") { return .prose(.thought) }
    if type.equals("response.refusal.delta") { return .prose(.refusal) }
    if type.equals("response.custom_tool_call_input.delta") {
      return .arguments(isFreeform: true)
    }
    return nil
  }

  /// A small whole number.
  private static func number(
    _ node: JSONTape.Node, _ bytes: borrowing Span<UInt8>, _ base: Int
  ) -> Int? {
    guard node.kind == .number, node.end - node.start <= 6 else { return nil }
    var value = 0
    for at in (Int(node.start) - base)..<(Int(node.end) - base) {
      let digit = bytes[at] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}
