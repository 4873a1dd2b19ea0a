/// Writes a request for a Chat server.
struct ChatRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let isSameLanguage: Bool
  private let names: ToolNames?
  private var losses = Losses()

  /// OpenAI takes no more stop sequences than these.
  private static let maximumStops = 4

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    isSameLanguage = conversation.origin == .chat
    // A server that merely speaks the language is asked before it is doubted.
    names = target.isStrict ? ToolNames(conversation, longest: 64) : nil
  }

  mutating func encode() -> EncodedRequest {
    var writer = JSONWriter(reserving: conversation.roughSize)
    var messages = ChatMessageEncoder(conversation, for: target, names: names)
    writer.object { writer in
      writer.member("model", target.model)
      writer.name("messages")
      messages.write(into: &writer)
      losses.record(contentsOf: messages.losses)
      writeTools(into: &writer)
      writeLimit(into: &writer)
      writeSampling(into: &writer)
      writeStops(into: &writer)
      writeThinking(into: &writer)
      writeFormat(into: &writer)
      writeUser(into: &writer)
      writeCandidates(into: &writer)
      writeWishes(into: &writer)
      writeStream(into: &writer)
      writeExtras(into: &writer)
    }
    return EncodedRequest(
      body: writer.bytes, losses: losses, toolNames: names?.renamed ?? [:])
  }

  private mutating func writeTools(into writer: inout JSONWriter) {
    var tools = ChatToolWriter(conversation, for: target, names: names)
    tools.write(into: &writer)
    losses.record(contentsOf: tools.losses)
  }

  private mutating func writeThinking(into writer: inout JSONWriter) {
    var plan = ChatReasoningPlan(conversation, for: target)
    plan.write(into: &writer)
    losses.record(contentsOf: plan.losses)
  }

  private func writeLimit(into writer: inout JSONWriter) {
    guard let limit = conversation.maximumTokens else { return }
    if target.usesMaximumCompletionTokens || target.isReasoningModel {
      writer.member("max_completion_tokens", limit)
    } else {
      writer.member("max_tokens", limit)
    }
  }

  private mutating func writeSampling(into writer: inout JSONWriter) {
    let sampling = conversation.sampling
    func write(
      _ name: StaticString, _ value: JSONRaw?, if isAllowed: Bool, _ losses: inout Losses
    ) {
      guard let value else { return }
      if isAllowed { writer.member(name, value) } else { losses.record("\(name)") }
    }
    let isFree = !target.isReasoningModel
    write("temperature", sampling.temperature, if: isFree, &losses)
    write("top_p", sampling.topP, if: isFree, &losses)
    write("top_k", sampling.topK, if: isSameLanguage && !target.isStrict, &losses)
    write("frequency_penalty", sampling.frequencyPenalty, if: isFree, &losses)
    write("presence_penalty", sampling.presencePenalty, if: isFree, &losses)
    if let seed = sampling.seed { writer.member("seed", seed) }
  }

  private mutating func writeStops(into writer: inout JSONWriter) {
    let stops = conversation.stopSequences.filter { !$0.isEmpty }
    guard !stops.isEmpty else { return }
    guard !target.isReasoningModel else { return losses.record("stop_sequences") }
    if stops.count > Self.maximumStops { losses.record("stop_sequences_truncated") }
    if stops.count == 1 {
      writer.member("stop", stops[0])
    } else {
      writer.name("stop")
      writer.array { for stop in stops.prefix(Self.maximumStops) { $0.text(stop) } }
    }
  }

  private func writeFormat(into writer: inout JSONWriter) {
    guard let format = conversation.format else { return }
    writer.name("response_format")
    writer.object {
      switch format {
      case .anyObject: $0.member("type", word: "json_object")
      case .schema(let name, let schema, let isStrict):
        $0.member("type", word: "json_schema")
        $0.name("json_schema")
        $0.object {
          $0.member("name", name ?? "response")
          $0.member("schema", schema)
          if let isStrict { $0.member("strict", isStrict) }
        }
      }
    }
  }

  private mutating func writeUser(into writer: inout JSONWriter) {
    guard let user = conversation.user else { return }
    writer.member("user", shortened(user))
  }

  /// A name for the end user that fits: OpenAI takes 64 characters, others (OpenRouter) 128.
  private mutating func shortened(_ user: JSONText) -> JSONText {
    let longest = target.isStrict ? 64 : 128
    guard !isSameLanguage, user.bytes.count > longest else { return user }
    losses.record("user_shortened")
    var seed = Fingerprint()
    seed.take(user)
    return JSONText("user_" + seed.hexadecimal)
  }

  /// What a reply in another language could not show is not asked for.
  private mutating func writeCandidates(into writer: inout JSONWriter) {
    if let count = conversation.candidates, count > 1 { writer.member("n", count) }
    guard let alternatives = conversation.logprobs else { return }
    guard conversation.readsOdds else { return losses.record("logprobs") }
    writer.member("logprobs", true)
    if alternatives > 0 { writer.member("top_logprobs", alternatives) }
  }

  /// Members that OpenAI knows and other servers may refuse.
  private mutating func writeWishes(into writer: inout JSONWriter) {
    let isOpenAI = target.platform == .vendor || target.platform == .azure
    if let verbosity = conversation.verbosity {
      if isSameLanguage || (isOpenAI && target.isReasoningModel) {
        writer.member("verbosity", verbosity)
      } else {
        losses.record("verbosity")
      }
    }
    if let tier = conversation.serviceTier {
      if isSameLanguage || isOpenAI {
        writer.member("service_tier", tier.equals("standard_only") ? "default" : tier)
      } else {
        losses.record("service_tier")
      }
    }
    writeCacheKey(isOpenAI: isOpenAI, into: &writer)
    guard let metadata = conversation.metadata else { return }
    // OpenAI takes notes only on what it stores.
    if isSameLanguage { writer.member("metadata", metadata) } else { losses.record("metadata") }
  }

  /// Requests of one session find one cache; a client that names its session names the user too.
  private mutating func writeCacheKey(isOpenAI: Bool, into writer: inout JSONWriter) {
    if let key = conversation.cacheKey {
      if isSameLanguage || isOpenAI {
        writer.member("prompt_cache_key", key)
      } else {
        losses.record("prompt_cache_key")
      }
    } else if isOpenAI, conversation.origin == .anthropic, let user = conversation.user {
      var seed = Fingerprint()
      seed.take(user)
      writer.member("prompt_cache_key", JSONText("anyllm-" + seed.hexadecimal))
    }
  }

  private func writeStream(into writer: inout JSONWriter) {
    guard conversation.wantsStream else { return }
    writer.member("stream", true)
    guard !target.omitsStreamOptions else { return }
    writer.name("stream_options")
    writer.object { $0.member("include_usage", true) }
  }

  private mutating func writeExtras(into writer: inout JSONWriter) {
    for extra in conversation.extras {
      if isSameLanguage {
        // A choice among tools that are all gone is refused.
        if extra.name.equals("tool_choice"), conversation.tools.isEmpty { continue }
        writer.name(extra.name)
        writer.raw(extra.value)
      } else if !extra.value.bytes.elementsEqual("null".utf8) {
        losses.record(extra.name.string)
      }
    }
  }
}
