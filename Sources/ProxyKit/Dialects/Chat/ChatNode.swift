/// One value of a reply, read in place on a tape that is reused from chunk to chunk.
struct ChatNode {
  /// What all nodes of a reply share, so that a node costs one reference.
  private final class Page {
    let tape: JSONTape
    let bytes: ArraySlice<UInt8>

    init(_ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
      self.tape = tape
      self.bytes = bytes
    }
  }

  private let page: Page
  private let index: Int

  init(_ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
    page = Page(tape, bytes)
    index = 0
  }

  /// A value of a whole document, read as a chunk is.
  init(_ value: JSONValue) {
    page = Page(value.document.tape, value.document.bytes)
    index = value.index
  }

  private init(_ page: Page, _ index: Int) {
    self.page = page
    self.index = index
  }

  var kind: JSONKind { page.tape.nodes[index].kind }

  /// The inside of a string; nil for any other kind.
  var text: JSONText? {
    let node = page.tape.nodes[index]
    guard node.kind == .string else { return nil }
    return JSONText(escaped: page.bytes[Int(node.start)..<Int(node.end)])
  }

  /// The inside of a string that says something.
  var someText: JSONText? {
    guard let text, !text.isEmpty else { return nil }
    return text
  }

  /// The value as it stands, a string with its quotes.
  var raw: JSONRaw {
    let node = page.tape.nodes[index]
    let quote = node.kind == .string ? 1 : 0
    return JSONRaw(page.bytes[(Int(node.start) - quote)..<(Int(node.end) + quote)])
  }

  /// A whole number; nil when it is none or does not fit.
  var integer: Int? {
    guard kind == .number else { return nil }
    var value = 0
    for byte in raw.bytes {
      guard byte &- UInt8(ascii: "0") < 10, value < Int.max / 20 else { return slowInteger }
      value = value * 10 + Int(byte &- UInt8(ascii: "0"))
    }
    return value
  }

  private var slowInteger: Int? {
    guard let float = Double(String(decoding: raw.bytes, as: UTF8.self)),
      abs(float) < 9e15
    else { return nil }
    return Int(float)
  }

  /// A member of an object; null counts as absent.
  subscript(_ name: StaticString) -> ChatNode? {
    guard let found = page.tape.member(name, of: index, in: page.bytes),
      page.tape.nodes[found].kind != .null
    else { return nil }
    return ChatNode(page, found)
  }

  /// The elements of an array; none for any other kind.
  var elements: Elements { Elements(self) }

  /// Walks an array.
  struct Elements: Sequence, IteratorProtocol {
    private let array: ChatNode
    private var at: Int
    private let end: Int

    init(_ array: ChatNode) {
      self.array = array
      at = array.index + 1
      end = array.kind == .array ? Int(array.page.tape.nodes[array.index].next) : at
    }

    mutating func next() -> ChatNode? {
      guard at < end else { return nil }
      defer { at = Int(array.page.tape.nodes[at].next) }
      return ChatNode(array.page, at)
    }
  }
}
