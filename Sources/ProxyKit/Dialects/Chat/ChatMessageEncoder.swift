/// Writes the messages of a request.
///
/// OpenAI wants the results of an assistant's calls right behind them and refuses a call without
/// its result and a result without its call. So turns are taken in groups: an assistant's, then
/// everything up to the next one, of which the results are written first.
struct ChatMessageEncoder {
  private let conversation: Conversation
  private let target: Target
  private var plan: ChatPartPlan
  private var ids: ChatToolIDs

  init(_ conversation: Conversation, for target: Target, names: ToolNames?) {
    self.conversation = conversation
    self.target = target
    plan = ChatPartPlan(conversation, for: target, names: names)
    ids = ChatToolIDs(for: target)
  }

  var losses: Losses { plan.losses }

  mutating func write(into writer: inout JSONWriter) {
    writer.array {
      writeInstructions(into: &$0)
      let turns = conversation.turns[...]
      var rest = turns
      while !rest.isEmpty {
        let answer = rest.prefix { $0.role == .assistant }
        rest = rest.dropFirst(answer.count)
        let replies = rest.prefix { $0.role != .assistant }
        rest = rest.dropFirst(replies.count)
        let calls = writeAssistant(answer, isLast: rest.isEmpty && replies.isEmpty, into: &$0)
        writeReplies(replies, to: calls, into: &$0)
      }
    }
  }

  private var instructionRole: StaticString {
    target.isReasoningModel ? "developer" : "system"
  }

  private mutating func writeInstructions(into writer: inout JSONWriter) {
    var parts: [ChatPart] = []
    for instruction in conversation.instructions {
      var part = ChatPart(.text(instruction.text))
      part.cacheMark = plan.surviving(instruction.cacheMark)
      let extras = plan.surviving(instruction.extras)
      guard extras.isEmpty else {
        // A message of its own, for the name it carries.
        writeMessage(instructionRole, [part], extras: extras, into: &writer)
        continue
      }
      parts.append(part)
    }
    guard !parts.isEmpty else { return }
    writeMessage(instructionRole, parts, into: &writer)
  }

  private func writeMessage(
    _ role: StaticString, _ parts: [ChatPart], extras: [Extra] = [],
    into writer: inout JSONWriter
  ) {
    writer.object {
      $0.member("role", word: role)
      $0.name("content")
      $0.chat(content: parts, separator: "\n")
      $0.chat(extras)
    }
  }

  /// Writes the turns of the assistant as one message; gives its calls.
  private mutating func writeAssistant(
    _ turns: ArraySlice<Turn>, isLast: Bool, into writer: inout JSONWriter
  ) -> [JSONText] {
    guard !turns.isEmpty else { return [] }
    var answer = ChatAnswer()
    for turn in turns {
      for block in turn.blocks { answer.take(block, plan: &plan) }
      answer.extras += plan.surviving(turn.extras)
    }
    if !answer.thoughts.isEmpty, !carriesThinking {
      plan.lose("thinking_blocks")
      answer.thoughts = []
    }
    if isLast, answer.calls.isEmpty, !plan.isSameLanguage {
      // The model begins a new message instead of going on with this one.
      plan.lose("assistant_prefill")
    }
    answer.write(ids: &ids, into: &writer)
    return answer.calls.map(\.id)
  }

  private var carriesThinking: Bool {
    target.acceptsReasoningContent && !target.isStrict
  }

  private mutating func writeReplies(
    _ turns: ArraySlice<Turn>, to calls: [JSONText], into writer: inout JSONWriter
  ) {
    var open = calls
    var moved: [ChatPart] = []
    var orphans: Set<Int> = []
    var count = 0
    for turn in turns {
      for block in turn.blocks {
        guard case .toolResult(let result) = block.content else { continue }
        defer { count += 1 }
        guard let index = open.firstIndex(of: result.callID) else {
          orphans.insert(count)
          continue
        }
        open.remove(at: index)
        moved += writeResult(result, block, into: &writer)
      }
    }
    for call in open {
      plan.lose("missing_tool_results")
      writeTool(call, [ChatPart(.text("[This call has no result.]"))], [], into: &writer)
    }
    writeRest(of: turns, orphans: orphans, moved: moved, into: &writer)
  }

  private mutating func writeTool(
    _ call: JSONText, _ parts: [ChatPart], _ extras: [Extra], into writer: inout JSONWriter
  ) {
    let id = ids.spelling(of: call)
    writer.object {
      $0.member("role", word: "tool")
      $0.member("tool_call_id", id)
      $0.name("content")
      $0.chat(content: parts, separator: "\n")
      $0.chat(extras)
    }
  }

  /// Writes a result as text; gives what has to move into a message of the user, as a `tool`
  /// message holds nothing but text.
  private mutating func writeResult(
    _ result: ToolResult, _ block: Block, into writer: inout JSONWriter
  ) -> [ChatPart] {
    _ = plan.surviving(block.cacheMark)
    let extras = plan.surviving(block.extras)
    let parts = plan.parts(of: result.content)
    var texts = parts.filter(\.isText)
    let others = parts.filter { !$0.isText }
    if result.isError { texts = Self.markedAsError(texts) }
    guard !others.isEmpty else {
      writeTool(result.callID, texts, extras, into: &writer)
      return []
    }
    if texts.isEmpty { texts = [ChatPart(.text("[See the next message of the user.]"))] }
    writeTool(result.callID, texts, extras, into: &writer)
    let label = "Attached to the result of tool call " + ids.spelling(of: result.callID) + ":"
    return [ChatPart(.text(label))] + others
  }

  private static func markedAsError(_ parts: [ChatPart]) -> [ChatPart] {
    guard let first = parts.first, case .text(let text) = first.content else {
      return [ChatPart(.text("Error: the tool failed without saying why."))]
    }
    var parts = parts
    parts[0].content = .text("Error: " + text)
    return parts
  }

  /// Writes what is not the result of a call.
  private mutating func writeRest(
    of turns: ArraySlice<Turn>, orphans: Set<Int>, moved: [ChatPart],
    into writer: inout JSONWriter
  ) {
    var moved = moved
    var count = 0
    for turn in turns {
      var parts: [ChatPart] = []
      if turn.role == .user {
        parts = moved
        moved = []
      }
      var results = 0
      for block in turn.blocks {
        guard case .toolResult(let result) = block.content else {
          parts += plan.parts(of: block)
          continue
        }
        results += 1
        if orphans.contains(count) { parts += orphan(result, block) }
        count += 1
      }
      let extras = plan.surviving(turn.extras)
      if parts.isEmpty, results > 0 { continue }
      let role = turn.role == .system ? instructionRole : "user"
      writeMessage(role, parts, extras: extras, into: &writer)
    }
    if !moved.isEmpty { writeMessage("user", moved, into: &writer) }
  }

  /// A result whose call is gone is what the user says about it.
  private mutating func orphan(_ result: ToolResult, _ block: Block) -> [ChatPart] {
    plan.lose("orphan_tool_results")
    _ = plan.surviving(block.cacheMark)
    _ = plan.surviving(block.extras)
    var parts = plan.parts(of: result.content)
    if result.isError { parts = Self.markedAsError(parts) }
    let label = "Result of tool call " + result.callID + ":"
    return [ChatPart(.text(label))] + parts
  }
}
