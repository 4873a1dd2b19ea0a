/// One answer of a `ScriptedUpstream`, step by step, good manners optional.
package struct ScriptedAnswer: Sendable {
  /// How the body says where it ends.
  package enum Framing: Sendable {
    case length, chunked, untilClose
    /// No head is written either: the steps are all that goes out.
    case raw
  }

  /// One thing the upstream does; everything after `reset`, `close` and `silence` is never reached.
  package enum Step: Sendable {
    case bytes([UInt8])
    /// Waits until the test opens the gate of that name.
    case gate(String)
    /// Bytes in small pieces with a pause after each.
    case trickle([UInt8], pieceSize: Int, every: Duration)
    case malformedChunk
    /// Bytes without a line feed until the client has enough.
    case neverEndingLine
    /// Nothing, until the client leaves.
    case silence
    /// A TCP reset.
    case reset
    /// An orderly close without the end that the framing promised.
    case close
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var framing: Framing
  /// What happens after the request arrived and before the head is written.
  package var before: [Step]
  package var steps: [Step]
  /// A `content-length` that is not the body's own.
  package var declaredLength: Int?

  package init(
    status: Int = 200, headers: [(name: String, value: String)] = [],
    framing: Framing = .chunked, before: [Step] = [], steps: [Step] = []
  ) {
    self.status = status
    self.headers = headers
    self.framing = framing
    self.before = before
    self.steps = steps
  }

  /// A whole JSON document.
  package static func json(
    _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> ScriptedAnswer {
    ScriptedAnswer(
      status: status, headers: [("content-type", "application/json")] + headers,
      framing: .length, steps: [.bytes(Array(text.utf8))])
  }

  /// A stream of server-sent events, each string one write and one chunk.
  package static func events(_ events: [String]) -> ScriptedAnswer {
    ScriptedAnswer(
      headers: [("content-type", "text/event-stream"), ("cache-control", "no-cache")],
      framing: .chunked, steps: events.map { .bytes(Array($0.utf8)) })
  }

  /// Bytes as they stand on the wire, head included.
  package static func raw(_ text: String, then last: Step = .close) -> ScriptedAnswer {
    ScriptedAnswer(framing: .raw, steps: [.bytes(Array(text.utf8)), last])
  }

  /// No answer at all: only `step`, once the request is there.
  package static func nothing(but step: Step) -> ScriptedAnswer {
    ScriptedAnswer(framing: .raw, steps: [step])
  }

  /// The body's bytes, without anything that happens between them.
  package var body: [UInt8] {
    steps.flatMap { step -> [UInt8] in
      switch step {
      case .bytes(let bytes), .trickle(let bytes, _, _): bytes
      default: []
      }
    }
  }

  /// The same answer with its steps up to the one of that index, and then `step`.
  package func broken(beforeStep index: Int, by step: Step) -> ScriptedAnswer {
    var copy = self
    copy.steps = Array(steps.prefix(index)) + [step]
    return copy
  }

  /// The same answer cut after `count` bytes of its body.
  package func cut(after count: Int, by step: Step = .close) -> ScriptedAnswer {
    var copy = self
    copy.steps = [.bytes(Array(body.prefix(count))), step]
    if framing == .length { copy.declaredLength = body.count }
    return copy
  }

  /// The same answer with a gate before the step of that index.
  package func holding(beforeStep index: Int, gate: String) -> ScriptedAnswer {
    var copy = self
    copy.steps.insert(.gate(gate), at: min(index, steps.count))
    return copy
  }

  /// The same body in pieces of `size` bytes, whatever they cut through.
  package func inPieces(of size: Int) -> ScriptedAnswer {
    let bytes = body
    var copy = self
    copy.steps = stride(from: 0, to: bytes.count, by: size).map {
      .bytes(Array(bytes[$0..<min($0 + size, bytes.count)]))
    }
    return copy
  }

  /// The same body trickling in pieces of `size` bytes.
  package func trickling(pieceSize: Int, every pause: Duration) -> ScriptedAnswer {
    var copy = self
    copy.steps = [.trickle(body, pieceSize: pieceSize, every: pause)]
    return copy
  }

  /// The same body as gzip, whether or not the client asked for it.
  package func gzipped() -> ScriptedAnswer {
    var copy = self
    copy.headers.append(("content-encoding", "gzip"))
    copy.steps = [.bytes(StoredGzip.encode(body))]
    return copy
  }

  /// The same answer with another framing.
  package func framed(_ framing: Framing) -> ScriptedAnswer {
    var copy = self
    copy.framing = framing
    return copy
  }

  /// The same answer with one more header.
  package func header(_ name: String, _ value: String) -> ScriptedAnswer {
    var copy = self
    copy.headers.append((name, value))
    return copy
  }
}
