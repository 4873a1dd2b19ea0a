internal import ControlPlane

/// What a caller's terms say of where its requests may go, worked out once a caller.
struct RoutePermissions: Sendable, Equatable {
  /// Nil allows all.
  var backends: Set<String>?
  var routes: Set<String>?
  /// Rules of its own, which come before everybody's.
  var mappings: [MappingRule]

  /// Nil when the terms say nothing of it.
  init?(_ terms: KeyTerms, defaultBackend: String) {
    guard terms.backends != nil || terms.routes != nil || !terms.mappings.isEmpty else {
      return nil
    }
    backends = terms.backends.map(Set.init)
    routes = terms.routes.map(Set.init)
    mappings = terms.mappings.compactMap { mapping in
      RouteTarget(mapping.target, defaultBackend: defaultBackend).map {
        MappingRule(pattern: ModelPattern(mapping.pattern), to: $0, source: .runtime)
      }
    }
  }

  /// Whether the caller may be led there: to a route by its name, straight to backends only where
  /// routes are not all that it may use.
  func allows(_ pool: RoutePool) -> Bool {
    guard let routes else { return true }
    if let route = pool.route { return routes.contains(route.name) }
    return backends != nil
  }

  /// Whether the caller may use a backend.
  func allows(backend: String) -> Bool { backends?.contains(backend) ?? true }
}
