internal import ControlPlane
internal import Dialects

/// Finds who serves a request, by one snapshot and by what is known of the deployments now.
struct Router: Sendable {
  let fleet: Fleet
  let snapshot: Snapshot

  private var settings: Settings { snapshot.settings }

  /// The deployments that may serve it, best first.
  func plan(
    _ question: RouteQuestion, at now: ContinuousClock.Instant = .now, trace: RouteTrace? = nil
  ) throws(Failure) -> RoutePlan {
    var dice = SystemRandomNumberGenerator()
    return try plan(question, at: now, using: &dice, trace: trace)
  }

  func plan(
    _ question: RouteQuestion, at now: ContinuousClock.Instant,
    using dice: inout some RandomNumberGenerator, trace: RouteTrace? = nil
  ) throws(Failure) -> RoutePlan {
    let pool = try pool(for: question, trace)
    var plan = RoutePlan(
      pool: pool, deployments: pool.deployments, fallbacks: pool.fallbacks,
      permissions: question.permissions)
    if pool.deployments.count > 1 {
      order(&plan, question, at: now, using: &dice, trace)
    }
    if let permissions = question.permissions {
      try permit(permissions, question.prefix, &plan, trace)
    }
    guard !plan.deployments.isEmpty || !plan.fallbacks.isEmpty else { throw outOfService(pool) }
    return plan
  }

  /// Chooses among several: the session's own first, then as the strategy says.
  private func order(
    _ plan: inout RoutePlan, _ question: RouteQuestion, at now: ContinuousClock.Instant,
    using dice: inout some RandomNumberGenerator, _ trace: RouteTrace?
  ) {
    let pool = plan.pool
    plan.deployments = pool.ordered(
      isStreaming: question.request?.wantsStream ?? true, at: now, using: &dice)
    trace?.note(
      .chosen, "strategy \(pool.strategy.rawValue)",
      plan.deployments.map(\.name).joined(separator: ", "))
    guard pool.isSticky, let session = question.session else { return }
    let key = SessionKey(owner: question.owner, session: session, route: pool.name)
    plan.session = key
    guard let kept = fleet.sessions.station(of: key, at: now) else { return }
    plan.deployments = RoutePool.keeping(kept, first: plan.deployments)
    trace?.note(.chosen, "session", "it was served by \(kept.name) before")
  }

  /// Leaves out what the caller may not use.
  private func permit(
    _ permissions: RoutePermissions, _ prefix: String?, _ plan: inout RoutePlan,
    _ trace: RouteTrace?
  ) throws(Failure) {
    guard permissions.allows(plan.pool) else {
      let what = plan.pool.route.map { "route `\($0.name)`" } ?? "backends without a route"
      throw Failure(
        .permission, origin: .client, status: 403, "this key may not use \(what)")
    }
    guard permissions.backends != nil else { return }
    for deployment in plan.deployments where !permissions.allows(backend: deployment.backend.name) {
      trace?.note(.skipped, deployment.name, "the key may not use this backend")
    }
    plan.deployments.removeAll { !permissions.allows(backend: $0.backend.name) }
    guard plan.deployments.isEmpty, !plan.pool.deployments.isEmpty,
      !plan.pool.fallbacks.contains(where: { fallback in
        fallback.pool.contains { permissions.allows(backend: $0.backend.name) }
      })
    else { return }
    throw Failure(
      .permission, origin: .client, status: 403,
      "this key may not use backend `\(plan.pool.deployments[0].backend.name)`")
  }

  private func outOfService(_ pool: RoutePool) -> Failure {
    let names = pool.absent.map { "`\($0)`" }.joined(separator: ", ")
    return Failure(
      .overloaded, origin: .proxy, status: 529, retry: .otherDeployment,
      "out of service: \(names); `anyllmctl backends enable NAME` brings one back",
      retryAfterSeconds: 30)
  }
}

extension RouteQuestion {
  /// The client's session, by header or body.
  var session: String? {
    if let fields, let id = ClientSession.id(in: fields) { return id }
    return request.flatMap { ClientSession.id(in: $0.document, of: $0.dialect) }
  }
}

extension Deployment {
  /// As people write it.
  var name: String { "\(backend.name):\(model)" }
}
