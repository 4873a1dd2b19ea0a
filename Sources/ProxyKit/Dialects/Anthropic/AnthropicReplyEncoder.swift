/// Folds reply events into a whole message.
struct AnthropicReplyEncoder {
  private let stage: ReplyStage
  private var content: [UInt8] = []
  private var block = Block.none
  private var text: [UInt8] = []
  private var signature: [UInt8] = []
  private var citations: [JSONRaw] = []
  private var usage: Usage?
  private var stop = StopReason.endOfTurn
  private var failure: Failure?
  private var hasToolCalls = false
  private var hasRefusal = false
  private(set) var losses = Losses()

  private enum Block {
    case none, text, thinking, whole
    /// A thought that is over and unsigned: the call behind it may bring a seal for it to carry.
    case endedThinking
    case toolCall(id: JSONText, name: JSONText)
  }

  init(_ stage: ReplyStage) {
    self.stage = stage
  }

  mutating func encode(_ events: [ReplyEvent]) -> [UInt8] {
    for event in events { take(event) }
    if let failure {
      return AnthropicFailures.encode(failure, requestID: stage.requestID)
    }
    close()
    return message()
  }

  private mutating func take(_ event: ReplyEvent) {
    switch event {
    case .begin: break
    case .open(let opened): open(opened)
    case .text(let piece), .thinking(let piece), .arguments(let piece):
      text.append(contentsOf: piece.bytes)
    case .seal(let seal):
      switch block {
      case .thinking: signature = Array(seal.token(native: .anthropic).bytes)
      case .text: losses.record("text_seal")
      case .none, .endedThinking, .whole, .toolCall: break
      }
    case .citation(let citation):
      if let raw = AnthropicCitation.write(citation) {
        citations.append(raw)
      } else {
        losses.record("citations")
      }
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    case .close:
      if case .thinking = block, signature.isEmpty { block = .endedThinking } else { close() }
    case .usage(let known): usage = known
    case .end(let reason): stop = reason
    case .failed(let failed): failure = failure ?? failed
    }
  }

  private mutating func open(_ opened: ReplyBlock) {
    if case .toolCall(_, _, let seal?) = opened { carry(seal) }
    close()
    switch opened {
    case .text: block = .text
    case .refusal:
      hasRefusal = true
      block = .text
    case .thinking: block = .thinking
    case .toolCall(let id, let name, _):
      hasToolCalls = true
      block = .toolCall(id: id, name: name)
    case .redactedThinking(let seal):
      block = .whole
      separate()
      content.append("{\"type\":\"redacted_thinking\",\"data\":\"")
      content.append(contentsOf: seal.token(native: .anthropic).bytes)
      content.append("\"}")
    case .unknown(_, let raw):
      block = .whole
      separate()
      content.append(contentsOf: raw.bytes)
    }
  }

  /// A call has no place for a seal; an empty thought in front of it has one.
  private mutating func carry(_ seal: Seal) {
    guard seal.mint != .anthropic else { return }
    if case .endedThinking = block {
    } else {
      close()
      block = .thinking
    }
    signature = Array(seal.token(native: .anthropic).bytes)
  }

  private mutating func separate() {
    if !content.isEmpty { content.append(UInt8(ascii: ",")) }
  }

  private mutating func close() {
    switch block {
    case .none, .whole: break
    case .text: closeText()
    case .thinking, .endedThinking:
      separate()
      content.append("{\"type\":\"thinking\",\"thinking\":\"")
      content.append(contentsOf: text)
      content.append("\",\"signature\":\"")
      content.append(contentsOf: signature)
      content.append("\"}")
    case .toolCall(let id, let name):
      separate()
      content.append("{\"type\":\"tool_use\",\"id\":\"")
      content.append(contentsOf: AnthropicIdentifier.encode(id).bytes)
      content.append("\",\"name\":\"")
      content.append(contentsOf: name.bytes)
      content.append("\",\"input\":")
      content.append(contentsOf: ToolArguments.object(JSONText(escaped: text[...])).bytes)
      content.append("}")
    }
    block = .none
    text.removeAll(keepingCapacity: true)
    signature.removeAll(keepingCapacity: true)
    citations.removeAll(keepingCapacity: true)
  }

  /// An empty text is no block: clients may not send it back.
  private mutating func closeText() {
    guard !text.isEmpty else { return }
    separate()
    content.append("{\"type\":\"text\",\"text\":\"")
    content.append(contentsOf: text)
    content.append("\"")
    if !citations.isEmpty {
      content.append(",\"citations\":[")
      for (index, citation) in citations.enumerated() {
        if index > 0 { content.append(",") }
        content.append(contentsOf: citation.bytes)
      }
      content.append("]")
    }
    content.append("}")
  }

  private func message() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(content.count + 512)
    out.append("{\"id\":\"")
    AnthropicMessageID.write(stage.requestID, into: &out)
    out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
    JSONEscape.append(stage.model, to: &out)
    out.append("\",\"content\":[")
    out.append(contentsOf: content)
    out.append("],")
    let reason = AnthropicStop.fitting(
      stop, hasToolCalls: hasToolCalls, hasRefusal: hasRefusal)
    AnthropicStop.write(reason, into: &out)
    out.append(",\"usage\":")
    AnthropicUsage.write(usage ?? Usage(input: stage.estimatedInputTokens), into: &out)
    out.append("}")
    return out
  }
}
