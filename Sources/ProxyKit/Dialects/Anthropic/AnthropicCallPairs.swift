/// Calls and their results in pairs: Anthropic refuses one without the other.
enum AnthropicCallPairs {
  /// Gives each call its result in the next turn, and tells the user's own words from results of
  /// calls that are not there.
  static func complete(_ turns: inout [Turn], losses: inout Losses) {
    var index = 0
    var open: [JSONText] = []
    while index < turns.count {
      if turns[index].role == .assistant {
        open = calls(in: turns[index])
        let isAnswered = index + 1 < turns.count && turns[index + 1].role == .user
        if !open.isEmpty, !isAnswered { turns.insert(Turn(.user, []), at: index + 1) }
      } else {
        answer(open, in: &turns[index], losses: &losses)
        open = []
      }
      index += 1
    }
  }

  private static func calls(in turn: Turn) -> [JSONText] {
    turn.blocks.compactMap { block in
      if case .toolCall(let call) = block.content { call.id } else { nil }
    }
  }

  private static func answer(
    _ calls: [JSONText], in turn: inout Turn, losses: inout Losses
  ) {
    guard !isAnswered(calls, in: turn) else { return }
    var open = calls
    var blocks: [Block] = []
    blocks.reserveCapacity(turn.blocks.count)
    for block in turn.blocks {
      guard case .toolResult(let result) = block.content else {
        blocks.append(block)
        continue
      }
      if let place = open.firstIndex(of: result.callID) {
        open.remove(at: place)
        blocks.append(block)
      } else {
        losses.record("orphan_tool_results")
        blocks.append(Block(.text("Result of tool call " + result.callID + ":")))
        blocks += result.content
      }
    }
    for call in open { losses.record("missing_tool_results"); blocks.append(missing(call)) }
    turn.blocks = blocks
  }

  /// Whether each call has a result there, and each result a call.
  private static func isAnswered(_ calls: [JSONText], in turn: Turn) -> Bool {
    var open = calls
    for block in turn.blocks {
      guard case .toolResult(let result) = block.content else { continue }
      guard let place = open.firstIndex(of: result.callID) else { return false }
      open.remove(at: place)
    }
    return open.isEmpty
  }

  private static func missing(_ call: JSONText) -> Block {
    let text = Block(.text("[This call has no result.]"))
    return Block(.toolResult(ToolResult(callID: call, content: [text])))
  }
}
