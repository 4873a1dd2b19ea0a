/// Turns blocks into parts, and keeps the account of what they cannot say.
struct GeminiPartPlan {
  private let isForeign: Bool
  private let target: Target
  private let traits: GeminiModelTraits
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target, _ traits: GeminiModelTraits) {
    self.target = target
    self.traits = traits
    isForeign = conversation.origin != .gemini
  }

  mutating func lose(_ tag: String) {
    losses.record(tag)
  }

  /// Google caches by itself and takes no marks.
  mutating func lose(_ mark: JSONRaw?) {
    if mark != nil { losses.record("cache_control") }
  }

  /// The members that may go on: all of them to their own language, none to another.
  mutating func surviving(_ extras: [Extra]) -> [Extra] {
    guard isForeign else { return extras }
    for extra in extras where !extra.value.bytes.elementsEqual("null".utf8) {
      losses.record(extra.name.string)
    }
    return []
  }

  /// The signature of Google's own; the seal of another vendor is nothing to it.
  private mutating func signature(_ seal: Seal?) -> JSONText? {
    guard let seal else { return nil }
    guard seal.mint == .gemini else {
      losses.record("thinking_signatures")
      return nil
    }
    return seal.value
  }

  mutating func parts(of block: Block) -> [GeminiPart] {
    lose(block.cacheMark)
    let extras = surviving(block.extras)
    switch block.content {
    case .text(let text), .refusal(let text):
      let signature = signature(block.seal)
      guard !text.isEmpty || signature != nil else { return [] }
      return [GeminiPart(.text(text), signature: signature, extras: extras)]
    case .image(let media): return [self.media(media, "image", block.seal, extras)]
    case .audio(let media): return [self.media(media, "audio", block.seal, extras)]
    case .document(let document): return self.document(document, block.seal, extras)
    case .thinking(let text): return thought(text, block.seal, extras)
    case .redactedThinking:
      losses.record("redacted_thinking")
      return []
    case .unknown(let type, let raw):
      guard isForeign else { return [GeminiPart(.raw(raw))] }
      losses.record(type.string)
      return [GeminiPart(.text(JSONText(escaping: raw.bytes)))]
    case .toolCall, .toolResult:
      losses.record("misplaced_tool_blocks")
      return []
    }
  }

  private mutating func thought(
    _ text: JSONText, _ seal: Seal?, _ extras: [Extra]
  ) -> [GeminiPart] {
    if let seal, seal.mint == .gemini {
      // A signature that came alone stands on a text without words.
      let content = text.isEmpty ? GeminiPart.Content.text(text) : .thought(text)
      return [GeminiPart(content, signature: seal.value, extras: extras)]
    }
    guard !isForeign, seal == nil, !text.isEmpty else {
      losses.record("thinking_blocks")
      return []
    }
    return [GeminiPart(.thought(text), extras: extras)]
  }
}

/// Calls and their results.
extension GeminiPartPlan {
  /// An id that we made ourselves says nothing to Google.
  func id(_ id: JSONText) -> JSONText? {
    id.isEmpty || GeminiCallPairs.isOurs(id) ? nil : id
  }

  mutating func call(_ call: ToolCall, _ block: Block, named name: JSONText) -> GeminiPart {
    lose(block.cacheMark)
    let extras = surviving(block.extras)
    var input = call.input
    if input.bytes.first != UInt8(ascii: "{") {
      input = (try? input.parsed()).map { ToolArguments.object($0) } ?? .emptyObject
    }
    return GeminiPart(
      .call(id: id(call.id), name: name, input: input, extras), signature: signature(block.seal))
  }

  /// A result; what has to stand behind the results is given apart.
  mutating func result(
    _ result: ToolResult, _ block: Block, named name: JSONText, moved: inout [GeminiPart]
  ) -> GeminiPart {
    lose(block.cacheMark)
    var own = GeminiResult(id: id(result.callID), name: name)
    own.isError = result.isError
    own.extras = surviving(block.extras)
    var others: [GeminiPart] = []
    for part in result.content.flatMap({ parts(of: $0) }) {
      switch part.content {
      case .text(let text): own.texts.append(text)
      case .inline(let type, _, _) where traits.takesMediaInResults && Self.isTaken(type):
        own.media.append(part)
      default: others.append(part)
      }
    }
    if !isForeign, own.texts.count == 1, !own.isError { own.response = Self.object(own.texts[0]) }
    if !others.isEmpty {
      if own.texts.isEmpty { own.texts = ["See below what is attached to this result."] }
      moved.append(GeminiPart(.text("Attached to the result of the call of " + name + ":")))
      moved += others
    }
    return GeminiPart(.result(own))
  }

  /// A result whose call is gone is what the user says about it.
  mutating func orphan(_ result: ToolResult, _ block: Block) -> [GeminiPart] {
    losses.record("orphan_tool_results")
    lose(block.cacheMark)
    _ = surviving(block.extras)
    let label: JSONText = result.isError ? "Error of tool call " : "Result of tool call "
    return [GeminiPart(.text(label + result.callID + ":"))]
      + result.content.flatMap { parts(of: $0) }
  }

  /// The media that a result may hold.
  private static func isTaken(_ type: JSONText) -> Bool {
    let known: [StaticString] = [
      "image/png", "image/jpeg", "image/webp", "application/pdf", "text/plain",
    ]
    return known.contains { type.equals($0) }
  }

  /// What a client of Google's language wrote as an object.
  private static func object(_ text: JSONText) -> JSONRaw? {
    guard text.bytes.first == UInt8(ascii: "{") else { return nil }
    let bytes = text.unescaped
    guard let root = try? JSONDocument(bytes).root, root.kind == .object else { return nil }
    return JSONRaw(bytes[...])
  }
}

/// Images, sounds and documents.
extension GeminiPartPlan {
  private mutating func media(
    _ media: Media, _ what: String, _ seal: Seal?, _ extras: [Extra]
  ) -> GeminiPart {
    if let detail = media.detail, !detail.equals("auto") { losses.record("image_detail") }
    return part(media.source, what, what + (what == "image" ? "_urls" : ""), seal, extras, nil)
  }

  private mutating func part(
    _ source: Media.Source, _ what: String, _ tag: String, _ seal: Seal?, _ extras: [Extra],
    _ title: JSONText?
  ) -> GeminiPart {
    var extras = extras
    let given = Self.take("mimeType", from: &extras)
    let title = Self.take("displayName", from: &extras) ?? title
    let signature = signature(seal)
    switch source {
    case .base64(let type, let bytes):
      let type: JSONText = type.isEmpty && what == "image" ? "image/png" : type
      return GeminiPart(
        .inline(mediaType: type, bytes, title: isForeign ? nil : title), signature: signature,
        extras: extras)
    case .url(let uri), .file(let uri):
      guard canFetch(uri) else {
        losses.record(tag)
        return Self.note(title?.string ?? what, uri)
      }
      let type = given ?? GeminiAddress.mediaType(of: uri)
      return GeminiPart(
        .file(
          uri: uri, mediaType: type ?? (what == "image" ? "image/jpeg" : nil),
          title: isForeign ? nil : title),
        signature: signature, extras: extras)
    }
  }

  private func canFetch(_ uri: JSONText) -> Bool {
    if !isForeign || GeminiAddress.isOfGoogle(uri) || GeminiAddress.isVideoPage(uri) { return true }
    let text = uri.string
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
    return target.platform == .vertex || (target.platform == .vendor && traits.fetchesAddresses)
  }

  private mutating func document(
    _ document: Document, _ seal: Seal?, _ extras: [Extra]
  ) -> [GeminiPart] {
    var before: [GeminiPart] = []
    if let context = document.context { before.append(GeminiPart(.text(context))) }
    switch document.source {
    case .text(let text):
      if let title = document.title { before.insert(GeminiPart(.text(title)), at: 0) }
      return before + [GeminiPart(.text(text), signature: signature(seal), extras: extras)]
    case .blocks(let blocks):
      if let title = document.title { before.insert(GeminiPart(.text(title)), at: 0) }
      return before + blocks.flatMap { parts(of: $0) }
    case .base64(let type, let bytes):
      guard !isForeign || Self.isReadable(type) else {
        losses.record("document_blocks")
        return before + [Self.note(document.title?.string ?? "document", type)]
      }
      return before + [
        part(
          .base64(mediaType: type, bytes), "document", "document_blocks", seal, extras,
          document.title)
      ]
    case .url(let uri):
      return before + [
        part(.url(uri), "document", "document_blocks", seal, extras, document.title)
      ]
    case .file(let id):
      return before + [
        part(.file(id: id), "document", "document_blocks", seal, extras, document.title)
      ]
    }
  }

  private static func isReadable(_ type: JSONText) -> Bool {
    let name = type.string
    return name == "application/pdf" || name == "application/json" || name.hasPrefix("text/")
      || name.hasPrefix("image/") || name.hasPrefix("audio/") || name.hasPrefix("video/")
  }

  private static func take(_ name: StaticString, from extras: inout [Extra]) -> JSONText? {
    guard let index = extras.firstIndex(where: { $0.name.equals(name) }) else { return nil }
    return (try? extras.remove(at: index).value.parsed())?.text
  }

  /// The model is told what it cannot see.
  private static func note(_ what: String, _ detail: JSONText) -> GeminiPart {
    GeminiPart(
      .text(JSONText("[\(what) (\(detail.string)) was left out: this model cannot read it]")))
  }
}
