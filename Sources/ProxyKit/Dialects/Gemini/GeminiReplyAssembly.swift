/// Puts the parts of a reply into blocks that follow one another, chunk after chunk.
struct GeminiReplyAssembly {
  private enum Open {
    case nothing, text, thought
  }

  private var id: JSONText?
  private(set) var hasBegun = false
  private var open = Open.nothing
  private var calls = 0
  private var usedIDs: Set<JSONText> = []
  /// The counts as they came last; each chunk has some, and only the last ones are read.
  private var counted: JSONRaw?
  private var finish: (reason: JSONText, message: JSONText?)?
  private var block: JSONText?
  private var hasSaid = false
  private var grounding = GeminiGrounding()
  /// Tells apart replies of servers that give them no id.
  private var promptTokens = 0

  /// Reads one chunk, or the whole reply.
  mutating func take(_ chunk: ChatNode, into events: inout [ReplyEvent]) throws(Failure) {
    guard chunk.kind == .object else {
      throw .brokenGemini("The upstream sent a chunk that is no object.")
    }
    if chunk["error"] != nil { throw GeminiFailureDecoder.decode(chunk) }
    // Vertex's first chunks may hold metadata that count nothing.
    if let metadata = chunk["usageMetadata"], metadata["promptTokenCount"] != nil {
      counted = metadata.raw
    }
    if !hasBegun { begin(chunk, into: &events) }
    if let reason = chunk["promptFeedback"]?["blockReason"]?.someText { block = reason }
    guard let candidates = chunk["candidates"] else { return }
    for candidate in candidates.elements {
      if let index = candidate["index"]?.integer, index != 0 { continue }
      take(candidate: candidate, into: &events)
      break
    }
  }

  /// Reads a chunk of the usual kind, once the reply has begun.
  mutating func take(
    _ chunk: GeminiUsualChunk, _ tape: JSONTape, _ bytes: ArraySlice<UInt8>,
    into events: inout [ReplyEvent]
  ) {
    if chunk.counts > 0,
      let prompt = tape.member("promptTokenCount", of: chunk.counts, in: bytes),
      tape.nodes[prompt].kind != .null
    {
      let counts = tape.nodes[chunk.counts]
      counted = JSONRaw(bytes[Int(counts.start)..<Int(counts.end)])
    }
    let text = tape.nodes[chunk.text]
    say(
      JSONText(escaped: bytes[Int(text.start)..<Int(text.end)]), isThought: chunk.isThought,
      into: &events)
  }

  private mutating func begin(_ chunk: ChatNode, into events: inout [ReplyEvent]) {
    hasBegun = true
    id = chunk["responseId"]?.someText
    let usage = usage
    promptTokens = usage?.wholeInput ?? 0
    events.append(.begin(id: id, model: chunk["modelVersion"]?.someText))
    if let usage { events.append(.usage(usage)) }
  }

  private var usage: Usage? {
    var tape = JSONTape()
    guard let counted, (try? tape.parse(counted.bytes)) != nil else { return nil }
    return Usage(gemini: ChatNode(tape, counted.bytes))
  }

  private mutating func take(candidate: ChatNode, into events: inout [ReplyEvent]) {
    if let parts = candidate["content"]?["parts"] {
      for part in parts.elements { take(part: part, into: &events) }
    }
    if let result = candidate["logprobsResult"] {
      let odds = GeminiOdds.read(result)
      if !odds.isEmpty { events.append(.odds(odds)) }
    }
    if let reason = candidate["finishReason"]?.someText {
      finish = (reason, candidate["finishMessage"]?.someText)
    }
    if let metadata = candidate["groundingMetadata"] { grounding.take(metadata) }
  }

  private mutating func take(part: ChatNode, into events: inout [ReplyEvent]) {
    guard part.kind == .object else { return }
    let signature = part["thoughtSignature"]?.someText
    if let text = part["text"]?.text {
      let isThought = part["thought"]?.kind == .true
      if !text.isEmpty { say(text, isThought: isThought, into: &events) }
      if let signature { seal(signature, isThought: isThought, into: &events) }
      return
    }
    if let call = part["functionCall"] {
      take(call: call, signature, into: &events)
    } else if let signature, part["thought"]?.kind == .true {
      seal(signature, isThought: true, into: &events)
    } else {
      takeUnknown(part, signature, into: &events)
    }
  }

  private mutating func say(
    _ text: JSONText, isThought: Bool, into events: inout [ReplyEvent]
  ) {
    if isThought {
      if open != .thought {
        close(into: &events)
        events.append(.open(.thinking))
        open = .thought
      }
      events.append(.thinking(text))
    } else {
      if open != .text {
        close(into: &events)
        events.append(.open(.text))
        open = .text
      }
      grounding.say(text)
      events.append(.text(text))
    }
    hasSaid = true
  }

  /// A signature ends the block that it stands on; one that comes alone belongs to the last block,
  /// or else is kept as a thought without words.
  private mutating func seal(
    _ signature: JSONText, isThought: Bool, into events: inout [ReplyEvent]
  ) {
    if open == .nothing || (isThought && open == .text) {
      close(into: &events)
      events.append(.open(.thinking))
      open = .thought
    }
    events.append(.seal(Seal(.gemini, GeminiSeal.plain(signature))))
    close(into: &events)
  }

  private mutating func take(
    call: ChatNode, _ signature: JSONText?, into events: inout [ReplyEvent]
  ) {
    // Calls whose arguments come in pieces go only to clients that asked for them.
    guard let name = call["name"]?.someText else { return }
    close(into: &events)
    let args = call["args"]?.raw ?? .emptyObject
    let id = uniqueID(call["id"]?.someText, name, args)
    calls += 1
    hasSaid = true
    let seal = signature.map { Seal(.gemini, GeminiSeal.plain($0)) }
    events.append(.open(.toolCall(id: id, name: name, seal: seal)))
    events.append(.arguments(JSONText(escaping: args.bytes)))
    events.append(.close)
  }

  /// The call's own id, or one made from the reply when it has none or shares another call's.
  private mutating func uniqueID(
    _ own: JSONText?, _ name: JSONText, _ args: JSONRaw
  ) -> JSONText {
    if let own, usedIDs.insert(own).inserted { return own }
    var seed = Fingerprint()
    seed.take(id ?? .empty)
    seed.take(name)
    seed.take(JSONText(escaped: args.bytes))
    seed.take(promptTokens)
    seed.take(calls)
    return GeminiCallPairs.id(seed)
  }

  private mutating func takeUnknown(
    _ part: ChatNode, _ signature: JSONText?, into events: inout [ReplyEvent]
  ) {
    let raw = part.raw
    guard let root = try? raw.parsed(),
      let name = root.members(besides: GeminiPartReader.textMembers).first?.name
    else { return }
    close(into: &events)
    hasSaid = true
    events.append(.open(.unknown(type: name, raw)))
    events.append(.lost(name.string))
    events.append(.close)
  }

  private mutating func close(into events: inout [ReplyEvent]) {
    guard open != .nothing else { return }
    open = .nothing
    events.append(.close)
  }

  /// The upstream has said all it will say.
  mutating func end(into events: inout [ReplyEvent]) {
    let citations = grounding.citations
    if open == .text {
      for citation in citations { events.append(.citation(citation)) }
    } else if !citations.isEmpty {
      events.append(.lost("citations"))
    }
    close(into: &events)
    guard hasBegun else {
      return events.append(.failed(.cut("The upstream's answer is empty.")))
    }
    if finish == nil, block == nil {
      return events.append(.failed(.cut("The upstream's answer ended before its end.")))
    }
    if let block, !hasSaid { refuse("The prompt was blocked: \(block.string).", into: &events) }
    tellUsage(into: &events)
    guard let finish else { return events.append(.end(.refusal)) }
    switch GeminiFinish(finish.reason, finish.message, hasCalls: calls > 0) {
    case .end(let reason): events.append(.end(reason))
    case .failed(let failure): events.append(.failed(failure))
    }
  }

  private func refuse(_ message: String, into events: inout [ReplyEvent]) {
    events.append(.open(.refusal))
    events.append(.text(JSONText(message)))
    events.append(.close)
  }

  private func tellUsage(into events: inout [ReplyEvent]) {
    guard var usage else { return }
    usage.webSearches = grounding.searches
    events.append(.usage(usage))
  }
}

extension Failure {
  /// An answer that does not speak the language it was asked in.
  static func brokenGemini(_ message: String) -> Failure {
    Failure(.upstream, origin: .upstream, status: 502, retry: .sameDeployment, message)
  }
}
