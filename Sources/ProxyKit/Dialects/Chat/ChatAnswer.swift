/// One message of the assistant in the making.
struct ChatAnswer {
  struct Call {
    var id: JSONText
    /// The call as it stood, for one that only its own language knows.
    var raw: JSONRaw?
    var name = JSONText.empty
    var input = JSONRaw.emptyObject
    var extras: [Extra] = []
  }

  private var parts: [ChatPart] = []
  private var refusals: [JSONText] = []
  var thoughts: [JSONText] = []
  private(set) var calls: [Call] = []
  var extras: [Extra] = []

  mutating func take(_ block: Block, plan: inout ChatPartPlan) {
    switch block.content {
    case .text:
      parts += plan.parts(of: block)
    case .refusal(let text): refusals.append(text)
    case .thinking(let text):
      if !text.isEmpty { thoughts.append(text) }
      // The proof of another vendor is worth nothing to this one, nor is it shown to it.
      if block.seal != nil { plan.lose("thinking_signatures") }
      takeMarks(of: block, plan: &plan)
    case .redactedThinking:
      plan.lose("redacted_thinking")
      takeMarks(of: block, plan: &plan)
    case .toolCall(let call):
      _ = plan.surviving(block.cacheMark)
      let extras = plan.surviving(block.extras)
      calls.append(Call(id: call.id, name: call.name, input: call.input, extras: extras))
    case .unknown(let type, let raw): take(type, raw, block, plan: &plan)
    case .image, .document, .audio, .toolResult:
      if plan.isSameLanguage {
        parts += plan.parts(of: block)
      } else {
        plan.lose("assistant_media")
      }
    }
  }

  private func takeMarks(of block: Block, plan: inout ChatPartPlan) {
    _ = plan.surviving(block.cacheMark)
    _ = plan.surviving(block.extras)
  }

  private mutating func take(
    _ type: JSONText, _ raw: JSONRaw, _ block: Block, plan: inout ChatPartPlan
  ) {
    guard plan.isSameLanguage else { return plan.lose(type.string) }
    if let id = (try? raw.parsed())?["id"]?.text {
      calls.append(Call(id: id, raw: raw))
    } else {
      parts.append(ChatPart(.raw(raw)))
    }
  }

  func write(ids: inout ChatToolIDs, into writer: inout JSONWriter) {
    writer.object {
      $0.member("role", "assistant")
      $0.name("content")
      if parts.allSatisfy({ $0.plainText?.isEmpty == true }), !(calls.isEmpty && refusals.isEmpty) {
        $0.null()
      } else {
        $0.chat(content: parts, separator: .empty)
      }
      if !refusals.isEmpty {
        $0.name("refusal")
        $0.joined(refusals)
      }
      if !thoughts.isEmpty {
        $0.name("reasoning_content")
        $0.joined(thoughts)
      }
      if !calls.isEmpty {
        $0.name("tool_calls")
        $0.array { for call in calls { Self.write(call, ids: &ids, into: &$0) } }
      }
      $0.chat(extras)
    }
  }

  private static func write(
    _ call: Call, ids: inout ChatToolIDs, into writer: inout JSONWriter
  ) {
    if let raw = call.raw { return writer.raw(raw) }
    let id = ids.spelling(of: call.id)
    writer.object {
      $0.member("id", id)
      $0.member("type", "function")
      $0.name("function")
      $0.object {
        $0.member("name", call.name)
        $0.name("arguments")
        $0.quoted(call.input)
      }
      $0.chat(call.extras)
    }
  }
}
