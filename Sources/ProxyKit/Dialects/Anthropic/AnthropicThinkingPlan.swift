/// How a model of the target shall think, and the limits that go with it.
struct AnthropicThinkingPlan {
  private(set) var thinking: ThinkingRequest?
  private(set) var effort: JSONText?
  private(set) var maximumTokens: Int
  let traits: AnthropicModelTraits

  /// Anthropic accepts no smaller budget.
  private static let leastBudget = 1024

  init(_ conversation: Conversation, for target: Target, losses: inout Losses) {
    traits = target.traits.anthropic
    thinking = conversation.thinking
    maximumTokens = conversation.maximumTokens ?? target.defaultMaximumTokens
    guard conversation.origin != .anthropic else {
      effort = conversation.effort
      return
    }
    if let wish = conversation.effort {
      plan(wish.string, for: conversation, losses: &losses)
    }
    fitModel(for: conversation, losses: &losses)
    clamp(losses: &losses)
    fitBudget(isFixed: conversation.maximumTokens != nil, losses: &losses)
  }

  /// Thinking is under way, and sampling must keep its defaults.
  var isActive: Bool {
    switch thinking {
    case .budget, .adaptive: true
    case .disabled, nil: false
    }
  }

  private mutating func plan(
    _ wish: String, for conversation: Conversation, losses: inout Losses
  ) {
    guard wish != "none" else {
      if thinking == nil, traits.alwaysThinks { losses.record("reasoning_effort") }
      return
    }
    guard let budget = Self.budget(for: wish), traits.thinking != .never else {
      losses.record("reasoning_effort")
      return
    }
    switch traits.thinking {
    case .never: break
    case .byEffort:
      effort = traits.effort(wish)
      if effort?.string != wish, wish != "minimal" { losses.record("effort") }
      if thinking == nil, Self.canThink(conversation) { thinking = .adaptive }
    case .byBudget:
      switch thinking {
      case .adaptive: thinking = .budget(budget)
      case nil where Self.canThink(conversation): thinking = .budget(budget)
      case nil: losses.record("reasoning_effort")
      case .budget, .disabled: break
      }
    }
  }

  private static func budget(for effort: String) -> Int? {
    switch effort {
    case "minimal", "low": 1024
    case "medium": 2048
    case "high": 4096
    case "xhigh": 8192
    case "max": 16384
    default: nil
    }
  }

  /// Says what the client wants in the way that the model takes.
  private mutating func fitModel(for conversation: Conversation, losses: inout Losses) {
    switch thinking {
    case nil: return
    case .disabled:
      guard traits.alwaysThinks || traits.thinking == .never else { return }
      if traits.alwaysThinks { losses.record("thinking_config") }
      thinking = nil
      return
    case .adaptive where traits.thinking == .byBudget: thinking = .budget(4096)
    case .budget(let budget) where traits.refusesBudget:
      thinking = .adaptive
      effort = effort ?? (budget < 4000 ? "low" : budget < 16000 ? "medium" : "high")
    case .adaptive, .budget: break
    }
    guard traits.thinking != .never, Self.canThink(conversation) else {
      thinking = nil
      losses.record("thinking_config")
      return
    }
  }

  /// A forced call excludes thinking, and so does an unfinished call that no signed thought precedes.
  private static func canThink(_ conversation: Conversation) -> Bool {
    switch conversation.toolChoice {
    case .any, .tool: return false
    case .automatic, ToolChoice.none?, nil: break
    }
    guard let last = conversation.turns.last(where: { $0.role == .assistant }) else { return true }
    var hasCalls = false
    for block in last.blocks {
      switch block.content {
      case .toolCall: hasCalls = true
      case .thinking, .redactedThinking:
        if block.seal?.mint == .anthropic { return true }
      default: break
      }
    }
    return !hasCalls
  }

  /// Other vendors' models write more than some of Anthropic's.
  private mutating func clamp(losses: inout Losses) {
    guard let most = traits.maximumOutput, maximumTokens > most else { return }
    maximumTokens = most
    losses.record("max_tokens_clamped")
  }

  /// The limit covers thinking and answer together.
  private mutating func fitBudget(isFixed: Bool, losses: inout Losses) {
    guard case .budget(let budget) = thinking else { return }
    if !isFixed {
      maximumTokens = min(
        maximumTokens + max(budget, Self.leastBudget), traits.maximumOutput ?? .max)
    }
    if maximumTokens > Self.leastBudget {
      thinking = .budget(max(Self.leastBudget, min(budget, maximumTokens - 1)))
    } else {
      thinking = nil
      losses.record("reasoning_effort")
    }
  }
}
