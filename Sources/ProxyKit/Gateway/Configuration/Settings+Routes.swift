extension Settings {
  /// A named list of deployments with the way to choose among them, and what comes after them.
  package struct Route: Sendable, Equatable {
    package var name: String
    package var strategy: Strategy
    package var deployments: [Member]
    package var fallbacks: [Fallback]
    /// Tries of one deployment after the first; nil leaves it to the backend.
    package var retries: Int?
    /// Whether a session stays with the deployment that served it.
    package var isSticky: Bool
    /// A stream whose first token comes later than this is asked for elsewhere.
    package var firstTokenTimeout: Duration?
    /// A whole reply that takes longer than this is asked for a second time elsewhere.
    package var hedgeAfter: Duration?
    /// How long a request may wait for the first deployment that is free again.
    package var wait: Duration
    package var shadow: Shadow?

    package init(
      name: String, strategy: Strategy = .shuffle, deployments: [Member],
      fallbacks: [Fallback] = [], retries: Int? = nil, isSticky: Bool = true,
      firstTokenTimeout: Duration? = nil, hedgeAfter: Duration? = nil, wait: Duration = .zero,
      shadow: Shadow? = nil
    ) {
      self.name = name
      self.strategy = strategy
      self.deployments = deployments
      self.fallbacks = fallbacks
      self.retries = retries
      self.isSticky = isSticky
      self.firstTokenTimeout = firstTokenTimeout
      self.hedgeAfter = hedgeAfter
      self.wait = wait
      self.shadow = shadow
    }
  }

  /// Where requests of one class go, whatever model they name.
  package struct ClassRule: Sendable, Equatable {
    package var requestClass: RequestClass
    package var destination: RouteTarget
    /// How many tokens make a context long.
    package var threshold: Int

    package static let longContext = 60_000

    package init(
      _ requestClass: RequestClass, to destination: RouteTarget,
      threshold: Int = ClassRule.longContext
    ) {
      self.requestClass = requestClass
      self.destination = destination
      self.threshold = threshold
    }
  }

  /// The route of that name.
  package func route(named name: String) -> Route? {
    routes.first { $0.name == name }
  }
}

extension Settings.Route {
  /// How the best of several deployments is chosen.
  package enum Strategy: String, Sendable, CaseIterable {
    /// In the order in which they are written.
    case ordered
    /// At random, by weight.
    case shuffle
    case roundRobin = "round_robin"
    case leastBusy = "least_busy"
    /// The shortest time to the first token; who was never asked comes first.
    case lowestLatency = "lowest_latency"
    case cheapest
    /// The least used of what it may use in a minute.
    case usage
  }

  /// One deployment of a route and what it may be given.
  package struct Member: Sendable, Equatable {
    package var backend: String
    /// Nil keeps the client's name, or takes the backend's big or small model for its family.
    package var model: String?
    package var weight: Int
    package var limits: DeploymentLimits

    package init(
      backend: String, model: String? = nil, weight: Int = 1,
      limits: DeploymentLimits = DeploymentLimits()
    ) {
      self.backend = backend
      self.model = model
      self.weight = weight
      self.limits = limits
    }
  }

  /// What is asked when no deployment of the route has answered.
  package struct Fallback: Sendable, Equatable {
    package var target: RouteTarget
    package var condition: Condition

    package init(_ target: RouteTarget, on condition: Condition = .any) {
      self.target = target
      self.condition = condition
    }

    /// After which failures a fallback is asked.
    package enum Condition: String, Sendable, CaseIterable {
      case any
      /// The conversation does not fit the model.
      case context
      /// What the vendor's filter refused.
      case filter
    }
  }

  /// A backend that sees a share of the traffic and whose replies nobody gets.
  package struct Shadow: Sendable, Equatable {
    package var target: RouteTarget
    package var percent: Int

    package init(_ target: RouteTarget, percent: Int) {
      self.target = target
      self.percent = percent
    }
  }
}

/// What one deployment may be given; what is nil is not limited.
package struct DeploymentLimits: Sendable, Equatable {
  package var requestsPerMinute: Int?
  package var tokensPerMinute: Int?
  package var concurrent: Int?

  package init(
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrent: Int? = nil
  ) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.concurrent = concurrent
  }
}

/// What kind of work a request is, as far as rules tell apart; the first that fits counts.
package enum RequestClass: String, Sendable, CaseIterable {
  case image
  case webSearch = "web_search"
  case think
  case longContext = "long_context"
  /// Titles, topics and warm-ups, which a small model does as well.
  case background
}

extension Settings {
  /// What of routes and classes changed since other settings.
  func routeChanges(from old: Settings) -> [String] {
    var changes: [String] = []
    for route in old.routes where self.route(named: route.name) == nil {
      changes.append("route \(route.name) removed")
    }
    for route in routes {
      guard let before = old.route(named: route.name) else {
        changes.append("route \(route.name) added")
        continue
      }
      if before != route { changes.append("route \(route.name) changed") }
    }
    for requestClass in RequestClass.allCases {
      let now = classes.first { $0.requestClass == requestClass }
      let before = old.classes.first { $0.requestClass == requestClass }
      guard now != before else { continue }
      let from = before?.destination.text ?? "nothing"
      changes.append(
        "class \(requestClass.rawValue) changed from \(from) to \(now?.destination.text ?? "nothing")"
      )
    }
    return changes
  }
}
