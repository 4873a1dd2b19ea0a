extension ConfigurationReader {
  private static let routeKeys = [
    "strategy", "deployments", "fallbacks", "retries", "sticky", "first_token_timeout",
    "hedge_after", "wait", "shadow",
  ]

  private static let routeMeant = [
    "backends": "deployments", "targets": "deployments", "providers": "deployments",
    "routing_strategy": "strategy", "fallback": "fallbacks", "num_retries": "retries",
    "session": "sticky", "mirror": "shadow", "hedge": "hedge_after",
  ]

  private static let memberKeys = [
    "to", "weight", "requests_per_minute", "tokens_per_minute", "concurrent",
  ]

  private static let memberMeant = [
    "target": "to", "backend": "to", "model": "to", "deployment": "to",
    "rpm": "requests_per_minute", "rpm_limit": "requests_per_minute",
    "tpm": "tokens_per_minute", "tpm_limit": "tokens_per_minute",
    "max_parallel_requests": "concurrent", "max_inflight": "concurrent",
  ]

  /// Reads `routes`, a mapping by name.
  mutating func routes(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("routes") else { return }
    for member in mapping(node, path: "routes") ?? [] {
      draft.declaredRoutes.insert(member.key)
      if let route = route(member, among: draft.declaredBackends) { draft.routes.append(route) }
    }
  }

  private mutating func route(
    _ member: YAMLMember, among backends: Set<String>
  ) -> RouteDraft? {
    let path = "routes.\(member.key)"
    let mark = place(member.keyMark)
    guard isRouteName(member.key, among: backends, at: mark),
      let section = section(
        member.value, path: path, knows: Self.routeKeys, meant: Self.routeMeant)
    else { return nil }
    var draft = RouteDraft(
      name: member.key, place: mark,
      route: Settings.Route(name: member.key, deployments: []))
    read("strategy", section, .strategy) { draft.route.strategy = $0 }
    read("retries", section, .count(in: 0...10)) { draft.route.retries = $0 }
    read("sticky", section, .flag) { draft.route.isSticky = $0 }
    read("first_token_timeout", section, .duration) { draft.route.firstTokenTimeout = $0 }
    read("hedge_after", section, .duration) { draft.route.hedgeAfter = $0 }
    read("wait", section, .duration) { draft.route.wait = $0 }
    for (index, node) in items("deployments", in: section).enumerated() {
      if let member = deployment(node, path: "\(path).deployments[\(index)]") {
        draft.members.append(member)
      }
    }
    for (index, node) in items("fallbacks", in: section).enumerated() {
      if let fallback = fallback(node, path: "\(path).fallbacks[\(index)]") {
        draft.fallbacks.append(fallback)
      }
    }
    draft.shadow = shadow(section)
    if !section.has("deployments") {
      findings.refuse(
        "\(path) has no deployments", at: mark, remedy: "write deployments: [backend:model, …]")
      return nil
    }
    return draft
  }

  private mutating func isRouteName(
    _ name: String, among backends: Set<String>, at mark: ConfigurationPlace
  ) -> Bool {
    let isPlain = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "-_./".utf8.contains($0)
    }
    guard isPlain, !name.isEmpty, name != "reject" else {
      findings.refuse(
        "\"\(name)\" cannot be the name of a route", at: mark,
        remedy: "use letters, digits, \"-\", \"_\", \".\" and \"/\", and not \"reject\"")
      return false
    }
    guard !backends.contains(name) else {
      findings.refuse(
        "\"\(name)\" is the name of a route and of a backend", at: mark, remedy: "rename one")
      return false
    }
    return true
  }

  /// The items of a list, or a single value standing for one.
  private func items(_ key: String, in section: Section) -> [YAMLNode] {
    guard let node = section.node(key) else { return [] }
    return node.items ?? [node]
  }

  private mutating func written(_ node: YAMLNode, path: String) -> RouteDraft.Written? {
    text(node, path: path).map { RouteDraft.Written(text: $0.value, place: $0.place) }
  }

  private mutating func target(in section: Section) -> RouteDraft.Written? {
    guard let node = section.node("to") else {
      findings.refuse(
        "\(section.path) does not say where to", at: section.place,
        remedy: "write to: backend:model"
      )
      return nil
    }
    return written(node, path: section.path(of: "to"))
  }

  private mutating func deployment(_ node: YAMLNode, path: String) -> RouteDraft.Member? {
    guard node.members != nil else {
      return written(node, path: path).map {
        RouteDraft.Member(target: $0, limits: DeploymentLimits())
      }
    }
    guard
      let section = section(
        node, path: path, knows: Self.memberKeys, meant: Self.memberMeant),
      let target = target(in: section)
    else { return nil }
    var member = RouteDraft.Member(target: target, limits: DeploymentLimits())
    read("weight", section, .count(in: RouteTarget.weights)) { member.weight = $0 }
    read("requests_per_minute", section, .count(in: 1...10_000_000)) {
      member.limits.requestsPerMinute = $0
    }
    read("tokens_per_minute", section, .count(in: 1...2_000_000_000)) {
      member.limits.tokensPerMinute = $0
    }
    read("concurrent", section, .count(in: 1...1_000_000)) { member.limits.concurrent = $0 }
    return member
  }

  private mutating func fallback(_ node: YAMLNode, path: String) -> RouteDraft.Fallback? {
    guard node.members != nil else {
      return written(node, path: path).map { RouteDraft.Fallback(target: $0, condition: .any) }
    }
    guard
      let section = section(node, path: path, knows: ["to", "on"], meant: ["target": "to"]),
      let target = target(in: section)
    else { return nil }
    return RouteDraft.Fallback(
      target: target, condition: value("on", in: section, .choice) ?? .any)
  }

  private mutating func shadow(
    _ route: Section
  ) -> (target: RouteDraft.Written, percent: Int)? {
    let path = route.path(of: "shadow")
    guard let node = route.node("shadow"),
      let section = section(
        node, path: path, knows: ["to", "percent"], meant: ["share": "percent"]),
      let target = target(in: section)
    else { return nil }
    return (target, value("percent", in: section, .count(in: 1...100)) ?? 100)
  }

  /// Reads `classes`: a class of requests and where it goes.
  mutating func classes(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("classes"),
      let section = section(
        node, path: "classes", knows: RequestClass.allCases.map(\.rawValue),
        meant: [
          "thinking": "think", "long": "long_context", "images": "image", "search": "web_search",
        ])
    else { return }
    for requestClass in RequestClass.allCases {
      guard let node = section.node(requestClass.rawValue) else { continue }
      let path = section.path(of: requestClass.rawValue)
      guard node.members != nil else {
        if let target = written(node, path: path) {
          draft.classes.append(ClassDraft(requestClass: requestClass, target: target))
        }
        continue
      }
      let keys = requestClass == .longContext ? ["to", "above"] : ["to"]
      guard
        let section = self.section(node, path: path, knows: keys, meant: ["threshold": "above"]),
        let target = target(in: section)
      else { continue }
      draft.classes.append(
        ClassDraft(
          requestClass: requestClass, target: target,
          threshold: value("above", in: section, .count(in: 1...100_000_000))))
    }
  }

  /// Reads what a backend says of its health: `enabled`, `circuit` and `health`.
  mutating func upkeep(_ section: Section, into backend: inout Settings.Backend) {
    read("enabled", section, .flag) { backend.duty = $0 ? .serving : .off }
    backend.writtenDuty = backend.duty
    if let node = section.node("circuit"),
      let circuit = self.section(
        node, path: section.path(of: "circuit"), knows: ["failures", "pause"],
        meant: ["threshold": "failures", "cooldown": "pause"])
    {
      read("failures", circuit, .count(in: 1...1000)) { backend.circuit.failures = $0 }
      read("pause", circuit, .duration) { backend.circuit.pause = $0 }
    }
    if let node = section.node("health"),
      let health = self.section(
        node, path: section.path(of: "health"), knows: ["every", "model"],
        meant: ["interval": "every"])
    {
      guard let model = value("model", in: health, .text) ?? backend.models.first else {
        findings.refuse(
          "\(health.path) names no model to ask", at: health.place, remedy: "write model:")
        return
      }
      backend.healthCheck = Settings.Backend.HealthCheck(
        interval: value("every", in: health, .duration) ?? .seconds(60), model: model)
    }
  }
}

extension ScalarForm where Value == Settings.Route.Strategy {
  /// The strategies by their names here and elsewhere.
  static let strategy: ScalarForm = {
    let names = Settings.Route.Strategy.allCases.map(\.rawValue)
    return ScalarForm(expected: "one of \(names.joined(separator: ", "))") { text in
      let word = text.lowercased().split(separator: "-").joined(separator: "_")
      return Settings.Route.Strategy(rawValue: word) ?? elsewhere[word]
    }
  }()

  private static let elsewhere: [String: Settings.Route.Strategy] = [
    "failover": .ordered, "priority": .ordered, "simple_shuffle": .shuffle, "weighted": .shuffle,
    "random": .shuffle, "roundrobin": .roundRobin, "least_connections": .leastBusy,
    "latency": .lowestLatency, "latency_based": .lowestLatency,
    "latency_based_routing": .lowestLatency, "cost": .cheapest, "cost_based": .cheapest,
    "cost_based_routing": .cheapest, "usage_based": .usage, "usage_based_routing": .usage,
    "usage_based_routing_v2": .usage,
  ]
}
