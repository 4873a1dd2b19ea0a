/// Writes a request for a Chat server.
struct ChatRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let isSameLanguage: Bool
  private var losses = Losses()

  /// OpenAI takes no more stop sequences than these.
  private static let maximumStops = 4

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    isSameLanguage = conversation.origin == .chat
  }

  mutating func encode() -> EncodedRequest {
    var writer = JSONWriter(reserving: 4096)
    var messages = ChatMessageEncoder(conversation, for: target)
    writer.object { writer in
      writer.member("model", target.model)
      writer.name("messages")
      messages.write(into: &writer)
      losses.record(contentsOf: messages.losses)
      writeTools(into: &writer)
      writeLimit(into: &writer)
      writeSampling(into: &writer)
      writeStops(into: &writer)
      writeEffort(into: &writer)
      writeFormat(into: &writer)
      if let user = conversation.user { writer.member("user", shortened(user)) }
      writeStream(into: &writer)
      writeExtras(into: &writer)
    }
    return EncodedRequest(body: writer.bytes, losses: losses)
  }

  private mutating func writeTools(into writer: inout JSONWriter) {
    var tools = ChatToolWriter(conversation)
    tools.write(into: &writer)
    losses.record(contentsOf: tools.losses)
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
    if target.isReasoningModel {
      if sampling.temperature != nil { losses.record("temperature") }
      if sampling.topP != nil { losses.record("top_p") }
    } else {
      if let temperature = sampling.temperature { writer.member("temperature", temperature) }
      if let topP = sampling.topP { writer.member("top_p", topP) }
    }
    guard let topK = sampling.topK else { return }
    if isSameLanguage, !target.isStrict {
      writer.member("top_k", topK)
    } else {
      losses.record("top_k")
    }
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

  private mutating func writeEffort(into writer: inout JSONWriter) {
    if isSameLanguage {
      if let effort = conversation.effort { writer.member("reasoning_effort", effort) }
      return
    }
    guard target.isReasoningModel else {
      let wish = conversation.thinking
      if conversation.effort != nil || (wish != nil && wish != .disabled) {
        losses.record("thinking_config")
      }
      return
    }
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

  private func writeFormat(into writer: inout JSONWriter) {
    guard let format = conversation.format else { return }
    writer.name("response_format")
    writer.object {
      switch format {
      case .anyObject: $0.member("type", "json_object")
      case .schema(let name, let schema, let isStrict):
        $0.member("type", "json_schema")
        $0.name("json_schema")
        $0.object {
          $0.member("name", name ?? "response")
          $0.member("schema", schema)
          if let isStrict { $0.member("strict", isStrict) }
        }
      }
    }
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
