@testable import Dialects

/// What a reply says, whatever the pieces it was said in.
struct TranslationFold: Equatable {
  var texts = ""
  var thoughts = ""
  var refusals = ""
  var calls: [String] = []
  var usage: Usage?
  var end: StopReason?

  init(_ events: [ReplyEvent]) {
    var isRefusal = false
    for event in events {
      switch event {
      case .open(.toolCall(let id, let name, _)): calls.append("\(id) \(name) ")
      case .open(.refusal): isRefusal = true
      case .open, .close: isRefusal = false
      case .text(let text):
        if isRefusal { refusals += text.string } else { texts += text.string }
      case .thinking(let text): thoughts += text.string
      case .arguments(let text): calls[calls.count - 1] += text.string
      case .usage(let counted): usage = counted
      case .end(let reason): end = reason
      case .begin, .seal, .citation, .odds, .lost, .failed: break
      }
    }
    // A Chat client is always told a count.
    usage = usage ?? Usage(input: 5)
  }

  var inOrder: [String] { [texts, thoughts, refusals] + calls }
}
