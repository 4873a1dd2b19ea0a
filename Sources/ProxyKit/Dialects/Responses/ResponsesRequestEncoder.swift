/// Writes a request for a Responses server, with nothing left to be remembered by it.
struct ResponsesRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let isSameLanguage: Bool
  private var losses = Losses()

  /// OpenAI accepts no smaller limit.
  private static let leastTokens = 16
  /// OpenAI accepts no longer name of a tool.
  private static let longestName = 64
  /// OpenAI accepts no longer name of a user.
  private static let longestUser = 64

  /// Members that are written inside another.
  private static let composed = ["reasoning.", "text."]

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    isSameLanguage = conversation.origin == .responses
  }

  mutating func encode() -> EncodedRequest {
    let names = ToolNames(conversation, longest: Self.longestName)
    var writer = JSONWriter(reserving: conversation.roughSize)
    var items = ResponsesItemEncoder(conversation, for: target, names: names)
    var tools = ResponsesToolWriter(conversation, for: target, names: names)
    writer.object { writer in
      writer.member("model", target.model)
      writeInstructions(into: &writer)
      writer.name("input")
      items.write(into: &writer)
      losses.record(contentsOf: items.losses)
      tools.write(into: &writer)
      losses.record(contentsOf: tools.losses)
      writeLimit(into: &writer)
      writeSampling(into: &writer)
      writeReasoning(into: &writer)
      writeText(into: &writer)
      writeNames(into: &writer)
      writer.member("store", false)
      writeInclude(into: &writer)
      if conversation.wantsStream { writer.member("stream", true) }
      writeExtras(into: &writer)
    }
    return EncodedRequest(body: writer.bytes, losses: losses, toolNames: names.renamed)
  }

  private mutating func writeInstructions(into writer: inout JSONWriter) {
    let instructions = conversation.instructions.filter { !$0.text.isEmpty }
    guard !instructions.isEmpty else { return }
    for instruction in instructions where !isSameLanguage {
      if instruction.cacheMark != nil { losses.record("cache_control") }
      for extra in instruction.extras { losses.record(extra.name.string) }
    }
    writer.name("instructions")
    writer.joined(instructions.map(\.text), separator: "\n")
  }

  private mutating func writeLimit(into writer: inout JSONWriter) {
    guard let limit = conversation.maximumTokens else { return }
    if limit < Self.leastTokens { losses.record("max_tokens") }
    writer.member("max_output_tokens", max(limit, Self.leastTokens))
  }

  private mutating func writeSampling(into writer: inout JSONWriter) {
    let sampling = conversation.sampling
    if target.isReasoningModel, !isSameLanguage {
      if sampling.temperature != nil { losses.record("temperature") }
      if sampling.topP != nil { losses.record("top_p") }
    } else {
      if let temperature = sampling.temperature { writer.member("temperature", temperature) }
      if let topP = sampling.topP { writer.member("top_p", topP) }
    }
    if sampling.topK != nil { losses.record("top_k") }
    if sampling.seed != nil { losses.record("seed") }
    if sampling.frequencyPenalty != nil { losses.record("frequency_penalty") }
    if sampling.presencePenalty != nil { losses.record("presence_penalty") }
    if !conversation.stopSequences.isEmpty { losses.record("stop_sequences") }
    guard let count = conversation.logprobs else { return }
    if isSameLanguage { writer.member("top_logprobs", count) } else { losses.record("logprobs") }
  }

  private mutating func writeReasoning(into writer: inout JSONWriter) {
    let effort = effort()
    let rest = rest(of: "reasoning.")
    var showsThinking = conversation.showsThinking ?? false
    if conversation.showsThinking == nil, !isSameLanguage {
      // Whoever lets a model think wants to read something of it.
      switch conversation.thinking {
      case .budget, .adaptive: showsThinking = true
      case .disabled, nil: break
      }
    }
    if !isSameLanguage, !target.isReasoningModel { showsThinking = false }
    let hasStyle = rest.contains { $0.name.equals("summary") }
    guard effort != nil || showsThinking || !rest.isEmpty else { return }
    writer.name("reasoning")
    writer.object {
      if let effort { $0.member("effort", effort) }
      if showsThinking, !hasStyle { $0.member("summary", word: "auto") }
      $0.chat(rest)
    }
  }

  private mutating func effort() -> JSONText? {
    if isSameLanguage { return conversation.effort }
    let wish = conversation.thinking
    guard target.isReasoningModel else {
      if conversation.effort != nil || (wish != nil && wish != .disabled) {
        losses.record("thinking_config")
      }
      return nil
    }
    if let effort = conversation.effort { return accepted(effort) }
    switch wish {
    case .budget(let budget): return budget < 4000 ? "low" : budget < 16000 ? "medium" : "high"
    // A model that reasons cannot be told not to.
    case .disabled: losses.record("thinking_config")
    case .adaptive, nil: break
    }
    return nil
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

  private func writeText(into writer: inout JSONWriter) {
    let rest = rest(of: "text.")
    let isBare = conversation.format == nil && conversation.verbosity == nil
    if isBare, rest.isEmpty { return }
    writer.name("text")
    writer.object { writer in
      if let format = conversation.format {
        writer.name("format")
        write(format, into: &writer)
      }
      if let verbosity = conversation.verbosity { writer.member("verbosity", verbosity) }
      writer.chat(rest.filter { !$0.name.equals("format.description") })
    }
  }

  private func write(_ format: OutputFormat, into writer: inout JSONWriter) {
    writer.object {
      switch format {
      case .anyObject: $0.member("type", word: "json_object")
      case .schema(let name, let schema, let isStrict):
        $0.member("type", word: "json_schema")
        $0.member("name", name ?? "response")
        $0.member("schema", schema)
        if let isStrict { $0.member("strict", isStrict) }
        if let said = rest(of: "text.format.").first { $0.member("description", said.value) }
      }
    }
  }

  private mutating func writeNames(into writer: inout JSONWriter) {
    if let metadata = conversation.metadata {
      let isOurs = conversation.origin == .responses || conversation.origin == .chat
      if isOurs { writer.member("metadata", metadata) } else { losses.record("metadata") }
    }
    if let user = conversation.user {
      let name = shortened(user)
      if target.isStrict {
        writer.member("safety_identifier", name)
      } else {
        writer.member("user", name)
      }
    }
    if let tier = conversation.serviceTier {
      writer.member("service_tier", tier.equals("standard_only") ? "default" : tier)
    }
    if let key = conversation.cacheKey { writer.member("prompt_cache_key", key) }
  }

  private mutating func shortened(_ user: JSONText) -> JSONText {
    guard !isSameLanguage, user.bytes.count > Self.longestUser else { return user }
    losses.record("user_shortened")
    var seed = Fingerprint()
    seed.take(user)
    return JSONText("user_" + seed.hexadecimal)
  }

  /// Asks for thoughts in the form that can be given back without a store.
  private func writeInclude(into writer: inout JSONWriter) {
    let asked = extra("include")
    guard asked != nil || target.isReasoningModel || isSameLanguage else { return }
    writer.name("include")
    writer.array { writer in
      writer.word("reasoning.encrypted_content")
      guard let asked = try? asked?.parsed() else { return }
      for value in asked.elements
      where value.text?.equals("reasoning.encrypted_content") != true {
        writer.raw(value.raw)
      }
    }
  }

  private func extra(_ name: StaticString) -> JSONRaw? {
    guard isSameLanguage else { return nil }
    return conversation.extras.first { $0.name.equals(name) }?.value
  }

  /// The leftovers of a member, under their own names.
  private func rest(of prefix: String) -> [Extra] {
    guard isSameLanguage else { return [] }
    return conversation.extras.compactMap { extra in
      guard extra.name.bytes.starts(with: prefix.utf8) else { return nil }
      let own = extra.name.bytes.dropFirst(prefix.utf8.count)
      return Extra(JSONText(escaped: own), extra.value)
    }
  }

  private mutating func writeExtras(into writer: inout JSONWriter) {
    for extra in conversation.extras {
      guard isSameLanguage else {
        if !extra.value.bytes.elementsEqual("null".utf8) { losses.record(extra.name.string) }
        continue
      }
      if extra.name.equals("include") { continue }
      if Self.composed.contains(where: { extra.name.bytes.starts(with: $0.utf8) }) { continue }
      // A choice among tools that are all gone is refused.
      if extra.name.equals("tool_choice"), conversation.tools.isEmpty { continue }
      writer.name(extra.name)
      writer.raw(extra.value)
    }
  }
}
