/// Where one request's model goes, as far as the settings alone decide.
package struct ModelRoute: Sendable, Equatable {
  package var backend: Settings.Backend
  /// The name to send upstream.
  package var model: String
  /// The rule that decided; nil when a route's name or the default backend took it.
  package var rule: MappingRule?

  package init(backend: Settings.Backend, model: String, rule: MappingRule?) {
    self.backend = backend
    self.model = model
    self.rule = rule
  }
}

extension Settings {
  /// What a client's model name leads to: a route of this name, the first rule that fits, or the
  /// default backend.
  package func destination(of name: String) -> (target: RouteTarget, rule: MappingRule?) {
    if !routes.isEmpty, route(named: ModelPattern.withoutWindowSuffix(name)) != nil {
      return (.parts([.init(ModelPattern.withoutWindowSuffix(name))]), nil)
    }
    if let rule = mappings.first(where: { $0.pattern.matches(name) }) {
      return (rule.destination, rule)
    }
    return (.parts([.init(defaultBackend)]), nil)
  }

  /// The first deployment that a client's model name leads to; nil when it leads to none.
  package func route(model name: String) -> ModelRoute? {
    let (target, rule) = destination(of: name)
    guard let part = target.parts.first, let member = members(of: part).first,
      let backend = backend(named: member.backend)
    else { return nil }
    return ModelRoute(
      backend: backend, model: member.model ?? backend.model(for: name), rule: rule)
  }

  /// The deployments that a part of a target names: a route's, or the backend's one.
  package func members(of part: RouteTarget.Part) -> [Route.Member] {
    if part.model == nil, let route = route(named: part.name) { return route.deployments }
    return [Route.Member(backend: part.name, model: part.model, weight: part.weight)]
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

  /// The name that a client's name becomes here when no rule says so.
  package func model(for name: String) -> String {
    familyModel(for: name) ?? ModelPattern.withoutWindowSuffix(name)
  }
}

/// The patterns by which names of Claude models are told apart.
package enum ModelFamily {
  package static let small = [ModelPattern("*haiku*")]
  package static let big = [
    ModelPattern("*sonnet*"), ModelPattern("*opus*"), ModelPattern("*fable*"),
  ]
}
