/// A stream as the client may see it: every byte of it but those of hidden events.
struct ChatVisibleStream {
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private var held: [UInt8] = []
  private var start = 0
  private var visible: [UInt8] = []
  /// The byte before `held`, and whether the client saw it: an event that ends in a carriage
  /// return also owns the line feed that may follow.
  private var last: UInt8 = 0
  private var isLastHidden = false

  mutating func append(_ piece: [UInt8]) {
    if held.isEmpty { held = piece } else { held += piece }
    guard isLastHidden, last == Self.carriageReturn, held.first == Self.lineFeed else { return }
    held.removeFirst()
    start += 1
    last = Self.lineFeed
  }

  /// Lets the client see the stream up to the position.
  mutating func show(upTo position: Int) {
    let count = min(position - start, held.count)
    guard count > 0 else { return }
    last = held[count - 1]
    isLastHidden = false
    start += count
    if visible.isEmpty, count == held.count {
      swap(&visible, &held)
    } else {
      visible += held[..<count]
      held.removeFirst(count)
    }
  }

  mutating func showAll() {
    show(upTo: start + held.count)
  }

  /// Keeps from the client what is between the two positions.
  mutating func hide(from first: Int, to end: Int) {
    show(upTo: first)
    if !isLastHidden, last == Self.carriageReturn, held.first == Self.lineFeed {
      show(upTo: start + 1)
    }
    var count = min(end - start, held.count)
    guard count > 0 else { return }
    last = held[count - 1]
    if last == Self.carriageReturn, count < held.count, held[count] == Self.lineFeed {
      count += 1
      last = Self.lineFeed
    }
    isLastHidden = true
    held.removeFirst(count)
    start += count
  }

  mutating func take() -> [UInt8] {
    defer { visible = [] }
    return visible
  }
}
