extension LiteLLMImport {
  private static let priceKeys = [
    ("input_cost_per_token", "input"), ("output_cost_per_token", "output"),
    ("cache_read_input_token_cost", "cache_read"),
    ("cache_creation_input_token_cost", "cache_write"),
    ("output_cost_per_reasoning_token", "reasoning"),
  ]

  /// Reads what a model costs, wherever it is said.
  mutating func readPrices(_ section: inout ImportSection, model: String) {
    var price = ImportPrice()
    var mark = section.mark
    for (theirs, ours) in Self.priceKeys {
      let text = section.text(theirs)
      mark = text?.mark ?? mark
      price.set(ours, text, tokens: 1, path: section.path(of: theirs), &notes)
    }
    guard !price.isEmpty, !model.contains("*") else { return }
    let pattern = ModelPattern(model)
    guard !prices.contains(where: { ModelPattern($0.key).covers(pattern) }) else {
      notes.changed(
        "the prices of \(model)", at: mark, remedy: "a member of prices counts for it already")
      return
    }
    prices.append(WrittenMember(model, price.written))
    notes.taken("the prices of \(model)", at: mark)
  }

  /// Reads `model_info`.
  mutating func readDetails(_ section: inout ImportSection, model: String) {
    readPrices(&section, model: model)
    if let mode = section.text("mode"), !["chat", "completion", "responses"].contains(mode.value) {
      notes.lost(
        "\(section.path).mode \(mode.value)", at: mode.mark,
        remedy: "models are for conversations here")
    }
    if let base = section.text("base_model") {
      notes.lost(
        "\(section.path).base_model \(base.value)", at: base.mark,
        remedy: "when it is charged wrongly, write its prices below prices")
    }
    for member in section.rest {
      let isKnown =
        ["id", "description", "created_at", "updated_at"].contains(member.key)
        || member.key.hasPrefix("supports_") || member.key.hasPrefix("max_")
      notes.lost(
        section.path(of: member.key), at: member.keyMark,
        remedy: isKnown ? "the catalogue inside knows models by their names" : "unknown here")
    }
  }
}
