/// Which seals a Chat server may see again.
struct ChatSealRule {
  private let target: Target
  private let isSameLanguage: Bool

  init(for target: Target, isSameLanguage: Bool) {
    self.target = target
    self.isSameLanguage = isSameLanguage
  }

  /// Whether the server takes the seal back as one of the `reasoning_details`.
  ///
  /// A vendor's own server knows no such member. A router takes it for the vendor whose name stands
  /// before the model's.
  func takesDetail(_ seal: Seal) -> Bool {
    guard target.platform == .compatible else { return false }
    if isSameLanguage { return true }
    switch seal.mint {
    case .chat: return (try? JSONDocument(seal.value.unescaped))?.root.kind == .object
    case .anthropic: return target.model.hasPrefix("anthropic/")
    case .openai: return target.model.hasPrefix("openai/")
    case .gemini: return isGoogleOnRouter
    }
  }

  /// How the server takes the seal of a call back.
  enum CallForm {
    case none, extraContent, detail
  }

  func callForm(of seal: Seal) -> CallForm {
    guard seal.mint == .gemini else { return .none }
    if isGoogle { return .extraContent }
    return isGoogleOnRouter ? .detail : .none
  }

  /// Whether the server is Gemini's own Chat surface.
  var isGoogle: Bool {
    target.platform == .vertex || target.quirks.contains(.googleThinking)
      || (isSameLanguage && target.platform == .compatible)
  }

  private var isGoogleOnRouter: Bool {
    target.platform == .compatible && target.model.hasPrefix("google/")
  }
}
