internal import ControlPlane
internal import Dialects

extension Router {
  /// What the name leads to: by the path's prefix, the caller's own rules, the request's class, a
  /// route's name, everybody's rules, the default backend.
  func pool(for question: RouteQuestion, _ trace: RouteTrace?) throws(Failure) -> RoutePool {
    let model = question.model
    if let prefix = question.prefix {
      guard snapshot.settings.backend(named: prefix) != nil else {
        throw Failure(
          .notFound, origin: .client, status: 404, "there is no backend `\(prefix)`")
      }
      trace?.note(.chosen, "path", "it names backend \(prefix)")
      return try pool(for: .parts([.init(prefix)]), model)
    }
    if let rule = ownRule(of: question, trace) {
      trace?.note(.chosen, "the key's mapping \(rule.pattern)", rule.target)
      return try pool(for: rule.destination, model)
    }
    if let pool = try classPool(for: question, trace) { return pool }
    if trace == nil, let known = snapshot.routes.pool(for: model) { return known }
    let (target, rule) = snapshot.settings.destination(of: model)
    explain(model, target, rule, trace)
    let pool = try pool(for: target, model)
    snapshot.routes.note(pool, for: model)
    return pool
  }

  private func ownRule(of question: RouteQuestion, _ trace: RouteTrace?) -> MappingRule? {
    guard let own = question.permissions?.mappings, !own.isEmpty else { return nil }
    let rule = own.first { $0.pattern.matches(question.model) }
    if rule == nil { trace?.note(.skipped, "the key's mappings", "none fits the name") }
    return rule
  }

  private func classPool(
    for question: RouteQuestion, _ trace: RouteTrace?
  ) throws(Failure) -> RoutePool? {
    let rules = snapshot.settings.classes
    guard !rules.isEmpty else { return nil }
    guard let rule = question.classRule(among: rules) else {
      trace?.note(.skipped, "classes", "the request is of none that has a rule")
      return nil
    }
    let pool = try pool(for: rule.destination, question.model)
    guard pool.size > 0 else {
      trace?.note(.skipped, "class \(rule.requestClass.rawValue)", "its target is out of service")
      return nil
    }
    trace?.note(.chosen, "class \(rule.requestClass.rawValue)", rule.destination.text)
    return pool
  }

  private func explain(
    _ model: String, _ target: RouteTarget, _ rule: MappingRule?, _ trace: RouteTrace?
  ) {
    guard let trace else { return }
    for earlier in snapshot.settings.mappings {
      if earlier == rule { break }
      guard rule != nil || !snapshot.settings.mappings.isEmpty else { break }
      if !earlier.pattern.matches(model) {
        trace.note(.skipped, "mapping \(earlier.pattern)", "it does not fit the name")
      }
    }
    if let rule {
      trace.note(
        .chosen, "mapping \(rule.pattern)", "\(rule.target) (\(rule.source.rawValue))")
    } else if snapshot.settings.route(named: target.text) != nil {
      trace.note(.chosen, "route \(target.text)", "the model's name is the route's")
    } else {
      trace.note(.chosen, "default backend", target.text)
    }
  }

  /// The pool that a target means for a client's name, made once a snapshot.
  func pool(for target: RouteTarget, _ model: String) throws(Failure) -> RoutePool {
    if case .reject(let status) = target { throw rejection(status, model) }
    let key = target.text + "\n" + model
    if let known = snapshot.routes.pool(for: key) { return known }
    var met: Set<String> = []
    let pool = makePool(target, model, &met)
    guard pool.size > 0 || !pool.absent.isEmpty else { throw unknown(model) }
    snapshot.routes.note(pool, for: key)
    return pool
  }

  private func makePool(
    _ target: RouteTarget, _ model: String, _ met: inout Set<String>
  ) -> RoutePool {
    let settings = snapshot.settings
    let parts = target.parts
    let route =
      parts.count == 1 && parts[0].model == nil ? settings.route(named: parts[0].name) : nil
    let members = parts.flatMap { settings.members(of: $0) }
    var deployments: [Deployment] = []
    var absent: [String] = []
    for member in members {
      guard let backend = settings.backend(named: member.backend) else { continue }
      guard backend.duty == .serving else {
        if !absent.contains(backend.name) { absent.append(backend.name) }
        continue
      }
      deployments.append(deployment(member, at: backend, for: model))
    }
    let name = route?.name ?? target.text
    met.insert(name)
    var fallbacks: [RoutePool.Fallback] = []
    for fallback in route?.fallbacks ?? [] where !met.contains(fallback.target.text) {
      let pool = makePool(fallback.target, model, &met)
      guard pool.size > 0 else { continue }
      fallbacks.append(RoutePool.Fallback(pool: pool, condition: fallback.condition))
    }
    return RoutePool(
      name: name, route: route, deployments: deployments, absent: absent,
      prices: route?.strategy == .cheapest ? deployments.map(price) : [], fallbacks: fallbacks,
      shadow: route.flatMap { shadow(of: $0, model) },
      rota: deployments.count > 1 ? fleet.rota(of: name) : Rota())
  }

  private func deployment(
    _ member: Settings.Route.Member, at backend: Settings.Backend, for model: String
  ) -> Deployment {
    let name = member.model ?? backend.model(for: model)
    return Deployment(
      backend: backend, model: name, station: fleet.station(backend: backend.name, model: name),
      limits: member.limits, weight: member.weight)
  }

  /// What a thousand tokens in and a thousand out cost; nil when nobody knows.
  private func price(of deployment: Deployment) -> Int64? {
    let charge = snapshot.prices.charge(
      Usage(input: 1000, output: 1000), model: deployment.model, at: deployment.backend.name)
    return charge.isKnown ? charge.nanoDollars : nil
  }

  private func shadow(of route: Settings.Route, _ model: String) -> RoutePool.Shadow? {
    guard let shadow = route.shadow, let part = shadow.target.parts.first,
      let member = snapshot.settings.members(of: part).first,
      let backend = snapshot.settings.backend(named: member.backend), backend.duty == .serving
    else { return nil }
    return RoutePool.Shadow(
      deployment: deployment(member, at: backend, for: model), percent: shadow.percent)
  }

  private func rejection(_ status: Int, _ model: String) -> Failure {
    let kind: Failure.Kind =
      switch status {
      case 401: .authentication
      case 402: .billing
      case 403: .permission
      case 404: .notFound
      case 429: .rateLimited
      case 500...: .overloaded
      default: .invalidRequest
      }
    return Failure(
      kind, origin: .client, status: status,
      "model `\(model.prefix(200))` is not served here: a rule of the operator's refuses it",
      code: status == 404 ? "model_not_found" : nil, parameter: "model")
  }

  private func unknown(_ model: String) -> Failure {
    var message = "no backend serves model `\(model.prefix(200))`"
    if let near = NearestName.to(model, among: ModelList(snapshot.settings, for: .unlimited).names)
    {
      message += "; did you mean `\(near)`?"
    }
    return Failure(
      .notFound, origin: .client, status: 404,
      message + " `anyllmctl mappings set PATTERN BACKEND:MODEL` maps it",
      code: "model_not_found", parameter: "model")
  }
}
