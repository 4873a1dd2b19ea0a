/// Writes the input of a request.
///
/// OpenAI refuses a call that has no output and an output that has no call. What another language's
/// history lacks of the two is made up for, with a loss.
struct ResponsesItemEncoder {
  private let conversation: Conversation
  private let target: Target
  private let spelling: ResponsesSpelling
  private let keepsFreeform: Bool
  private var plan: ResponsesPartPlan
  private var ids: ResponsesCallIDs
  /// The calls that have an output somewhere.
  private var answered: Set<JSONText> = []
  /// The calls written so far.
  private var called: Set<JSONText> = []
  private var freeformCalls: Set<JSONText> = []
  private var freeformTools: Set<JSONText> = []

  init(_ conversation: Conversation, for target: Target, names: ToolNames) {
    self.conversation = conversation
    self.target = target
    spelling = ResponsesSpelling(conversation, names)
    keepsFreeform = ResponsesToolWriter.keepsFreeform(conversation, for: target)
    plan = ResponsesPartPlan(conversation, for: target)
    ids = ResponsesCallIDs(for: target)
    for tool in conversation.tools {
      if case .freeform = tool.kind { freeformTools.insert(tool.name) }
    }
    for turn in conversation.turns {
      for block in turn.blocks {
        if case .toolResult(let result) = block.content { answered.insert(result.callID) }
      }
    }
  }

  var losses: Losses { plan.losses }

  mutating func write(into writer: inout JSONWriter) {
    writer.array { writer in
      for (index, turn) in conversation.turns.enumerated() {
        if turn.role == .assistant {
          let isLast = index + 1 == conversation.turns.count
          writeAnswer(turn, isLast: isLast, into: &writer)
        } else {
          writeQuestion(turn, into: &writer)
        }
      }
    }
  }

  private func writeMessage(
    _ role: StaticString, isOutput: Bool = false, _ parts: [ResponsesPart], _ extras: [Extra],
    into writer: inout JSONWriter
  ) {
    writer.object {
      $0.member("type", word: "message")
      $0.member("role", word: role)
      $0.name("content")
      $0.responses(content: parts, isOutput: isOutput)
      $0.chat(extras)
    }
  }
}

/// Turns of the user and of the system.
extension ResponsesItemEncoder {
  private mutating func writeQuestion(_ turn: Turn, into writer: inout JSONWriter) {
    var parts: [ResponsesPart] = []
    for block in turn.blocks {
      switch block.content {
      case .toolResult(let result):
        if called.remove(result.callID) != nil || plan.isSameLanguage {
          writeOutput(result, block, into: &writer)
        } else {
          parts += orphan(result, block)
        }
      case .unknown(let type, let raw) where plan.isSameLanguage && Self.isUserItem(type):
        writer.raw(raw)
      default: parts += plan.parts(of: block)
      }
    }
    let extras = plan.surviving(turn.extras)
    guard !parts.isEmpty else { return }
    writeMessage(turn.role == .system ? systemRole : "user", parts, extras, into: &writer)
  }

  private var systemRole: StaticString {
    target.isStrict || target.isReasoningModel ? "developer" : "system"
  }

  /// Whether the value stands among the items, not inside of a message.
  private static func isUserItem(_ type: JSONText) -> Bool {
    ResponsesItemDecoder.isUnknownItem(type)
      && ResponsesItemDecoder.owner(of: type.string) == .user
  }

  private mutating func writeOutput(
    _ result: ToolResult, _ block: Block, into writer: inout JSONWriter
  ) {
    if block.cacheMark != nil { plan.lose("cache_control") }
    let extras = plan.surviving(block.extras)
    let parts = output(result)
    let isFreeform = freeformCalls.contains(result.callID)
    let id = ids.spelling(of: result.callID)
    writer.object {
      $0.member("type", isFreeform ? "custom_tool_call_output" : "function_call_output")
      $0.member("call_id", id)
      $0.name("output")
      let texts = parts.compactMap(\.plainText)
      if texts.count == parts.count {
        $0.joined(texts, separator: "\n")
      } else {
        $0.responses(content: parts, isOutput: false)
      }
      $0.chat(extras)
    }
  }

  private mutating func output(_ result: ToolResult) -> [ResponsesPart] {
    var parts = plan.parts(of: result.content)
    guard result.isError else { return parts }
    if let first = parts.first, case .text(let text) = first.content {
      parts[0].content = .text("Error: " + text)
    } else {
      parts.insert(ResponsesPart(.text("Error: the tool failed.")), at: 0)
    }
    return parts
  }

  /// A result whose call is gone is what the user says about it.
  private mutating func orphan(_ result: ToolResult, _ block: Block) -> [ResponsesPart] {
    plan.lose("orphan_tool_results")
    _ = plan.surviving(block.extras)
    let label = "Result of tool call " + result.callID + ":"
    return [ResponsesPart(.text(label))] + output(result)
  }
}

/// Turns of the assistant.
extension ResponsesItemEncoder {
  private mutating func writeAnswer(
    _ turn: Turn, isLast: Bool, into writer: inout JSONWriter
  ) {
    let extras = plan.surviving(turn.extras)
    var parts: [ResponsesPart] = []
    var unanswered: [ToolCall] = []
    var hasCalls = false
    func flush(_ writer: inout JSONWriter) {
      guard !parts.isEmpty else { return }
      writeMessage("assistant", isOutput: true, parts, extras, into: &writer)
      parts = []
    }
    for block in turn.blocks {
      switch block.content {
      case .text, .refusal: parts += plan.parts(of: block)
      case .thinking(let text):
        flush(&writer)
        writeThought(text, block.seal, into: &writer)
      case .redactedThinking:
        flush(&writer)
        writeThought(.empty, block.seal, into: &writer)
      case .toolCall(let call):
        flush(&writer)
        hasCalls = true
        writeCall(call, block, into: &writer)
        if !answered.contains(call.id) { unanswered.append(call) }
      case .unknown(let type, _)
      where plan.isSameLanguage && !ResponsesItemDecoder.isUnknownItem(type):
        parts += plan.parts(of: block)
      case .unknown(let type, let raw):
        flush(&writer)
        if plan.isSameLanguage { writer.raw(raw) } else { plan.lose(type.string) }
      case .image, .document, .audio, .toolResult: plan.lose("assistant_media")
      }
    }
    flush(&writer)
    guard !plan.isSameLanguage else { return }
    for call in unanswered { writeMissing(call, into: &writer) }
    // The model begins a new message instead of going on with this one.
    if isLast, !hasCalls { plan.lose("assistant_prefill") }
  }

  private mutating func writeMissing(_ call: ToolCall, into writer: inout JSONWriter) {
    plan.lose("missing_tool_results")
    let text = Block(.text("[This call has no result.]"))
    called.remove(call.id)
    writeOutput(
      ToolResult(callID: call.id, content: [text]), Block(text.content), into: &writer)
  }

  private mutating func writeThought(
    _ text: JSONText, _ seal: Seal?, into writer: inout JSONWriter
  ) {
    if let seal, seal.mint == .openai, seal.fits(target) {
      writer.object {
        $0.member("type", word: "reasoning")
        if let id = seal.id { $0.member("id", id) }
        $0.name("summary")
        $0.array { writer in
          guard !text.isEmpty else { return }
          writer.object {
            $0.member("type", word: "summary_text")
            $0.member("text", text)
          }
        }
        $0.member("encrypted_content", seal.value)
      }
      return
    }
    if seal != nil { plan.lose("thinking_signatures") }
    guard !target.isStrict, target.acceptsReasoningContent, !text.isEmpty else {
      return plan.lose(text.isEmpty && seal != nil ? "redacted_thinking" : "thinking_blocks")
    }
    var seed = Fingerprint()
    seed.take(text)
    let id = "rs_" + seed.hexadecimal
    writer.object {
      $0.member("type", word: "reasoning")
      $0.member("id", id)
      $0.name("summary")
      $0.array { _ in }
      $0.name("content")
      $0.array { writer in
        writer.object {
          $0.member("type", word: "reasoning_text")
          $0.member("text", text)
        }
      }
    }
  }

  private mutating func writeCall(
    _ call: ToolCall, _ block: Block, into writer: inout JSONWriter
  ) {
    // The proof of another vendor is worth nothing to this one, nor is it shown to it.
    if block.seal != nil { plan.lose("tool_call_seal") }
    if block.cacheMark != nil { plan.lose("cache_control") }
    let extras = plan.surviving(block.extras)
    called.insert(call.id)
    let isFreeform = keepsFreeform && self.isFreeform(call.name)
    if isFreeform { freeformCalls.insert(call.id) }
    let id = ids.spelling(of: call.id)
    writer.object {
      $0.member("type", isFreeform ? "custom_tool_call" : "function_call")
      $0.member("call_id", id)
      spelling.write(call.name, into: &$0)
      if isFreeform {
        $0.member("input", ResponsesFreeform.text(in: call.input))
      } else {
        $0.name("arguments")
        $0.quoted(call.input)
      }
      $0.chat(extras)
    }
  }

  private func isFreeform(_ name: JSONText) -> Bool {
    conversation.toolForms[name]?.isFreeform ?? freeformTools.contains(name)
  }
}
