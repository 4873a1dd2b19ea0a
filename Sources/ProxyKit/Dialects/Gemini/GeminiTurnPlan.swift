/// Brings the turns of a conversation into the order that Google wants.
///
/// Roles alternate, the user speaks first, and right behind the calls of a model stand their
/// results, all of them, in the order of the calls. So turns are taken in groups: the model's, then
/// everything up to the next one, of which the results are written first.
struct GeminiTurnPlan {
  private let conversation: Conversation
  private let isForeign: Bool
  private let traits: GeminiModelTraits
  private var parts: GeminiPartPlan
  private let names: ToolNames
  private(set) var instructions: [GeminiPart] = []
  private(set) var contents: [GeminiContent] = []

  init(
    _ conversation: Conversation, for target: Target, _ traits: GeminiModelTraits,
    names: ToolNames
  ) {
    self.conversation = conversation
    self.traits = traits
    self.names = names
    isForeign = conversation.origin != .gemini
    parts = GeminiPartPlan(conversation, for: target, traits)
  }

  var losses: Losses { parts.losses }

  mutating func run() {
    for instruction in conversation.instructions where !instruction.text.isEmpty {
      parts.lose(instruction.cacheMark)
      let extras = parts.surviving(instruction.extras)
      instructions.append(GeminiPart(.text(instruction.text), extras: extras))
    }
    var rest = conversation.turns[...]
    takeOpening(&rest)
    while !rest.isEmpty {
      let answer = rest.prefix { $0.role == .assistant }
      rest = rest.dropFirst(answer.count)
      let replies = rest.prefix { $0.role != .assistant }
      rest = rest.dropFirst(replies.count)
      let calls = addAnswer(answer)
      addReplies(replies, to: calls, isLast: rest.isEmpty)
    }
    if isForeign, contents.last?.isModel == true { parts.lose("assistant_prefill") }
    if contents.isEmpty || (isForeign && contents[0].isModel) {
      parts.lose("first_turn_added")
      contents.insert(
        GeminiContent(isModel: false, parts: [GeminiPart(.text("(The conversation begins.)"))]),
        at: 0)
    }
    if traits.wantsSignatures { markUnsignedCalls() }
  }

  /// Instructions before the first turn are instructions like the others.
  private mutating func takeOpening(_ rest: inout ArraySlice<Turn>) {
    while let turn = rest.first, turn.role == .system {
      for block in turn.blocks { instructions += parts.parts(of: block) }
      _ = parts.surviving(turn.extras)
      rest.removeFirst()
    }
  }

  private mutating func add(_ new: [GeminiPart], isModel: Bool) {
    guard !new.isEmpty else { return }
    if let last = contents.indices.last, contents[last].isModel == isModel {
      contents[last].parts += new
    } else {
      contents.append(GeminiContent(isModel: isModel, parts: new))
    }
  }

  /// Adds the turns of the model as one content; gives its calls.
  private mutating func addAnswer(_ turns: ArraySlice<Turn>) -> [ToolCall] {
    var calls: [ToolCall] = []
    var new: [GeminiPart] = []
    for turn in turns {
      _ = parts.surviving(turn.extras)
      for block in turn.blocks {
        if case .toolCall(let call) = block.content {
          calls.append(call)
          new.append(parts.call(call, block, named: names.spelling(of: call.name)))
        } else {
          new += parts.parts(of: block)
        }
      }
    }
    add(new, isModel: true)
    return calls
  }

  private mutating func addReplies(
    _ turns: ArraySlice<Turn>, to calls: [ToolCall], isLast: Bool
  ) {
    let results = Self.results(of: calls, in: turns)
    var isUsed: Set<JSONText> = []
    var new: [GeminiPart] = []
    var moved: [GeminiPart] = []
    // A conversation may end with calls whose results are still to come.
    for call in calls where !(turns.isEmpty && isLast) {
      let name = names.spelling(of: call.name)
      if let block = results[call.id], case .toolResult(let result) = block.content {
        isUsed.insert(call.id)
        new.append(parts.result(result, block, named: name, moved: &moved))
      } else {
        parts.lose("missing_tool_results")
        var result = GeminiResult(id: parts.id(call.id), name: name)
        result.texts = ["This call has no result."]
        result.isError = true
        new.append(GeminiPart(.result(result)))
      }
    }
    new += moved
    for turn in turns { new += rest(of: turn, &isUsed) }
    add(new, isModel: false)
  }

  /// The first result of each call, by its id.
  private static func results(
    of calls: [ToolCall], in turns: ArraySlice<Turn>
  ) -> [JSONText: Block] {
    guard !calls.isEmpty else { return [:] }
    let called = Set(calls.map(\.id))
    var results: [JSONText: Block] = [:]
    for turn in turns {
      for block in turn.blocks {
        guard case .toolResult(let result) = block.content, called.contains(result.callID),
          results[result.callID] == nil
        else { continue }
        results[result.callID] = block
      }
    }
    return results
  }

  /// What is not the result of a call.
  private mutating func rest(of turn: Turn, _ isUsed: inout Set<JSONText>) -> [GeminiPart] {
    var rest: [GeminiPart] = []
    _ = parts.surviving(turn.extras)
    for block in turn.blocks {
      guard case .toolResult(let result) = block.content else {
        rest += parts.parts(of: block)
        continue
      }
      // The first result of a call is its result; whatever else names it has no call.
      if isUsed.remove(result.callID) == nil { rest += parts.orphan(result, block) }
    }
    guard turn.role == .system, !rest.isEmpty else { return rest }
    parts.lose("system_role")
    return rest.map { part in
      guard case .text(let text) = part.content else { return part }
      return GeminiPart(.text("<system>\n" + text + "\n</system>"))
    }
  }

  /// The current turn begins with the last content of the user's that is no result; in it the first
  /// call of every answer needs a signature, and nobody can sign for Google what another model said.
  private mutating func markUnsignedCalls() {
    let start = contents.lastIndex { !$0.isModel && !$0.parts.contains(where: \.isResult) } ?? 0
    for index in contents.indices[start...] where contents[index].isModel {
      guard let call = contents[index].parts.firstIndex(where: \.isCall),
        contents[index].parts[call].signature == nil
      else { continue }
      contents[index].parts[call].signature = GeminiSeal.skipMarker
      parts.lose("thought_signature_skipped")
    }
  }
}
