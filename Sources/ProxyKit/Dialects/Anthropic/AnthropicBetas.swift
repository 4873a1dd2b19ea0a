/// The switches that a request needs in its headers, by what is in it.
///
/// What is generally available needs none.
enum AnthropicBetas {
  /// Members of the body, each with its switch.
  private static let members: [(name: StaticString, beta: String)] = [
    ("context_management", "context-management-2025-06-27"),
    ("mcp_servers", "mcp-client-2025-11-20"),
    ("safeguards", "dangerous-tool-use-2026-09-03"),
  ]

  static func needed(by conversation: Conversation) -> [String] {
    var betas: [String] = []
    for extra in conversation.extras {
      for member in members where extra.name.equals(member.name) { betas.append(member.beta) }
      if extra.name.equals("speed"), extra.value.bytes.elementsEqual(#""fast""#.utf8) {
        betas.append("fast-mode-2026-02-01")
      }
    }
    if conversation.origin == .anthropic, hasFiles(conversation) {
      betas.append("files-api-2025-04-14")
    }
    if conversation.turns.contains(where: { turn in
      turn.extras.contains { $0.name.equals("output_config") }
    }) {
      betas.append("per-turn-control-2026-07-01")
    }
    return betas
  }

  private static func hasFiles(_ conversation: Conversation) -> Bool {
    conversation.turns.contains { turn in
      turn.blocks.contains { block in
        switch block.content {
        case .image(let media): if case .file = media.source { true } else { false }
        case .document(let document): if case .file = document.source { true } else { false }
        default: false
        }
      }
    }
  }
}
