/// Members of other languages that Anthropic has its own way to say; the rest is lost, by name.
struct AnthropicAdoption {
  private(set) var members: [Extra] = []

  init(_ conversation: Conversation, losses: inout Losses) {
    for extra in conversation.extras {
      guard let value = try? extra.value.parsed(), !value.isNull else { continue }
      if extra.name.equals("cache_control"), value.kind == .object {
        members.append(extra)
      } else {
        losses.record(extra.name.string)
      }
    }
    let sampling = conversation.sampling
    if sampling.seed != nil { losses.record("seed") }
    if sampling.frequencyPenalty != nil { losses.record("frequency_penalty") }
    if sampling.presencePenalty != nil { losses.record("presence_penalty") }
    if conversation.verbosity != nil { losses.record("verbosity") }
    if conversation.cacheKey != nil { losses.record("prompt_cache_key") }
    if let count = conversation.candidates, count > 1 { losses.record("n") }
    if conversation.logprobs != nil { losses.record("logprobs") }
  }
}
