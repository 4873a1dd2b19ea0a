/// Decides block by block what of a turn Anthropic may see.
struct AnthropicAdmission {
  let isForeign: Bool
  let names: AnthropicNames

  func admit(_ blocks: [Block], losses: inout Losses) -> [Block] {
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
}
