/// Follows the blocks of a reply: one open at a time, whatever the upstream does.
struct AnthropicBlockAssembly {
  private enum Open {
    case none, text, other
    /// The signature, as far as it has come.
    case thinking(signature: JSONText)
    /// The input that came with the start, told only if no delta brings it.
    case toolCall(whole: JSONValue?)
    /// A block that only Anthropic knows, told whole at its end.
    case gathering(AnthropicUnknownBlock)
  }

  private var open = Open.none
  private(set) var hasToolCalls = false

  mutating func open(_ block: JSONValue, into events: inout [ReplyEvent]) {
    close(into: &events)
    guard let type = block["type"]?.text else { return }
    if type.equals("text") {
      openText(block, into: &events)
    } else if type.equals("thinking") {
      let signature = block["signature"]?.text ?? .empty
      begin(.thinking, as: .thinking(signature: signature), into: &events)
      if let text = block["thinking"]?.text, !text.isEmpty { events.append(.thinking(text)) }
    } else if type.equals("tool_use"), let id = block["id"]?.text, let name = block["name"]?.text {
      hasToolCalls = true
      let whole = block["input"].flatMap { $0.members.isEmpty ? nil : $0 }
      begin(
        .toolCall(id: AnthropicIdentifier.decode(id), name: AnthropicIdentifier.decode(name)),
        as: .toolCall(whole: whole), into: &events)
    } else if type.equals("redacted_thinking") {
      let seal = Seal(.anthropic, block["data"]?.text ?? .empty)
      begin(.redactedThinking(seal), as: .other, into: &events)
    } else {
      open = .gathering(AnthropicUnknownBlock(type: type, start: block))
    }
  }

  private mutating func openText(_ block: JSONValue, into events: inout [ReplyEvent]) {
    begin(.text, as: .text, into: &events)
    if let text = block["text"]?.text, !text.isEmpty { events.append(.text(text)) }
    guard let citations = block["citations"] else { return }
    for citation in citations.elements {
      events.append(.citation(AnthropicCitation.read(citation)))
    }
  }

  private mutating func begin(
    _ block: ReplyBlock, as state: Open, into events: inout [ReplyEvent]
  ) {
    events.append(.open(block))
    open = state
  }

  mutating func take(_ delta: AnthropicDelta, into events: inout [ReplyEvent]) {
    switch (delta, open) {
    case (.text(let text), .text): events.append(.text(text))
    case (.thinking(let text), .thinking): events.append(.thinking(text))
    case (.signature(let piece), .thinking(let signature)):
      open = .thinking(signature: signature + piece)
    case (.citation(let citation), .text):
      events.append(.citation(AnthropicCitation.read(citation)))
    case (.arguments(let fragment), .toolCall):
      open = .toolCall(whole: nil)
      if !fragment.isEmpty { events.append(.arguments(fragment)) }
    case (let delta, .gathering(var block)):
      open = .none
      block.take(delta)
      open = .gathering(block)
    case (.text(let text), _):
      close(into: &events)
      begin(.text, as: .text, into: &events)
      events.append(.text(text))
    case (.thinking(let text), _):
      close(into: &events)
      begin(.thinking, as: .thinking(signature: .empty), into: &events)
      events.append(.thinking(text))
    case (.signature, _), (.citation, _), (.arguments, _), (.unknown, _): break
    }
  }

  mutating func close(into events: inout [ReplyEvent]) {
    switch open {
    case .none: return
    case .gathering(let block):
      events.append(.open(.unknown(type: block.type, block.whole)))
    case .toolCall(let whole?):
      events.append(.arguments(JSONText(escaping: whole.raw.bytes)))
    case .thinking(let signature) where !signature.isEmpty:
      events.append(.seal(Seal(.anthropic, signature)))
    case .text, .thinking, .other, .toolCall: break
    }
    open = .none
    events.append(.close)
  }
}
