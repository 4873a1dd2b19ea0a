/// Brings the turns of another language into the order that Anthropic wants.
///
/// Roles alternate, results of tools come first in their turn, and nothing is empty. The turns of an
/// Anthropic client keep their order; its thinking is only valid as long as nothing before it moves.
struct AnthropicTurnPlan {
  private(set) var instructions: [Instruction]
  private(set) var turns: [Turn] = []
  private let isForeign: Bool
  private let admission: AnthropicAdmission

  init(
    _ conversation: Conversation, names: AnthropicNames, refusesPrefill: Bool,
    losses: inout Losses
  ) {
    isForeign = conversation.origin != .anthropic
    admission = AnthropicAdmission(isForeign: isForeign, names: names)
    instructions = conversation.instructions.filter { !JSONBlank.isBlank($0.text) }
    turns.reserveCapacity(conversation.turns.count + 2)
    for turn in conversation.turns { append(turn, losses: &losses) }
    guard isForeign else { return }
    for index in instructions.indices {
      for extra in instructions[index].extras { losses.record(extra.name.string) }
      instructions[index].extras = []
    }
    AnthropicCallPairs.complete(&turns, losses: &losses)
    for index in turns.indices { Self.putResultsFirst(&turns[index]) }
    if refusesPrefill { replacePrefill(losses: &losses) } else { trimPrefill() }
    if turns.first?.role == .assistant {
      losses.record("first_turn_added")
      turns.insert(Turn(.user, [Block(.text("(The conversation begins.)"))]), at: 0)
    }
  }

  private mutating func append(_ turn: Turn, losses: inout Losses) {
    var turn = turn
    turn.blocks = admission.admit(turn.blocks, losses: &losses)
    guard !turn.blocks.isEmpty else { return }
    guard isForeign else {
      turns.append(turn)
      return
    }
    for extra in turn.extras { losses.record(extra.name.string) }
    turn.extras = []
    if turn.role == .system { turn = placed(system: turn, losses: &losses) }
    // By its place: a turn in hand would be a second owner, and the list be copied for it.
    if let last = turns.indices.last, turns[last].role == turn.role {
      turns[last].blocks += turn.blocks
    } else if !turn.blocks.isEmpty {
      turns.append(turn)
    }
  }

  /// Only some models take instructions in mid-conversation; every model takes them from the user.
  private mutating func placed(system turn: Turn, losses: inout Losses) -> Turn {
    guard turns.isEmpty else {
      losses.record("system_role")
      let blocks = turn.blocks.map { block in
        guard case .text(let text) = block.content else { return block }
        return Block(.text("<system>\n" + text + "\n</system>"), cacheMark: block.cacheMark)
      }
      return Turn(.user, blocks)
    }
    for block in turn.blocks {
      guard case .text(let text) = block.content else { continue }
      instructions.append(Instruction(text: text, cacheMark: block.cacheMark))
    }
    return Turn(.user, [])
  }

  /// Of the type: an instance in hand would be a second owner of the turns.
  private static func putResultsFirst(_ turn: inout Turn) {
    guard turn.role == .user else { return }
    func isResult(_ block: Block) -> Bool {
      if case .toolResult = block.content { true } else { false }
    }
    guard let other = turn.blocks.firstIndex(where: { !isResult($0) }),
      turn.blocks[other...].contains(where: isResult)
    else { return }
    turn.blocks = turn.blocks.filter(isResult) + turn.blocks.filter { !isResult($0) }
  }

  /// Some models begin a new message instead of going on with the last one; they have to be asked.
  private mutating func replacePrefill(losses: inout Losses) {
    guard let last = turns.last, last.role == .assistant else { return }
    losses.record("assistant_prefill")
    trimPrefill()
    turns.append(
      Turn(
        .user,
        [Block(.text("Go on from the very end of your last message, without repeating it."))]))
  }

  /// Anthropic refuses a beginning of the answer that ends with white space.
  private mutating func trimPrefill() {
    guard let last = turns.last, last.role == .assistant, let block = last.blocks.last,
      case .text(let text) = block.content
    else { return }
    turns[turns.count - 1].blocks[last.blocks.count - 1].content = .text(
      JSONBlank.trimmingEnd(text))
  }
}
