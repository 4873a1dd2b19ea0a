/// Prices, windows and abilities of models: the table inside the program, and above it what the
/// operator has written.
package struct ModelTable: Sendable {
  private let layers: [SortedLines]

  package static let standard = ModelTable(overrides: [])

  /// Takes rows like those of the table inside, in any order; they win.
  package init(overrides: [UInt8]) {
    layers = overrides.isEmpty ? [.models] : [SortedLines(unsorted: overrides), .models]
  }

  /// What is known of a model by its name at the backend.
  ///
  /// The provider is the table's word for where the model is (`azure`, `vertex_ai`, `bedrock`), whose
  /// prices may be its own. Plainer names are tried in turn; an operator's row for any of them wins.
  package func entry(_ model: String, provider: String? = nil) -> ModelEntry? {
    var names = provider.map { ModelName("\($0)/\(model)").candidates } ?? []
    for name in ModelName(model).candidates where !names.contains(name) { names.append(name) }
    for layer in layers {
      for name in names {
        if let fields = layer.fields(name) { return ModelEntry(fields: fields) }
      }
    }
    return nil
  }

  /// All names of the table inside.
  package static var names: [String] { SortedLines.models.names }
}
