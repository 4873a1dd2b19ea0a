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
    case .chat: ChatCodec()
    case .responses: ResponsesCodec()
    case .gemini: GeminiCodec()
    case .converse: ConverseCodec()
    }
  }
}
