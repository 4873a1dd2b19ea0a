/// Writes a Messages stream.
///
/// `message_start` waits for the rest of its batch, so that it can show the usage that follows it.
struct AnthropicStreamEncoder: ReplyEncoder {
  private enum State {
    case waiting, starting, open, finished
  }

  private let stage: ReplyStage
  private var state = State.waiting
  private var usage: Usage?
  private var block = OpenBlock.none
  private var index = -1
  /// What stands before the text of the block's own deltas, made once a block.
  private var deltaHead: [UInt8] = []
  private var hasToolCalls = false
  private var hasRefusal = false
  private(set) var losses = Losses()

  private enum OpenBlock {
    case none, text, thinking, signedThinking, toolCall, other
    /// A thought that is over and unsigned: the call behind it may bring a seal for it to carry.
    case endedThinking
  }

  init(_ stage: ReplyStage) {
    self.stage = stage
  }

  mutating func ping(into out: inout [UInt8]) {
    guard state != .finished else { return }
    out.append("event: ping\ndata: {\"type\":\"ping\"}\n\n")
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events {
      guard state != .finished else { return }
      encode(event, into: &out)
    }
    if state == .starting { start(into: &out) }
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
    case .seal(let seal): encode(seal, into: &out)
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    case .citation(let citation): encode(citation, into: &out)
    case .open(let opened): open(opened, into: &out)
    case .close: if block == .thinking { block = .endedThinking } else { close(into: &out) }
    case .usage(let known): usage = known
    case .begin: if state == .waiting { state = .starting }
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure): fail(failure, into: &out)
    }
  }

  @inline(__always)
  private func delta(_ text: JSONText, into out: inout [UInt8]) {
    out.append(contentsOf: deltaHead)
    out.append(contentsOf: text.bytes)
    out.append("\"}}\n\n")
  }

  private mutating func encode(_ seal: Seal, into out: inout [UInt8]) {
    switch block {
    case .thinking: sign(seal.token(native: .anthropic), into: &out)
    case .text: losses.record("text_seal")
    case .none, .signedThinking, .endedThinking, .toolCall, .other: break
    }
  }

  private mutating func sign(_ signature: JSONText, into out: inout [UInt8]) {
    block = .signedThinking
    writeDeltaHead(into: &out)
    out.append("signature_delta\",\"signature\":\"")
    out.append(contentsOf: signature.bytes)
    out.append("\"}}\n\n")
  }

  private mutating func encode(_ citation: Citation, into out: inout [UInt8]) {
    guard block == .text, let raw = AnthropicCitation.write(citation) else {
      return losses.record("citations")
    }
    writeDeltaHead(into: &out)
    out.append("citations_delta\",\"citation\":")
    out.append(contentsOf: raw.bytes)
    out.append("}}\n\n")
  }

  private func writeDeltaHead(into out: inout [UInt8]) {
    out.append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
    out.append(decimal: index)
    out.append(",\"delta\":{\"type\":\"")
  }

  private mutating func start(into out: inout [UInt8]) {
    guard state == .waiting || state == .starting else { return }
    state = .open
    out.append("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"")
    AnthropicMessageID.write(stage.requestID, into: &out)
    out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
    JSONEscape.append(stage.model, to: &out)
    out.append("\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":")
    AnthropicUsage.write(shownUsage, into: &out)
    out.append("}}\n\n")
    ping(into: &out)
  }

  private var shownUsage: Usage { usage ?? Usage(input: stage.estimatedInputTokens) }

  private mutating func open(_ opened: ReplyBlock, into out: inout [UInt8]) {
    start(into: &out)
    if case .toolCall(_, _, let seal?) = opened { carry(seal, into: &out) }
    close(into: &out)
    index += 1
    out.append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
    out.append(decimal: index)
    out.append(",\"content_block\":")
    block = writeStart(of: opened, into: &out)
    out.append("}\n\n")
    deltaHead.removeAll(keepingCapacity: true)
    writeDeltaHead(into: &deltaHead)
    switch block {
    case .text: deltaHead.append("text_delta\",\"text\":\"")
    case .thinking, .signedThinking: deltaHead.append("thinking_delta\",\"thinking\":\"")
    case .toolCall: deltaHead.append("input_json_delta\",\"partial_json\":\"")
    case .other, .none, .endedThinking: break
    }
  }

  /// A call has no place for a seal; an empty thought in front of it has one.
  private mutating func carry(_ seal: Seal, into out: inout [UInt8]) {
    guard seal.mint != .anthropic else { return }
    if block != .endedThinking { open(.thinking, into: &out) }
    sign(seal.token(native: .anthropic), into: &out)
  }

  private mutating func writeStart(
    of opened: ReplyBlock, into out: inout [UInt8]
  ) -> OpenBlock {
    switch opened {
    case .text, .refusal:
      if case .refusal = opened { hasRefusal = true }
      out.append("{\"type\":\"text\",\"text\":\"\"}")
      return .text
    case .thinking:
      out.append("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")
      return .thinking
    case .toolCall(let id, let name, _):
      hasToolCalls = true
      out.append("{\"type\":\"tool_use\",\"id\":\"")
      out.append(contentsOf: AnthropicIdentifier.encode(id).bytes)
      out.append("\",\"name\":\"")
      out.append(contentsOf: name.bytes)
      out.append("\",\"input\":{}}")
      return .toolCall
    case .redactedThinking(let seal):
      out.append("{\"type\":\"redacted_thinking\",\"data\":\"")
      out.append(contentsOf: seal.token(native: .anthropic).bytes)
      out.append("\"}")
      return .other
    case .unknown(_, let raw):
      out.append(contentsOf: raw.bytes)
      return .other
    }
  }

  private mutating func close(into out: inout [UInt8]) {
    guard block != .none else { return }
    // Clients refuse a thinking block that has no signature, be it an empty one.
    if block == .thinking || block == .endedThinking { sign(.empty, into: &out) }
    block = .none
    out.append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
    out.append(decimal: index)
    out.append("}\n\n")
  }

  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    start(into: &out)
    close(into: &out)
    state = .finished
    let stop = AnthropicStop.fitting(
      reason, hasToolCalls: hasToolCalls, hasRefusal: hasRefusal)
    out.append("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{")
    AnthropicStop.write(stop, into: &out)
    out.append("},\"usage\":")
    AnthropicUsage.write(shownUsage, into: &out)
    out.append("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
  }

  /// Open blocks stay open: a client must not take the half for the whole.
  private mutating func fail(_ failure: Failure, into out: inout [UInt8]) {
    state = .finished
    out.append("event: error\ndata: ")
    let body = AnthropicFailures.encode(failure, requestID: stage.requestID)
    out.append(contentsOf: body.onOneLine)
    out.append("\n\n")
  }
}
