/// How much room a request needs, so that it is written without growing.
extension Conversation {
  /// About as many bytes as the conversation has in any language.
  var roughSize: Int {
    var size = 4096
    for instruction in instructions { size += instruction.text.bytes.count + 64 }
    for turn in turns {
      size += 64
      for block in turn.blocks { size += block.roughSize }
    }
    for tool in tools {
      size += 192
      guard case .function(let description, let schema, _) = tool.kind else { continue }
      size += (description?.bytes.count ?? 0) + (schema?.bytes.count ?? 0)
    }
    return size
  }
}

extension Block {
  fileprivate var roughSize: Int {
    switch content {
    case .text(let text), .thinking(let text): text.bytes.count + 64
    case .image(let media), .audio(let media):
      if case .base64(_, let bytes) = media.source { bytes.bytes.count + 128 } else { 256 }
    case .document(let document):
      if case .base64(_, let bytes) = document.source { bytes.bytes.count + 256 } else { 256 }
    // Arguments may have to be escaped once more.
    case .toolCall(let call): call.input.bytes.count * 5 / 4 + 256
    case .toolResult(let result): result.content.reduce(192) { $0 + $1.roughSize }
    case .redactedThinking, .refusal, .unknown: 256
    }
  }
}
