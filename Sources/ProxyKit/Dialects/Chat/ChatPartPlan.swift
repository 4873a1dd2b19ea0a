/// Turns blocks into parts, and keeps the account of what they cannot say.
struct ChatPartPlan {
  let isSameLanguage: Bool
  let acceptsDocuments: Bool
  let seals: ChatSealRule
  let names: ToolNames?
  /// Tools that the server knows to take free text.
  private let freeform: Set<JSONText>
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target, names: ToolNames?) {
    self.names = names
    isSameLanguage = conversation.origin == .chat
    acceptsDocuments = target.acceptsDocuments
    seals = ChatSealRule(for: target, isSameLanguage: isSameLanguage)
    var freeform: Set<JSONText> = []
    if ChatFreeform.isKnown(to: target, conversation) {
      for tool in conversation.tools {
        if case .freeform = tool.kind { freeform.insert(tool.name) }
      }
    }
    self.freeform = freeform
  }

  func isFreeform(_ tool: JSONText) -> Bool {
    freeform.contains(tool)
  }

  mutating func lose(_ tag: String) {
    losses.record(tag)
  }

  /// The members that may go on: all of them to their own language, none to another.
  mutating func surviving(_ extras: [Extra]) -> [Extra] {
    if isSameLanguage { return extras }
    for extra in extras where !extra.value.bytes.elementsEqual("null".utf8) {
      losses.record(extra.name.string)
    }
    return []
  }

  /// The prompt-cache mark, if it may go on.
  mutating func surviving(_ mark: JSONRaw?) -> JSONRaw? {
    guard mark != nil, !isSameLanguage else { return mark }
    losses.record("cache_control")
    return nil
  }

  mutating func parts(of blocks: [Block]) -> [ChatPart] {
    var parts: [ChatPart] = []
    for block in blocks { parts += self.parts(of: block) }
    return parts
  }

  mutating func parts(of block: Block) -> [ChatPart] {
    if block.seal != nil, case .text = block.content { losses.record("text_seal") }
    var parts = parts(of: block.content)
    let mark = surviving(block.cacheMark)
    let extras = surviving(block.extras)
    if let last = parts.indices.last {
      parts[last].cacheMark = mark
      parts[last].extras = extras
    }
    return parts
  }

  private mutating func parts(of content: Block.Content) -> [ChatPart] {
    switch content {
    case .text(let text): return [ChatPart(.text(text))]
    case .refusal(let text): return [ChatPart(isSameLanguage ? .refusal(text) : .text(text))]
    case .image(let media): return [image(media)]
    case .audio(let media): return [audio(media)].compactMap(\.self)
    case .document(let document): return parts(of: document)
    case .unknown(let type, let raw):
      if isSameLanguage { return [ChatPart(.raw(raw))] }
      // Better read as JSON than not read at all; it is a loss all the same.
      losses.record(type.string)
      return [ChatPart(.text(JSONText(escaping: raw.bytes)))]
    case .thinking, .redactedThinking:
      losses.record("thinking_blocks")
      return []
    case .toolCall, .toolResult:
      losses.record("misplaced_tool_blocks")
      return []
    }
  }

  private mutating func image(_ media: Media) -> ChatPart {
    switch media.source {
    case .base64(let type, let bytes):
      let type: JSONText = type.isEmpty ? "image/png" : type
      return ChatPart(
        .image(url: ["data:", type, ";base64,", bytes], detail: media.detail))
    case .url(let url): return ChatPart(.image(url: [url], detail: media.detail))
    case .file(let id):
      losses.record("image_files")
      return ChatPart(.text("[The image with the file id " + id + " could not be passed on.]"))
    }
  }

  private mutating func audio(_ media: Media) -> ChatPart? {
    guard case .base64(let type, let bytes) = media.source else {
      losses.record("audio")
      return nil
    }
    let format = type.string.split(separator: "/").last.map { String($0) } ?? "wav"
    return ChatPart(.audio(format: JSONText(format == "mpeg" ? "mp3" : format), bytes))
  }

  private mutating func parts(of document: Document) -> [ChatPart] {
    var parts: [ChatPart] = []
    if let context = document.context { parts.append(ChatPart(.text(context))) }
    switch document.source {
    case .text(let text):
      if let title = document.title { parts.insert(ChatPart(.text(title)), at: 0) }
      parts.append(ChatPart(.text(text)))
    case .blocks(let blocks):
      if let title = document.title { parts.insert(ChatPart(.text(title)), at: 0) }
      parts += self.parts(of: blocks)
    case .base64(let type, let bytes):
      if acceptsDocuments || isSameLanguage {
        let name = document.title ?? (isSameLanguage ? nil : "document.pdf")
        parts.append(ChatPart(.file(name: name, bytes: ["data:", type, ";base64,", bytes])))
      } else {
        let size = JSONText(String(bytes.bytes.count))
        parts.append(lost(document, type + ", " + size + " base64 characters"))
      }
    case .url(let url): parts.append(lost(document, url))
    case .file(let id):
      if isSameLanguage {
        parts.append(ChatPart(.uploadedFile(id: id, name: document.title)))
      } else {
        parts.append(lost(document, "file id " + id))
      }
    }
    return parts
  }

  /// A note in place of a document, so that the model knows that there was one.
  private mutating func lost(_ document: Document, _ what: JSONText) -> ChatPart {
    losses.record("document_blocks")
    let title = document.title.map { "\"" + $0 + "\" " } ?? .empty
    return ChatPart(.text("[The document " + title + "(" + what + ") could not be passed on.]"))
  }
}
