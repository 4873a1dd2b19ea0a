/// Writes a reply for a Responses client: as a stream, or folded into one object.
///
/// Texts that follow one another are parts of one message; every thought and every call is an item
/// of its own. An item begins with the first thing that is said in it.
struct ResponsesReplyWriter: ReplyEncoder {
  private enum State {
    case waiting, open, finished
    /// The upstream itself began the response, whose object we do not have.
    case taken
  }

  enum Open {
    case none, text, refusal, thinking, call, freeform
  }

  let stage: ReplyStage
  private let object: ResponsesObject
  let isStreaming: Bool
  private var state = State.waiting
  var open = Open.none
  var events = ResponsesEventWriter()
  /// The finished items, with commas between them.
  var output: [UInt8] = []
  var place = ResponsesItemPlace(index: 0, id: .empty)
  var isItemOpen = false
  var isPartOpen = false
  /// The finished parts of the open message, with commas between them.
  var parts: [UInt8] = []
  var partIndex = 0
  var text: [UInt8] = []
  var annotations: [UInt8] = []
  var annotationIndex = 0
  var seal: Seal?
  var call: ResponsesCall?
  var reader = ResponsesFreeformReader()
  private var usage: Usage?
  /// The response object of a reply that is not streamed, once it has ended.
  private(set) var whole: [UInt8] = []
  var losses = Losses()

  init(_ stage: ReplyStage, isStreaming: Bool) {
    self.stage = stage
    self.isStreaming = isStreaming
    object = ResponsesObject(stage)
  }

  mutating func ping(into out: inout [UInt8]) {
    guard state != .finished else { return }
    out.append(": ping\n\n")
  }

  mutating func goOn(after eventCount: Int) {
    guard state == .waiting else { return }
    state = .taken
    events.sequence = eventCount
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events {
      guard state != .finished else { return }
      encode(event, into: &out)
    }
  }

  /// The whole reply.
  mutating func encodeWhole(_ events: [ReplyEvent], losses: inout Losses) -> [UInt8] {
    for case .failed(let failure) in events { return ChatFailureEncoder.encode(failure) }
    var none: [UInt8] = []
    encode(events, into: &none)
    losses.record(contentsOf: self.losses)
    return whole
  }

  private mutating func encode(_ event: ReplyEvent, into out: inout [UInt8]) {
    switch event {
    case .text(let piece): addText(piece, into: &out)
    case .thinking(let piece): addThought(piece, into: &out)
    case .arguments(let piece): addArguments(piece, into: &out)
    case .open(let block): open(block, into: &out)
    case .close: close(into: &out)
    case .seal(let seal): self.seal = seal
    case .citation(let citation): cite(citation, into: &out)
    case .odds: losses.record("logprobs")
    case .lost(let tag): losses.record(tag)
    case .usage(let counted): usage = counted
    case .begin: start(into: &out)
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure): fail(failure, into: &out)
    }
  }

  private mutating func start(into out: inout [UInt8]) {
    guard state == .waiting else { return }
    state = .open
    guard isStreaming else { return }
    for type: StaticString in ["response.created", "response.in_progress"] {
      tell(type, .inProgress, usage: nil, into: &out)
    }
  }

  private mutating func tell(
    _ type: StaticString, _ status: ResponsesObject.Status, usage: Usage?,
    into out: inout [UInt8]
  ) {
    events.begin(type, into: &out)
    out.append(",\"response\":")
    object.write(status, output: output, usage: usage, into: &out)
    events.end(into: &out)
  }

  private mutating func open(_ block: ReplyBlock, into out: inout [UInt8]) {
    start(into: &out)
    close(into: &out)
    switch block {
    case .text: open = .text
    case .refusal: open = .refusal
    case .thinking:
      endMessage(into: &out)
      open = .thinking
    case .redactedThinking(let seal):
      endMessage(into: &out)
      let mark: ResponsesSealMark? = seal.mint == .openai ? nil : .redacted
      writeThought(sealed: mark?.token(of: seal) ?? seal.value, id: seal.id, seal, into: &out)
    case .toolCall(let id, let name, let seal):
      endMessage(into: &out)
      if let seal { writeThought(sealed: Self.token(of: seal), id: nil, seal, into: &out) }
      openCall(id, name, into: &out)
    case .unknown(let type, _): losses.record(type.string)
    }
  }

  private static func token(of seal: Seal) -> JSONText {
    seal.mint == .openai ? seal.value : ResponsesSealMark.call.token(of: seal)
  }

  private mutating func close(into out: inout [UInt8]) {
    switch open {
    case .none: return
    case .text, .refusal: endPart(into: &out)
    case .thinking: endThought(into: &out)
    case .call, .freeform: endCall(into: &out)
    }
    open = .none
  }

  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    start(into: &out)
    close(into: &out)
    endMessage(into: &out)
    state = .finished
    let status: ResponsesObject.Status
    switch reason {
    case .endOfTurn, .stopSequence, .toolCalls: status = .completed
    case .maximumTokens, .contextExceeded: status = .incomplete(reason: "max_output_tokens")
    case .refusal: status = .incomplete(reason: "content_filter")
    case .pause, .other:
      losses.record("stop_reason")
      status = .completed
    }
    let usage = usage ?? Usage(input: stage.estimatedInputTokens)
    guard isStreaming else {
      return object.write(status, output: output, usage: usage, into: &whole)
    }
    switch status {
    case .incomplete: tell("response.incomplete", status, usage: usage, into: &out)
    default: tell("response.completed", status, usage: usage, into: &out)
    }
  }

  /// An answer that broke off leaves its item open: a client must not take the half for the whole.
  private mutating func fail(_ failure: Failure, into out: inout [UInt8]) {
    start(into: &out)
    let isOurs = state == .open
    state = .finished
    let code = ResponsesFailures.code(of: failure)
    let message = ResponsesFailures.message(of: failure)
    events.begin("error", into: &out)
    out.append(",\"code\":\"")
    JSONEscape.append(code, to: &out)
    out.append("\",\"message\":\"")
    JSONEscape.append(message, to: &out)
    out.append("\",\"param\":null")
    events.end(into: &out)
    guard isOurs else { return }
    tell("response.failed", .failed(code: code, message: message), usage: usage, into: &out)
  }
}

/// Items.
extension ResponsesReplyWriter {
  var hasItems: Bool { !output.isEmpty }

  mutating func beginItem(_ prefix: StaticString, id: JSONText? = nil) {
    isItemOpen = true
    var bytes: [UInt8] = []
    if let id {
      bytes.append(contentsOf: id.bytes)
    } else {
      bytes.append(prefix)
      JSONEscape.append(stage.requestID, to: &bytes)
      bytes.append("_")
      bytes.append(decimal: place.index)
    }
    place.id = JSONText(escaped: bytes[...])
  }

  mutating func tellItem(
    _ type: StaticString, into out: inout [UInt8],
    _ item: (ResponsesItemPlace, inout [UInt8]) -> Void
  ) {
    guard isStreaming else { return }
    events.begin(type, into: &out)
    ResponsesEventWriter.write("output_index", place.index, into: &out)
    out.append(",\"item\":")
    item(place, &out)
    events.end(into: &out)
  }

  /// Ends the open item, which is now known whole.
  mutating func endItem(
    into out: inout [UInt8], _ item: (ResponsesItemPlace, inout [UInt8]) -> Void
  ) {
    if hasItems { output.append(UInt8(ascii: ",")) }
    let start = output.count
    item(place, &output)
    if isStreaming {
      events.begin("response.output_item.done", into: &out)
      ResponsesEventWriter.write("output_index", place.index, into: &out)
      out.append(",\"item\":")
      out.append(contentsOf: output[start...])
      events.end(into: &out)
    }
    isItemOpen = false
    place.index += 1
  }

  mutating func tellPart(
    _ type: StaticString, _ counter: StaticString, into out: inout [UInt8],
    _ members: (inout [UInt8]) -> Void
  ) {
    guard isStreaming else { return }
    events.begin(type, into: &out)
    place.write(into: &out)
    ResponsesEventWriter.write(counter, partIndex, into: &out)
    members(&out)
    events.end(into: &out)
  }
}
