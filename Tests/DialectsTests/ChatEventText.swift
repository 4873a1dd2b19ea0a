@testable import Dialects

/// Events as lines that a person can read and a fixture can hold.
enum ChatEventText {
  static func lines(_ events: [ReplyEvent]) -> String {
    events.map(line).joined(separator: "\n") + "\n"
  }

  private static func line(_ event: ReplyEvent) -> String {
    switch event {
    case .begin(let id, let model): "begin \(wire(id)) \(wire(model))"
    case .open(let block): "open " + name(block)
    case .text(let text): "  text \(wire(text))"
    case .thinking(let text): "  thinking \(wire(text))"
    case .signature(let text): "  signature \(wire(text))"
    case .arguments(let text): "  arguments \(wire(text))"
    case .citation(let raw): "  citation \(String(decoding: raw.bytes, as: UTF8.self))"
    case .close: "close"
    case .usage(let usage):
      "usage in \(usage.input) out \(usage.output) read \(usage.cacheRead)"
        + " written \(usage.cacheWrite) reasoning \(usage.reasoning)"
    case .end(let reason): "end \(reason)"
    case .failed(let failure):
      "failed \(failure.kind.rawValue) \(failure.status) \(failure.retry)"
        + " \(failure.code ?? "-"): \(failure.message)"
    }
  }

  private static func name(_ block: ReplyBlock) -> String {
    switch block {
    case .text: "text"
    case .thinking: "thinking"
    case .refusal: "refusal"
    case .redactedThinking(let data): "redacted \(wire(data))"
    case .toolCall(let id, let name): "call \(wire(id)) \(wire(name))"
    case .unknown(let type, _): "unknown \(wire(type))"
    }
  }

  private static func wire(_ text: JSONText?) -> String {
    text.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "-"
  }
}

/// Reads a stream in pieces.
struct ChatReading {
  var events: [ReplyEvent] = []
  var visible: [UInt8] = []

  init(_ pieces: [ArraySlice<UInt8>], hidingUsage: Bool = false) {
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: hidingUsage)
    for piece in pieces {
      decoder.feed(Array(piece), into: &events)
      visible += decoder.takeVisible()
    }
    decoder.finish(into: &events)
    visible += decoder.takeVisible()
  }

  init(_ bytes: [UInt8], hidingUsage: Bool = false) {
    self.init([bytes[...]], hidingUsage: hidingUsage)
  }

  var lines: String { ChatEventText.lines(events) }
}

/// Cuts that are the same each time the tests run.
struct ChatCuts {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  mutating func pieces(of bytes: [UInt8], count: Int) -> [ArraySlice<UInt8>] {
    let cuts = (1..<max(2, count)).map { _ in next(below: bytes.count + 1) }.sorted()
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for cut in cuts + [bytes.count] {
      pieces.append(bytes[start..<cut])
      start = cut
    }
    return pieces
  }
}
