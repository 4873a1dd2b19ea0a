/// A stream as the client may see it: every byte of it but those of hidden events.
struct ChatVisibleStream {
  private var held: [UInt8] = []
  private var start = 0
  private var visible: [UInt8] = []

  mutating func append(_ piece: [UInt8]) {
    if held.isEmpty { held = piece } else { held += piece }
  }

  /// Lets the client see the stream up to the position.
  mutating func show(upTo position: Int) {
    let count = position - start
    guard count > 0 else { return }
    if visible.isEmpty, count == held.count {
      swap(&visible, &held)
    } else {
      visible += held[..<count]
      held.removeFirst(count)
    }
    start = position
  }

  mutating func showAll() {
    show(upTo: start + held.count)
  }

  /// Keeps from the client what is between the two positions.
  mutating func hide(from first: Int, to last: Int) {
    show(upTo: first)
    held.removeFirst(last - start)
    start = last
  }

  mutating func take() -> [UInt8] {
    defer { visible = [] }
    return visible
  }
}
