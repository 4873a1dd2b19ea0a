extension SettingsDraft {
  /// Completes the routes, in two steps because they may name each other.
  mutating func completeRoutes(findings: inout ConfigurationFindings) {
    // The names first, so that targets find them.
    settings.routes = routes.map(\.route)
    for (index, draft) in routes.enumerated() {
      settings.routes[index].deployments = members(of: draft, findings: &findings)
      settings.routes[index].fallbacks = fallbacks(of: draft, findings: &findings)
      settings.routes[index].shadow = shadow(of: draft, findings: &findings)
      noticeIdle(settings.routes[index], at: draft.place, findings: &findings)
    }
    refuseCycles(findings: &findings)
    settings.classes = classes.compactMap { draft in
      let subject = "class \(draft.requestClass.rawValue)"
      return target(draft.target.text, of: subject, at: draft.target.place, findings: &findings)
        .map {
          Settings.ClassRule(
            draft.requestClass, to: $0,
            threshold: draft.threshold ?? Settings.ClassRule.longContext)
        }
    }
  }

  private func members(
    of draft: RouteDraft, findings: inout ConfigurationFindings
  ) -> [Settings.Route.Member] {
    var members: [Settings.Route.Member] = []
    for written in draft.members {
      let place = written.target.place
      guard
        let target = target(
          written.target.text, of: "route \"\(draft.name)\"", at: place, findings: &findings)
      else { continue }
      if target.parts.isEmpty || target.parts.contains(where: { isRoute($0) }) {
        findings.refuse(
          "\"\(written.target.text)\" in route \"\(draft.name)\" is no deployment", at: place,
          remedy: "write backend:model, and other routes as fallbacks")
        continue
      }
      for part in target.parts {
        let twin = members.contains { $0.backend == part.name && $0.model == part.model }
        if twin {
          findings.refuse(
            "route \"\(draft.name)\" has \(RouteTarget.parts([part]).text) twice", at: place,
            remedy: "keep one and give it a weight")
          continue
        }
        members.append(
          Settings.Route.Member(
            backend: part.name, model: part.model, weight: written.weight ?? part.weight,
            limits: written.limits))
      }
    }
    return members
  }

  private func isRoute(_ part: RouteTarget.Part) -> Bool {
    part.model == nil && settings.route(named: part.name) != nil
  }

  private func fallbacks(
    of draft: RouteDraft, findings: inout ConfigurationFindings
  ) -> [Settings.Route.Fallback] {
    draft.fallbacks.compactMap { fallback in
      let written = fallback.target
      guard
        let target = target(
          written.text, of: "the fallbacks of \"\(draft.name)\"", at: written.place,
          findings: &findings)
      else { return nil }
      guard !target.parts.isEmpty else {
        findings.refuse(
          "\"\(written.text)\" in the fallbacks of \"\(draft.name)\" asks nobody",
          at: written.place, remedy: "leave it out")
        return nil
      }
      return Settings.Route.Fallback(target, on: fallback.condition)
    }
  }

  private func shadow(
    of draft: RouteDraft, findings: inout ConfigurationFindings
  ) -> Settings.Route.Shadow? {
    guard let (written, percent) = draft.shadow,
      let target = target(
        written.text, of: "the shadow of \"\(draft.name)\"", at: written.place,
        findings: &findings)
    else { return nil }
    guard target.parts.count == 1, !isRoute(target.parts[0]) else {
      findings.refuse(
        "the shadow of \"\(draft.name)\" is not one deployment", at: written.place,
        remedy: "write backend:model")
      return nil
    }
    return Settings.Route.Shadow(target, percent: percent)
  }

  /// Says what of a route does nothing.
  private func noticeIdle(
    _ route: Settings.Route, at place: ConfigurationPlace,
    findings: inout ConfigurationFindings
  ) {
    let weighs = [.shuffle, .leastBusy].contains(route.strategy)
    if !weighs, route.deployments.contains(where: { $0.weight != 1 }) {
      findings.notice(
        "route \(route.name): weights do nothing with strategy \(route.strategy.rawValue)",
        at: place)
    }
    if route.hedgeAfter != nil, route.deployments.count < 2 {
      findings.notice(
        "route \(route.name): hedge_after does nothing with one deployment", at: place)
    }
  }

  private func refuseCycles(findings: inout ConfigurationFindings) {
    var reported: Set<String> = []
    for draft in routes where !reported.contains(draft.name) {
      guard let cycle = cycle(from: draft.name, path: [draft.name]) else { continue }
      reported.formUnion(cycle)
      findings.refuse(
        "the fallbacks of \"\(draft.name)\" lead back to it: \(cycle.joined(separator: " -> "))",
        at: draft.place, remedy: "take one of them out")
    }
  }

  /// The way from a route over its fallbacks back to it.
  private func cycle(from start: String, path: [String]) -> [String]? {
    guard let last = path.last, let route = settings.route(named: last) else { return nil }
    for part in route.fallbacks.flatMap(\.target.parts) where isRoute(part) {
      if part.name == start { return path + [start] }
      if path.contains(part.name) { continue }
      if let cycle = cycle(from: start, path: path + [part.name]) { return cycle }
    }
    return nil
  }
}
