internal import Dialects

/// Events as lines, deltas of one kind joined: what was said, whatever the pieces.
enum EventText {
  static func of(_ events: [ReplyEvent]) -> [String] {
    var lines: [String] = []
    var last = ""
    for event in events {
      let (kind, text) = words(of: event)
      if kind == last, !lines.isEmpty, isDelta(event) {
        lines[lines.count - 1] += text
      } else {
        lines.append("\(kind) \(text)")
      }
      last = kind
    }
    return lines
  }

  private static func isDelta(_ event: ReplyEvent) -> Bool {
    switch event {
    case .text, .thinking, .arguments: true
    default: false
    }
  }

  private static func words(of event: ReplyEvent) -> (String, String) {
    switch event {
    case .begin(let id, let model): ("begin", "\(id ?? "-") \(model ?? "-")")
    case .open(let block): ("open", "\(block)")
    case .text(let text): ("text", wire(text))
    case .thinking(let text): ("thinking", wire(text))
    case .seal(let seal): ("seal", "\(seal)")
    case .arguments(let text): ("arguments", wire(text))
    case .citation(let citation): ("citation", "\(citation)")
    case .odds(let odds): ("odds", "\(odds)")
    case .lost(let tag): ("lost", tag)
    case .close: ("close", "")
    case .usage(let usage): ("usage", "\(usage)")
    case .end(let reason): ("end", "\(reason)")
    case .failed(let failure): ("failed", "\(failure.kind) \(failure.message)")
    }
  }

  private static func wire(_ text: JSONText) -> String {
    String(decoding: text.bytes, as: UTF8.self)
  }
}
