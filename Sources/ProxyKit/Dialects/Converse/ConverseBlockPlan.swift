/// Admits blocks as Bedrock takes them, and keeps the account of what it does not take.
struct ConverseBlockPlan {
  var losses = Losses()
  private let origin: Dialect
  private let family: ConverseModelFamily
  private let acceptsDocuments: Bool
  private let takesImages: Bool
  private var names = ConverseDocumentNames()

  init(_ conversation: Conversation, _ traits: ConverseModelTraits, for target: Target) {
    acceptsDocuments = target.acceptsDocuments
    origin = conversation.origin
    family = traits.family
    takesImages = traits.takesImages
  }

  private var isOwn: Bool { origin == .converse }

  /// The members that may go on: all of them to their own language, none to another.
  mutating func surviving(_ extras: [Extra]) -> [Extra] {
    if isOwn { return extras }
    for extra in extras where !extra.value.isNull { losses.record(extra.name.string) }
    return []
  }

  /// Nil when nothing is left of the block.
  mutating func admit(_ block: Block, in role: Turn.Role) -> Block? {
    var block = block
    switch block.content {
    case .text(let text), .refusal(let text):
      guard !JSONBlank.isBlank(text) else {
        if block.cacheMark != nil { losses.record("cache_control") }
        return nil
      }
      if case .refusal = block.content { block.content = .text(text) }
    case .thinking, .redactedThinking:
      guard isReadable(block) else {
        losses.record("thinking_blocks")
        return nil
      }
    case .toolResult(let result): block = admit(result, block)
    case .unknown(let type, _) where !isOwn:
      losses.record(type.string)
      return nil
    case .image(let media): return image(media, block, in: role)
    case .audio(let media): return audio(media, block)
    case .document(let document): return self.document(document, block, in: role)
    case .toolCall, .unknown: break
    }
    block.extras = surviving(block.extras)
    return block
  }

  /// Whether the model may see the thought again: a Claude one that a Claude signed, another one
  /// what nobody signed and its own client sent.
  private func isReadable(_ block: Block) -> Bool {
    if case .redactedThinking = block.content {
      return family == .claude && ConverseRedaction.value(block.seal) != nil
    }
    if family == .claude { return block.seal?.mint == .anthropic }
    return isOwn && block.seal == nil
  }

  private mutating func admit(_ result: ToolResult, _ block: Block) -> Block {
    var result = result
    var block = block
    result.content = result.content.compactMap { admit($0, in: .user) }
    for index in result.content.indices {
      // No cache point may stand inside a result; it goes behind it.
      guard let mark = result.content[index].cacheMark else { continue }
      result.content[index].cacheMark = nil
      block.cacheMark = block.cacheMark ?? mark
    }
    if !isOwn, result.content.isEmpty { result.content = [Block(.text("(no output)"))] }
    if result.isError, !family.readsResultStatus, !isOwn {
      result.isError = false
      result.content.insert(Block(.text("Error:")), at: 0)
    }
    block.content = .toolResult(result)
    return block
  }

  private mutating func image(_ media: Media, _ block: Block, in role: Turn.Role) -> Block? {
    var block = block
    if let detail = media.detail, !detail.equals("auto") { losses.record("image_detail") }
    switch media.source {
    case .base64(let type, let bytes):
      guard let format = ConverseFormat.image(type) else {
        if isOwn { break }
        return note("image_format", "An image of type \(type.string)", block)
      }
      guard isOwn || (role == .user && takesImages) else {
        return note("image_blocks", "An image", block)
      }
      block.content = .image(
        Media(.base64(mediaType: "image/" + JSONText("\(format)"), bytes)))
    case .url(let url): return note("image_urls", "The image at \(url.string)", block)
    case .file(let id): return note("image_files", "The image file \(id.string)", block)
    }
    block.extras = surviving(block.extras)
    return block
  }

  private mutating func audio(_ media: Media, _ block: Block) -> Block? {
    var block = block
    guard case .base64(let type, _) = media.source, ConverseFormat.audio(type) != nil,
      family != .claude || isOwn
    else { return note("audio", "A sound", block) }
    block.extras = surviving(block.extras)
    return block
  }

  private mutating func document(
    _ document: Document, _ block: Block, in role: Turn.Role
  ) -> Block? {
    guard !isOwn else { return block }
    let shown = document.title?.string ?? "A document"
    let tag = "document_blocks"
    var block = block
    var document = document
    guard role == .user, acceptsDocuments else { return note(tag, shown, block) }
    let hasCitations = takeCitations(&block)
    switch document.source {
    case .base64(let type, _):
      guard ConverseFormat.document(type) != nil else {
        return note(tag, "\(shown) of type \(type.string)", block)
      }
    case .url(let url): return note(tag, "\(shown) at \(url.string)", block)
    case .file(let id): return note(tag, "\(shown) with the file id \(id.string)", block)
    case .text(let text): if !hasCitations { document.source = Self.plainText([text]) }
    case .blocks(let parts):
      let texts = parts.compactMap { part -> JSONText? in
        if case .text(let text) = part.content { text } else { nil }
      }
      if texts.count < parts.count { losses.record(tag) }
      document.source =
        hasCitations
        ? .blocks(texts.map { Block(.text($0)) }) : Self.plainText(texts)
    }
    let name = names.name(for: document.title)
    if let title = document.title, title != name { losses.record("document_name") }
    document.title = name
    block.content = .document(document)
    return block
  }

  /// Citations are asked for in the same words by Anthropic; only a Claude gives them.
  private mutating func takeCitations(_ block: inout Block) -> Bool {
    let kept = block.extras.filter { extra in
      family == .claude && origin == .anthropic && extra.name.equals("citations")
        && (try? extra.value.parsed())?["enabled"]?.bool == true
    }
    let others = block.extras.filter { !kept.contains($0) }
    block.extras = surviving(others) + kept
    return !kept.isEmpty
  }

  /// A text as a file, which every model reads.
  private static func plainText(_ texts: [JSONText]) -> Document.Source {
    var bytes: [UInt8] = []
    for text in texts {
      if !bytes.isEmpty { bytes.append(contentsOf: "\n\n".utf8) }
      bytes += text.unescaped
    }
    return .base64(
      mediaType: "text/plain", JSONText(escaped: Base64.encode(bytes[...])[...]))
  }

  /// The model is told what it cannot see.
  private mutating func note(_ tag: String, _ what: String, _ block: Block) -> Block {
    losses.record(tag)
    return Block(
      .text(JSONText("[\(what) was left out: it cannot be sent to this model]")),
      cacheMark: block.cacheMark)
  }
}
