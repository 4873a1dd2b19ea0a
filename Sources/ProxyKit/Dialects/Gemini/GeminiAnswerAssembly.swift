/// Puts the parts of a model's answer into blocks: pieces of one text into one, a signature that
/// came alone on the block before it.
struct GeminiAnswerAssembly {
  private enum Open {
    case nothing, text, thought
  }

  private var blocks: [Block] = []
  private var open = Open.nothing
  private var pieces: [JSONText] = []

  var isEmpty: Bool { blocks.isEmpty && open == .nothing }

  mutating func take(_ text: JSONText, isThought: Bool, seal: Seal?, extras: [Extra]) {
    if text.isEmpty, extras.isEmpty {
      if let seal { take(alone: seal, isThought: isThought) }
      return
    }
    let kind = isThought ? Open.thought : .text
    if open != kind || !extras.isEmpty { close(with: nil) }
    open = kind
    pieces.append(text)
    if seal != nil || !extras.isEmpty { close(with: seal, extras: extras) }
  }

  private mutating func take(alone seal: Seal, isThought: Bool) {
    if isThought, let redacted = GeminiSeal.redacted(seal) {
      append(Block(.redactedThinking, seal: redacted))
    } else if open == .thought || (open == .text && !isThought) {
      close(with: seal)
    } else {
      append(Block(.thinking(.empty), seal: seal))
    }
  }

  mutating func append(_ block: Block) {
    close(with: nil)
    blocks.append(block)
  }

  mutating func finish() -> [Block] {
    close(with: nil)
    defer { blocks = [] }
    return blocks
  }

  private mutating func close(with seal: Seal?, extras: [Extra] = []) {
    guard open != .nothing else { return }
    let text = joined()
    blocks.append(
      Block(open == .thought ? .thinking(text) : .text(text), seal: seal, extras: extras))
    open = .nothing
    pieces.removeAll(keepingCapacity: true)
  }

  private func joined() -> JSONText {
    guard pieces.count != 1 else { return pieces[0] }
    var bytes: [UInt8] = []
    for piece in pieces { bytes.append(contentsOf: piece.bytes) }
    return JSONText(escaped: bytes[...])
  }
}
