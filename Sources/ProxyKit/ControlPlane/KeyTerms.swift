/// What a caller may do: where, how fast and for how much; what is absent is not limited.
///
/// The same words stand in the configuration, in the store and on the socket, and hold for keys of
/// every kind.
package struct KeyTerms: Codable, Sendable, Equatable {
  /// Who answers for the key.
  package var owner: String?
  package var tags: [String]
  package var role: KeyRole
  /// Names and globs of models as clients write them; an empty list allows none.
  package var models: [String]?
  package var backends: [String]?
  package var routes: [String]?
  package var requestsPerMinute: Int?
  /// Input and output together.
  package var tokensPerMinute: Int?
  package var inputTokensPerMinute: Int?
  package var outputTokensPerMinute: Int?
  package var concurrentRequests: Int?
  package var budgets: [BudgetTerms]
  /// Rules that come before those of everybody, the first that matches first.
  package var mappings: [KeyMapping]
  /// Whether what it sends and gets is kept to be looked at.
  package var logsBodies: Bool

  package init(
    owner: String? = nil, tags: [String] = [], role: KeyRole = .developer,
    models: [String]? = nil, backends: [String]? = nil, routes: [String]? = nil,
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, inputTokensPerMinute: Int? = nil,
    outputTokensPerMinute: Int? = nil, concurrentRequests: Int? = nil,
    budgets: [BudgetTerms] = [], mappings: [KeyMapping] = [], logsBodies: Bool = false
  ) {
    self.owner = owner
    self.tags = tags
    self.role = role
    self.models = models
    self.backends = backends
    self.routes = routes
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.inputTokensPerMinute = inputTokensPerMinute
    self.outputTokensPerMinute = outputTokensPerMinute
    self.concurrentRequests = concurrentRequests
    self.budgets = budgets
    self.mappings = mappings
    self.logsBodies = logsBodies
  }

  enum CodingKeys: String, CodingKey {
    case owner, tags, role, models, backends, routes, requestsPerMinute, tokensPerMinute
    case inputTokensPerMinute, outputTokensPerMinute, concurrentRequests, budgets, mappings
    case logsBodies
  }
}

/// What a caller is for.
package enum KeyRole: String, Codable, Sendable, CaseIterable {
  /// Calls models.
  case developer
  /// Lists models and counts tokens, and calls nothing that costs.
  case viewer
}

/// One rule of one caller.
package struct KeyMapping: Codable, Sendable, Equatable {
  package var pattern: String
  /// As in a mapping of everybody.
  package var target: String

  package init(pattern: String, target: String) {
    self.pattern = pattern
    self.target = target
  }
}

/// How much may be spent within a period.
package struct BudgetTerms: Codable, Sendable, Equatable {
  package var limitMicroDollars: Int64
  package var period: BudgetPeriod
  /// The last so many hours or days instead of the current one.
  package var isRolling: Bool
  /// Only what these models cost counts; a name or glob as clients write it.
  package var model: String?

  package init(
    limitMicroDollars: Int64, period: BudgetPeriod = .month, isRolling: Bool = false,
    model: String? = nil
  ) {
    self.limitMicroDollars = limitMicroDollars
    self.period = period
    self.isRolling = isRolling
    self.model = model
  }
}

/// After what time a budget is whole again; days begin at midnight UTC, weeks on Monday.
package enum BudgetPeriod: String, Codable, Sendable, CaseIterable {
  case hour, day, week, month, lifetime
}
