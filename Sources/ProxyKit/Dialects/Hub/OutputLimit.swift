extension Dialect {
  /// The most tokens that a request lets the reply have; nil where it does not say.
  package func outputLimit(of request: JSONDocument) -> Int? {
    let root = request.root
    return switch self {
    case .anthropic: root["max_tokens"]?.integer
    case .chat: root["max_completion_tokens"]?.integer ?? root["max_tokens"]?.integer
    case .responses: root["max_output_tokens"]?.integer
    case .gemini:
      (root["generationConfig"] ?? root["generation_config"])?["maxOutputTokens"]?.integer
    case .converse: root["inferenceConfig"]?["maxTokens"]?.integer
    }
  }

  /// How fast or sure the reply is bought, where the request says so.
  package func pricePlan(of request: JSONDocument) -> PricePlan {
    switch request.root["service_tier"]?.string {
    case "priority": .priority
    case "flex": .flex
    default: .standard
    }
  }
}
