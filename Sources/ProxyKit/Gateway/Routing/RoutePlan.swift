internal import Dialects
internal import Transport

/// What must be known of a request to find who serves it.
struct RouteQuestion: Sendable {
  var model: String
  /// The backend that the path names; no rule stands above it.
  var prefix: String?
  /// The caller's name for what it leaves here.
  var owner = ""
  var permissions: RoutePermissions?
  /// For sessions; nil where there is no client.
  var fields: HTTPFields?
  /// For sessions and classes; nil where it is no conversation.
  var request: IncomingRequest?
  /// What a question without a request is taken for.
  var assumedClass: RequestClass?
}

/// The deployments that may serve one request, best first, and what comes after them.
struct RoutePlan: Sendable {
  let pool: RoutePool
  var deployments: [Deployment]
  var fallbacks: [RoutePool.Fallback]
  var permissions: RoutePermissions?
  /// The session that stays where it is served.
  var session: SessionKey?

  /// Whether nobody else could stand in for the one deployment.
  var isSole: Bool { deployments.count <= 1 && fallbacks.isEmpty }

  /// The route's name; nil where a mapping leads straight to backends.
  var routeName: String? { pool.route?.name }

  /// Whether any deployment that may be asked is like that.
  func contains(where fits: (Deployment) -> Bool) -> Bool {
    deployments.contains(where: fits)
      || fallbacks.contains { $0.pool.contains(where: fits) }
  }

  /// All deployments that may be asked for what is no conversation, in order.
  var places: [Deployment] {
    guard !fallbacks.isEmpty else { return deployments }
    let others = fallbacks.filter { $0.condition == .any }.flatMap(\.pool.deployments)
    return deployments
      + others.filter { permissions?.allows(backend: $0.backend.name) ?? true }
  }
}
