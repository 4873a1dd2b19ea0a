/// A vendor's wire language.
package enum Dialect: String, Sendable, Hashable, CaseIterable {
  case anthropic
  case chat
  case responses
  case gemini
  case converse

  /// The one codec of the language.
  package var codec: any DialectCodec {
    switch self {
    case .anthropic: AnthropicCodec()
    case .chat, .responses, .gemini: ChatCodec()
    case .converse: ConverseCodec()
    }
  }
}
