/// What follows from a model's name in the languages that ask it, worked out once for all requests.
struct ModelTraits: Sendable, Equatable {
  let anthropic: AnthropicModelTraits
  let gemini: GeminiModelTraits
  let converse: ConverseModelTraits

  init(model: String) {
    anthropic = AnthropicModelTraits(model: model)
    gemini = GeminiModelTraits(model: model)
    converse = ConverseModelTraits(model: model)
  }
}
