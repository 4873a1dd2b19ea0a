/// A caller's key as the operator sees it; the secret itself is never kept.
package struct KeySummary: Codable, Sendable, Equatable {
  package var id: Int64
  package var name: String
  /// The first eight characters of the secret.
  package var prefix: String
  /// `file` for keys of the configuration, `store` for keys added while running.
  package var source: String
  package var state: KeyState
  package var createdAtMs: Int64
  package var expiresAtMs: Int64?
  package var pausedAtMs: Int64?
  package var revokedAtMs: Int64?
  /// Until when the secret that was rotated away opens too.
  package var previousUntilMs: Int64?
  package var lastUsedAtMs: Int64?
  package var requests: Int
  package var inputTokens: Int
  package var outputTokens: Int
  /// All that it cost since it was made.
  package var costMicroDollars: Int64
  package var note: String
  package var terms: KeyTerms
  /// Where each budget of the terms stands.
  package var budgets: [BudgetStanding]
  /// What about the key is probably not meant so, in sentences.
  package var notes: [String]

  package init(
    id: Int64, name: String, prefix: String, source: String, state: KeyState,
    createdAtMs: Int64, expiresAtMs: Int64? = nil, pausedAtMs: Int64? = nil,
    revokedAtMs: Int64? = nil, previousUntilMs: Int64? = nil, lastUsedAtMs: Int64? = nil,
    requests: Int = 0, inputTokens: Int = 0, outputTokens: Int = 0, costMicroDollars: Int64 = 0,
    note: String = "", terms: KeyTerms = KeyTerms(), budgets: [BudgetStanding] = [],
    notes: [String] = []
  ) {
    self.id = id
    self.name = name
    self.prefix = prefix
    self.source = source
    self.state = state
    self.createdAtMs = createdAtMs
    self.expiresAtMs = expiresAtMs
    self.pausedAtMs = pausedAtMs
    self.revokedAtMs = revokedAtMs
    self.previousUntilMs = previousUntilMs
    self.lastUsedAtMs = lastUsedAtMs
    self.requests = requests
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.costMicroDollars = costMicroDollars
    self.note = note
    self.terms = terms
    self.budgets = budgets
    self.notes = notes
  }
}

package enum KeyState: String, Codable, Sendable, CaseIterable {
  case active, paused, expired, revoked
}

/// Where a budget stands: what was spent in its period, and what is held for requests in flight.
package struct BudgetStanding: Codable, Sendable, Equatable {
  package var limitMicroDollars: Int64
  package var spentMicroDollars: Int64
  package var reservedMicroDollars: Int64
  package var period: BudgetPeriod
  package var isRolling: Bool
  package var model: String?
  /// When it is whole again, or for a rolling one when something comes back; absent for a lifetime.
  package var resetsAtMs: Int64?

  package init(
    limitMicroDollars: Int64, spentMicroDollars: Int64, reservedMicroDollars: Int64 = 0,
    period: BudgetPeriod, isRolling: Bool = false, model: String? = nil, resetsAtMs: Int64? = nil
  ) {
    self.limitMicroDollars = limitMicroDollars
    self.spentMicroDollars = spentMicroDollars
    self.reservedMicroDollars = reservedMicroDollars
    self.period = period
    self.isRolling = isRolling
    self.model = model
    self.resetsAtMs = resetsAtMs
  }

  /// Spent and held, in percent of the limit.
  package var usedPercent: Double {
    limitMicroDollars > 0
      ? Double(spentMicroDollars + reservedMicroDollars) * 100 / Double(limitMicroDollars) : 100
  }
}

/// What the operator gives to make a key.
package struct NewKey: Codable, Sendable, Equatable {
  package var name: String
  package var expiresAtMs: Int64?
  package var note: String?
  /// A secret that the operator brings; generated when absent.
  package var secret: String?
  package var terms: KeyTerms

  package init(
    name: String, expiresAtMs: Int64? = nil, note: String? = nil, secret: String? = nil,
    terms: KeyTerms = KeyTerms()
  ) {
    self.name = name
    self.expiresAtMs = expiresAtMs
    self.note = note
    self.secret = secret
    self.terms = terms
  }
}

/// The answer to a new key, and the only time its secret is shown.
package struct IssuedKey: Codable, Sendable, Equatable {
  /// Empty when the key was only tried.
  package var key: String
  package var summary: KeySummary

  package init(key: String, summary: KeySummary) {
    self.key = key
    self.summary = summary
  }
}

/// What an operator can do to a key that is there.
package enum KeyChange: Sendable, Equatable {
  /// A merge patch (RFC 7396) over the key's card: what it leaves out stays, null clears.
  case edit(BodyValue)
  /// A new secret, the operator's own if there is one; the old one opens for so long yet.
  case rotate(graceMs: Int64, secret: String?)
  case pause
  case resume
  /// Refused from the next request on, for good; its requests in flight are ended when `kills`.
  case revoke(kills: Bool)
}

/// The part of a key that an operator edits, as the merge patch and the audit trail show it.
package struct KeyCard: Codable, Sendable, Equatable {
  package var name: String
  package var note: String
  package var expiresAtMs: Int64?
  package var isPaused: Bool
  package var terms: KeyTerms

  package init(
    name: String, note: String = "", expiresAtMs: Int64? = nil, isPaused: Bool = false,
    terms: KeyTerms = KeyTerms()
  ) {
    self.name = name
    self.note = note
    self.expiresAtMs = expiresAtMs
    self.isPaused = isPaused
    self.terms = terms
  }
}
