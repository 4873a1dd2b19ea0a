/// What an operator can ask about backends, routes and the order of mappings.
package enum RoutingCommand: Sendable, Equatable {
  case setDuty(backend: String, BackendDuty, reason: String?, ifGeneration: Int?)
  /// Forgets every reason not to ask it.
  case resetCircuit(backend: String)
  case testBackend(String, model: String?, count: Int)
  case listRoutes
  case explain(RouteInquiry)
  /// Exchanges the targets of two patterns.
  case swapMappings(String, String, ifGeneration: Int?)
  /// Puts a rule before another, or at the end.
  case moveMapping(String, before: String?, ifGeneration: Int?)
  case editMapping(MappingEdit)

  /// The generation that the change is bound to.
  var generation: Int? {
    switch self {
    case .setDuty(_, _, _, let generation), .swapMappings(_, _, let generation),
      .moveMapping(_, _, let generation):
      generation
    case .editMapping(let edit): edit.ifGeneration
    case .resetCircuit, .testBackend, .listRoutes, .explain: nil
    }
  }
}

/// What the gateway answers to such a command.
package enum RoutingAnswer: Sendable, Equatable {
  case backendChange(BackendChange)
  case backendTest(BackendTest)
  case routes([RouteSummary])
  case explanation(RouteExplanation)
  case mappingChanges([MappingChange])
}

/// Whether a backend is given work.
package enum BackendDuty: String, Codable, Sendable, CaseIterable {
  case serving, draining, off
}

/// What a change of a backend's state did.
package struct BackendChange: Codable, Sendable, Equatable {
  package var name: String
  package var before: BackendDuty
  package var after: BackendDuty
  package var generation: Int
  package var changed: Bool
  /// Exchanges that finish there.
  package var inFlight: Int
  /// Mappings and routes that lead there and nowhere else.
  package var orphans: [String]

  package init(
    name: String, before: BackendDuty, after: BackendDuty, generation: Int, changed: Bool,
    inFlight: Int, orphans: [String] = []
  ) {
    self.name = name
    self.before = before
    self.after = after
    self.generation = generation
    self.changed = changed
    self.inFlight = inFlight
    self.orphans = orphans
  }
}

/// How a backend answered when it was asked for one token.
package struct BackendTest: Codable, Sendable, Equatable {
  /// One of the tries.
  package struct Try: Codable, Sendable, Equatable {
    package var isGood: Bool
    package var status: Int
    package var milliseconds: Int
    /// What it said when it was no good.
    package var message: String?

    package init(isGood: Bool, status: Int, milliseconds: Int, message: String? = nil) {
      self.isGood = isGood
      self.status = status
      self.milliseconds = milliseconds
      self.message = message
    }
  }

  package var backend: String
  package var model: String
  package var url: String
  package var dialect: String
  package var tries: [Try]

  package init(backend: String, model: String, url: String, dialect: String, tries: [Try]) {
    self.backend = backend
    self.model = model
    self.url = url
    self.dialect = dialect
    self.tries = tries
  }
}

/// A route as the operator wrote it, and how its deployments are.
package struct RouteSummary: Codable, Sendable, Equatable {
  /// One deployment of it.
  package struct Member: Codable, Sendable, Equatable {
    package var target: String
    package var weight: Int
    package var inFlight: Int
    /// Why it is not asked now; absent when it is.
    package var refusal: String?

    package init(target: String, weight: Int, inFlight: Int = 0, refusal: String? = nil) {
      self.target = target
      self.weight = weight
      self.inFlight = inFlight
      self.refusal = refusal
    }
  }

  package var name: String
  package var strategy: String
  package var deployments: [Member]
  package var fallbacks: [String]

  package init(name: String, strategy: String, deployments: [Member], fallbacks: [String] = []) {
    self.name = name
    self.strategy = strategy
    self.deployments = deployments
    self.fallbacks = fallbacks
  }
}

/// For whom and for what a route is to be explained.
package struct RouteInquiry: Sendable, Equatable {
  package var model: String
  package var key: String?
  /// What kind of request is assumed.
  package var requestClass: String?

  package init(model: String, key: String? = nil, requestClass: String? = nil) {
    self.model = model
    self.key = key
    self.requestClass = requestClass
  }
}

/// A mapping that is set with more than its target.
package struct MappingEdit: Sendable, Equatable {
  package var pattern: String
  package var target: String
  /// After which time the change takes itself back.
  package var lastsMs: Int64?
  /// The pattern before which a new rule stands; the front when absent.
  package var before: String?
  package var ifGeneration: Int?

  package init(
    pattern: String, target: String, lastsMs: Int64? = nil, before: String? = nil,
    ifGeneration: Int? = nil
  ) {
    self.pattern = pattern
    self.target = target
    self.lastsMs = lastsMs
    self.before = before
    self.ifGeneration = ifGeneration
  }
}
