/// Writes a stream of chunks.
///
/// A part that cannot come in pieces (a call, a seal) waits for its end; text goes on at once.
struct GeminiStreamEncoder: ReplyEncoder {
  private enum Block {
    case none, text, thought, whole
    case call(id: JSONText, name: JSONText, seal: Seal?)
  }

  private let stage: ReplyStage
  /// Whether the chunks are the elements of one list, for clients that did not ask for events.
  private let isList: Bool
  private var hasWritten = false
  /// What ends a chunk, from behind its parts.
  private let ending: [UInt8]
  private var block = Block.none
  private var arguments: [UInt8] = []
  private var sources = GeminiSources()
  private var usage: Usage?
  private var hasRefusal = false
  private var isOver = false
  private(set) var losses = Losses()

  init(_ stage: ReplyStage, asList isList: Bool = false) {
    self.stage = stage
    self.isList = isList
    ending = Array("],\"role\":\"model\"},\"index\":0}]".utf8) + Self.tail(stage)
  }

  private static func tail(_ stage: ReplyStage) -> [UInt8] {
    var writer = JSONWriter(reserving: 128)
    writer.object { writer in
      writer.member("modelVersion", stage.model)
      writer.member("responseId", stage.requestID)
    }
    return [UInt8(ascii: ",")] + writer.bytes.dropFirst().dropLast()
  }

  private mutating func begin(into out: inout [UInt8]) {
    if !isList {
      out.append("data: ")
    } else if hasWritten {
      out.append(",\n")
    } else {
      out.append("[")
    }
    hasWritten = true
  }

  private mutating func beginParts(into out: inout [UInt8]) {
    begin(into: &out)
    out.append("{\"candidates\":[{\"content\":{\"parts\":[")
  }

  private func endParts(into out: inout [UInt8]) {
    out.append(contentsOf: ending)
    out.append("}")
    end(into: &out)
  }

  private func end(into out: inout [UInt8]) {
    if !isList {
      out.append("\n\n")
    } else if isOver {
      out.append("]\n")
    }
  }

  /// An empty line: Google's own clients fail on a comment.
  mutating func ping(into out: inout [UInt8]) {
    out.append("\n")
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events where !isOver { encode(event, into: &out) }
  }

  private mutating func encode(_ event: ReplyEvent, into out: inout [UInt8]) {
    switch event {
    case .text(let text):
      guard !text.isEmpty else { return }
      sources.say(text)
      beginParts(into: &out)
      out.append("{\"text\":\"")
      out.append(contentsOf: text.bytes)
      out.append("\"}")
      endParts(into: &out)
    case .thinking(let text):
      guard !text.isEmpty else { return }
      part(text: text.bytes, isThought: true, nil, into: &out)
    case .arguments(let text): arguments.append(contentsOf: text.bytes)
    case .seal(let seal):
      var isThought = true
      if case .text = block { isThought = false }
      part(text: [], isThought: isThought, seal.token(native: .gemini), into: &out)
    case .citation(let citation):
      if !sources.cite(citation) { losses.record("citations") }
    case .odds(let odds): encode(odds, into: &out)
    case .lost(let tag): losses.record(tag)
    case .open(let opened): open(opened, into: &out)
    case .close: close(into: &out)
    case .usage(let known): usage = known
    case .begin: break
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure): fail(failure, into: &out)
    }
  }

  private mutating func part(
    text: ArraySlice<UInt8>, isThought: Bool, _ signature: JSONText?, into out: inout [UInt8]
  ) {
    beginParts(into: &out)
    GeminiReplyPart.write(text: text, isThought: isThought, signature, into: &out)
    endParts(into: &out)
  }

  private mutating func encode(_ odds: [TokenOdds], into out: inout [UInt8]) {
    var writer = JSONWriter(reserving: 256 * odds.count)
    writer.object { GeminiOdds.write(odds, into: &$0) }
    beginParts(into: &out)
    out.append("{\"text\":\"\"}],\"role\":\"model\"},")
    out.append(contentsOf: Array(writer.bytes.dropFirst().dropLast()).onOneLine)
    out.append(",\"index\":0}]")
    out.append(contentsOf: Self.tail(stage))
    out.append("}")
    end(into: &out)
  }

  private mutating func open(_ opened: ReplyBlock, into out: inout [UInt8]) {
    close(into: &out)
    switch opened {
    case .text: block = .text
    case .refusal:
      hasRefusal = true
      block = .text
    case .thinking: block = .thought
    case .toolCall(let id, let name, let seal): block = .call(id: id, name: name, seal: seal)
    case .redactedThinking(let seal):
      block = .whole
      part(text: [], isThought: true, GeminiSeal.token(ofRedacted: seal), into: &out)
    case .unknown(let type, let raw):
      block = .whole
      guard GeminiReplyPart.isOwn(type, raw) else { return losses.record(type.string) }
      beginParts(into: &out)
      out.append(contentsOf: Array(raw.bytes).onOneLine)
      endParts(into: &out)
    }
    sources.open()
  }

  private mutating func close(into out: inout [UInt8]) {
    if case .call(let id, let name, let seal) = block {
      beginParts(into: &out)
      GeminiReplyPart.write(id: id, name: name, arguments: arguments, seal, into: &out)
      endParts(into: &out)
      arguments.removeAll(keepingCapacity: true)
    }
    sources.close()
    block = .none
  }

  /// Clients take a content without parts for a broken one.
  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    close(into: &out)
    isOver = true
    let reason = hasRefusal && reason == .endOfTurn ? StopReason.refusal : reason
    beginParts(into: &out)
    out.append("{\"text\":\"\"}],\"role\":\"model\"},\"finishReason\":\"")
    out.append(GeminiFinish.word(for: reason))
    out.append("\"")
    if !sources.isEmpty {
      var writer = JSONWriter()
      sources.write(into: &writer)
      out.append(",\"groundingMetadata\":")
      out.append(contentsOf: writer.bytes)
    }
    out.append(",\"index\":0}],\"usageMetadata\":")
    var writer = JSONWriter(reserving: 192)
    writer.gemini(usage ?? Usage(input: stage.estimatedInputTokens))
    out.append(contentsOf: writer.bytes)
    out.append(contentsOf: Self.tail(stage))
    out.append("}")
    end(into: &out)
  }

  /// Without a `finishReason` no client takes the half for the whole.
  private mutating func fail(_ failure: Failure, into out: inout [UInt8]) {
    isOver = true
    begin(into: &out)
    out.append(contentsOf: GeminiFailureEncoder.encode(failure).onOneLine)
    end(into: &out)
  }
}

/// Streams for clients that did not ask for events (`alt=sse`): one JSON list of chunks.
package enum GeminiList {
  package static func makeEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    GeminiStreamEncoder(stage, asList: true)
  }
}
