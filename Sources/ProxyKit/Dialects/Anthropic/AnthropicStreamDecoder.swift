/// Reads a Messages stream.
///
///     message_start (content_block_start delta* content_block_stop)* message_delta message_stop
///
/// Pings, unknown events and unknown deltas may stand anywhere; `error` ends the stream. Deltas are
/// most of a stream, so ``AnthropicDelta`` recognises their usual spelling without a tape.
struct AnthropicStreamDecoder: ReplyDecoder {
  private var framer = SSEFramer()
  private var blocks = AnthropicBlockAssembly()
  private var usage = Usage()
  private var stop: StopReason?
  private var hasBegun = false
  private var isFinished = false
  private var visible: [UInt8]?

  init(keepingVisible: Bool) {
    visible = keepingVisible ? [] : nil
  }

  var isBetweenEvents: Bool { framer.isBetweenEvents }

  mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    visible?.append(contentsOf: piece)
    do throws(BrokenStream) {
      try framer.append(piece)
      while let frame = try framer.next() { take(frame.data, into: &events) }
    } catch {
      fail(.cut("the upstream's stream broke: \(error.reason)"), into: &events)
    }
  }

  mutating func finish(into events: inout [ReplyEvent]) {
    guard !isFinished else { return }
    do throws(BrokenStream) {
      if let frame = try framer.finish() { take(frame.data, into: &events) }
    } catch {
      fail(.cut("the upstream's stream broke: \(error.reason)"), into: &events)
    }
    guard !isFinished else { return }
    let reason =
      hasBegun
      ? "the upstream's stream ended before `message_stop`"
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

  /// Reads the data of one event.
  mutating func take(_ data: ArraySlice<UInt8>, into events: inout [ReplyEvent]) {
    guard !isFinished else { return }
    if let delta = AnthropicDelta(usual: data) {
      begin(id: nil, model: nil, into: &events)
      blocks.take(delta, into: &events)
      return
    }
    do throws(MalformedJSON) {
      let event = try JSONDocument(data).root
      if let type = event["type"]?.text { read(event, type, into: &events) }
    } catch {
      guard !data.span.equals("[DONE]") else { return }
      fail(.cut("the upstream sent an event that is not JSON"), into: &events)
    }
  }

  private mutating func read(
    _ event: JSONValue, _ type: JSONText, into events: inout [ReplyEvent]
  ) {
    if type.equals("content_block_delta") {
      guard let value = event["delta"], let delta = AnthropicDelta(value) else { return }
      begin(id: nil, model: nil, into: &events)
      blocks.take(delta, into: &events)
    } else if type.equals("content_block_start") {
      guard let block = event["content_block"], block.kind == .object else { return }
      begin(id: nil, model: nil, into: &events)
      blocks.open(block, into: &events)
    } else if type.equals("content_block_stop") {
      blocks.close(into: &events)
    } else if type.equals("message_delta") {
      readMessageDelta(event, into: &events)
    } else if type.equals("message_start") {
      guard let message = event["message"] else { return }
      readMessageStart(message, into: &events)
    } else if type.equals("message_stop") {
      begin(id: nil, model: nil, into: &events)
      blocks.close(into: &events)
      isFinished = true
      events.append(.end(stop ?? (blocks.hasToolCalls ? .toolCalls : .endOfTurn)))
    } else if type.equals("error") {
      fail(AnthropicFailures.inStream(event), into: &events)
    }
  }

  private mutating func begin(
    id: JSONText?, model: JSONText?, into events: inout [ReplyEvent]
  ) {
    guard !hasBegun else { return }
    hasBegun = true
    events.append(.begin(id: id, model: model))
  }

  private mutating func readMessageStart(
    _ message: JSONValue, into events: inout [ReplyEvent]
  ) {
    guard !hasBegun else { return }
    begin(id: message["id"]?.text, model: message["model"]?.text, into: &events)
    guard let reported = message["usage"] else { return }
    AnthropicUsage.merge(reported, into: &usage)
    events.append(.usage(usage))
  }

  private mutating func readMessageDelta(
    _ event: JSONValue, into events: inout [ReplyEvent]
  ) {
    begin(id: nil, model: nil, into: &events)
    if let delta = event["delta"], let reason = delta["stop_reason"]?.text {
      stop = AnthropicStop.reason(reason, sequence: delta["stop_sequence"]?.text)
    }
    guard let reported = event["usage"] else { return }
    blocks.close(into: &events)
    AnthropicUsage.merge(reported, into: &usage)
    events.append(.usage(usage))
  }
}
