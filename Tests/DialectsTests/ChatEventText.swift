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
    case .seal(let seal): "  seal \(seal.mint) \(wire(seal.value))"
    case .lost(let tag): "  lost \(tag)"
    case .odds(let odds): "  odds " + odds.map { wire($0.said.text) }.joined(separator: "|")
    case .arguments(let text): "  arguments \(wire(text))"
    case .citation(let cited):
      "  citation \(String(decoding: cited.raw.bytes, as: UTF8.self))"
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
    case .redactedThinking(let seal): "redacted \(wire(seal.value))"
    case .toolCall(let id, let name, let seal):
      "call \(wire(id)) \(wire(name))" + (seal.map { " sealed \(wire($0.value))" } ?? "")
    case .unknown(let type, _): "unknown \(wire(type))"
    }
  }

  private static func wire(_ text: JSONText?) -> String {
    text.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "-"
  }
}
