/// A vendor's refusal of thoughts that it cannot verify.
///
/// They were sealed with another key, or by an organisation that is not this one, and the whole
/// conversation is refused with them for good. Without its thoughts it can go on.
package enum ThoughtRefusal {
  /// Whether the failure is such a refusal.
  package static func isDescribed(by failure: Failure) -> Bool {
    guard failure.origin == .upstream, failure.status == 400 || failure.status == 404 else {
      return false
    }
    if failure.code == "invalid_encrypted_content" { return true }
    let words = failure.message.lowercased()
    if words.contains("encrypted content"), words.contains("verified") { return true }
    if words.contains("item with id 'rs_"), words.contains("not found") { return true }
    guard words.contains("thinking") else { return false }
    return words.contains("invalid `signature`") || words.contains("invalid signature")
      || words.contains("cannot be modified")
  }
}

extension Conversation {
  /// The conversation without a thought in its history; nothing else is taken from it.
  package func withoutThoughts() -> Conversation {
    var conversation = self
    for turn in turns.indices {
      conversation.turns[turn].blocks.removeAll { block in
        switch block.content {
        case .thinking, .redactedThinking: true
        default: false
        }
      }
    }
    conversation.turns.removeAll { $0.blocks.isEmpty }
    return conversation
  }
}
