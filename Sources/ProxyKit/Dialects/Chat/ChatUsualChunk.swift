/// The chunks that most of a stream consists of: one text that goes on, and nothing else new.
struct ChatUsualChunk {
  /// What the text belongs to.
  enum Slot {
    case prose(ChatReplyAssembly.Prose)
    case arguments(key: Int?)
  }

  var slot: Slot
  /// The text's node on the tape.
  var node: Int

  /// Nil when the chunk says more than that, or says it in an unusual way.
  init?(_ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
    let map = Map(nodes: tape.nodes.span, bytes: bytes.span, base: bytes.startIndex)
    guard let found = map else { return nil }
    slot = found.slot
    node = found.node
  }

  private struct Map {
    var slot = Slot.prose(.text)
    var node = 0

    init?(nodes: borrowing Span<JSONTape.Node>, bytes: borrowing Span<UInt8>, base: Int) {
      guard nodes.count > 0, nodes[0].kind == .object else { return nil }
      var at = 1
      let end = Int(nodes[0].next)
      while at < end {
        let key = nodes[at]
        if key.isEscaped { return nil }
        if nodes[at + 1].kind != .null {
          let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
          if name.equals("choices") {
            guard readChoices(nodes, bytes, base, at + 1) else { return nil }
          } else if name.equals("error") || name.equals("usage") {
            return nil
          } else if name.equals("object"), !Self.isChunk(nodes[at + 1], bytes, base) {
            return nil
          }
        }
        at = Int(nodes[at + 1].next)
      }
      guard node > 0 else { return nil }
    }

    private static func isChunk(
      _ node: JSONTape.Node, _ bytes: borrowing Span<UInt8>, _ base: Int
    ) -> Bool {
      node.kind == .string
        && bytes.extracting((Int(node.start) - base)..<(Int(node.end) - base))
          .equals("chat.completion.chunk")
    }

    /// One choice, the first.
    private mutating func readChoices(
      _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
      _ list: Int
    ) -> Bool {
      guard node == 0, nodes[list].kind == .array, list + 1 < Int(nodes[list].next),
        nodes[list + 1].kind == .object, nodes[list + 1].next == nodes[list].next
      else { return false }
      var at = list + 2
      let end = Int(nodes[list].next)
      while at < end {
        let key = nodes[at]
        if key.isEscaped { return false }
        if nodes[at + 1].kind != .null {
          let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
          if name.equals("delta") {
            guard readDelta(nodes, bytes, base, at + 1) else { return false }
          } else if name.equals("index") {
            guard Self.digit(nodes[at + 1], bytes, base) == 0 else { return false }
          } else if name.equals("finish_reason") || name.equals("error")
            || name.equals("logprobs")
          {
            return false
          }
        }
        at = Int(nodes[at + 1].next)
      }
      return true
    }

    private mutating func readDelta(
      _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
      _ delta: Int
    ) -> Bool {
      guard nodes[delta].kind == .object else { return false }
      var at = delta + 1
      let end = Int(nodes[delta].next)
      while at < end {
        let key = nodes[at]
        if key.isEscaped { return false }
        let value = nodes[at + 1]
        if !Self.isNothing(value, at + 1) {
          let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
          if name.equals("content") {
            guard take(.prose(.text), at + 1, value) else { return false }
          } else if name.equals("reasoning_content") {
            guard take(.prose(.thinking), at + 1, value) else { return false }
          } else if name.equals("tool_calls") {
            guard readCall(nodes, bytes, base, at + 1) else { return false }
          } else if Self.isSpeech(name) {
            return false
          }
        }
        at = Int(nodes[at + 1].next)
      }
      return true
    }

    /// Null, an empty string or an empty list.
    private static func isNothing(_ value: JSONTape.Node, _ index: Int) -> Bool {
      switch value.kind {
      case .null: true
      case .string: value.start == value.end
      case .array: Int(value.next) == index + 1
      default: false
      }
    }

    /// Whether a delta's member says something in one of the rarer ways.
    private static func isSpeech(_ name: borrowing Span<UInt8>) -> Bool {
      name.equals("reasoning") || name.equals("reasoning_details") || name.equals("refusal")
        || name.equals("function_call") || name.equals("annotations")
        || name.equals("extra_content") || name.equals("audio")
    }

    /// One call, of which only the arguments go on.
    private mutating func readCall(
      _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
      _ list: Int
    ) -> Bool {
      guard nodes[list].kind == .array, list + 1 < Int(nodes[list].next),
        nodes[list + 1].kind == .object, nodes[list + 1].next == nodes[list].next
      else { return false }
      var callKey: Int?
      var at = list + 2
      let end = Int(nodes[list].next)
      while at < end {
        let key = nodes[at]
        if key.isEscaped { return false }
        if nodes[at + 1].kind != .null {
          let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
          if name.equals("index") {
            guard let digit = Self.digit(nodes[at + 1], bytes, base) else { return false }
            callKey = digit
          } else if name.equals("function") {
            guard readFunction(nodes, bytes, base, at + 1) else { return false }
          } else if !name.equals("type") {
            return false
          }
        }
        at = Int(nodes[at + 1].next)
      }
      if case .arguments = slot { slot = .arguments(key: callKey) }
      return true
    }

    private mutating func readFunction(
      _ nodes: borrowing Span<JSONTape.Node>, _ bytes: borrowing Span<UInt8>, _ base: Int,
      _ function: Int
    ) -> Bool {
      let own = nodes[function]
      // The arguments and nothing else: a key and a value.
      guard own.kind == .object, Int(own.next) == function + 3 else { return false }
      let key = nodes[function + 1]
      let name = bytes.extracting((Int(key.start) - base)..<(Int(key.end) - base))
      guard !key.isEscaped, name.equals("arguments") else { return false }
      return take(.arguments(key: nil), function + 2, nodes[function + 2])
    }

    private mutating func take(_ slot: Slot, _ index: Int, _ value: JSONTape.Node) -> Bool {
      guard node == 0, value.kind == .string else { return false }
      self.slot = slot
      node = index
      return true
    }

    private static func digit(
      _ node: JSONTape.Node, _ bytes: borrowing Span<UInt8>, _ base: Int
    ) -> Int? {
      guard node.kind == .number, node.end - node.start == 1 else { return nil }
      return Int(bytes[Int(node.start) - base]) - 48
    }
  }
}
