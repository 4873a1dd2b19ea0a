internal import Dialects
internal import Transport

/// The session that a request belongs to, by the names that clients give it.
enum ClientSession {
  /// Longer names are nobody's.
  private static let longest = 200

  private static let fields = [
    "x-claude-code-session-id", "session_id", "session-id", "conversation_id", "thread-id",
    "x-session-id", "x-session-affinity", "x-gemini-session-id",
  ]

  /// What the headers say.
  static func id(in fields: HTTPFields) -> String? {
    for name in Self.fields {
      if let value = fields.first(name), isFit(value) { return value }
    }
    return nil
  }

  /// What the body says: Claude Code's user, Codex's cache key, a conversation's name.
  static func id(in document: JSONDocument, of dialect: Dialect) -> String? {
    let root = document.root
    switch dialect {
    case .anthropic:
      guard let user = root["metadata"]?["user_id"]?.string, isFit(user) else { return nil }
      guard let start = user.firstRange(of: "session_") else { return user }
      let session = user[start.upperBound...]
      return session.isEmpty ? user : String(session)
    case .chat, .responses:
      if let conversation = root["conversation"]?["id"]?.string ?? root["conversation"]?.string,
        isFit(conversation)
      {
        return conversation
      }
      let key = root["prompt_cache_key"]?.string ?? root["user"]?.string
      return key.flatMap { isFit($0) ? $0 : nil }
    case .gemini: return root["sessionId"]?.string.flatMap { isFit($0) ? $0 : nil }
    case .converse: return nil
    }
  }

  private static func isFit(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= longest
  }
}
