/// Reads a Converse stream, whose events are AWS frames.
///
///     messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)* messageStop metadata
///
/// Exceptions end the stream wherever they stand. A stream without `metadata` is whole as soon as
/// `messageStop` was there; without that it was cut.
struct ConverseStreamDecoder: ReplyDecoder {
  private static let known: [StaticString] = [
    "contentBlockDelta", "contentBlockStart", "contentBlockStop", "messageStart", "messageStop",
    "metadata",
  ]

  private var framer = EventStreamFramer()
  private var blocks = ConverseBlockAssembly()
  private var stop: StopReason?
  private var hasBegun = false
  private var isFinished = false
  private var visible: [UInt8]?

  init(keepingVisible: Bool) {
    visible = keepingVisible ? [] : nil
  }

  var isBetweenEvents: Bool { framer.isBetweenFrames }

  mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    visible?.append(contentsOf: piece)
    do throws(BrokenStream) {
      framer.append(piece)
      while let frame = try framer.next() { read(frame, into: &events) }
    } catch {
      fail(.cut("the upstream's stream broke: \(error.reason)"), into: &events)
    }
  }

  mutating func finish(into events: inout [ReplyEvent]) {
    guard !isFinished else { return }
    do throws(BrokenStream) {
      try framer.finish()
    } catch {
      return fail(.cut("the upstream's stream broke: \(error.reason)"), into: &events)
    }
    guard stop == nil else { return end(into: &events) }
    let reason =
      hasBegun
      ? "the upstream's stream ended before `messageStop`"
      : "the upstream closed its stream without an answer"
    fail(.cut(reason), into: &events)
  }

  mutating func takeVisible() -> [UInt8] {
    guard let taken = visible else { return [] }
    visible = []
    return taken
  }

  private mutating func fail(_ failure: Failure, into events: inout [ReplyEvent]) {
    guard !isFinished else { return }
    isFinished = true
    events.append(.failed(failure))
  }

  private mutating func read(_ frame: EventStreamFrame, into events: inout [ReplyEvent]) {
    guard !isFinished else { return }
    guard let type = frame.text(":event-type") else {
      if frame.text(":message-type") != nil {
        fail(ConverseFailures.inStream(frame), into: &events)
      }
      return
    }
    let payload = frame.payload
    // Behind the end of the message only its usage may stand.
    guard stop == nil || type.span.equals("metadata") else { return }
    if type.span.equals("contentBlockDelta"), let (index, delta) = ConverseDelta.usual(payload) {
      begin(into: &events)
      blocks.take(index, delta, into: &events)
      return
    }
    let name = JSONText(escaped: type)
    // Frames of other kinds may come some day, with whatever in them.
    guard Self.known.contains(where: { name.equals($0) }) else { return }
    do throws(MalformedJSON) {
      read(try JSONDocument(payload).root, name, into: &events)
    } catch {
      fail(.cut("the upstream sent an event that is not JSON"), into: &events)
    }
  }

  private mutating func read(
    _ event: JSONValue, _ type: JSONText, into events: inout [ReplyEvent]
  ) {
    if type.equals("contentBlockDelta") {
      guard let value = event["delta"], let delta = ConverseDelta(value) else { return }
      begin(into: &events)
      blocks.take(event["contentBlockIndex"]?.integer ?? 0, delta, into: &events)
    } else if type.equals("contentBlockStart") {
      guard let start = event["start"] else { return }
      begin(into: &events)
      blocks.start(event["contentBlockIndex"]?.integer ?? 0, start, into: &events)
    } else if type.equals("contentBlockStop") {
      blocks.close(into: &events)
    } else if type.equals("messageStart") {
      begin(into: &events)
    } else if type.equals("messageStop") {
      readStop(event, into: &events)
    } else if type.equals("metadata") {
      readMetadata(event, into: &events)
    }
  }

  private mutating func begin(into events: inout [ReplyEvent]) {
    guard !hasBegun else { return }
    hasBegun = true
    events.append(.begin(id: nil, model: nil))
  }

  private mutating func readStop(_ event: JSONValue, into events: inout [ReplyEvent]) {
    begin(into: &events)
    blocks.close(into: &events)
    ConverseStop.recordLosses(of: event, into: &events)
    var reason = blocks.hasToolCalls ? StopReason.toolCalls : .endOfTurn
    if let word = event["stopReason"]?.text {
      reason = ConverseStop.reason(word, fields: event["additionalModelResponseFields"])
    }
    stop = reason
  }

  private mutating func readMetadata(_ event: JSONValue, into events: inout [ReplyEvent]) {
    begin(into: &events)
    blocks.close(into: &events)
    ConverseStop.recordLosses(of: event, into: &events)
    if let usage = event["usage"] { events.append(.usage(ConverseUsage.read(usage))) }
    if stop != nil { end(into: &events) }
  }

  private mutating func end(into events: inout [ReplyEvent]) {
    isFinished = true
    events.append(.end(stop ?? .endOfTurn))
  }
}
