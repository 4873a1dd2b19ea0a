/// Writes replies as completions: text, and nothing besides.
struct LegacyCompletionEncoder: ReplyEncoder {
  private let stage: ReplyStage
  private let head: [UInt8]
  private var usage: Usage?
  private var isOver = false
  private(set) var losses = Losses()

  init(_ stage: ReplyStage) {
    self.stage = stage
    var writer = JSONWriter(reserving: 192)
    writer.object {
      $0.member("id", "cmpl-" + stage.requestID)
      $0.member("object", word: "text_completion")
      $0.member("created", stage.createdAt)
      $0.member("model", stage.model)
    }
    head = writer.bytes.dropLast() + Array(#","choices":["#.utf8)
  }

  mutating func ping(into out: inout [UInt8]) {
    out.append(": ping\n\n")
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events where !isOver {
      switch event {
      case .text(let text): chunk(text, nil, into: &out)
      case .end(let reason):
        chunk(.empty, reason, into: &out)
        if stage.showsUsage {
          out.append("data: ")
          out.append(contentsOf: head)
          out.append("]")
          appendUsage(to: &out)
          out.append("}\n\n")
        }
        out.append("data: [DONE]\n\n")
        isOver = true
      case .failed(let failure):
        out.append("data: ")
        out.append(contentsOf: ChatFailureEncoder.encode(failure).onOneLine)
        out.append("\n\n")
        isOver = true
      default: note(event)
      }
    }
  }

  /// Writes the whole reply at once.
  mutating func fold(_ events: [ReplyEvent], into out: inout [UInt8]) {
    var texts: [UInt8] = []
    var reason = StopReason.endOfTurn
    for event in events {
      switch event {
      case .text(let text): texts.append(contentsOf: text.bytes)
      case .end(let ended): reason = ended
      case .failed(let failure):
        out = ChatFailureEncoder.encode(failure)
        return
      default: note(event)
      }
    }
    out.append(contentsOf: head)
    choice(JSONText(escaped: texts[...]), reason, into: &out)
    out.append("]")
    appendUsage(to: &out)
    out.append("}")
  }

  /// Records what is no text; thoughts are not the reply's to tell.
  private mutating func note(_ event: ReplyEvent) {
    switch event {
    case .usage(let counted): usage = counted
    case .open(.toolCall): losses.record("tool_calls")
    case .open(.unknown(let type, _)): losses.record(type.string)
    case .thinking: losses.record("thinking_blocks")
    case .citation: losses.record("citations")
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    default: break
    }
  }

  private func chunk(_ text: JSONText, _ reason: StopReason?, into out: inout [UInt8]) {
    out.append("data: ")
    out.append(contentsOf: head)
    choice(text, reason, into: &out)
    out.append("]}\n\n")
  }

  private func choice(_ text: JSONText, _ reason: StopReason?, into out: inout [UInt8]) {
    out.append(#"{"text":""#)
    out.append(contentsOf: text.bytes)
    out.append(#"","index":0,"logprobs":null,"finish_reason":"#)
    if let reason {
      out.append("\"")
      out.append(reason == .toolCalls ? "stop" : ChatFinish.word(for: reason, hasCalls: false))
      out.append("\"")
    } else {
      out.append("null")
    }
    out.append("}")
  }

  private func appendUsage(to out: inout [UInt8]) {
    var writer = JSONWriter(reserving: 192)
    writer.chat(usage ?? Usage(input: stage.estimatedInputTokens))
    out.append(#","usage":"#)
    out.append(contentsOf: writer.bytes)
  }
}
