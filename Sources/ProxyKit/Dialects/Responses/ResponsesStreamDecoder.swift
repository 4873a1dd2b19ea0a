/// Reads a Responses stream.
///
///     response.created (response.output_item.added event* response.output_item.done)*
///     (response.completed | response.incomplete | response.failed)
///
/// A text may come in deltas, whole when it is done, whole with its item, or with the response at
/// the end; it is told once. A stream that stops before its last event was cut. A body that begins
/// with a brace is a whole reply from a server that did not heed `stream`.
struct ResponsesStreamDecoder: ReplyDecoder {
  private enum Phase {
    case start, events, whole, over
  }

  private var phase = Phase.start
  private var framer = SSEFramer()
  private var tape = JSONTape()
  private var assembly = ResponsesReplyAssembly()
  private var whole: [UInt8] = []
  private var visible: [UInt8]?
  private var lastLoss: String?
  private(set) var eventCount = 0

  init(keepingVisible: Bool) {
    visible = keepingVisible ? [] : nil
  }

  var isBetweenEvents: Bool {
    switch phase {
    case .start, .events: framer.isBetweenEvents
    case .whole, .over: false
    }
  }

  mutating func takeVisible() -> [UInt8] {
    guard let taken = visible else { return [] }
    visible = []
    return taken
  }

  mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    visible?.append(contentsOf: piece)
    if phase == .start { recognize(piece) }
    switch phase {
    case .start, .events: feedEvents(piece, into: &events)
    case .whole: feedWhole(piece, into: &events)
    case .over: break
    }
  }

  mutating func finish(into events: inout [ReplyEvent]) {
    defer { phase = .over }
    switch phase {
    case .over: return
    case .whole: events += ResponsesReplyDecoder.decode(whole)
    case .start, .events:
      // A last event without its blank line counts when it is whole.
      if let frame = try? framer.finish(), (try? tape.parse(frame.data)) != nil {
        take(frame, into: &events)
      }
      guard phase != .over else { return }
      let reason =
        assembly.hasBegun
        ? "The upstream's stream ended before its answer did."
        : "The upstream closed its stream without an answer."
      fail(.cut(reason), into: &events)
    }
  }

  private mutating func recognize(_ piece: [UInt8]) {
    guard let shape = ReplyShape(piece) else { return }
    phase = shape == .whole ? .whole : .events
  }

  private mutating func feedWhole(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    guard whole.count + piece.count <= SSEFramer.maximumEvent else {
      whole = []
      return fail(ResponsesFailures.broken("The upstream's answer is too large."), into: &events)
    }
    whole += piece
  }

  private mutating func feedEvents(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    do {
      try framer.append(piece)
      while phase != .over, let frame = try framer.next() { take(frame, into: &events) }
    } catch {
      fail(
        ResponsesFailures.broken("The upstream's stream is broken: \(error.reason)."),
        into: &events)
    }
  }

  private mutating func fail(_ failure: Failure, into events: inout [ReplyEvent]) {
    events.append(.failed(failure))
    phase = .over
  }

  private mutating func take(_ frame: SSEFrame, into events: inout [ReplyEvent]) {
    do {
      try tape.parse(frame.data)
    } catch {
      let isDone = frame.data.count < 16 && frame.data.starts(with: "[DONE]".utf8)
      if isDone || frame.data.allSatisfy({ $0 <= 0x20 }) { return }
      return fail(
        ResponsesFailures.broken("The upstream sent an event that is not JSON."), into: &events)
    }
    eventCount += 1
    do throws(Failure) {
      if let usual = ResponsesUsualEvent(tape, frame.data) {
        try take(usual, frame.data, into: &events)
      } else {
        try take(ChatNode(tape, frame.data), frame.event, into: &events)
      }
    } catch {
      fail(error, into: &events)
    }
  }

  @inline(__always)
  private mutating func take(
    _ usual: ResponsesUsualEvent, _ bytes: ArraySlice<UInt8>, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let node = tape.nodes[usual.node]
    let text = JSONText(escaped: bytes[Int(node.start)..<Int(node.end)])
    switch usual.slot {
    case .prose(let slot):
      try assembly.add(slot, text, of: usual.item, part: usual.part, into: &events)
    case .arguments(let isFreeform):
      try assembly.addArguments(text, of: usual.item, isFreeform: isFreeform, into: &events)
    }
  }

  private mutating func take(
    _ event: ChatNode, _ name: ArraySlice<UInt8>, into events: inout [ReplyEvent]
  ) throws(Failure) {
    guard event.kind == .object else {
      if event.kind == .null { return }
      throw ResponsesFailures.broken("The upstream sent an event that is no object.")
    }
    guard let type = event["type"]?.someText?.string else {
      if event["error"] != nil || name.elementsEqual("error".utf8) {
        throw ResponsesFailures.read(event)
      }
      return
    }
    switch type {
    case "response.created", "response.in_progress", "response.queued":
      note(event["response"])
      assembly.begin(into: &events)
    case "response.completed", "response.done": try end(event, into: &events)
    case "response.incomplete": try end(event, isIncomplete: true, into: &events)
    case "response.failed", "response.cancelled":
      tellUsage(event["response"], into: &events)
      throw ResponsesFailures.read(failed: event["response"])
    case "error": throw ResponsesFailures.read(event)
    default:
      if try takeItem(type, event, into: &events) { return }
      if try takeText(type, event, into: &events) { return }
      lose(type, event, into: &events)
    }
  }

  private mutating func note(_ response: ChatNode?) {
    guard let response, !assembly.hasBegun else { return }
    assembly.id = response["id"]?.someText
    assembly.model = response["model"]?.someText
  }

  private mutating func takeItem(
    _ type: String, _ event: ChatNode, into events: inout [ReplyEvent]
  ) throws(Failure) -> Bool {
    let index = event["output_index"]?.integer
    switch type {
    case "response.output_item.added":
      guard let item = event["item"], item.kind == .object else { return true }
      try assembly.add(item: item, at: index, into: &events)
    case "response.output_item.done":
      guard let item = event["item"], item.kind == .object else { return true }
      try assembly.complete(item: item, at: index, into: &events)
    case "response.output_text.annotation.added":
      guard let annotation = event["annotation"], annotation.kind == .object else { return true }
      try assembly.cite(annotation, of: index, into: &events)
    case "response.function_call_arguments.done":
      guard let text = event["arguments"]?.someText else { return true }
      try assembly.completeArguments(text, of: index, isFreeform: false, into: &events)
    case "response.custom_tool_call_input.done":
      guard let text = event["input"]?.someText else { return true }
      try assembly.completeArguments(text, of: index, isFreeform: true, into: &events)
    default: return false
    }
    return true
  }

  private mutating func takeText(
    _ type: String, _ event: ChatNode, into events: inout [ReplyEvent]
  ) throws(Failure) -> Bool {
    let slot: ResponsesOutputItem.Slot
    switch type {
    case "response.output_text.done": slot = .text
    case "response.refusal.done": slot = .refusal
    case "response.reasoning_summary_text.done": slot = .summary
    case "response.reasoning_text.done": slot = .thought
    default: return false
    }
    guard let text = (event["text"] ?? event["refusal"])?.someText else { return true }
    let part = (event["content_index"] ?? event["summary_index"])?.integer ?? 0
    try assembly.complete(
      slot, text, of: event["output_index"]?.integer, part: part, into: &events)
    return true
  }

  /// Events that say nothing which their item does not say when it is done.
  private static let silent = [
    "response.content_part.", "response.reasoning_summary_part.", "response.web_search_call.",
    "response.file_search_call.", "response.code_interpreter_call", "response.mcp_",
    "response.image_generation_call.", "response.computer_call.", "response.compaction.",
    "response.shell_call", "response.output_text.", "response.local_shell_call.",
    "response.apply_patch_call", "response.function_call_arguments.", "response.refusal.",
    "response.reasoning_", "response.custom_tool_call_input.", "response.tool_search_call.",
  ]

  private mutating func lose(
    _ type: String, _ event: ChatNode, into events: inout [ReplyEvent]
  ) {
    guard type != lastLoss, !Self.silent.contains(where: { type.hasPrefix($0) }) else { return }
    let content = event["delta"] ?? event["item"] ?? event["text"] ?? event["data"]
    guard content != nil else { return }
    lastLoss = type
    assembly.lose(type, into: &events)
  }

  private mutating func tellUsage(_ response: ChatNode?, into events: inout [ReplyEvent]) {
    guard assembly.hasBegun, let counted = response?["usage"],
      let usage = Usage(responses: counted, searches: assembly.searches)
    else { return }
    events.append(.usage(usage))
  }

  private mutating func end(
    _ event: ChatNode, isIncomplete: Bool = false, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let response = event["response"]
    note(response)
    assembly.begin(into: &events)
    try assembly.complete(response: response, into: &events)
    let ending = ResponsesEnding(
      response, isIncomplete: isIncomplete, hasCalls: assembly.hasCalls)
    tellUsage(response, into: &events)
    switch ending {
    case .end(let reason): events.append(.end(reason))
    case .failed(let failure): throw failure
    }
    phase = .over
  }
}
