/// How a model in Bedrock shall think, in the words that its family has for it.
struct ConverseThinkingPlan {
  private(set) var thinking: ThinkingRequest?
  /// Goes into `outputConfig`.
  private(set) var effort: JSONText?
  /// Goes into `additionalModelRequestFields`, under the name that the family has for it.
  private(set) var familyEffort: JSONText?
  /// Nil leaves the limit to the model.
  private(set) var maximumTokens: Int?

  private static let leastBudget = 1024

  init(
    _ conversation: Conversation, _ family: ConverseModelFamily, for target: Target,
    losses: inout Losses
  ) {
    maximumTokens = conversation.maximumTokens
    if conversation.origin == .converse {
      thinking = conversation.thinking
      effort = conversation.effort
      if family == .claude { fitBudget(losses: &losses) }
    } else if family == .claude {
      planClaude(conversation, for: target, losses: &losses)
    } else {
      planOther(conversation, family, for: target, losses: &losses)
    }
  }

  /// Thinking is under way, and sampling must keep its defaults.
  var isActive: Bool {
    switch thinking {
    case .budget, .adaptive: true
    case .disabled, nil: false
    }
  }

  private mutating func planClaude(
    _ conversation: Conversation, for target: Target, losses: inout Losses
  ) {
    let plan = AnthropicThinkingPlan(conversation, for: target, losses: &losses)
    thinking = plan.thinking
    effort = plan.effort
    if case .budget = plan.thinking { maximumTokens = plan.maximumTokens }
    fitBudget(losses: &losses)
  }

  /// The limit covers thinking and answer together, and no budget may be tiny.
  private mutating func fitBudget(losses: inout Losses) {
    guard case .budget(let budget) = thinking else { return }
    guard let limit = maximumTokens else {
      thinking = .budget(max(Self.leastBudget, budget))
      return
    }
    if limit > Self.leastBudget {
      thinking = .budget(max(Self.leastBudget, min(budget, limit - 1)))
    } else {
      thinking = nil
      losses.record("thinking_config")
    }
  }

  private mutating func planOther(
    _ conversation: Conversation, _ family: ConverseModelFamily, for target: Target,
    losses: inout Losses
  ) {
    guard let wish = Self.wish(conversation) else { return }
    let takesEffort = family == .gptOSS || (family == .nova && target.model.contains("nova-2"))
    guard takesEffort, let word = Self.word(wish) else {
      if wish != "none" { losses.record("thinking_config") }
      return
    }
    familyEffort = word
  }

  /// The effort that is wished for, in OpenAI's words.
  private static func wish(_ conversation: Conversation) -> String? {
    if let effort = conversation.effort { return effort.string }
    switch conversation.thinking {
    case .budget(let budget): return budget < 4000 ? "low" : budget < 16000 ? "medium" : "high"
    case .disabled: return "none"
    case .adaptive, nil: return nil
    }
  }

  private static func word(_ wish: String) -> JSONText? {
    switch wish {
    case "minimal", "low": "low"
    case "medium": "medium"
    case "high", "xhigh", "max": "high"
    default: nil
    }
  }
}
