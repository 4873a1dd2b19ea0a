/// One message of the assistant in the making.
struct ChatAnswer {
  struct Call {
    var id: JSONText
    /// The call as it stood, for one that only its own language knows.
    var raw: JSONRaw?
    var name = JSONText.empty
    var input = JSONRaw.emptyObject
    /// The free text of a call that has no arguments.
    var freeText: JSONText?
    var seal: Seal?
    var extras: [Extra] = []
  }

  private var parts: [ChatPart] = []
  private var refusals: [JSONText] = []
  var thoughts: [JSONText] = []
  private var details: [(text: JSONText?, seal: Seal, place: Int)] = []
  private var callDetails: [(call: JSONText, seal: Seal, place: Int)] = []
  private var textSeal: Seal?
  private var place = -1
  private(set) var calls: [Call] = []
  var extras: [Extra] = []

  mutating func take(_ block: Block, plan: inout ChatPartPlan) {
    place += 1
    switch block.content {
    case .text:
      var block = block
      if let seal = block.seal, seal.mint == .gemini, plan.seals.isGoogle {
        textSeal = seal
        block.seal = nil
      }
      parts += plan.parts(of: block)
    case .refusal(let text): refusals.append(text)
    case .thinking(let text):
      if !text.isEmpty { thoughts.append(text) }
      // The proof of another vendor is worth nothing to this one, nor is it shown to it.
      take(text, block.seal, or: "thinking_signatures", plan: &plan)
      takeMarks(of: block, plan: &plan)
    case .redactedThinking:
      take(nil, block.seal, or: "redacted_thinking", plan: &plan)
      takeMarks(of: block, plan: &plan)
    case .toolCall(let call): take(call, block, plan: &plan)
    case .unknown(let type, let raw): take(type, raw, block, plan: &plan)
    case .image, .document, .audio, .toolResult:
      if plan.isSameLanguage {
        parts += plan.parts(of: block)
      } else {
        plan.lose("assistant_media")
      }
    }
  }

  private mutating func take(
    _ text: JSONText?, _ seal: Seal?, or loss: String, plan: inout ChatPartPlan
  ) {
    guard let seal else {
      if text == nil { plan.lose(loss) }
      return
    }
    guard plan.seals.takesDetail(seal) else { return plan.lose(loss) }
    details.append((text, seal, place))
  }

  private mutating func take(_ call: ToolCall, _ block: Block, plan: inout ChatPartPlan) {
    _ = plan.surviving(block.cacheMark)
    var own = Call(
      id: call.id, name: plan.names?.spelling(of: call.name) ?? call.name, input: call.input,
      extras: plan.surviving(block.extras))
    if plan.isFreeform(call.name) { own.freeText = FreeText.text(of: call.input) }
    if let seal = block.seal, !own.extras.contains(where: { $0.name.equals("extra_content") }) {
      switch plan.seals.callForm(of: seal) {
      case .none: plan.lose("tool_call_seal")
      case .extraContent: own.seal = seal
      case .detail: callDetails.append((call.id, seal, place))
      }
    }
    calls.append(own)
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
      $0.member("role", word: "assistant")
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
      writeDetails(ids: &ids, into: &$0)
      if !calls.isEmpty {
        $0.name("tool_calls")
        $0.array { for call in calls { Self.write(call, ids: &ids, into: &$0) } }
      }
      if let textSeal { $0.chat(google: textSeal.value) }
      $0.chat(extras)
    }
  }

  private func writeDetails(ids: inout ChatToolIDs, into writer: inout JSONWriter) {
    guard !details.isEmpty || !callDetails.isEmpty else { return }
    writer.name("reasoning_details")
    writer.array {
      for (text, seal, place) in details { $0.chat(reasoning: text, seal, index: place) }
      for (call, seal, place) in callDetails {
        $0.chat(sealOf: ids.spelling(of: call), seal, index: place)
      }
    }
  }

  private static func write(
    _ call: Call, ids: inout ChatToolIDs, into writer: inout JSONWriter
  ) {
    if let raw = call.raw { return writer.raw(raw) }
    let id = ids.spelling(of: call.id)
    writer.object {
      $0.member("id", id)
      if let text = call.freeText {
        $0.member("type", word: "custom")
        $0.name("custom")
        $0.object {
          $0.member("name", call.name)
          $0.member("input", text)
        }
      } else {
        $0.member("type", word: "function")
        $0.name("function")
        $0.object {
          $0.member("name", call.name)
          $0.name("arguments")
          $0.quoted(call.input)
        }
      }
      if let seal = call.seal { $0.chat(google: seal.value) }
      $0.chat(call.extras)
    }
  }
}
