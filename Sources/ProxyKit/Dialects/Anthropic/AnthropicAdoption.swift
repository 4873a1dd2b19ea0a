/// Members of other languages that Anthropic has its own way to say; the rest is lost, by name.
struct AnthropicAdoption {
  private(set) var members: [Extra] = []

  init(_ conversation: Conversation, for target: Target, losses: inout Losses) {
    for extra in conversation.extras {
      guard let value = try? extra.value.parsed(), !value.isNull else { continue }
      if extra.name.equals("cache_control"), value.kind == .object {
        members.append(extra)
      } else {
        losses.record(extra.name.string)
      }
    }
    if members.isEmpty, Self.wantsCache(conversation, target) {
      members.append(
        Extra("cache_control", JSONRaw(stringLiteral: #"{"type":"ephemeral"}"#)))
    }
    let sampling = conversation.sampling
    if sampling.seed != nil { losses.record("seed") }
    if sampling.frequencyPenalty != nil { losses.record("frequency_penalty") }
    if sampling.presencePenalty != nil { losses.record("presence_penalty") }
    if conversation.verbosity != nil { losses.record("verbosity") }
    if conversation.cacheKey != nil { losses.record("prompt_cache_key") }
    if conversation.logprobs != nil { losses.record("logprobs") }
  }

  /// Other vendors cache prompts unasked; Anthropic marks the last block when it is told to.
  ///
  /// Only a conversation that goes on is worth what writing a cache costs.
  private static func wantsCache(_ conversation: Conversation, _ target: Target) -> Bool {
    guard target.platform == .vendor,
      conversation.turns.contains(where: { $0.role == .assistant })
    else { return false }
    return !conversation.instructions.contains { $0.cacheMark != nil }
      && !conversation.tools.contains { $0.cacheMark != nil }
      && !conversation.turns.contains { $0.blocks.contains { $0.cacheMark != nil } }
  }
}
