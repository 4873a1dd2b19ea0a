/// Writes a Converse request.
struct ConverseRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let traits: ConverseModelTraits
  private let isOwn: Bool
  private var losses = Losses()

  /// Members whose leftovers are written inside the member of their name, or beside their own.
  private static let composed: [StaticString] = [
    "thinking", "output_config", "inferenceConfig", "toolConfig", "toolChoice", "outputConfig",
    "additionalModelRequestFields", "guardContent",
  ]
  private static let tiers: [StaticString] = ["priority", "default", "flex", "reserved"]

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    traits = target.traits.converse
    isOwn = conversation.origin == .converse
  }

  private var family: ConverseModelFamily { traits.family }

  mutating func encode() throws(Failure) -> EncodedRequest {
    let thinking = ConverseThinkingPlan(conversation, family, for: target, losses: &losses)
    var plan = ConverseTurnPlan(conversation, traits, for: target)
    guard !plan.turns.isEmpty else { throw .nothingToSay(in: "Bedrock's") }
    losses.record(contentsOf: plan.losses)
    var admitted = ConverseToolWriter.admitted(conversation, traits, for: target, losses: &losses)
    if !isOwn {
      ConverseCacheBudget.fit(family, tools: &admitted, plan: &plan, losses: &losses)
    }
    let tools = ConverseToolWriter(
      conversation, admitted, plan, traits, for: target, losses: &losses)
    let names = ConverseNames(stem: "tool", plain: admitted.map(\.name) + plan.calledTools)
    var turns = ConverseTurnWriter(conversation, family, names: names)
    var writer = JSONWriter(reserving: conversation.roughSize)
    writer.object { writer in
      if let guarded = rest("guardContent") {
        writer.member("system", guarded)
      } else if !plan.instructions.isEmpty {
        writer.name("system")
        turns.write(plan.instructions, into: &writer)
      }
      writer.name("messages")
      turns.write(plan.turns, into: &writer)
      tools.write(with: &turns, into: &writer)
      writeSettings(thinking, tools, into: &writer)
    }
    return EncodedRequest(
      body: writer.bytes, losses: losses, toolNames: turns.names.changed)
  }

  private mutating func writeSettings(
    _ thinking: ConverseThinkingPlan, _ tools: ConverseToolWriter, into writer: inout JSONWriter
  ) {
    var fields = ConverseFieldWriter(conversation, traits)
    let sampling = fields.settled(thinking, losses: &losses)
    writeInference(thinking, sampling, into: &writer)
    fields.write(thinking, sampling, tools, into: &writer)
    writeOutput(thinking, into: &writer)
    writeMetadata(into: &writer)
    writeTier(into: &writer)
    writeExtras(into: &writer)
    recordWhatHasNoWord()
  }

  private func rest(_ name: StaticString) -> JSONRaw? {
    guard isOwn else { return nil }
    return conversation.extras.first { $0.name.equals(name) }?.value
  }

  private mutating func writeInference(
    _ thinking: ConverseThinkingPlan, _ sampling: Sampling, into writer: inout JSONWriter
  ) {
    let stops = conversation.stopSequences.filter { !JSONBlank.isBlank($0) }
    if stops.count < conversation.stopSequences.count { losses.record("stop_sequences_blank") }
    let rest = rest("inferenceConfig")
    guard
      thinking.maximumTokens != nil || sampling.temperature != nil || sampling.topP != nil
        || !stops.isEmpty || rest != nil
    else { return }
    writer.name("inferenceConfig")
    writer.object { writer in
      if let limit = thinking.maximumTokens { writer.member("maxTokens", limit) }
      if let temperature = sampling.temperature { writer.member("temperature", temperature) }
      if let topP = sampling.topP { writer.member("topP", topP) }
      if !stops.isEmpty {
        writer.name("stopSequences")
        writer.array { for stop in stops { $0.text(stop) } }
      }
      AnthropicRequestEncoder.write(membersOf: rest, into: &writer)
    }
  }

  private mutating func writeOutput(
    _ thinking: ConverseThinkingPlan, into writer: inout JSONWriter
  ) {
    var schema: (name: JSONText?, JSONRaw)?
    if case .schema(let name, let raw, _)? = conversation.format, isOwn || traits.takesSchemas {
      let isForeign = !isOwn && conversation.origin != .anthropic
      schema = (name, isForeign ? AnthropicSchema.output(raw) : raw)
    } else if conversation.format != nil {
      losses.record("response_format")
    }
    let rest = rest("outputConfig")
    guard schema != nil || thinking.effort != nil || rest != nil else { return }
    writer.name("outputConfig")
    writer.object { writer in
      if let effort = thinking.effort { writer.member("effort", effort) }
      if let (name, raw) = schema { Self.write(schema: raw, name, into: &writer) }
      AnthropicRequestEncoder.write(membersOf: rest, into: &writer)
    }
  }

  private static func write(
    schema: JSONRaw, _ name: JSONText?, into writer: inout JSONWriter
  ) {
    writer.name("textFormat")
    writer.object { writer in
      writer.member("type", word: "json_schema")
      writer.name("structure")
      writer.object { writer in
        writer.name("jsonSchema")
        writer.object { writer in
          writer.member("schema", JSONText(escaping: schema.bytes))
          if let name { writer.member("name", name) }
        }
      }
    }
  }

  private mutating func writeMetadata(into writer: inout JSONWriter) {
    if isOwn {
      if let metadata = conversation.metadata { writer.member("requestMetadata", metadata) }
      return
    }
    let notes = ConverseMetadata(conversation, losses: &losses)
    notes.write(into: &writer)
  }

  private mutating func writeTier(into writer: inout JSONWriter) {
    guard var tier = conversation.serviceTier else { return }
    if !isOwn {
      if tier.equals("auto") { return }
      if tier.equals("standard_only") { tier = "default" }
      guard Self.tiers.contains(where: { tier.equals($0) }) else {
        return losses.record("service_tier")
      }
    }
    writer.name("serviceTier")
    writer.object { $0.member("type", tier) }
  }

  private mutating func writeExtras(into writer: inout JSONWriter) {
    for extra in conversation.extras {
      let isComposed = Self.composed.contains { extra.name.equals($0) }
      if isOwn {
        guard !isComposed else { continue }
        writer.name(extra.name)
        writer.raw(extra.value)
      } else if !extra.value.isNull, !(ConverseFieldWriter.carries(extra, of: conversation, family))
      {
        losses.record(extra.name.string)
      }
    }
  }

  private mutating func recordWhatHasNoWord() {
    if conversation.verbosity != nil { losses.record("verbosity") }
    if conversation.cacheKey != nil { losses.record("prompt_cache_key") }
    if conversation.logprobs != nil { losses.record("logprobs") }
    let sampling = conversation.sampling
    if sampling.seed != nil { losses.record("seed") }
    if sampling.frequencyPenalty != nil { losses.record("frequency_penalty") }
    if sampling.presencePenalty != nil { losses.record("presence_penalty") }
  }
}
