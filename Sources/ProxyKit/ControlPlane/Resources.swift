/// One rule that turns a client's model name into a backend and its model.
package struct MappingSummary: Codable, Sendable, Equatable {
  /// Exact name or glob, such as `claude-*haiku*`.
  package var pattern: String
  /// `backend:model`, or `backend` to keep the client's model name.
  package var target: String
  /// `file`, `environment`, `default` or `runtime`.
  package var source: String
  /// Exchanges in flight that this rule routed.
  package var live: Int

  package init(pattern: String, target: String, source: String, live: Int = 0) {
    self.pattern = pattern
    self.target = target
    self.source = source
    self.live = live
  }
}

/// The rules in order, and the generation they belong to.
package struct MappingList: Codable, Sendable, Equatable {
  package var generation: Int
  package var mappings: [MappingSummary]

  package init(generation: Int, mappings: [MappingSummary]) {
    self.generation = generation
    self.mappings = mappings
  }
}

/// What a change of the mappings did.
package struct MappingChange: Codable, Sendable, Equatable {
  package var pattern: String
  package var before: String?
  package var after: String?
  package var generation: Int
  package var changed: Bool
  /// Exchanges that finish on an older generation.
  package var liveOnOlder: Int

  package init(
    pattern: String, before: String?, after: String?, generation: Int, changed: Bool,
    liveOnOlder: Int
  ) {
    self.pattern = pattern
    self.before = before
    self.after = after
    self.generation = generation
    self.changed = changed
    self.liveOnOlder = liveOnOlder
  }
}

/// One finished exchange, as recorded.
package struct RequestSummary: Codable, Sendable, Equatable {
  package var id: String
  package var sequence: Int64
  package var startedAtMs: Int64
  package var durationMs: Int
  package var firstTokenMs: Int?
  package var dialect: String
  package var modelRequested: String
  package var modelSent: String
  package var backend: String
  package var attempts: Int
  package var key: String
  package var client: String
  package var status: Int
  /// How it ended, such as `completed`, `client_gone` or `upstream_cut`.
  package var ending: String
  package var errorKind: String?
  package var errorMessage: String?
  package var isStreaming: Bool
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  /// Absent where nothing was used.
  package var costMicroDollars: Int64?
  package var generation: Int
  package var losses: [String]
  /// The route that was taken; absent where a mapping named a backend.
  package var route: String?
  /// Who was asked in vain, or passed over, before; absent when nobody was.
  package var tries: [AttemptSummary]?

  package init(
    id: String, sequence: Int64, startedAtMs: Int64, durationMs: Int, firstTokenMs: Int?,
    dialect: String, modelRequested: String, modelSent: String, backend: String, attempts: Int,
    key: String, client: String, status: Int, ending: String, errorKind: String?,
    errorMessage: String?, isStreaming: Bool, inputTokens: Int, outputTokens: Int,
    cacheReadTokens: Int, cacheWriteTokens: Int, costMicroDollars: Int64? = nil, generation: Int,
    losses: [String], route: String? = nil,
    tries: [AttemptSummary]? = nil
  ) {
    self.id = id
    self.sequence = sequence
    self.startedAtMs = startedAtMs
    self.durationMs = durationMs
    self.firstTokenMs = firstTokenMs
    self.dialect = dialect
    self.modelRequested = modelRequested
    self.modelSent = modelSent
    self.backend = backend
    self.attempts = attempts
    self.key = key
    self.client = client
    self.status = status
    self.ending = ending
    self.errorKind = errorKind
    self.errorMessage = errorMessage
    self.isStreaming = isStreaming
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.costMicroDollars = costMicroDollars
    self.generation = generation
    self.losses = losses
    self.route = route
    self.tries = tries
  }
}

/// Who changed what, when.
package struct AuditRecord: Codable, Sendable, Equatable {
  package var atMs: Int64
  /// `uid:1000`, `dashboard` or `signal`.
  package var actor: String
  package var action: String
  package var target: String
  package var before: String?
  package var after: String?
  package var generation: Int

  package init(
    atMs: Int64, actor: String, action: String, target: String, before: String?,
    after: String?, generation: Int
  ) {
    self.atMs = atMs
    self.actor = actor
    self.action = action
    self.target = target
    self.before = before
    self.after = after
    self.generation = generation
  }
}

/// What a reload of the configuration did.
package struct ReloadReport: Codable, Sendable, Equatable {
  package var generation: Int
  package var changed: Bool
  package var changes: [String]
  /// Why the file was refused; empty when it was taken.
  package var problems: [String]

  package init(generation: Int, changed: Bool, changes: [String], problems: [String]) {
    self.generation = generation
    self.changed = changed
    self.changes = changes
    self.problems = problems
  }
}
