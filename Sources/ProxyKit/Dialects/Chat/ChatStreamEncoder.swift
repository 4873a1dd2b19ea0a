/// Writes a Chat stream.
struct ChatStreamEncoder: ReplyEncoder {
  private let stage: ReplyStage
  /// What every chunk begins with, up to the inside of its `delta`.
  private let opening: [UInt8]
  private let head: [UInt8]
  private var hasBegun = false
  private var isOver = false
  private var isRefusal = false
  private var calls = 0
  private var usage: Usage?
  private(set) var losses = Losses()

  init(_ stage: ReplyStage) {
    self.stage = stage
    var writer = JSONWriter(reserving: 256)
    writer.object {
      $0.member("id", "chatcmpl-" + stage.requestID)
      $0.member("object", "chat.completion.chunk")
      $0.member("created", stage.createdAt)
      $0.member("model", stage.model)
    }
    var head = Array("data: ".utf8)
    head += writer.bytes.dropLast()
    self.head = head
    opening = head + Array(#","choices":[{"index":0,"delta":{"#.utf8)
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events where !isOver { encode(event, into: &out) }
  }

  mutating func ping(into out: inout [UInt8]) {
    out.append(": ping\n\n")
  }

  private mutating func encode(_ event: ReplyEvent, into out: inout [UInt8]) {
    switch event {
    case .begin: begin(into: &out)
    case .open(let block): open(block, into: &out)
    case .text(let text):
      if isRefusal {
        delta("\"refusal\":\"", text, "\"", into: &out)
      } else {
        delta("\"content\":\"", text, "\"", into: &out)
      }
    case .thinking(let text): delta("\"reasoning_content\":\"", text, "\"", into: &out)
    case .arguments(let text): arguments(text, into: &out)
    case .seal: losses.record("thinking_signatures")
    case .citation: losses.record("citations")
    case .lost(let tag): losses.record(tag)
    case .close: break
    case .usage(let counted): usage = counted
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure): fail(failure, into: &out)
    }
  }

  private mutating func begin(into out: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    out.append(contentsOf: opening)
    out.append(#""role":"assistant","content":"""#)
    closeDelta(into: &out)
  }

  private mutating func open(_ block: ReplyBlock, into out: inout [UInt8]) {
    isRefusal = false
    switch block {
    case .refusal: isRefusal = true
    case .toolCall(let id, let name, _):
      begin(into: &out)
      out.append(contentsOf: opening)
      out.append(#""tool_calls":[{"index":"#)
      out.append(decimal: calls)
      out.append(#","id":""#)
      out.append(contentsOf: id.bytes)
      out.append(#"","type":"function","function":{"name":""#)
      out.append(contentsOf: name.bytes)
      out.append(#"","arguments":""}}]"#)
      closeDelta(into: &out)
      calls += 1
    case .text, .thinking, .redactedThinking, .unknown: break
    }
  }

  private mutating func delta(
    _ before: StaticString, _ text: JSONText, _ after: StaticString, into out: inout [UInt8]
  ) {
    guard !text.isEmpty else { return }
    if !hasBegun { begin(into: &out) }
    out.append(contentsOf: opening)
    out.append(before)
    out.append(contentsOf: text.bytes)
    out.append(after)
    closeDelta(into: &out)
  }

  private mutating func arguments(_ text: JSONText, into out: inout [UInt8]) {
    guard calls > 0, !text.isEmpty else { return }
    out.append(contentsOf: opening)
    out.append(#""tool_calls":[{"index":"#)
    out.append(decimal: calls - 1)
    out.append(#","function":{"arguments":""#)
    out.append(contentsOf: text.bytes)
    out.append(#""}}]"#)
    closeDelta(into: &out)
  }

  private func closeDelta(into out: inout [UInt8]) {
    out.append("},\"finish_reason\":null}]}\n\n")
  }

  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    begin(into: &out)
    isOver = true
    out.append(contentsOf: opening)
    out.append(#"},"finish_reason":""#)
    out.append(ChatFinish.word(for: reason, hasCalls: calls > 0))
    out.append("\"}]}\n\n")
    if stage.showsUsage {
      var writer = JSONWriter(reserving: 192)
      writer.chat(usage ?? Usage(input: stage.estimatedInputTokens))
      out.append(contentsOf: head)
      out.append(#","choices":[],"usage":"#)
      out.append(contentsOf: writer.bytes)
      out.append("}\n\n")
    }
    out.append("data: [DONE]\n\n")
  }

  /// An answer that broke off has no `[DONE]`: a client must not take it for a whole one.
  private mutating func fail(_ failure: Failure, into out: inout [UInt8]) {
    isOver = true
    out.append("data: ")
    out.append(contentsOf: ChatFailureEncoder.encode(failure).onOneLine)
    out.append("\n\n")
  }
}
