/// Writes `additionalModelRequestFields`: what a model is told in its own words.
struct ConverseFieldWriter {
  private let conversation: Conversation
  private let target: Target
  private let family: ConverseModelFamily
  private let isOwn: Bool

  init(_ conversation: Conversation, _ family: ConverseModelFamily, for target: Target) {
    self.conversation = conversation
    self.family = family
    self.target = target
    isOwn = conversation.origin == .converse
  }

  /// Whether a member of Anthropic's travels on to a Claude in Bedrock.
  static func carries(
    _ extra: Extra, of conversation: Conversation, _ family: ConverseModelFamily
  ) -> Bool {
    guard family == .claude, conversation.origin == .anthropic else { return false }
    return extra.name.equals("thinking") || extra.name.equals("output_config")
  }

  /// The sampling as the model takes it.
  func settled(_ thinking: ConverseThinkingPlan, losses: inout Losses) -> Sampling {
    var sampling = conversation.sampling
    guard !isOwn else { return sampling }
    let isClaude = family == .claude
    let isKin = isClaude && conversation.origin == .anthropic
    let isFixed =
      isClaude && !isKin
      && (thinking.isActive || AnthropicModelTraits(model: target.model).refusesSampling)
    if sampling.temperature != nil, isFixed {
      sampling.temperature = nil
      losses.record("temperature")
    } else if let number = (try? sampling.temperature?.parsed())?.double, number > 1 {
      sampling.temperature = JSONRaw(stringLiteral: "1")
      losses.record("temperature_clamped")
    }
    if sampling.topP != nil, isClaude, !isKin, isFixed || sampling.temperature != nil {
      sampling.topP = nil
      losses.record("top_p")
    }
    if sampling.topK != nil, isFixed || !(isClaude || family == .nova) {
      sampling.topK = nil
      losses.record("top_k")
    }
    return sampling
  }

  /// Leftovers of a member of the model's own words.
  private func rest(_ name: StaticString) -> JSONRaw? {
    let extra = conversation.extras.first { $0.name.equals(name) }
    guard let extra, isOwn || Self.carries(extra, of: conversation, family) else { return nil }
    return extra.value
  }

  mutating func write(
    _ plan: ConverseThinkingPlan, _ sampling: Sampling, _ tools: ConverseToolWriter,
    into writer: inout JSONWriter
  ) {
    var fields = JSONWriter()
    writeThinking(plan, into: &fields)
    writeTopK(sampling, into: &fields)
    writeFamilyEffort(plan, into: &fields)
    if let output = rest("output_config") { fields.member("output_config", output) }
    if let forbids = tools.forbidsParallelCalls {
      fields.name("tool_choice")
      fields.object { fields in
        fields.member("type", word: "auto")
        fields.member("disable_parallel_tool_use", forbids)
      }
    }
    if let rest = rest("additionalModelRequestFields") {
      guard rest.bytes.first == UInt8(ascii: "{") else {
        return writer.member("additionalModelRequestFields", rest)
      }
      AnthropicRequestEncoder.write(membersOf: rest, into: &fields)
    }
    guard !fields.bytes.isEmpty else { return }
    writer.name("additionalModelRequestFields")
    writer.raw(JSONRaw(([UInt8(ascii: "{")] + fields.bytes + [UInt8(ascii: "}")])[...]))
  }

  private func writeThinking(_ plan: ConverseThinkingPlan, into fields: inout JSONWriter) {
    guard let thinking = plan.thinking else {
      if let rest = rest("thinking") { fields.member("thinking", rest) }
      return
    }
    fields.name("thinking")
    fields.object { fields in
      switch thinking {
      case .disabled: fields.member("type", word: "disabled")
      case .adaptive: fields.member("type", word: "adaptive")
      case .budget(let tokens):
        fields.member("type", word: "enabled")
        fields.member("budget_tokens", tokens)
      }
      AnthropicRequestEncoder.write(membersOf: rest("thinking"), into: &fields)
    }
  }

  private func writeTopK(_ sampling: Sampling, into fields: inout JSONWriter) {
    guard let topK = sampling.topK else { return }
    guard !isOwn, family == .nova else { return fields.member("top_k", topK) }
    fields.name("inferenceConfig")
    fields.object { $0.member("topK", topK) }
  }

  private func writeFamilyEffort(_ plan: ConverseThinkingPlan, into fields: inout JSONWriter) {
    guard let effort = plan.familyEffort else { return }
    guard family == .nova else { return fields.member("reasoning_effort", effort) }
    fields.name("reasoningConfig")
    fields.object { fields in
      fields.member("type", word: "enabled")
      fields.member("maxReasoningEffort", effort)
    }
  }
}
