/// Reads a stream of chunks, each a reply of its own shape with the next parts in it.
///
/// Nothing marks the end of such a stream but its end; one without a `finishReason` was cut. A body
/// that begins with a bracket is the same stream from a server that was not asked for events.
struct GeminiStreamDecoder: ReplyDecoder {
  private enum Phase {
    case start, events, whole, over
  }

  private var phase = Phase.start
  private var framer = SSEFramer()
  private var tape = JSONTape()
  private var assembly = GeminiReplyAssembly()
  private var whole: [UInt8] = []
  private var visible: [UInt8]?

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
    if phase == .start, let shape = ReplyShape(piece) {
      phase = shape == .whole ? .whole : .events
    }
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
    case .whole: events += GeminiReplyDecoder.decode(whole)
    case .start, .events:
      // A last event without its blank line counts when it is whole.
      if let frame = try? framer.finish(), (try? tape.parse(frame.data)) != nil {
        take(frame, into: &events)
      }
      if phase != .over { assembly.end(into: &events) }
    }
  }

  private mutating func feedWhole(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    guard whole.count + piece.count <= SSEFramer.maximumEvent else {
      whole = []
      return fail(.brokenGemini("The upstream's answer is too large."), into: &events)
    }
    whole += piece
  }

  private mutating func feedEvents(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    do throws(BrokenStream) {
      try framer.append(piece)
      while let frame = try framer.next() {
        take(frame, into: &events)
        if phase == .over { return }
      }
    } catch {
      fail(.brokenGemini("The upstream's stream is broken: \(error.reason)."), into: &events)
    }
  }

  private mutating func take(_ frame: SSEFrame, into events: inout [ReplyEvent]) {
    do throws(MalformedJSON) {
      try tape.parse(frame.data)
    } catch {
      if frame.data.allSatisfy({ $0 <= 0x20 }) || frame.data.span.equals("[DONE]") { return }
      return fail(.brokenGemini("The upstream sent a chunk that is not JSON."), into: &events)
    }
    if assembly.hasBegun, let usual = GeminiUsualChunk(tape, frame.data) {
      return assembly.take(usual, tape, frame.data, into: &events)
    }
    do throws(Failure) {
      try assembly.take(ChatNode(tape, frame.data), into: &events)
    } catch {
      fail(error, into: &events)
    }
  }

  private mutating func fail(_ failure: Failure, into events: inout [ReplyEvent]) {
    events.append(.failed(failure))
    phase = .over
  }
}
