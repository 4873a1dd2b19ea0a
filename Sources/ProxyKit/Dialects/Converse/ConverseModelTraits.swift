/// What a model in Bedrock takes, as far as its name and the table of models tell.
struct ConverseModelTraits: Sendable, Equatable {
  let family: ConverseModelFamily
  /// The model answers by a schema, and calls tools by one.
  let takesSchemas: Bool
  /// A call of a tool may be forced.
  let takesForcedCalls: Bool
  let takesSampling: Bool
  let takesImages: Bool

  init(model: String) {
    family = ConverseModelFamily(model: model)
    let entry = ModelTable.standard.entry(model)
    switch family {
    case .claude, .nova: takesSchemas = entry?.supports(.nativeStructuredOutput) ?? (entry == nil)
    case .gptOSS, .other: takesSchemas = true
    }
    takesForcedCalls = entry?.supports(.forcedToolUse) ?? entry?.supports(.toolChoice) ?? true
    takesImages = entry?.supports(.vision) ?? true
    let refusesSampling = family == .claude && AnthropicModelTraits(model: model).refusesSampling
    takesSampling = !refusesSampling && entry?.supports(.sampling) ?? true
  }
}
