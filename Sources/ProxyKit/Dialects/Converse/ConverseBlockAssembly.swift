/// Follows the blocks of a reply: one open at a time, whatever the upstream does.
///
/// Texts and thoughts have no beginning of their own in a stream: their first delta opens them.
struct ConverseBlockAssembly {
  private enum Open {
    case none, text, toolCall
    /// A block that the hub has no word for, or one without a beginning.
    case ignored
    /// The signature, as far as it has come.
    case thinking(signature: JSONText)
    case redacted([JSONText])
    /// A block that only Bedrock knows, told whole at its end.
    case gathering(ConverseServerBlock)
  }

  private var open = Open.none
  private var index = -1
  private(set) var hasToolCalls = false

  /// Reads `contentBlockStart`.
  mutating func start(_ index: Int, _ start: JSONValue, into events: inout [ReplyEvent]) {
    close(into: &events)
    self.index = index
    guard let (name, value) = ConverseUnion.first(of: start) else { return }
    if name.equals("toolUse"), value["type"] == nil {
      openCall(value, into: &events)
    } else if name.equals("toolUse") || name.equals("toolResult") {
      open = .gathering(ConverseServerBlock(type: name, start: value))
    } else {
      events.append(.lost(name.equals("image") ? "image_output" : name.string))
      open = .ignored
    }
  }

  private mutating func openCall(_ value: JSONValue, into events: inout [ReplyEvent]) {
    guard let id = value["toolUseId"]?.text, let name = value["name"]?.text else {
      open = .ignored
      return
    }
    hasToolCalls = true
    let block = ReplyBlock.toolCall(
      id: AnthropicIdentifier.decode(id), name: AnthropicIdentifier.decode(name))
    begin(block, as: .toolCall, into: &events)
  }

  private mutating func begin(
    _ block: ReplyBlock, as state: Open, into events: inout [ReplyEvent]
  ) {
    events.append(.open(block))
    open = state
  }

  mutating func take(
    _ index: Int, _ delta: ConverseDelta, into events: inout [ReplyEvent]
  ) {
    if index != self.index {
      close(into: &events)
      self.index = index
    }
    switch (delta, open) {
    case (.text(let text), .text), (.text(let text), .none):
      if case .none = open { begin(.text, as: .text, into: &events) }
      if !text.isEmpty { events.append(.text(text)) }
    case (.arguments(let fragment), .toolCall):
      if !fragment.isEmpty { events.append(.arguments(fragment)) }
    case (.thinking(let text), .thinking): if !text.isEmpty { events.append(.thinking(text)) }
    case (.signature(let piece), .thinking(let signature)):
      open = .thinking(signature: signature + piece)
    case (.redacted(let piece), .redacted(let pieces)): open = .redacted(pieces + [piece])
    case (.citation(let citation), .text):
      events.append(.citation(ConverseCitation.read(citation)))
    case (let delta, .gathering(var block)):
      open = .none
      block.take(delta)
      open = .gathering(block)
    case (_, .ignored), (.arguments, _), (.unknown, _): break
    default:
      openAnew(for: delta, into: &events)
    }
  }

  /// A delta of another kind than the open block begins a block of its own.
  private mutating func openAnew(for delta: ConverseDelta, into events: inout [ReplyEvent]) {
    close(into: &events)
    switch delta {
    case .text(let text):
      begin(.text, as: .text, into: &events)
      if !text.isEmpty { events.append(.text(text)) }
    case .citation(let citation):
      begin(.text, as: .text, into: &events)
      events.append(.citation(ConverseCitation.read(citation)))
    case .thinking(let text):
      begin(.thinking, as: .thinking(signature: .empty), into: &events)
      if !text.isEmpty { events.append(.thinking(text)) }
    case .signature(let signature):
      begin(.thinking, as: .thinking(signature: signature), into: &events)
    case .redacted(let piece): open = .redacted([piece])
    case .arguments, .unknown: break
    }
  }

  mutating func close(into events: inout [ReplyEvent]) {
    switch open {
    case .none: return
    case .ignored:
      open = .none
      return
    case .gathering(let block):
      events.append(.open(.unknown(type: block.type, block.whole)))
    case .redacted(let pieces):
      let token = ConverseRedaction.joined(pieces)
      events.append(.open(.redactedThinking(Seal(token: token, native: .anthropic))))
    case .thinking(let signature) where !signature.isEmpty:
      events.append(.seal(Seal(token: signature, native: .anthropic)))
    case .text, .thinking, .toolCall: break
    }
    open = .none
    events.append(.close)
  }
}

/// Whole blocks, as a reply without a stream has them.
extension ConverseBlockAssembly {
  mutating func take(whole block: JSONValue, into events: inout [ReplyEvent]) {
    close(into: &events)
    guard let (name, value) = ConverseUnion.first(of: block) else { return }
    if name.equals("text"), let text = value.text {
      openAnew(for: .text(text), into: &events)
    } else if name.equals("toolUse"), value["type"] == nil {
      openCall(value, into: &events)
      if case .toolCall = open, let input = value["input"], !input.members.isEmpty {
        events.append(.arguments(JSONText(escaping: input.raw.bytes)))
      }
    } else if name.equals("reasoningContent") {
      takeThought(value, into: &events)
    } else if name.equals("citationsContent") {
      takeCited(value, into: &events)
    } else if name.equals("image") {
      events.append(.lost("image_output"))
    } else {
      begin(.unknown(type: name, block.raw), as: .text, into: &events)
    }
    close(into: &events)
  }

  private mutating func takeThought(_ value: JSONValue, into events: inout [ReplyEvent]) {
    if let data = value["redactedContent"]?.text {
      openAnew(for: .redacted(data), into: &events)
    } else if let thought = value["reasoningText"], let text = thought["text"]?.text {
      openAnew(for: .thinking(text), into: &events)
      if let signature = thought["signature"]?.text { open = .thinking(signature: signature) }
    }
  }

  private mutating func takeCited(_ value: JSONValue, into events: inout [ReplyEvent]) {
    begin(.text, as: .text, into: &events)
    if let content = value["content"] {
      for part in content.elements {
        if let text = part["text"]?.text, !text.isEmpty { events.append(.text(text)) }
      }
    }
    guard let citations = value["citations"] else { return }
    for citation in citations.elements where citation.kind == .object {
      events.append(.citation(ConverseCitation.read(citation)))
    }
  }
}
