/// How a Chat server is asked to think, each in its own way.
struct ChatReasoningPlan {
  private let conversation: Conversation
  private let target: Target
  private let isSameLanguage: Bool
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    isSameLanguage = conversation.origin == .chat
  }

  mutating func write(into writer: inout JSONWriter) {
    if target.quirks.contains(.glmThinking) { return writeGLM(into: &writer) }
    if target.quirks.contains(.googleThinking) { return writeGoogle(into: &writer) }
    if isSameLanguage {
      if let effort = conversation.effort { writer.member("reasoning_effort", effort) }
      return
    }
    guard target.isReasoningModel else {
      if wantsThinking { losses.record("thinking_config") }
      return
    }
    writeEffort(into: &writer)
  }

  private var wantsThinking: Bool {
    if let effort = conversation.effort { return !effort.equals("none") }
    return conversation.thinking != nil && conversation.thinking != .disabled
  }

  private mutating func writeEffort(into writer: inout JSONWriter) {
    if let effort = conversation.effort {
      writer.member("reasoning_effort", accepted(effort))
      return
    }
    switch conversation.thinking {
    case .budget(let budget):
      writer.member("reasoning_effort", budget < 4000 ? "low" : budget < 16000 ? "medium" : "high")
    // A model that reasons cannot be told not to.
    case .disabled: losses.record("thinking_config")
    case .adaptive, nil: break
    }
  }

  /// The effort in a word that every reasoning model knows.
  private mutating func accepted(_ effort: JSONText) -> JSONText {
    switch effort.string {
    case "low", "medium", "high": return effort
    case "minimal", "none": return "low"
    default:
      losses.record("effort")
      return "high"
    }
  }

  /// GLM thinks or does not; how much is not for the client to say.
  private mutating func writeGLM(into writer: inout JSONWriter) {
    guard conversation.effort != nil || conversation.thinking != nil else { return }
    if conversation.extras.contains(where: { isSameLanguage && $0.name.equals("thinking") }) {
      return
    }
    writer.name("thinking")
    writer.object {
      $0.member("type", word: wantsThinking ? "enabled" : "disabled")
      if wantsThinking { $0.member("clear_thinking", false) }
    }
    if let effort = conversation.effort, !effort.equals("none") { losses.record("effort") }
  }

  /// Google refuses an effort beside a configuration of its own, and shows thoughts only by the
  /// latter.
  private mutating func writeGoogle(into writer: inout JSONWriter) {
    if isSameLanguage || !wantsThinking {
      if let effort = conversation.effort {
        writer.member("reasoning_effort", ChatReasoningPlan.google(effort))
      } else if conversation.thinking == .disabled {
        writeGoogleOff(into: &writer)
      }
      return
    }
    let shows = conversation.showsThinking ?? (conversation.thinking != nil)
    if let effort = conversation.effort, !shows {
      return writer.member("reasoning_effort", ChatReasoningPlan.google(effort))
    }
    writer.name("extra_body")
    writer.object {
      $0.name("google")
      $0.object {
        $0.name("thinking_config")
        $0.object {
          if let budget = googleBudget { $0.member("thinking_budget", budget) }
          $0.member("include_thoughts", shows)
        }
      }
    }
  }

  private mutating func writeGoogleOff(into writer: inout JSONWriter) {
    let model = target.model
    // These models cannot be told not to think.
    if model.contains("pro") || model.contains("gemini-3") {
      losses.record("thinking_config")
    } else {
      writer.member("reasoning_effort", word: "none")
    }
  }

  private var googleBudget: Int? {
    if case .budget(let budget)? = conversation.thinking { return budget }
    return switch conversation.effort?.string {
    case nil: nil
    case "minimal", "low": 1024
    case "medium": 8192
    default: 24576
    }
  }

  /// The effort in a word that Google knows.
  static func google(_ effort: JSONText) -> JSONText {
    effort.equals("xhigh") || effort.equals("max") ? "high" : effort
  }
}
