/// How many tokens a whole request has before a model of some family, erring high.
///
/// Texts are counted exactly by o200k_base and scaled to the family's tokenizer; what stands
/// between them and what is no text is estimated.
package struct RequestTokens {
  private let family: TokenFamily
  private var text = TokenPass(keepsTokens: false)
  private var others = 0
  /// What is longer than any window is not worth the time of an exact count.
  private var exactBytes: Int

  /// The tokens of the conversation.
  package static func count(
    _ conversation: Conversation, for family: TokenFamily, exactBytes: Int = 8 << 20
  ) -> Int {
    var tokens = RequestTokens(family: family, exactBytes: exactBytes)
    tokens.add(conversation)
    return (tokens.text.count * family.textPercent + 99) / 100 + tokens.others
  }

  private init(family: TokenFamily, exactBytes: Int) {
    self.family = family
    self.exactBytes = exactBytes
  }

  private mutating func add(_ words: JSONText) {
    guard takes(words.bytes) else { return }
    text.add(words)
  }

  private mutating func add(_ raw: JSONRaw) {
    guard takes(raw.bytes) else { return }
    text.run(raw.bytes.span)
  }

  /// Whether the bytes are to be counted exactly; else each two of them are a token.
  private mutating func takes(_ bytes: ArraySlice<UInt8>) -> Bool {
    if bytes.count <= exactBytes {
      exactBytes -= bytes.count
      return true
    }
    others += (bytes.count + 1) / 2
    return false
  }

  private mutating func add(_ conversation: Conversation) {
    others += family.requestTokens
    if !conversation.instructions.isEmpty { others += family.messageTokens }
    for instruction in conversation.instructions {
      add(instruction.text)
      others += 1
    }
    for turn in conversation.turns {
      others += family.messageTokens
      add(turn.blocks)
      for extra in turn.extras { add(extra.value) }
    }
    if !conversation.tools.isEmpty { others += family.toolsTokens }
    for tool in conversation.tools { add(tool) }
    if case .schema(let name, let schema, _) = conversation.format {
      if let name { add(name) }
      add(schema)
      others += family.toolTokens
    }
  }

  private mutating func add(_ tool: Tool) {
    add(tool.name)
    switch tool.kind {
    case .function(let description, let schema, _):
      others += family.toolTokens
      if let description { add(description) }
      if let schema { add(schema) }
    case .freeform(let description, let format):
      others += family.toolTokens
      if let description { add(description) }
      if let format { add(format) }
    case .vendor(_, _, let raw):
      others += family.vendorToolTokens
      add(raw)
    }
  }

  private mutating func add(_ blocks: [Block]) {
    for block in blocks {
      add(block.content)
      if case .redactedThinking = block.content { addSealed(block.seal) }
      others += 1
    }
  }

  private mutating func add(_ content: Block.Content) {
    switch content {
    case .text(let words), .refusal(let words): add(words)
    case .image(let media): addImage(media)
    case .document(let document): add(document)
    case .audio(let media): addAudio(media)
    case .toolCall(let call):
      add(call.id)
      add(call.name)
      add(call.input)
      others += family.toolTokens
    case .toolResult(let result):
      add(result.callID)
      add(result.content)
      others += family.toolTokens
    case .thinking(let words): add(words)
    case .redactedThinking: break
    case .unknown(_, let raw): add(raw)
    }
  }

  /// What is encrypted is longer than what it hides; four letters hide at most one token.
  private mutating func addSealed(_ seal: Seal?) {
    others += (seal?.value.bytes.count ?? 0) / 4
  }

  private mutating func addImage(_ media: Media) {
    var size: ImageSize?
    if case .base64(_, let file) = media.source { size = ImageSize(base64: file) }
    others += family.image.count(size, detail: media.detail)
  }

  private mutating func add(_ document: Document) {
    if let title = document.title { add(title) }
    if let context = document.context { add(context) }
    switch document.source {
    case .text(let words): add(words)
    case .blocks(let blocks): add(blocks)
    case .base64(let type, let file): addFile(type, file)
    // Nobody can see from here how long it is.
    case .url, .file: others += 10 * family.pageTokens
    }
  }

  private mutating func addFile(_ type: JSONText, _ file: JSONText) {
    let kind = type.string
    if kind.hasPrefix("image/") {
      others += family.image.count(ImageSize(base64: file))
    } else if kind.hasPrefix("text/") || kind == "application/json" {
      others += file.bytes.count / 4
    } else {
      others += family.pageTokens * DocumentPages.count(base64: file)
    }
  }

  private mutating func addAudio(_ media: Media) {
    guard case .base64(let type, let file) = media.source else {
      others += 60 * family.audioTokensPerSecond
      return
    }
    let window = Base64Window(file)
    // A WAV file says its bytes per second; others are rarely below 64 kbit/s.
    let isWave = type.string.contains("wav")
    let rate = isWave ? window.littleEndian(28, 4) ?? 8000 : 8000
    others += (window.count / max(1000, rate) + 1) * family.audioTokensPerSecond
  }
}

extension TokenPass {
  /// Counts a text that may be escaped.
  mutating func add(_ text: JSONText) {
    if text.bytes.contains(UInt8(ascii: "\\")) {
      run(text.unescaped.span)
    } else {
      run(text.bytes.span)
    }
  }
}
