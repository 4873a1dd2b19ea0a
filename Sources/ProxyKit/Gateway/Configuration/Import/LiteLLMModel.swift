/// LiteLLM's `provider/model` taken apart.
struct LiteLLMModel {
  var preset: ProviderPreset
  /// The model's name at the provider.
  var model: String
  var format: String?
  var region: String?
  /// Whether nothing in the name says whose it is.
  var isGuessed = false

  init(_ text: String, provider: String?, hasAddress: Bool) {
    var rest = text[...]
    var preset = provider.flatMap(Self.preset)
    if let slash = text.firstIndex(of: "/"), let named = Self.preset(String(text[..<slash])) {
      if preset == nil || preset == named {
        preset = named
        rest = text[text.index(after: slash)...]
      }
    } else if preset == nil {
      let family = ProviderPreset.all.first { candidate in
        candidate.familyPatterns.contains { ModelPattern($0).matches(text) }
      }
      isGuessed = text.contains("/") || (family == nil && text != "*" && !hasAddress)
      preset = hasAddress ? nil : family
    }
    let openAI = ProviderPreset(
      id: "openai", kind: .openai, baseURL: nil, keyVariables: [], quirks: [])
    self.preset = preset ?? ProviderPreset.named("openai") ?? openAI
    model = String(rest)
    takeManner()
  }

  /// `converse/`, `invoke/`, `responses/` and a region may stand before the name.
  private mutating func takeManner() {
    while let slash = model.firstIndex(of: "/") {
      let word = String(model[..<slash])
      switch (preset.kind, word) {
      case (.bedrock, "converse"), (.bedrock, "invoke"), (.openai, "responses"),
        (.azure, "responses"):
        format = word
      case (.bedrock, _) where Self.isRegion(word): region = word
      default: return
      }
      model = String(model[model.index(after: slash)...])
    }
  }

  private static func isRegion(_ word: String) -> Bool {
    let parts = word.split(separator: "-")
    return parts.count >= 3 && parts.last.flatMap { Int($0) } != nil && parts[0].utf8.count == 2
  }

  private static func preset(_ name: String) -> ProviderPreset? {
    ProviderPreset.named(aliases[name.lowercased()] ?? name)
  }

  private static let aliases = [
    "ollama_chat": "ollama", "text-completion-openai": "openai", "custom_openai": "openai",
    "openai_like": "openai", "litellm_proxy": "openai", "cohere": "cohere_chat",
    "vertex_ai_beta": "vertex", "azure_text": "azure", "bedrock_converse": "bedrock",
    "anthropic_text": "anthropic", "text-completion-codestral": "codestral",
    "watsonx_text": "watsonx",
  ]
}
