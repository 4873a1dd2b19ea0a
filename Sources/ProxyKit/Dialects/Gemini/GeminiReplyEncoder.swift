/// Folds events into a whole reply.
struct GeminiReplyEncoder {
  private enum Block {
    case none, text, thought, whole
    case call(id: JSONText, name: JSONText, seal: Seal?)
  }

  private var parts: [UInt8] = []
  private var block = Block.none
  private var text: [UInt8] = []
  private var signature: JSONText?
  private var sources = GeminiSources()
  private var odds: [TokenOdds] = []
  private var usage: Usage?
  private var stop = StopReason.endOfTurn
  private var hasRefusal = false
  private var losses = Losses()

  static func encode(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var fold = GeminiReplyEncoder()
    for event in events {
      if case .failed(let failure) = event { return GeminiFailureEncoder.encode(failure) }
      fold.take(event)
    }
    fold.close()
    losses.record(contentsOf: fold.losses)
    return fold.written(stage)
  }

  private mutating func take(_ event: ReplyEvent) {
    switch event {
    case .begin, .failed: break
    case .open(let opened): open(opened)
    case .text(let piece):
      sources.say(piece)
      text.append(contentsOf: piece.bytes)
    case .thinking(let piece), .arguments(let piece): text.append(contentsOf: piece.bytes)
    case .seal(let seal): signature = seal.token(native: .gemini)
    case .citation(let citation):
      if !sources.cite(citation) { losses.record("citations") }
    case .odds(let told): odds += told
    case .lost(let tag): losses.record(tag)
    case .close: close()
    case .usage(let known): usage = known
    case .end(let reason): stop = reason
    }
  }

  private mutating func open(_ opened: ReplyBlock) {
    close()
    switch opened {
    case .text, .refusal:
      if case .refusal = opened { hasRefusal = true }
      sources.open()
      block = .text
    case .thinking: block = .thought
    case .toolCall(let id, let name, let seal): block = .call(id: id, name: name, seal: seal)
    case .redactedThinking(let seal):
      block = .whole
      separate()
      let token = GeminiSeal.token(ofRedacted: seal)
      GeminiReplyPart.write(text: [], isThought: true, token, into: &parts)
    case .unknown(let type, let raw):
      block = .whole
      guard GeminiReplyPart.isOwn(type, raw) else { return losses.record(type.string) }
      separate()
      parts.append(contentsOf: raw.bytes)
    }
  }

  private mutating func separate() {
    if !parts.isEmpty { parts.append(UInt8(ascii: ",")) }
  }

  private mutating func close() {
    switch block {
    case .none, .whole: break
    case .text, .thought:
      var isThought = false
      if case .thought = block { isThought = true }
      if !text.isEmpty || signature != nil {
        separate()
        GeminiReplyPart.write(text: text[...], isThought: isThought, signature, into: &parts)
      }
      sources.close()
    case .call(let id, let name, let seal):
      separate()
      GeminiReplyPart.write(id: id, name: name, arguments: text, seal, into: &parts)
    }
    block = .none
    text.removeAll(keepingCapacity: true)
    signature = nil
  }

  private func written(_ stage: ReplyStage) -> [UInt8] {
    var writer = JSONWriter(reserving: parts.count + 512)
    writer.object { writer in
      writer.name("candidates")
      writer.array { writer in
        writer.object { writer in
          writer.name("content")
          writer.object { writer in
            writer.name("parts")
            writer.raw(JSONRaw((Array("[".utf8) + shownParts + Array("]".utf8))[...]))
            writer.member("role", word: "model")
          }
          let reason = hasRefusal && stop == .endOfTurn ? StopReason.refusal : stop
          writer.member("finishReason", word: GeminiFinish.word(for: reason))
          if !sources.isEmpty {
            writer.name("groundingMetadata")
            sources.write(into: &writer)
          }
          if !odds.isEmpty { GeminiOdds.write(odds, into: &writer) }
          writer.member("index", 0)
        }
      }
      writer.name("usageMetadata")
      writer.gemini(usage ?? Usage(input: stage.estimatedInputTokens))
      writer.member("modelVersion", stage.model)
      writer.member("responseId", stage.requestID)
    }
    return writer.bytes
  }

  /// Clients take a content without parts for a broken one.
  private var shownParts: [UInt8] {
    parts.isEmpty ? Array(#"{"text":""}"#.utf8) : parts
  }
}
