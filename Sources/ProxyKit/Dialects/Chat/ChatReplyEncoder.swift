/// Folds events into a whole reply.
struct ChatReplyEncoder {
  private struct Call {
    var id: JSONText
    var name: JSONText
    var arguments: [JSONText] = []
  }

  private var texts: [JSONText] = []
  private var refusals: [JSONText] = []
  private var thoughts: [JSONText] = []
  private var calls: [Call] = []
  private var usage: Usage?
  private var reason = StopReason.endOfTurn
  private var isRefusal = false
  private var losses = Losses()

  static func encode(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var fold = ChatReplyEncoder()
    for event in events {
      if case .failed(let failure) = event { return ChatFailureEncoder.encode(failure) }
      fold.take(event)
    }
    losses.record(contentsOf: fold.losses)
    return fold.written(stage)
  }

  private mutating func take(_ event: ReplyEvent) {
    switch event {
    case .open(.toolCall(let id, let name, _)): calls.append(Call(id: id, name: name))
    case .open(.refusal): isRefusal = true
    case .open: isRefusal = false
    case .close: isRefusal = false
    case .text(let text):
      if isRefusal { refusals.append(text) } else { texts.append(text) }
    case .thinking(let text): thoughts.append(text)
    case .arguments(let text):
      if !calls.isEmpty { calls[calls.count - 1].arguments.append(text) }
    case .usage(let counted): usage = counted
    case .end(let reason): self.reason = reason
    case .seal: losses.record("thinking_signatures")
    case .citation: losses.record("citations")
    case .lost(let tag): losses.record(tag)
    case .begin, .failed: break
    }
  }

  private func written(_ stage: ReplyStage) -> [UInt8] {
    var writer = JSONWriter(reserving: 1024)
    writer.object {
      $0.member("id", "chatcmpl-" + stage.requestID)
      $0.member("object", "chat.completion")
      $0.member("created", stage.createdAt)
      $0.member("model", stage.model)
      $0.name("choices")
      $0.array {
        $0.object {
          $0.member("index", 0)
          $0.name("message")
          write(into: &$0)
          $0.name("logprobs")
          $0.null()
          $0.name("finish_reason")
          let word = ChatFinish.word(for: reason, hasCalls: !calls.isEmpty)
          $0.string("\(word)")
        }
      }
      $0.name("usage")
      $0.chat(usage ?? Usage(input: stage.estimatedInputTokens))
    }
    return writer.bytes
  }

  private func write(into writer: inout JSONWriter) {
    writer.object {
      $0.member("role", "assistant")
      $0.name("content")
      if texts.isEmpty, !calls.isEmpty || !refusals.isEmpty {
        $0.null()
      } else {
        $0.joined(texts)
      }
      $0.name("refusal")
      if refusals.isEmpty { $0.null() } else { $0.joined(refusals) }
      if !thoughts.isEmpty {
        $0.name("reasoning_content")
        $0.joined(thoughts)
      }
      if !calls.isEmpty {
        $0.name("tool_calls")
        $0.array { for call in calls { Self.write(call, into: &$0) } }
      }
    }
  }

  private static func write(_ call: Call, into writer: inout JSONWriter) {
    writer.object {
      $0.member("id", call.id)
      $0.member("type", "function")
      $0.name("function")
      $0.object {
        $0.member("name", call.name)
        $0.name("arguments")
        if call.arguments.allSatisfy(\.isEmpty) {
          $0.string("{}")
        } else {
          $0.joined(call.arguments)
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes several texts as one string.
  mutating func joined(_ texts: some Sequence<JSONText>, separator: JSONText = .empty) {
    text(.empty)
    bytes.removeLast()
    var isFirst = true
    for text in texts {
      if !isFirst { bytes.append(contentsOf: separator.bytes) }
      isFirst = false
      bytes.append(contentsOf: text.bytes)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a whole JSON value as a string.
  mutating func quoted(_ raw: JSONRaw) {
    text(.empty)
    bytes.removeLast()
    JSONEscape.append(raw.bytes, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
}
