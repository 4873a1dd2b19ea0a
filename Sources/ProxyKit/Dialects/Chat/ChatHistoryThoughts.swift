/// The thoughts of an answer that a client sends back, and the seals that came with them.
struct ChatHistoryThoughts {
  private(set) var blocks: [(index: Int?, block: Block)] = []
  /// Seals of calls, by the call's id.
  private(set) var callSeals: [JSONText: Seal] = [:]

  init(_ message: JSONValue) {
    if let details = message["reasoning_details"] {
      for element in details.elements {
        let node = ChatNode(element)
        if let detail = ChatReasoningDetail(node) { take(detail) }
      }
    }
    // The same thoughts as plain text, for those who can read no more.
    guard !blocks.contains(where: { Self.text(of: $0.block) != nil }) else { return }
    let plain = message["reasoning_content"] ?? message["reasoning"]
    if let text = plain?.text, !text.isEmpty {
      blocks.insert((index: nil, Block(.thinking(text))), at: 0)
    }
  }

  private mutating func take(_ detail: ChatReasoningDetail) {
    if let call = detail.sealedCall {
      callSeals[call] = detail.seal
      return
    }
    let last = blocks.indices.last
    let isSameBlock = last.map { continues(blocks[$0], detail) } ?? false
    if let last, isSameBlock, let before = Self.text(of: blocks[last].block) {
      blocks[last].block.content = .thinking(before + (detail.text ?? .empty))
      blocks[last].block.seal = detail.seal
    } else if detail.kind == .encrypted || detail.kind == .other {
      guard detail.seal != nil else { return }
      blocks.append((detail.index, Block(.redactedThinking, seal: detail.seal)))
    } else if detail.text != nil || detail.seal != nil {
      blocks.append(
        (detail.index, Block(.thinking(detail.text ?? .empty), seal: detail.seal)))
    }
  }

  /// Whether the element is another piece of the block, or what proves it.
  private func continues(
    _ last: (index: Int?, block: Block), _ detail: ChatReasoningDetail
  ) -> Bool {
    guard last.block.seal == nil, last.index == detail.index else { return false }
    switch detail.kind {
    case .text, .summary: return true
    // OpenAI tells summary and proof apart.
    case .encrypted: return detail.seal?.mint == .openai
    case .other: return false
    }
  }

  private static func text(of block: Block) -> JSONText? {
    if case .thinking(let text) = block.content { text } else { nil }
  }

  /// Puts the thoughts among the other blocks.
  ///
  /// The number of each is the place that it had; places without a number are the others'.
  func merged(with others: [Block]) -> [Block] {
    var others = others[...]
    var merged: [Block] = []
    merged.reserveCapacity(blocks.count + others.count)
    for (index, block) in blocks {
      if let index {
        while merged.count < index, let other = others.popFirst() { merged.append(other) }
      }
      merged.append(block)
    }
    return merged + others
  }
}
