/// How a model of the target shall think, in Google's words.
struct GeminiThinkingPlan {
  private(set) var budget: Int?
  private(set) var level: String?
  private(set) var showsThoughts: Bool?

  /// An answer of another language that is shorter than this would be eaten up by thoughts that
  /// nobody asked for.
  private static let shortAnswer = 2048

  init(_ conversation: Conversation, _ traits: GeminiModelTraits, losses: inout Losses) {
    showsThoughts = conversation.showsThinking
    guard conversation.origin != .gemini else {
      switch conversation.thinking {
      case .disabled: budget = 0
      case .adaptive: budget = -1
      case .budget(let tokens): budget = tokens
      case nil: break
      }
      level = conversation.effort?.string
      return
    }
    let isAsked = conversation.effort != nil || conversation.thinking != nil
    guard traits.thinking != .never else {
      if isAsked, conversation.thinking != .disabled { losses.record("thinking_config") }
      showsThoughts = nil
      return
    }
    guard isAsked else {
      if let limit = conversation.maximumTokens, limit < Self.shortAnswer { rest(traits) }
      return
    }
    plan(conversation, traits, losses: &losses)
  }

  private mutating func plan(
    _ conversation: Conversation, _ traits: GeminiModelTraits, losses: inout Losses
  ) {
    let effort = conversation.effort?.string
    if conversation.thinking == .disabled || (conversation.thinking == nil && effort == "none") {
      rest(traits)
      if showsThoughts == true { showsThoughts = nil }
      if !Self.canRest(traits) { losses.record("thinking_config") }
      return
    }
    if showsThoughts == nil, conversation.thinking != nil { showsThoughts = true }
    switch conversation.thinking {
    case .budget(let tokens): think(tokens, traits)
    case .adaptive, .disabled, nil:
      if let effort {
        guard let tokens = Self.budget(for: effort) else { return losses.record("effort") }
        think(tokens, traits)
      } else if case .byBudget = traits.thinking {
        budget = -1
      }
    }
  }

  private static func canRest(_ traits: GeminiModelTraits) -> Bool {
    switch traits.thinking {
    case .never: true
    case .byBudget(_, _, let canRest): canRest
    case .byLevel(let levels): levels.first == "minimal"
    }
  }

  /// As little as the model can.
  private mutating func rest(_ traits: GeminiModelTraits) {
    switch traits.thinking {
    case .never: break
    case .byBudget(let least, _, let canRest): budget = canRest ? 0 : least
    case .byLevel(let levels): level = levels.first
    }
  }

  private mutating func think(_ tokens: Int, _ traits: GeminiModelTraits) {
    switch traits.thinking {
    case .never: break
    case .byBudget(let least, let most, _): budget = max(least, min(tokens, most))
    case .byLevel(let levels):
      let wish =
        tokens < 1024 ? "minimal" : tokens < 4096 ? "low" : tokens < 16_384 ? "medium" : "high"
      level = levels.contains(wish) ? wish : wish == "minimal" ? levels.first : "high"
    }
  }

  /// The budgets that Google itself reads in an effort.
  private static func budget(for effort: String) -> Int? {
    switch effort {
    case "minimal": 512
    case "low": 1024
    case "medium": 8192
    case "high", "xhigh", "max": 24_576
    default: nil
    }
  }

  func write(_ rest: JSONValue?, into writer: inout JSONWriter) {
    guard budget != nil || level != nil || showsThoughts != nil || rest != nil else { return }
    writer.name("thinkingConfig")
    writer.object { writer in
      if let budget { writer.member("thinkingBudget", budget) }
      if let level { writer.member("thinkingLevel", level.uppercased()) }
      if let showsThoughts { writer.member("includeThoughts", showsThoughts) }
      if let rest {
        for (name, value) in rest.members {
          writer.name(name)
          writer.raw(value.raw)
        }
      }
    }
  }
}
