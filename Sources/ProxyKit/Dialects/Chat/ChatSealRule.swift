/// Which seals a Chat server may see again.
struct ChatSealRule {
  /// How the server takes the seal of a call back.
  enum CallForm {
    case none, extraContent, detail
  }

  private let takesDetails: Bool
  private let takesAll: Bool
  private let target: Target
  /// Whose models a router's model name is one of.
  private let vendor: Seal.Mint?
  /// Whether the server is Gemini's own Chat surface.
  let isGoogle: Bool

  init(for target: Target, isSameLanguage: Bool) {
    let isCompatible = target.platform == .compatible
    self.target = target
    takesDetails = isCompatible
    takesAll = isCompatible && isSameLanguage
    vendor = isCompatible ? Self.vendor(of: target.model) : nil
    isGoogle =
      target.platform == .vertex || target.quirks.contains(.googleThinking)
      || (isCompatible && (isSameLanguage || target.model.hasPrefix("gemini")))
  }

  private static func vendor(of model: String) -> Seal.Mint? {
    if model.hasPrefix("anthropic/") { return .anthropic }
    if model.hasPrefix("openai/") { return .openai }
    return model.hasPrefix("google/") ? .gemini : nil
  }

  /// Whether the server takes the seal back as one of the `reasoning_details`.
  ///
  /// A vendor's own server knows no such member. A router takes it for the vendor whose name stands
  /// before the model's.
  func takesDetail(_ seal: Seal) -> Bool {
    guard takesDetails, seal.fits(target) else { return false }
    guard seal.mint == .chat, !takesAll else { return takesAll || seal.mint == vendor }
    return (try? JSONDocument(seal.value.unescaped))?.root.kind == .object
  }

  func callForm(of seal: Seal) -> CallForm {
    guard seal.mint == .gemini else { return .none }
    return isGoogle ? .extraContent : vendor == .gemini ? .detail : .none
  }
}
