/// Writes a request for an upstream of Google's language.
struct GeminiRequestEncoder {
  private let conversation: Conversation
  private let target: Target
  private let traits: GeminiModelTraits
  private let isForeign: Bool
  private var losses = Losses()

  /// Members whose leftovers are written inside the member of their name.
  private static let composed: [StaticString] = ["generationConfig", "toolConfig"]

  init(_ conversation: Conversation, for target: Target) {
    self.conversation = conversation
    self.target = target
    traits = target.traits.gemini
    isForeign = conversation.origin != .gemini
  }

  mutating func encode() throws(Failure) -> EncodedRequest {
    var writer = JSONWriter(reserving: conversation.roughSize)
    let names = GeminiToolNames.spellings(of: conversation)
    var plan = GeminiTurnPlan(conversation, for: target, traits, names: names)
    plan.run()
    guard !plan.contents.isEmpty else { throw .nothingToSay(in: "Google's") }
    writer.object { writeMembers(plan, names, into: &$0) }
    return EncodedRequest(body: writer.bytes, losses: losses, toolNames: names.renamed)
  }

  private mutating func writeMembers(
    _ plan: GeminiTurnPlan, _ names: ToolNames, into writer: inout JSONWriter
  ) {
    losses.record(contentsOf: plan.losses)
    if !plan.instructions.isEmpty {
      writer.name("systemInstruction")
      writer.object { writer in
        writer.name("parts")
        writer.array { writer in
          for part in plan.instructions { part.write(into: &writer) }
        }
      }
    }
    writer.name("contents")
    writer.array { writer in
      for content in plan.contents { content.write(into: &writer) }
    }
    var tools = GeminiToolWriter(conversation, for: target, traits, names: names)
    tools.write(rest: rest("toolConfig"), into: &writer)
    losses.record(contentsOf: tools.losses)
    var config = GeminiConfigWriter(conversation, for: target, traits)
    config.write(rest: rest("generationConfig"), hasTools: tools.hasTools, into: &writer)
    losses.record(contentsOf: config.losses)
    writeExtras(into: &writer)
  }

  private func rest(_ name: StaticString) -> JSONValue? {
    guard !isForeign, let extra = conversation.extras.first(where: { $0.name.equals(name) }) else {
      return nil
    }
    return try? extra.value.parsed()
  }

  private mutating func writeExtras(into writer: inout JSONWriter) {
    if isForeign {
      if conversation.user != nil { losses.record("user") }
      if conversation.metadata != nil { losses.record("metadata") }
      if conversation.serviceTier != nil { losses.record("service_tier") }
      if conversation.cacheKey != nil { losses.record("prompt_cache_key") }
      if conversation.verbosity != nil { losses.record("verbosity") }
    }
    for extra in conversation.extras {
      if isForeign {
        if !extra.value.bytes.elementsEqual("null".utf8) { losses.record(extra.name.string) }
      } else if !Self.composed.contains(where: { extra.name.equals($0) }) {
        writer.name(extra.name)
        writer.raw(extra.value)
      }
    }
  }
}
