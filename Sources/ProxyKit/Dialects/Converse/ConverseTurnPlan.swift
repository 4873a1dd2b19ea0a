/// Brings turns into the order that Bedrock wants.
///
/// Roles alternate and the user begins; results of tools come first in the turn behind their calls,
/// one for each call; nothing is blank. The blocks of an assistant keep their order: a signed
/// thought is only valid as long as nothing before it moves.
struct ConverseTurnPlan {
  private(set) var instructions: [Instruction] = []
  private(set) var turns: [Turn] = []
  private let isOwn: Bool
  private var blocks: ConverseBlockPlan

  init(_ conversation: Conversation, _ traits: ConverseModelTraits, for target: Target) {
    isOwn = conversation.origin == .converse
    blocks = ConverseBlockPlan(conversation, traits, for: target)
    for instruction in conversation.instructions {
      guard !JSONBlank.isBlank(instruction.text) else { continue }
      var instruction = instruction
      instruction.extras = blocks.surviving(instruction.extras)
      instructions.append(instruction)
    }
    turns.reserveCapacity(conversation.turns.count + 2)
    for turn in conversation.turns { append(turn) }
    guard !isOwn else { return }
    pairResults()
    trimPrefill()
    if turns.first?.role == .assistant {
      blocks.losses.record("first_turn_added")
      turns.insert(Turn(.user, [Block(.text("(The conversation begins.)"))]), at: 0)
    }
    addTextToDocuments()
  }

  var losses: Losses { blocks.losses }

  private mutating func append(_ turn: Turn) {
    var turn = turn
    turn.blocks = turn.blocks.compactMap { blocks.admit($0, in: turn.role) }
    turn.extras = blocks.surviving(turn.extras)
    if turn.role == .system, !isOwn { turn = placed(system: turn) }
    guard !turn.blocks.isEmpty else { return }
    // By its place: a turn in hand would be a second owner, and the list be copied for it.
    if !isOwn, let last = turns.indices.last, turns[last].role == turn.role {
      turns[last].blocks += turn.blocks
    } else {
      turns.append(turn)
    }
  }

  /// Only some models take instructions in mid-conversation; every model takes them from the user.
  private mutating func placed(system turn: Turn) -> Turn {
    guard turns.isEmpty else {
      blocks.losses.record("system_role")
      let told = turn.blocks.map { block in
        guard case .text(let text) = block.content else { return block }
        return Block(.text("<system>\n" + text + "\n</system>"), cacheMark: block.cacheMark)
      }
      return Turn(.user, told)
    }
    for block in turn.blocks {
      guard case .text(let text) = block.content else { continue }
      instructions.append(Instruction(text: text, cacheMark: block.cacheMark))
    }
    return Turn(.user, [])
  }

  /// Bedrock refuses a call without its result, and a result without its call.
  private mutating func pairResults() {
    var calls: [JSONText] = []
    for index in turns.indices {
      if turns[index].role == .assistant {
        calls = turns[index].blocks.compactMap(Self.callID)
      } else {
        if !Self.answers(calls, turns[index]) {
          turns[index] = answered(calls, in: turns[index])
        }
        calls = []
      }
    }
  }

  private static func callID(_ block: Block) -> JSONText? {
    if case .toolCall(let call) = block.content { call.id } else { nil }
  }

  /// Whether the turn holds the results of these calls, in front, and no others.
  private static func answers(_ calls: [JSONText], _ turn: Turn) -> Bool {
    guard turn.blocks.count >= calls.count else { return false }
    for (place, block) in turn.blocks.enumerated() {
      if case .toolResult(let result) = block.content {
        guard place < calls.count, result.callID == calls[place] else { return false }
      } else if place < calls.count {
        return false
      }
    }
    return true
  }

  private mutating func answered(_ calls: [JSONText], in turn: Turn) -> Turn {
    var turn = turn
    var open = calls
    var results: [Block] = []
    var others: [Block] = []
    for block in turn.blocks {
      guard case .toolResult(let result) = block.content else {
        others.append(block)
        continue
      }
      if let place = open.firstIndex(of: result.callID) {
        open.remove(at: place)
        results.append(block)
      } else {
        others += orphan(result, cacheMark: block.cacheMark)
      }
    }
    for call in open {
      blocks.losses.record("missing_tool_results")
      let note = Block(.text("[This call has no result.]"))
      results.append(
        Block(.toolResult(ToolResult(callID: call, content: [note], isError: true))))
    }
    turn.blocks = results + others
    return turn
  }

  /// A result whose call is gone is what the user says about it.
  private mutating func orphan(_ result: ToolResult, cacheMark: JSONRaw?) -> [Block] {
    blocks.losses.record("orphan_tool_results")
    var told = [Block(.text("Result of tool call " + result.callID + ":"))] + result.content
    told[told.count - 1].cacheMark = cacheMark
    return told
  }

  /// A beginning of the answer that ends with white space is refused.
  private mutating func trimPrefill() {
    guard let last = turns.last, last.role == .assistant, let block = last.blocks.last,
      case .text(let text) = block.content
    else { return }
    turns[turns.count - 1].blocks[last.blocks.count - 1].content = .text(
      JSONBlank.trimmingEnd(text))
  }

  /// Bedrock wants a text beside a document.
  private mutating func addTextToDocuments() {
    for index in turns.indices where turns[index].role == .user {
      var title: JSONText?
      var hasText = false
      for block in turns[index].blocks {
        switch block.content {
        case .document(let document): title = title ?? document.title
        case .text: hasText = true
        default: break
        }
      }
      guard let title, !hasText else { continue }
      blocks.losses.record("document_text_added")
      turns[index].blocks.append(Block(.text("Document: " + title)))
    }
  }
}

extension ConverseTurnPlan {
  var countOfMarks: Int {
    turns.reduce(0) { $0 + $1.blocks.count { $0.cacheMark != nil } }
  }

  /// Takes away the first marks.
  mutating func dropMarks(
    ofTurns inTurns: Int, ofInstructions inInstructions: Int, losses: inout Losses
  ) {
    var left = inInstructions
    for index in instructions.indices where left > 0 && instructions[index].cacheMark != nil {
      instructions[index].cacheMark = nil
      left -= 1
      losses.record("cache_control")
    }
    left = inTurns
    for turn in turns.indices {
      for block in turns[turn].blocks.indices
      where left > 0 && turns[turn].blocks[block].cacheMark != nil {
        turns[turn].blocks[block].cacheMark = nil
        left -= 1
        losses.record("cache_control")
      }
    }
  }

  /// The tools that the turns call, each once.
  var calledTools: [JSONText] {
    var names: [JSONText] = []
    for turn in turns {
      for block in turn.blocks {
        guard case .toolCall(let call) = block.content, !names.contains(call.name) else { continue }
        names.append(call.name)
      }
    }
    return names
  }

  var hasToolBlocks: Bool {
    turns.contains { turn in
      turn.blocks.contains { block in
        switch block.content {
        case .toolCall, .toolResult: true
        default: false
        }
      }
    }
  }
}
