/// The chunks that most of a stream consists of: one text that goes on, and new counts.
struct GeminiUsualChunk {
  /// The text's node on the tape.
  private(set) var text = 0
  private(set) var isThought = false
  /// The node of the counts; 0 when there are none.
  private(set) var counts = 0
  private var saysWhetherThought = false

  /// Nil when the chunk says more than that, or says it in an unusual way.
  init?(_ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
    guard read(tape.nodes.span, bytes.span, bytes.startIndex) else { return nil }
  }

  private mutating func read(
    _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int
  ) -> Bool {
    guard nodes.count > 0, nodes[0].kind == .object else { return false }
    var at = 1
    let end = Int(nodes[0].next)
    while at < end {
      let key = nodes[at]
      if key.isEscaped { return false }
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      if name.equals("candidates") {
        guard readCandidate(nodes, bytes, base, at + 1) else { return false }
      } else if name.equals("usageMetadata") {
        guard counts == 0, nodes[at + 1].kind == .object else { return false }
        counts = at + 1
      } else if name.equals("error") || name.equals("promptFeedback") {
        return false
      }
      at = Int(nodes[at + 1].next)
    }
    return text > 0
  }

  /// The only element of a list, which is an object; nil for any other list.
  private static func only(_ nodes: borrowing Span<JSONTape.Node>, _ list: Int) -> Int? {
    guard nodes[list].kind == .array, list + 1 < Int(nodes[list].next),
      nodes[list + 1].kind == .object, nodes[list + 1].next == nodes[list].next
    else { return nil }
    return list + 1
  }

  private mutating func readCandidate(
    _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
    _ list: Int
  ) -> Bool {
    guard let candidate = Self.only(nodes, list) else { return false }
    var at = candidate + 1
    let end = Int(nodes[candidate].next)
    while at < end {
      let key = nodes[at]
      if key.isEscaped { return false }
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      let value = nodes[at + 1]
      if name.equals("content") {
        guard readContent(nodes, bytes, base, at + 1) else { return false }
      } else if name.equals("index") {
        guard value.kind == .number,
          bytes.extracting((Int(value.start) - base)..<(Int(value.end) - base)).equals("0")
        else { return false }
      } else if name.equals("finishReason") || name.equals("groundingMetadata")
        || name.equals("logprobsResult")
      {
        return false
      }
      at = Int(value.next)
    }
    return true
  }

  private mutating func readContent(
    _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
    _ content: Int
  ) -> Bool {
    guard nodes[content].kind == .object else { return false }
    var at = content + 1
    let end = Int(nodes[content].next)
    while at < end {
      let key = nodes[at]
      if key.isEscaped { return false }
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      if name.equals("parts") {
        guard let part = Self.only(nodes, at + 1), readPart(nodes, bytes, base, part) else {
          return false
        }
      }
      at = Int(nodes[at + 1].next)
    }
    return true
  }

  private mutating func readPart(
    _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
    _ part: Int
  ) -> Bool {
    guard text == 0 else { return false }
    var at = part + 1
    let end = Int(nodes[part].next)
    while at < end {
      let key = nodes[at]
      if key.isEscaped { return false }
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      let value = nodes[at + 1]
      if name.equals("text") {
        guard text == 0, value.kind == .string, value.start < value.end else { return false }
        text = at + 1
      } else if name.equals("thought") {
        guard !saysWhetherThought, value.kind == .true || value.kind == .false else { return false }
        saysWhetherThought = true
        isThought = value.kind == .true
      } else if name.equals("thoughtSignature") {
        return false
      }
      at = Int(value.next)
    }
    return true
  }
}
