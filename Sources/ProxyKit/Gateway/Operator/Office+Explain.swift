internal import ControlPlane
internal import Dialects
internal import Storage

extension Office {
  /// Says step by step where a request would go now, and why.
  func explain(_ inquiry: RouteInquiry) async throws(ControlFailure) -> RouteExplanation {
    let snapshot = house.snapshots.value
    var question = RouteQuestion(model: inquiry.model)
    if let word = inquiry.requestClass {
      guard let requestClass = RequestClass(rawValue: word) else {
        let words = RequestClass.allCases.map(\.rawValue).joined(separator: ", ")
        throw ControlFailure(.invalid, "`\(word)` is no class", hint: "One of: \(words).")
      }
      question.assumedClass = requestClass
    }
    if let key = inquiry.key {
      question.permissions = RoutePermissions(
        try await terms(of: key), defaultBackend: snapshot.settings.defaultBackend)
    }
    let trace = RouteTrace()
    var explanation = RouteExplanation(
      model: inquiry.model, generation: snapshot.generation, key: inquiry.key)
    do throws(Failure) {
      let plan = try Router(fleet: house.fleet, snapshot: snapshot).plan(question, trace: trace)
      explanation.deployment = Self.walk(plan, trace)
      if explanation.deployment == nil {
        explanation.refusal = "429 or 529: nobody of the plan can be asked now"
      }
    } catch {
      explanation.refusal = "\(error.status) \(error.message)"
    }
    explanation.steps = trace.steps
    return explanation
  }

  /// Goes over the plan as a request would; returns the deployment that would be asked first.
  private static func walk(_ plan: RoutePlan, _ trace: RouteTrace) -> String? {
    let now = ContinuousClock.now
    var first: String?
    func look(_ deployments: [Deployment], _ reason: String) {
      for deployment in deployments {
        guard plan.permissions?.allows(backend: deployment.backend.name) ?? true else { continue }
        let refusal = deployment.station.refusal(deployment.limits, tokens: 0, at: now)
        if let refusal, !plan.isSole || refusal.isLimit {
          trace.note(.skipped, deployment.name, refusal.words)
        } else {
          trace.note(first == nil ? .chosen : .next, deployment.name, reason)
          first = first ?? deployment.name
        }
      }
    }
    for name in plan.pool.absent { trace.note(.skipped, name, "out of service") }
    look(plan.deployments, "of \(plan.routeName.map { "route \($0)" } ?? "the target")")
    for fallback in plan.fallbacks {
      let condition = fallback.condition
      look(
        fallback.pool.deployments,
        condition == .any ? "fallback" : "fallback on \(condition.rawValue)")
    }
    return first
  }

  /// What one key may do.
  private func terms(of key: String) async throws(ControlFailure) -> KeyTerms {
    let fixed = house.snapshots.value.settings.callers.staticKeys.first { $0.name == key }
    if let fixed { return fixed.terms }
    let number = try await showKey(key).id
    guard let stored = keys.first(where: { $0.id == number }),
      let terms = KeyTerms(json: stored.terms)
    else { return KeyTerms() }
    return terms
  }
}
