/// The seals of tool calls, which travel in the signature of the thought before the call.
enum AnthropicCallSeals {
  /// Gives each call the seal that was sent with it; a thought that only carried it vanishes.
  static func handOver(in blocks: inout [Block]) {
    guard blocks.contains(where: isCarrier) else { return }
    for index in blocks.indices.dropLast() where isCarrier(blocks[index]) {
      guard case .toolCall = blocks[index + 1].content, blocks[index + 1].seal == nil else {
        continue
      }
      blocks[index + 1].seal = blocks[index].seal
      blocks[index].seal = nil
    }
    blocks.removeAll { block in
      guard case .thinking(let text) = block.content else { return false }
      return text.isEmpty && block.seal == nil
    }
  }

  /// Gemini alone seals its calls.
  private static func isCarrier(_ block: Block) -> Bool {
    guard case .thinking = block.content else { return false }
    return block.seal?.mint == .gemini
  }
}
