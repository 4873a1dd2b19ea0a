/// Reads a Chat stream.
///
///     chunk* (finish_reason chunk) (usage chunk)? [DONE]
///
/// The end is told when the usage is known: after the usage chunk, at `[DONE]`, or when the
/// upstream closes after a `finish_reason`. A stream that stops before that was cut. A body that
/// begins with a brace is a whole reply from a server that did not heed `stream`.
struct ChatStreamDecoder: ReplyDecoder {
  private enum Phase {
    case start, events, whole, over
  }

  private var phase = Phase.start
  private var framer = SSEFramer()
  private var tape = JSONTape()
  private var assembly = ChatReplyAssembly()
  private var finishReason: JSONText?
  private var usage: Usage?
  private var isUsageTold = true
  private var hasChoice = false
  private var mould: ChatChunkMould?
  /// Moulds in a row that fitted nothing; a stream without a fixed shape is not worth any.
  private var wastedMoulds = 0
  private var whole: [UInt8] = []
  private var visible: ChatVisibleStream?

  init(hidingUsage: Bool) {
    if hidingUsage { visible = ChatVisibleStream() }
  }

  var isBetweenEvents: Bool {
    switch phase {
    case .start, .events: visible != nil || framer.isBetweenEvents
    case .whole, .over: false
    }
  }

  mutating func takeVisible() -> [UInt8] {
    visible?.take() ?? []
  }

  mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    visible?.append(piece)
    if phase == .start { recognize(piece) }
    switch phase {
    case .start, .events: feedEvents(piece, into: &events)
    case .whole: feedWhole(piece, into: &events)
    case .over: visible?.showAll()
    }
  }

  mutating func finish(into events: inout [ReplyEvent]) {
    defer {
      phase = .over
      visible?.showAll()
    }
    switch phase {
    case .over: return
    case .whole: events += ChatReplyDecoder.decode(whole)
    case .start, .events:
      // A last event without its blank line counts when it is whole.
      let start = framer.position
      if let frame = try? framer.finish(), (try? tape.parse(frame.data)) != nil || isDone(frame) {
        take(frame, at: start..<Int.max, into: &events)
      }
      guard phase != .over else { return }
      if finishReason != nil { return end(into: &events) }
      fail(.cut("The upstream's stream ended before its answer did."), into: &events)
    }
  }

  private mutating func recognize(_ piece: [UInt8]) {
    guard let shape = ReplyShape(piece) else { return }
    phase = shape == .whole ? .whole : .events
  }

  private mutating func feedWhole(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    visible?.showAll()
    guard whole.count + piece.count <= SSEFramer.maximumEvent else {
      whole = []
      return fail(.brokenChat("The upstream's answer is too large."), into: &events)
    }
    whole += piece
  }

  private mutating func feedEvents(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    do {
      try framer.append(piece)
      var start = framer.position
      while let frame = try framer.next() {
        take(frame, at: start..<framer.position, into: &events)
        guard phase != .over else { break }
        start = framer.position
      }
      if phase == .over || framer.isBetweenEvents {
        visible?.showAll()
      } else {
        visible?.show(upTo: start)
      }
    } catch {
      fail(.brokenChat("The upstream's stream is broken: \(error.reason)."), into: &events)
      visible?.showAll()
    }
  }

  private func isDone(_ frame: SSEFrame) -> Bool {
    frame.data.count < 16 && frame.data.filter { $0 > 0x20 }.elementsEqual("[DONE]".utf8)
  }

  private mutating func take(
    _ frame: SSEFrame, at place: Range<Int>, into events: inout [ReplyEvent]
  ) {
    if frame.event.isEmpty, !assembly.expectsThoughtEnd, let text = mould?.text(in: frame.data),
      let slot = mould?.slot
    {
      wastedMoulds = 0
      return add(text, to: slot, into: &events)
    }
    do {
      try tape.parse(frame.data)
    } catch {
      if isDone(frame) { return end(into: &events) }
      if frame.data.allSatisfy({ $0 <= 0x20 }) { return }
      return fail(.brokenChat("The upstream sent a chunk that is not JSON."), into: &events)
    }
    if assembly.hasBegun, frame.event.isEmpty, !assembly.expectsThoughtEnd,
      let usual = ChatUsualChunk(tape, frame.data)
    {
      return take(usual, frame.data, into: &events)
    }
    let chunk = ChatNode(tape, frame.data)
    if frame.event.elementsEqual("error".utf8), chunk["choices"] == nil {
      return fail(ChatFailureDecoder.decode(chunk), into: &events)
    }
    do {
      let isUsageOnly = try read(chunk, into: &events)
      if isUsageOnly {
        visible?.hide(from: place.lowerBound, to: place.upperBound)
        if finishReason != nil { end(into: &events) }
      }
    } catch {
      fail(error, into: &events)
    }
  }

  private mutating func take(
    _ usual: ChatUsualChunk, _ bytes: ArraySlice<UInt8>, into events: inout [ReplyEvent]
  ) {
    if wastedMoulds < 4 {
      mould = ChatChunkMould(usual, tape, bytes)
      wastedMoulds += 1
    } else {
      mould = nil
    }
    let text = tape.nodes[usual.node]
    let content = JSONText(escaped: bytes[Int(text.start)..<Int(text.end)])
    add(content, to: usual.slot, into: &events)
  }

  private mutating func add(
    _ text: JSONText, to slot: ChatUsualChunk.Slot, into events: inout [ReplyEvent]
  ) {
    do throws(Failure) {
      switch slot {
      case .prose(let prose): try assembly.add(prose, text, into: &events)
      case .arguments(let key):
        try assembly.add(ChatCallFragment(key: key, arguments: text), into: &events)
      }
    } catch {
      fail(error, into: &events)
    }
  }

  /// Reads one chunk; true when it holds usage and nothing else.
  private mutating func read(
    _ chunk: ChatNode, into events: inout [ReplyEvent]
  ) throws(Failure) -> Bool {
    guard chunk.kind == .object else {
      if chunk.kind == .null { return false }
      throw .brokenChat("The upstream sent a chunk that is no object.")
    }
    if chunk["error"] != nil || chunk["object"]?.text?.equals("error") == true {
      throw ChatFailureDecoder.decode(chunk)
    }
    if !assembly.hasBegun { note(chunk) }
    var isEmpty = true
    if let choices = chunk["choices"] {
      for choice in choices.elements {
        isEmpty = false
        if let index = choice["index"]?.integer, index != 0 { continue }
        try read(choice: choice, into: &events)
        break
      }
    }
    guard let counted = chunk["usage"] else { return false }
    if let counted = Usage(chat: counted) { tell(counted, into: &events) }
    return isEmpty
  }

  private mutating func read(
    choice: ChatNode, into events: inout [ReplyEvent]
  ) throws(Failure) {
    hasChoice = true
    if choice["error"] != nil { throw ChatFailureDecoder.decode(choice) }
    if let delta = choice["delta"] ?? (assembly.hasBegun ? nil : choice["message"]) {
      try ChatMessageReader.read(delta, isWhole: false, into: &assembly, &events)
    }
    if let logprobs = choice["logprobs"] {
      let odds = ChatOdds.read(logprobs)
      if !odds.isEmpty { try assembly.add(.odds(odds), into: &events) }
    }
    if finishReason == nil, let reason = choice["finish_reason"]?.someText {
      finishReason = reason
      if case .failed(let failure) = ChatFinish(reason, hasCalls: false) { throw failure }
    }
  }

  private mutating func note(_ chunk: ChatNode) {
    if let id = chunk["id"]?.someText { assembly.id = id }
    if let model = chunk["model"]?.someText { assembly.model = model }
    if let created = chunk["created"]?.integer { assembly.createdAt = created }
  }

  private mutating func tell(_ counted: Usage, into events: inout [ReplyEvent]) {
    if counted != usage {
      usage = counted
      isUsageTold = false
    }
    tellUsage(into: &events)
  }

  private mutating func tellUsage(into events: inout [ReplyEvent]) {
    guard !isUsageTold, assembly.hasBegun, let usage else { return }
    isUsageTold = true
    events.append(.usage(usage))
  }

  private mutating func end(into events: inout [ReplyEvent]) {
    guard hasChoice else {
      return fail(.brokenChat("The upstream's stream has no choice in it."), into: &events)
    }
    do {
      try assembly.close(into: &events)
    } catch {
      return fail(error, into: &events)
    }
    guard assembly.hasBegun || finishReason != nil else {
      return fail(.cut("The upstream's stream ended without an answer."), into: &events)
    }
    assembly.begin(into: &events)
    tellUsage(into: &events)
    switch ChatFinish(finishReason, hasCalls: assembly.hasCalls) {
    case .end(let reason): events.append(.end(reason))
    case .failed(let failure): events.append(.failed(failure))
    }
    phase = .over
  }

  private mutating func fail(_ failure: Failure, into events: inout [ReplyEvent]) {
    events.append(.failed(failure))
    phase = .over
  }
}

extension Failure {
  /// An answer that does not speak the language it was asked in.
  static func brokenChat(_ message: String) -> Failure {
    Failure(.upstream, origin: .upstream, status: 502, retry: .sameDeployment, message)
  }
}
