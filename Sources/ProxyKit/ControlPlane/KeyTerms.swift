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

extension KeyTerms {
  /// Reads terms in which what is absent is not limited, as older and shorter ones leave it out.
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func list<Element: Decodable>(_ key: CodingKeys) throws -> [Element] {
      try members.decodeIfPresent([Element].self, forKey: key) ?? []
    }
    func number(_ key: CodingKeys) throws -> Int? {
      try members.decodeIfPresent(Int.self, forKey: key)
    }
    self.init(
      owner: try members.decodeIfPresent(String.self, forKey: .owner), tags: try list(.tags),
      role: try members.decodeIfPresent(KeyRole.self, forKey: .role) ?? .developer,
      models: try members.decodeIfPresent([String].self, forKey: .models),
      backends: try members.decodeIfPresent([String].self, forKey: .backends),
      routes: try members.decodeIfPresent([String].self, forKey: .routes),
      requestsPerMinute: try number(.requestsPerMinute),
      tokensPerMinute: try number(.tokensPerMinute),
      inputTokensPerMinute: try number(.inputTokensPerMinute),
      outputTokensPerMinute: try number(.outputTokensPerMinute),
      concurrentRequests: try number(.concurrentRequests), budgets: try list(.budgets),
      mappings: try list(.mappings),
      logsBodies: try members.decodeIfPresent(Bool.self, forKey: .logsBodies) ?? false)
  }
}

extension BudgetTerms {
  /// Reads a budget, by the month and the calendar when nothing else is said.
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      limitMicroDollars: try members.decode(Int64.self, forKey: .limitMicroDollars),
      period: try members.decodeIfPresent(BudgetPeriod.self, forKey: .period) ?? .month,
      isRolling: try members.decodeIfPresent(Bool.self, forKey: .isRolling) ?? false,
      model: try members.decodeIfPresent(String.self, forKey: .model))
  }
}
