/// Writes a reply for a Responses client: as a stream, or folded into one object.
///
/// Texts that follow one another are parts of one message; every thought and every call is an item
/// of its own. An item begins with the first thing that is said in it.
struct ResponsesReplyWriter: ReplyEncoder {
  private enum State {
    case waiting, open, finished
  }

  private enum Open {
    case none, text, refusal, thinking, call, freeform
  }

  private let stage: ReplyStage
  private let object: ResponsesObject
  private let isStreaming: Bool
  private var state = State.waiting
  private var open = Open.none
  private var events = ResponsesEventWriter()
  /// The finished items, with commas between them.
  private var output: [UInt8] = []
  private var place = ResponsesItemPlace(index: 0, id: .empty)
  private var isItemOpen = false
  private var isPartOpen = false
  /// The finished parts of the open message, with commas between them.
  private var parts: [UInt8] = []
  private var partIndex = 0
  private var text: [UInt8] = []
  private var annotations: [UInt8] = []
  private var annotationIndex = 0
  private var seal: Seal?
  private var call: ResponsesCall?
  private var reader = ResponsesFreeformReader()
  private var usage: Usage?
  private var whole: [UInt8] = []
  private(set) var losses = Losses()

  init(_ stage: ReplyStage, isStreaming: Bool) {
    self.stage = stage
    self.isStreaming = isStreaming
    object = ResponsesObject(stage)
  }

  mutating func ping(into out: inout [UInt8]) {
    guard state != .finished else { return }
    out.append(": ping\n\n")
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
    state = .finished
    let error = (try? JSONDocument(ChatFailureEncoder.encode(failure)).root)?["error"]
    let code = error?["code"]?.string ?? "server_error"
    let message = error?["message"]?.string ?? failure.message
    events.begin("error", into: &out)
    out.append(",\"code\":\"")
    JSONEscape.append(code, to: &out)
    out.append("\",\"message\":\"")
    JSONEscape.append(message, to: &out)
    out.append("\",\"param\":")
    out.append(contentsOf: error?["param"]?.raw.bytes ?? Array("null".utf8)[...])
    events.end(into: &out)
    tell("response.failed", .failed(code: code, message: message), usage: usage, into: &out)
  }
}

/// Items.
extension ResponsesReplyWriter {
  private var hasItems: Bool { !output.isEmpty }

  private mutating func beginItem(_ prefix: StaticString, id: JSONText? = nil) {
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

  private mutating func tellItem(
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
  private mutating func endItem(
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

  private mutating func tellPart(
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

/// Messages.
extension ResponsesReplyWriter {
  private mutating func addText(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty, open == .text || open == .refusal else { return }
    if !isPartOpen { beginPart(into: &out) }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  private mutating func beginPart(into out: inout [UInt8]) {
    if !isItemOpen {
      beginItem("msg_")
      partIndex = 0
      parts.removeAll(keepingCapacity: true)
      tellItem("response.output_item.added", into: &out) { place, out in
        Self.writeMessage(place, status: "in_progress", parts: [], into: &out)
      }
    }
    isPartOpen = true
    text.removeAll(keepingCapacity: true)
    annotations.removeAll(keepingCapacity: true)
    annotationIndex = 0
    let isRefusal = open == .refusal
    tellPart("response.content_part.added", "content_index", into: &out) { out in
      out.append(",\"part\":")
      Self.writePart(isRefusal: isRefusal, text: [], annotations: [], into: &out)
    }
    guard isStreaming else { return }
    if isRefusal {
      events.prepare("response.refusal.delta", place, part: "content_index", partIndex)
    } else {
      events.prepare(
        "response.output_text.delta", tail: ",\"logprobs\":[]", place, part: "content_index",
        partIndex)
    }
  }

  private mutating func endPart(into out: inout [UInt8]) {
    defer { sealText(into: &out) }
    guard isPartOpen else { return }
    isPartOpen = false
    let isRefusal = open == .refusal
    let (text, annotations) = (text, annotations)
    if isRefusal {
      tellPart("response.refusal.done", "content_index", into: &out) { out in
        Self.writeText("refusal", text, into: &out)
      }
    } else {
      tellPart("response.output_text.done", "content_index", into: &out) { out in
        Self.writeText("text", text, into: &out)
        out.append(",\"logprobs\":[]")
      }
    }
    tellPart("response.content_part.done", "content_index", into: &out) { out in
      out.append(",\"part\":")
      Self.writePart(isRefusal: isRefusal, text: text, annotations: annotations, into: &out)
    }
    if !parts.isEmpty { parts.append(UInt8(ascii: ",")) }
    Self.writePart(isRefusal: isRefusal, text: text, annotations: annotations, into: &parts)
    partIndex += 1
  }

  /// The seal of a text stands in an item behind its message.
  private mutating func sealText(into out: inout [UInt8]) {
    guard let seal else { return }
    self.seal = nil
    guard isItemOpen || hasItems, seal.mint != .openai else { return losses.record("text_seal") }
    endMessage(into: &out)
    writeThought(sealed: ResponsesSealMark.text.token(of: seal), id: nil, seal, into: &out)
  }

  private mutating func endMessage(into out: inout [UInt8]) {
    guard isItemOpen else { return }
    let parts = parts
    endItem(into: &out) { place, out in
      Self.writeMessage(place, status: "completed", parts: parts, into: &out)
    }
  }

  private mutating func cite(_ citation: Citation, into out: inout [UInt8]) {
    guard open == .text, let annotation = annotation(citation) else {
      return losses.record("citations")
    }
    if !isPartOpen { beginPart(into: &out) }
    let index = annotationIndex
    tellPart("response.output_text.annotation.added", "content_index", into: &out) { out in
      ResponsesEventWriter.write("annotation_index", index, into: &out)
      out.append(",\"annotation\":")
      out.append(contentsOf: annotation)
    }
    if annotationIndex > 0 { annotations.append(UInt8(ascii: ",")) }
    annotations.append(contentsOf: annotation)
    annotationIndex += 1
  }

  /// Nil for a citation that is not of a page.
  private func annotation(_ citation: Citation) -> [UInt8]? {
    if citation.origin == .responses { return Array(citation.raw.bytes) }
    guard let url = citation.url else { return nil }
    let said = JSONText(escaped: text[...]).string.unicodeScalars.count
    var writer = JSONWriter(reserving: 256)
    writer.object {
      $0.member("type", word: "url_citation")
      $0.member("start_index", citation.span?.lowerBound ?? 0)
      $0.member("end_index", citation.span?.upperBound ?? said)
      $0.member("url", url)
      $0.member("title", citation.title ?? .empty)
    }
    return writer.bytes
  }

  private static func writeText(
    _ name: StaticString, _ text: [UInt8], into out: inout [UInt8]
  ) {
    out.append(",\"")
    out.append(name)
    out.append("\":\"")
    out.append(contentsOf: text)
    out.append("\"")
  }

  private static func writePart(
    isRefusal: Bool, text: [UInt8], annotations: [UInt8], into out: inout [UInt8]
  ) {
    if isRefusal {
      out.append("{\"type\":\"refusal\"")
      writeText("refusal", text, into: &out)
    } else {
      out.append("{\"type\":\"output_text\"")
      writeText("text", text, into: &out)
      out.append(",\"annotations\":[")
      out.append(contentsOf: annotations)
      out.append("],\"logprobs\":[]")
    }
    out.append("}")
  }

  private static func writeMessage(
    _ place: ResponsesItemPlace, status: StaticString, parts: [UInt8], into out: inout [UInt8]
  ) {
    out.append("{\"id\":\"")
    out.append(contentsOf: place.id.bytes)
    out.append("\",\"type\":\"message\",\"status\":\"")
    out.append(status)
    out.append("\",\"role\":\"assistant\",\"content\":[")
    out.append(contentsOf: parts)
    out.append("]}")
  }
}

/// Thoughts.
extension ResponsesReplyWriter {
  private mutating func addThought(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty, open == .thinking else { return }
    if !isPartOpen { beginThought(hasText: true, into: &out) }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  private mutating func beginThought(
    hasText: Bool, id: JSONText? = nil, into out: inout [UInt8]
  ) {
    beginItem("rs_", id: id)
    text.removeAll(keepingCapacity: true)
    partIndex = 0
    tellItem("response.output_item.added", into: &out) { place, out in
      Self.writeThought(place, text: [], token: nil, into: &out)
    }
    guard hasText else { return }
    isPartOpen = true
    tellPart("response.reasoning_summary_part.added", "summary_index", into: &out) { out in
      out.append(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}")
    }
    guard isStreaming else { return }
    events.prepare("response.reasoning_summary_text.delta", place, part: "summary_index", 0)
  }

  private mutating func endThought(into out: inout [UInt8]) {
    let seal = seal
    self.seal = nil
    guard isPartOpen else {
      // A thought that nobody may read is worth its seal.
      if let seal {
        writeThought(sealed: seal.token(native: .openai), id: seal.id, seal, into: &out)
      }
      return
    }
    isPartOpen = false
    let text = text
    tellPart("response.reasoning_summary_text.done", "summary_index", into: &out) { out in
      Self.writeText("text", text, into: &out)
    }
    tellPart("response.reasoning_summary_part.done", "summary_index", into: &out) { out in
      out.append(",\"part\":{\"type\":\"summary_text\"")
      Self.writeText("text", text, into: &out)
      out.append("}")
    }
    endItem(into: &out) { place, out in
      Self.writeThought(place, text: text, token: seal?.token(native: .openai), into: &out)
    }
  }

  /// Writes a thought that has no text.
  private mutating func writeThought(
    sealed token: JSONText, id: JSONText?, _ seal: Seal, into out: inout [UInt8]
  ) {
    beginThought(hasText: false, id: seal.mint == .openai ? id : nil, into: &out)
    endItem(into: &out) { place, out in
      Self.writeThought(place, text: [], token: token, into: &out)
    }
  }

  private static func writeThought(
    _ place: ResponsesItemPlace, text: [UInt8], token: JSONText?, into out: inout [UInt8]
  ) {
    out.append("{\"id\":\"")
    out.append(contentsOf: place.id.bytes)
    out.append("\",\"type\":\"reasoning\",\"summary\":[")
    if !text.isEmpty {
      out.append("{\"type\":\"summary_text\"")
      writeText("text", text, into: &out)
      out.append("}")
    }
    out.append("]")
    if let token {
      out.append(",\"encrypted_content\":\"")
      out.append(contentsOf: token.bytes)
      out.append("\"")
    }
    out.append("}")
  }
}

/// Calls.
extension ResponsesReplyWriter {
  private mutating func openCall(
    _ id: JSONText, _ name: JSONText, into out: inout [UInt8]
  ) {
    let form = stage.toolForms[name]
    let call = ResponsesCall(id: id, name: form?.name ?? name, form)
    self.call = call
    text.removeAll(keepingCapacity: true)
    open = call.isFreeform ? .freeform : .call
    beginItem(call.isFreeform ? "ctc_" : "fc_")
    tellItem("response.output_item.added", into: &out) { place, out in
      call.write(place, isDone: false, [], into: &out)
    }
    if call.isFreeform {
      reader = ResponsesFreeformReader()
      if isStreaming { events.prepare("response.custom_tool_call_input.delta", place) }
    } else if isStreaming {
      events.prepare("response.function_call_arguments.delta", place)
    }
  }

  private mutating func addArguments(_ piece: JSONText, into out: inout [UInt8]) {
    switch open {
    case .call: addInput(piece, into: &out)
    case .freeform: addInput(reader.take(piece), into: &out)
    case .none, .text, .refusal, .thinking: break
    }
  }

  private mutating func addInput(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty else { return }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  private mutating func endCall(into out: inout [UInt8]) {
    guard let call else { return }
    self.call = nil
    if call.isFreeform {
      addInput(reader.finish(), into: &out)
    } else if text.isEmpty {
      addInput("{}", into: &out)
    }
    let text = text
    if isStreaming {
      events.begin(
        call.isFreeform
          ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done",
        into: &out)
      place.write(into: &out)
      if !call.isFreeform { Self.writeText("name", Array(call.name.bytes), into: &out) }
      Self.writeText(call.isFreeform ? "input" : "arguments", text, into: &out)
      events.end(into: &out)
    }
    endItem(into: &out) { place, out in call.write(place, isDone: true, text, into: &out) }
  }
}
