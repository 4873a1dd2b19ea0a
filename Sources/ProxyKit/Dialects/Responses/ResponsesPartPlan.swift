/// Turns blocks into parts, and keeps the account of what they cannot say.
struct ResponsesPartPlan {
  let isSameLanguage: Bool
  private let acceptsDocuments: Bool
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target) {
    isSameLanguage = conversation.origin == .responses
    acceptsDocuments = target.acceptsDocuments
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

  mutating func parts(of blocks: [Block]) -> [ResponsesPart] {
    var parts: [ResponsesPart] = []
    for block in blocks { parts += self.parts(of: block) }
    return parts
  }

  mutating func parts(of block: Block) -> [ResponsesPart] {
    var parts = parts(of: block.content)
    if block.cacheMark != nil { losses.record("cache_control") }
    if block.seal != nil { losses.record("text_seal") }
    let extras = surviving(block.extras)
    if let last = parts.indices.last { parts[last].extras = extras }
    return parts
  }

  private mutating func parts(of content: Block.Content) -> [ResponsesPart] {
    switch content {
    case .text(let text): return [ResponsesPart(.text(text))]
    case .refusal(let text): return [ResponsesPart(.refusal(text))]
    case .image(let media): return [image(media)]
    case .audio(let media): return [audio(media)]
    case .document(let document): return parts(of: document)
    case .unknown(let type, let raw):
      if isSameLanguage { return [ResponsesPart(.raw(raw))] }
      // Better read as JSON than not read at all; it is a loss all the same.
      losses.record(type.string)
      return [ResponsesPart(.text(JSONText(escaping: raw.bytes)))]
    case .thinking, .redactedThinking:
      losses.record("thinking_blocks")
      return []
    case .toolCall, .toolResult:
      losses.record("misplaced_tool_blocks")
      return []
    }
  }

  private mutating func image(_ media: Media) -> ResponsesPart {
    switch media.source {
    case .base64(let type, let bytes):
      let type: JSONText = type.isEmpty ? "image/png" : type
      return ResponsesPart(
        .image(url: ["data:", type, ";base64,", bytes], detail: media.detail))
    case .url(let url): return ResponsesPart(.image(url: [url], detail: media.detail))
    case .file(let id):
      if isSameLanguage { return ResponsesPart(.uploadedImage(id: id, detail: media.detail)) }
      losses.record("image_files")
      return ResponsesPart(
        .text("[The image with the file id " + id + " could not be passed on.]"))
    }
  }

  /// OpenAI listens to recordings in Chat only.
  private mutating func audio(_ media: Media) -> ResponsesPart {
    guard isSameLanguage, case .base64(let type, let bytes) = media.source else {
      losses.record("audio")
      return ResponsesPart(.text("[A recording could not be passed on.]"))
    }
    let format = type.string.split(separator: "/").last.map { String($0) } ?? "wav"
    return ResponsesPart(.audio(format: JSONText(format == "mpeg" ? "mp3" : format), bytes))
  }

  private mutating func parts(of document: Document) -> [ResponsesPart] {
    var parts: [ResponsesPart] = []
    if let context = document.context { parts.append(ResponsesPart(.text(context))) }
    let title = document.title
    switch document.source {
    case .text(let text):
      if let title { parts.insert(ResponsesPart(.text(title)), at: 0) }
      parts.append(ResponsesPart(.text(text)))
    case .blocks(let blocks):
      if let title { parts.insert(ResponsesPart(.text(title)), at: 0) }
      parts += self.parts(of: blocks)
    case .base64(let type, let bytes):
      if acceptsDocuments || isSameLanguage {
        let name = title ?? (isSameLanguage ? nil : "document.pdf")
        parts.append(
          ResponsesPart(.file(name: name, bytes: ["data:", type, ";base64,", bytes])))
      } else {
        let size = JSONText(String(bytes.bytes.count))
        parts.append(lost(document, type + ", " + size + " base64 characters"))
      }
    case .url(let url):
      if acceptsDocuments || isSameLanguage {
        parts.append(ResponsesPart(.linkedFile(url: url, name: isSameLanguage ? title : nil)))
      } else {
        parts.append(lost(document, url))
      }
    case .file(let id):
      if isSameLanguage {
        parts.append(ResponsesPart(.uploadedFile(id: id, name: title)))
      } else {
        parts.append(lost(document, "file id " + id))
      }
    }
    return parts
  }

  /// A note in place of a document, so that the model knows that there was one.
  private mutating func lost(_ document: Document, _ what: JSONText) -> ResponsesPart {
    losses.record("document_blocks")
    let title = document.title.map { "\"" + $0 + "\" " } ?? .empty
    return ResponsesPart(
      .text("[The document " + title + "(" + what + ") could not be passed on.]"))
  }
}
