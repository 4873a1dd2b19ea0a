/// Names of tools as Anthropic takes them: 128 characters of a small alphabet.
///
/// The alphabet is seen to by ``AnthropicIdentifier``, which needs no memory; only a name that is
/// too long for it has to be remembered.
struct AnthropicNames {
  private static let longest = 128

  private let names: ToolNames?

  init(_ conversation: Conversation) {
    let hasLong =
      conversation.tools.contains { Self.isLong($0.name) }
      || conversation.turns.contains { turn in
        turn.blocks.contains { block in
          if case .toolCall(let call) = block.content { Self.isLong(call.name) } else { false }
        }
      }
    names = hasLong ? ToolNames(conversation, longest: Self.longest) : nil
  }

  func spelling(of name: JSONText) -> JSONText {
    guard let names, Self.isLong(name) else { return name }
    return names.spelling(of: name)
  }

  /// The names that somebody has to remember.
  var renamed: [JSONText: JSONText] {
    names?.renamed.filter { Self.isLong($0.value) } ?? [:]
  }

  private static func isLong(_ name: JSONText) -> Bool {
    // No escape makes a name more than three times longer than it is, besides the prefix.
    name.bytes.count > 32 && AnthropicIdentifier.encode(name).bytes.count > longest
  }
}
