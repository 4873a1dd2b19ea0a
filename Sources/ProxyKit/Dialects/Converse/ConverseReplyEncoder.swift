/// Folds reply events into a whole reply.
struct ConverseReplyEncoder {
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
    case toolCall(id: JSONText, name: JSONText)
  }

  init(_ stage: ReplyStage) {
    self.stage = stage
  }

  mutating func encode(_ events: [ReplyEvent]) -> [UInt8] {
    for event in events { take(event) }
    if let failure { return ConverseFailures.encode(failure) }
    close()
    return reply()
  }

  private mutating func take(_ event: ReplyEvent) {
    switch event {
    case .begin: break
    case .open(let opened): open(opened)
    case .text(let piece), .thinking(let piece), .arguments(let piece):
      text.append(contentsOf: piece.bytes)
    case .seal(let seal): signature = Array(seal.token(native: .anthropic).bytes)
    case .citation(let citation):
      if let raw = ConverseCitation.write(citation) {
        citations.append(raw)
      } else {
        losses.record("citations")
      }
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    case .close: close()
    case .usage(let known): usage = known
    case .end(let reason): stop = reason
    case .failed(let failed): failure = failure ?? failed
    }
  }

  private mutating func open(_ opened: ReplyBlock) {
    close()
    switch opened {
    case .text: block = .text
    case .refusal:
      hasRefusal = true
      block = .text
    case .thinking: block = .thinking
    case .toolCall(let id, let name, let seal):
      hasToolCalls = true
      if let seal { carry(seal) }
      block = .toolCall(id: id, name: name)
    case .redactedThinking(let seal):
      block = .whole
      separate()
      content.append("{\"reasoningContent\":{\"redactedContent\":\"")
      content.append(contentsOf: ConverseRedaction.token(seal).bytes)
      content.append("\"}}")
    case .unknown(let type, let raw):
      block = .whole
      guard ConverseUnion.isBlock(raw, of: type) else { return losses.record(type.string) }
      separate()
      content.append(contentsOf: raw.bytes)
    }
  }

  /// A call has no place for a seal; an empty thought in front of it has one.
  private mutating func carry(_ seal: Seal) {
    guard seal.mint != .anthropic else { return }
    block = .thinking
    signature = Array(seal.token(native: .anthropic).bytes)
    close()
  }

  private mutating func separate() {
    if !content.isEmpty { content.append(UInt8(ascii: ",")) }
  }

  private mutating func close() {
    switch block {
    case .none, .whole: break
    case .text: closeText()
    case .thinking: closeThought()
    case .toolCall(let id, let name):
      separate()
      content.append("{\"toolUse\":{\"toolUseId\":\"")
      content.append(contentsOf: AnthropicIdentifier.encode(id).bytes)
      content.append("\",\"name\":\"")
      content.append(contentsOf: name.bytes)
      content.append("\",\"input\":")
      content.append(contentsOf: ToolArguments.object(JSONText(escaped: text[...])).bytes)
      content.append("}}")
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
    guard !citations.isEmpty else {
      content.append("{\"text\":\"")
      content.append(contentsOf: text)
      content.append("\"}")
      return
    }
    content.append("{\"citationsContent\":{\"content\":[{\"text\":\"")
    content.append(contentsOf: text)
    content.append("\"}],\"citations\":[")
    for (index, citation) in citations.enumerated() {
      if index > 0 { content.append(",") }
      content.append(contentsOf: citation.bytes)
    }
    content.append("]}}")
  }

  private mutating func closeThought() {
    guard !text.isEmpty || !signature.isEmpty else { return }
    separate()
    content.append("{\"reasoningContent\":{\"reasoningText\":{\"text\":\"")
    content.append(contentsOf: text)
    if !signature.isEmpty {
      content.append("\",\"signature\":\"")
      content.append(contentsOf: signature)
    }
    content.append("\"}}}")
  }

  private mutating func reply() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(content.count + 384)
    out.append("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[")
    out.append(contentsOf: content)
    out.append("]}},")
    let reason = AnthropicStop.fitting(stop, hasToolCalls: hasToolCalls, hasRefusal: hasRefusal)
    if !ConverseStop.hasWord(reason) { losses.record("stop_reason") }
    out.append("\"stopReason\":\"")
    out.append(ConverseStop.word(reason))
    out.append("\",\"usage\":")
    ConverseUsage.write(usage ?? Usage(input: stage.estimatedInputTokens), into: &out)
    // How long the model took is not known here, and the member may not be missing.
    out.append(",\"metrics\":{\"latencyMs\":0}}")
    return out
  }
}
