/// Writes a Converse stream as AWS frames.
///
/// As in Bedrock's own streams only calls of tools have a `contentBlockStart`; a text or a thought
/// begins with its first delta, and one without any is not there.
struct ConverseStreamEncoder: ReplyEncoder {
  private enum State {
    case waiting, open, finished
  }

  private enum OpenBlock {
    case none, text, thinking, toolCall, other
  }

  private let stage: ReplyStage
  private var state = State.waiting
  private var usage: Usage?
  private var block = OpenBlock.none
  /// Whether a frame has told the client of the open block.
  private var isShown = false
  private var index = -1
  private let deltaFrame = EventStreamHead("contentBlockDelta")
  /// What stands before the text of the block's own deltas, made once a block.
  private var deltaHead: [UInt8] = []
  private var hasToolCalls = false
  private var hasRefusal = false
  private(set) var losses = Losses()

  init(_ stage: ReplyStage) {
    self.stage = stage
  }

  /// The language has no sign of life.
  mutating func ping(into out: inout [UInt8]) {}

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events {
      guard state != .finished else { return }
      encode(event, into: &out)
    }
  }

  private mutating func encode(_ event: ReplyEvent, into out: inout [UInt8]) {
    switch event {
    case .text(let text):
      if block != .text { open(.text, into: &out) }
      delta(text, into: &out)
    case .arguments(let text): if block == .toolCall { delta(text, into: &out) }
    case .thinking(let text):
      if block != .thinking { open(.thinking, into: &out) }
      delta(text, into: &out)
    case .seal(let seal):
      if block == .thinking { sign(seal.token(native: .anthropic), into: &out) }
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    case .citation(let citation): encode(citation, into: &out)
    case .open(let opened): open(opened, into: &out)
    case .close: close(into: &out)
    case .usage(let known): usage = known
    case .begin: start(into: &out)
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure):
      state = .finished
      ConverseFailures.writeException(failure, into: &out)
    }
  }

  @inline(__always)
  private mutating func delta(_ text: JSONText, into out: inout [UInt8]) {
    show()
    let isNested = block != .text
    EventStreamWriter.event(deltaFrame, to: &out) { out in
      out.append(contentsOf: deltaHead)
      out.append(contentsOf: text.bytes)
      if isNested { out.append("\"}}}") } else { out.append("\"}}") }
    }
  }

  /// The next delta tells the client of the block, which needs a number now.
  @inline(__always)
  private mutating func show() {
    guard !isShown else { return }
    isShown = true
    index += 1
    deltaHead.removeAll(keepingCapacity: true)
    writeDeltaHead(into: &deltaHead)
    switch block {
    case .text: deltaHead.append("text\":\"")
    case .thinking: deltaHead.append("reasoningContent\":{\"text\":\"")
    case .toolCall: deltaHead.append("toolUse\":{\"input\":\"")
    case .other, .none: break
    }
  }

  private func writeDeltaHead(into out: inout [UInt8]) {
    out.append("{\"contentBlockIndex\":")
    out.append(decimal: index)
    out.append(",\"delta\":{\"")
  }

  private mutating func sign(_ signature: JSONText, into out: inout [UInt8]) {
    show()
    EventStreamWriter.event(deltaFrame, to: &out) { out in
      writeDeltaHead(into: &out)
      out.append("reasoningContent\":{\"signature\":\"")
      out.append(contentsOf: signature.bytes)
      out.append("\"}}}")
    }
  }

  private mutating func encode(_ citation: Citation, into out: inout [UInt8]) {
    guard block == .text, let raw = ConverseCitation.write(citation) else {
      return losses.record("citations")
    }
    show()
    EventStreamWriter.event(deltaFrame, to: &out) { out in
      writeDeltaHead(into: &out)
      out.append("citation\":")
      out.append(contentsOf: raw.bytes)
      out.append("}}")
    }
  }

  private mutating func start(into out: inout [UInt8]) {
    guard state == .waiting else { return }
    state = .open
    EventStreamWriter.event("messageStart", to: &out) { $0.append("{\"role\":\"assistant\"}") }
  }

  private mutating func open(_ opened: ReplyBlock, into out: inout [UInt8]) {
    start(into: &out)
    close(into: &out)
    switch opened {
    case .text: block = .text
    case .refusal:
      hasRefusal = true
      block = .text
    case .thinking: block = .thinking
    case .toolCall(let id, let name, let seal):
      hasToolCalls = true
      if let seal { carry(seal, into: &out) }
      block = .toolCall
      startCall(AnthropicIdentifier.encode(id), name, into: &out)
    case .redactedThinking(let seal):
      block = .other
      show()
      EventStreamWriter.event(deltaFrame, to: &out) { out in
        writeDeltaHead(into: &out)
        out.append("reasoningContent\":{\"redactedContent\":\"")
        out.append(contentsOf: ConverseRedaction.token(seal).bytes)
        out.append("\"}}}")
      }
    case .unknown(let type, let raw):
      block = .other
      startServerBlock(type, raw, into: &out)
    }
  }

  /// A call has no place for a seal; an empty thought in front of it has one.
  private mutating func carry(_ seal: Seal, into out: inout [UInt8]) {
    guard seal.mint != .anthropic else { return }
    block = .thinking
    sign(seal.token(native: .anthropic), into: &out)
    close(into: &out)
  }

  private mutating func startCall(
    _ id: JSONText, _ name: JSONText, type: JSONText? = nil, into out: inout [UInt8]
  ) {
    show()
    EventStreamWriter.event("contentBlockStart", to: &out) { out in
      out.append("{\"contentBlockIndex\":")
      out.append(decimal: index)
      out.append(",\"start\":{\"toolUse\":{\"toolUseId\":\"")
      out.append(contentsOf: id.bytes)
      out.append("\",\"name\":\"")
      out.append(contentsOf: name.bytes)
      if let type {
        out.append("\",\"type\":\"")
        out.append(contentsOf: type.bytes)
      }
      out.append("\"}}}")
    }
  }

  /// A call of a tool that Bedrock runs can be streamed; what else only Bedrock knows cannot.
  private mutating func startServerBlock(
    _ type: JSONText, _ raw: JSONRaw, into out: inout [UInt8]
  ) {
    guard type.equals("toolUse"), let call = (try? raw.parsed())?["toolUse"],
      let id = call["toolUseId"]?.text, let name = call["name"]?.text
    else { return losses.record(type.string) }
    block = .toolCall
    startCall(id, name, type: call["type"]?.text, into: &out)
    if let input = call["input"] { delta(JSONText(escaping: input.raw.bytes), into: &out) }
    block = .other
  }

  private mutating func close(into out: inout [UInt8]) {
    if isShown {
      EventStreamWriter.event("contentBlockStop", to: &out) { out in
        out.append("{\"contentBlockIndex\":")
        out.append(decimal: index)
        out.append("}")
      }
    }
    block = .none
    isShown = false
  }

  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    start(into: &out)
    close(into: &out)
    state = .finished
    let stop = AnthropicStop.fitting(reason, hasToolCalls: hasToolCalls, hasRefusal: hasRefusal)
    if !ConverseStop.hasWord(reason) { losses.record("stop_reason") }
    EventStreamWriter.event("messageStop", to: &out) { out in
      out.append("{\"stopReason\":\"")
      out.append(ConverseStop.word(stop))
      out.append("\"}")
    }
    EventStreamWriter.event("metadata", to: &out) { out in
      out.append("{\"usage\":")
      ConverseUsage.write(usage ?? Usage(input: stage.estimatedInputTokens), into: &out)
      out.append(",\"metrics\":{\"latencyMs\":0}}")
    }
  }
}
