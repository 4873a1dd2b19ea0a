/// Writes a Messages request.
struct AnthropicRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let isForeign: Bool
  private var losses = Losses()

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    isForeign = conversation.origin != .anthropic
  }

  /// Members whose leftovers are written inside the member of their name.
  private static let composed: [StaticString] = [
    "thinking", "output_config", "tool_choice",
  ]

  mutating func encode() throws(Failure) -> EncodedRequest {
    let plan = AnthropicThinkingPlan(conversation, for: target, losses: &losses)
    let names = AnthropicNames(conversation)
    let turnPlan = AnthropicTurnPlan(
      conversation, names: names, refusesPrefill: plan.traits.refusesPrefill, losses: &losses)
    guard !turnPlan.turns.isEmpty else { throw .nothingToSay(in: "Anthropic's") }
    let adopted = isForeign ? AnthropicAdoption(conversation, for: target, losses: &losses) : nil
    let tools = AnthropicToolWriter(
      conversation, names: names, refusesForcedCalls: plan.traits.refusesForcedCalls,
      losses: &losses)
    var writer = JSONWriter(reserving: conversation.roughSize)
    writer.object { writer in
      writer.member("model", target.model)
      writer.member("max_tokens", plan.maximumTokens)
      if !turnPlan.instructions.isEmpty {
        writer.name("system")
        AnthropicTurnWriter.write(turnPlan.instructions, into: &writer)
      }
      writer.name("messages")
      AnthropicTurnWriter.write(turnPlan.turns, into: &writer)
      tools.write(rest: rest("tool_choice"), into: &writer)
      writeSampling(plan, into: &writer)
      writeStopSequences(into: &writer)
      writeThinking(plan, into: &writer)
      writeOutput(plan, into: &writer)
      writeUser(into: &writer)
      writeTier(into: &writer)
      if conversation.wantsStream { writer.member("stream", true) }
      writeExtras(adopted?.members ?? conversation.extras, into: &writer)
    }
    return EncodedRequest(
      body: writer.bytes, losses: losses, toolNames: names.renamed,
      betas: isForeign ? [] : AnthropicBetas.needed(by: conversation))
  }

  private func rest(_ name: StaticString) -> JSONRaw? {
    guard !isForeign else { return nil }
    return conversation.extras.first { $0.name.equals(name) }?.value
  }

  /// Writes the members of an object into the object that is being written.
  static func write(membersOf rest: JSONRaw?, into writer: inout JSONWriter) {
    guard let rest, let value = try? rest.parsed() else { return }
    for (name, member) in value.members {
      writer.name(name)
      writer.raw(member.raw)
    }
  }

  private mutating func writeSampling(
    _ plan: AnthropicThinkingPlan, into writer: inout JSONWriter
  ) {
    var sampling = conversation.sampling
    if isForeign { settle(&sampling, plan) }
    if let temperature = sampling.temperature { writer.member("temperature", temperature) }
    if let topP = sampling.topP { writer.member("top_p", topP) }
    if let topK = sampling.topK { writer.member("top_k", topK) }
  }

  /// Other vendors allow what Anthropic refuses: warmer sampling, both kinds at once, with thinking.
  private mutating func settle(_ sampling: inout Sampling, _ plan: AnthropicThinkingPlan) {
    let isFixed = plan.isActive || plan.traits.refusesSampling
    if sampling.temperature != nil, isFixed {
      sampling.temperature = nil
      losses.record("temperature")
    } else if let number = (try? sampling.temperature?.parsed())?.double, number > 1 {
      sampling.temperature = JSONRaw(stringLiteral: "1")
      losses.record("temperature_clamped")
    }
    if sampling.topP != nil, isFixed || sampling.temperature != nil {
      sampling.topP = nil
      losses.record("top_p")
    }
    if sampling.topK != nil, isFixed {
      sampling.topK = nil
      losses.record("top_k")
    }
  }

  private mutating func writeStopSequences(into writer: inout JSONWriter) {
    let sequences = conversation.stopSequences.filter { !JSONBlank.isBlank($0) }
    if sequences.count < conversation.stopSequences.count { losses.record("stop_sequences_blank") }
    guard !sequences.isEmpty else { return }
    writer.name("stop_sequences")
    writer.array { writer in
      for sequence in sequences { writer.text(sequence) }
    }
  }

  private func writeThinking(_ plan: AnthropicThinkingPlan, into writer: inout JSONWriter) {
    guard let thinking = plan.thinking else {
      if let rest = rest("thinking") { writer.member("thinking", rest) }
      return
    }
    writer.name("thinking")
    writer.object { writer in
      switch thinking {
      case .disabled: writer.member("type", word: "disabled")
      case .adaptive: writer.member("type", word: "adaptive")
      case .budget(let tokens):
        writer.member("type", word: "enabled")
        writer.member("budget_tokens", tokens)
      }
      if let shows = conversation.showsThinking, thinking != .disabled,
        rest("thinking") == nil || !Self.has("display", in: rest("thinking"))
      {
        writer.member("display", word: shows ? "summarized" : "omitted")
      }
      Self.write(membersOf: rest("thinking"), into: &writer)
    }
  }

  private mutating func writeOutput(
    _ plan: AnthropicThinkingPlan, into writer: inout JSONWriter
  ) {
    var schema: JSONRaw?
    switch conversation.format {
    case .schema(_, let raw, _)?: schema = isForeign ? AnthropicSchema.output(raw) : raw
    case .anyObject?: losses.record("response_format")
    case nil: break
    }
    let rest = rest("output_config")
    guard schema != nil || plan.effort != nil || rest != nil else { return }
    writer.name("output_config")
    writer.object { writer in
      if let effort = plan.effort { writer.member("effort", effort) }
      if let schema {
        writer.name("format")
        writer.object { writer in
          writer.member("type", word: "json_schema")
          writer.member("schema", schema)
        }
      }
      Self.write(membersOf: rest, into: &writer)
    }
  }

  private static func has(_ name: StaticString, in rest: JSONRaw?) -> Bool {
    (try? rest?.parsed())?.member(name) != nil
  }

  private mutating func writeUser(into writer: inout JSONWriter) {
    var user = conversation.user
    var rest = conversation.metadata
    if isForeign, let notes = rest {
      rest = nil
      let named = (try? notes.parsed())?["user_id"]?.text
      if user == nil, let named { user = named } else { losses.record("metadata") }
    }
    if let given = user, isForeign, given.bytes.count > Self.longestUser {
      losses.record("user_shortened")
      var seed = Fingerprint()
      seed.take(given)
      user = JSONText("user_" + seed.hexadecimal)
    }
    guard user != nil || rest != nil else { return }
    writer.name("metadata")
    writer.object { writer in
      if let user { writer.member("user_id", user) }
      Self.write(membersOf: rest, into: &writer)
    }
  }

  private static let longestUser = 256

  /// Anthropic knows two tiers: the best that is there, and the usual one.
  private mutating func writeTier(into writer: inout JSONWriter) {
    guard let tier = conversation.serviceTier else { return }
    if !isForeign || tier.equals("auto") || tier.equals("standard_only") {
      writer.member("service_tier", tier)
    } else if tier.equals("default") || tier.equals("standard") {
      writer.member("service_tier", word: "standard_only")
    } else {
      losses.record("service_tier")
    }
  }

  private func writeExtras(_ extras: [Extra], into writer: inout JSONWriter) {
    for extra in extras
    where isForeign || !Self.composed.contains(where: { extra.name.equals($0) }) {
      writer.name(extra.name)
      writer.raw(extra.value)
    }
  }
}
