/// Where one request's model goes.
package struct ModelRoute: Sendable, Equatable {
  package var backend: Settings.Backend
  /// The name to send upstream.
  package var model: String
  /// The rule that decided; nil when the default backend took it.
  package var rule: MappingRule?

  package init(backend: Settings.Backend, model: String, rule: MappingRule?) {
    self.backend = backend
    self.model = model
    self.rule = rule
  }
}

extension Settings {
  /// The deployment a client's model name leads to; nil only when a rule names no known backend.
  package func route(model name: String) -> ModelRoute? {
    let rule = mappings.first { $0.pattern.matches(name) }
    guard let backend = backend(named: rule?.backend ?? defaultBackend) else { return nil }
    let model =
      rule?.model ?? backend.familyModel(for: name) ?? ModelPattern.withoutWindowSuffix(name)
    return ModelRoute(backend: backend, model: model, rule: rule)
  }
}

extension Settings.Backend {
  /// What stands in for a Claude family name here, when the backend says so.
  package func familyModel(for name: String) -> String? {
    if let smallModel, ModelFamily.small.contains(where: { $0.matches(name) }) {
      return smallModel
    }
    if let bigModel, ModelFamily.big.contains(where: { $0.matches(name) }) { return bigModel }
    return nil
  }
}

/// The patterns by which names of Claude models are told apart.
package enum ModelFamily {
  package static let small = [ModelPattern("*haiku*")]
  package static let big = [
    ModelPattern("*sonnet*"), ModelPattern("*opus*"), ModelPattern("*fable*"),
  ]
}
