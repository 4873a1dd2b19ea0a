/// Brings the turns of another language into the order that Anthropic wants.
///
/// Roles alternate, results of tools come first in their turn, and nothing is empty. The turns of an
/// Anthropic client keep their order; its thinking is only valid as long as nothing before it moves.
struct AnthropicTurnPlan {
  private(set) var instructions: [Instruction]
  private(set) var turns: [Turn] = []
  private let isForeign: Bool
  private let names: AnthropicNames

  init(
    _ conversation: Conversation, names: AnthropicNames, refusesPrefill: Bool,
    losses: inout Losses
  ) {
    self.names = names
    isForeign = conversation.origin != .anthropic
    instructions = conversation.instructions.filter { !JSONBlank.isBlank($0.text) }
    turns.reserveCapacity(conversation.turns.count + 2)
    for turn in conversation.turns { append(turn, losses: &losses) }
    guard isForeign else { return }
    for index in instructions.indices {
      for extra in instructions[index].extras { losses.record(extra.name.string) }
      instructions[index].extras = []
    }
    AnthropicCallPairs.complete(&turns, losses: &losses)
    for index in turns.indices { putResultsFirst(&turns[index]) }
    if refusesPrefill { replacePrefill(losses: &losses) } else { trimPrefill() }
    if turns.first?.role == .assistant {
      losses.record("first_turn_added")
      turns.insert(Turn(.user, [Block(.text("(The conversation begins.)"))]), at: 0)
    }
  }

  private mutating func append(_ turn: Turn, losses: inout Losses) {
    var turn = turn
    turn.blocks = admit(turn.blocks, losses: &losses)
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

  private func admit(_ blocks: [Block], losses: inout Losses) -> [Block] {
    var admitted: [Block] = []
    admitted.reserveCapacity(blocks.count)
    for block in blocks {
      if let block = admit(block, losses: &losses) { admitted.append(block) }
    }
    return admitted
  }

  private func admit(_ block: Block, losses: inout Losses) -> Block? {
    var block = block
    switch block.content {
    case .text(let text), .refusal(let text):
      guard !JSONBlank.isBlank(text) else { return nil }
      if case .refusal = block.content { block.content = .text(text) }
      if block.seal != nil { losses.record("text_seal") }
    case .thinking, .redactedThinking:
      // Nobody but Anthropic can sign a thought for Anthropic, so any other stays out.
      guard block.seal?.mint == .anthropic else {
        losses.record("thinking_blocks")
        return nil
      }
    case .toolResult(var result):
      result.content = admit(result.content, losses: &losses)
      block.content = .toolResult(result)
    case .unknown(let type, _) where isForeign:
      losses.record(type.string)
      return nil
    case .audio(let media):
      losses.record("audio")
      block = Self.note("audio", media.source)
    case .image(let media):
      if let detail = media.detail, !detail.equals("auto") { losses.record("image_detail") }
      if isForeign, case .file = media.source {
        losses.record("image_files")
        block = Self.note("image", media.source)
      }
    case .document(let document):
      block = admit(document, block, losses: &losses)
    case .toolCall(var call):
      let name = names.spelling(of: call.name)
      if name != call.name {
        call.name = name
        block.content = .toolCall(call)
      }
      // Nobody but its mint can read it, and that is never Anthropic.
      if block.seal != nil { losses.record("tool_call_seal") }
    case .unknown: break
    }
    if isForeign {
      for extra in block.extras { losses.record(extra.name.string) }
      block.extras = []
    }
    return block
  }

  private func admit(_ document: Document, _ block: Block, losses: inout Losses) -> Block {
    guard isForeign else { return block }
    switch document.source {
    case .base64(let type, _) where !type.equals("application/pdf"):
      losses.record("document_blocks")
      return Self.note(document.title?.string ?? "document", .base64(mediaType: type, .empty))
    case .file(let id):
      losses.record("document_blocks")
      return Self.note(document.title?.string ?? "document", .file(id: id))
    case .blocks(let blocks):
      var (document, block) = (document, block)
      document.source = .blocks(admit(blocks, losses: &losses))
      block.content = .document(document)
      return block
    case .base64, .url, .text: return block
    }
  }

  /// The model is told what it cannot see.
  private static func note(_ what: String, _ source: Media.Source) -> Block {
    let detail =
      switch source {
      case .base64(let type, _): " of type \(type.string)"
      case .file(let id): " with the file id \(id.string)"
      case .url: ""
      }
    return Block(
      .text(JSONText("[\(what)\(detail) was left out: it cannot be sent to this model]")))
  }

  private func putResultsFirst(_ turn: inout Turn) {
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
