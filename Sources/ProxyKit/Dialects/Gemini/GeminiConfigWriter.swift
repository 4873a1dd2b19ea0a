/// Writes `generationConfig`.
struct GeminiConfigWriter {
  private let conversation: Conversation
  private let target: Target
  private let traits: GeminiModelTraits
  private let isForeign: Bool
  private(set) var losses = Losses()

  /// Google takes no more stop sequences than these.
  private static let maximumStops = 5

  init(_ conversation: Conversation, for target: Target, _ traits: GeminiModelTraits) {
    self.conversation = conversation
    self.target = target
    self.traits = traits
    isForeign = conversation.origin != .gemini
  }

  mutating func write(rest: JSONValue?, hasTools: Bool, into writer: inout JSONWriter) {
    var config = JSONWriter(reserving: 256)
    config.object { config in
      writeLimits(into: &config)
      writeSampling(into: &config)
      writeCandidates(into: &config)
      writeFormat(hasTools: hasTools, into: &config)
      let plan = GeminiThinkingPlan(conversation, traits, losses: &losses)
      plan.write(rest?["thinkingConfig"], into: &config)
      for (name, value) in rest?.members(besides: ["thinkingConfig"]) ?? [] {
        config.name(name)
        config.raw(value.raw)
      }
    }
    guard config.bytes.count > 2 else { return }
    writer.member("generationConfig", JSONRaw(config.bytes[...]))
  }

  private mutating func writeLimits(into writer: inout JSONWriter) {
    if var limit = conversation.maximumTokens {
      if isForeign, limit > traits.maximumOutput {
        limit = traits.maximumOutput
        losses.record("max_tokens_clamped")
      }
      writer.member("maxOutputTokens", limit)
    }
    let stops = conversation.stopSequences.filter { !$0.isEmpty }
    guard !stops.isEmpty else { return }
    if stops.count > Self.maximumStops { losses.record("stop_sequences_truncated") }
    writer.name("stopSequences")
    writer.array { for stop in stops.prefix(Self.maximumStops) { $0.text(stop) } }
  }

  private func writeSampling(into writer: inout JSONWriter) {
    let sampling = conversation.sampling
    if let temperature = sampling.temperature { writer.member("temperature", temperature) }
    if let topP = sampling.topP { writer.member("topP", topP) }
    if let topK = sampling.topK { writer.member("topK", topK) }
    if let seed = sampling.seed { writer.member("seed", seed) }
    if let penalty = sampling.presencePenalty { writer.member("presencePenalty", penalty) }
    if let penalty = sampling.frequencyPenalty { writer.member("frequencyPenalty", penalty) }
  }

  /// What a reply in another language could not show is not asked for.
  private mutating func writeCandidates(into writer: inout JSONWriter) {
    if let candidates = conversation.candidates, candidates > 1 {
      writer.member("candidateCount", candidates)
    }
    guard let logprobs = conversation.logprobs else { return }
    guard conversation.readsOdds else { return losses.record("logprobs") }
    writer.member("responseLogprobs", true)
    if logprobs > 0 { writer.member("logprobs", logprobs) }
  }

  private mutating func writeFormat(hasTools: Bool, into writer: inout JSONWriter) {
    guard let format = conversation.format else { return }
    if isForeign, hasTools, !traits.takesFormatWithTools {
      return losses.record("response_format")
    }
    writer.member("responseMimeType", word: "application/json")
    guard case .schema(_, let schema, _) = format else { return }
    if target.takesJSONSchema(traits), !GeminiSchema.isRecursive(schema) {
      writer.member("responseJsonSchema", schema)
    } else if let subset = GeminiSchema.convert(schema) {
      writer.member("responseSchema", subset)
    }
  }
}

extension Target {
  /// Google and Vertex take JSON Schema for their newer models; of a stranger that speaks the
  /// language nobody knows more than what was there first.
  func takesJSONSchema(_ traits: GeminiModelTraits) -> Bool {
    traits.takesJSONSchema && platform != .compatible
  }
}
