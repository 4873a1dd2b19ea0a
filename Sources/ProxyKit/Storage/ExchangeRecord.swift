/// Everything that is kept of one finished exchange.
package struct ExchangeRecord: Sendable, Equatable {
  package var id: String
  package var startedAtMs: Int64
  package var durationMs: Int
  package var firstTokenMs: Int?
  package var dialect: String
  package var modelRequested: String
  package var modelSent: String
  package var backend: String
  package var attempts: Int
  /// Absent for keys of the configuration and for callers without a key.
  package var keyID: Int64?
  package var keyName: String
  /// Whose account it is booked on, such as `key:12` or `name:ci`; made of the key when empty.
  package var owner: String
  /// The route that was taken; empty where a mapping named a backend.
  package var route: String
  package var client: String
  package var session: String?
  package var status: Int
  package var ending: String
  package var errorKind: String?
  package var errorMessage: String?
  package var isStreaming: Bool
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  /// What was written to a cache for any time.
  package var cacheWriteTokens: Int
  /// The part of it that was written for an hour.
  package var cacheWrite1hTokens: Int
  package var reasoningTokens: Int
  package var webSearches: Int
  /// Absent when the price is unknown.
  package var costNanoDollars: Int64?
  package var generation: Int
  package var losses: [String]
  /// Who was asked in vain before, a line each; nil when nobody was.
  package var tries: String?

  package init(
    id: String, startedAtMs: Int64, durationMs: Int = 0, firstTokenMs: Int? = nil,
    dialect: String = "", modelRequested: String = "", modelSent: String = "",
    backend: String = "", attempts: Int = 1, keyID: Int64? = nil, keyName: String = "",
    owner: String = "", route: String = "", client: String = "", session: String? = nil,
    status: Int = 200, ending: String = "completed", errorKind: String? = nil,
    errorMessage: String? = nil, isStreaming: Bool = false, inputTokens: Int = 0,
    outputTokens: Int = 0, cacheReadTokens: Int = 0, cacheWriteTokens: Int = 0,
    cacheWrite1hTokens: Int = 0, reasoningTokens: Int = 0, webSearches: Int = 0,
    costNanoDollars: Int64? = nil, generation: Int = 0, losses: [String] = [],
    tries: String? = nil
  ) {
    self.id = id
    self.startedAtMs = startedAtMs
    self.durationMs = durationMs
    self.firstTokenMs = firstTokenMs
    self.dialect = dialect
    self.modelRequested = modelRequested
    self.modelSent = modelSent
    self.backend = backend
    self.attempts = attempts
    self.keyID = keyID
    self.keyName = keyName
    self.owner = owner
    self.route = route
    self.client = client
    self.session = session
    self.status = status
    self.ending = ending
    self.errorKind = errorKind
    self.errorMessage = errorMessage
    self.isStreaming = isStreaming
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.cacheWrite1hTokens = cacheWrite1hTokens
    self.reasoningTokens = reasoningTokens
    self.webSearches = webSearches
    self.costNanoDollars = costNanoDollars
    self.generation = generation
    self.losses = losses
    self.tries = tries
  }

  /// When its cost was booked: at its end.
  var settledAtMs: Int64 { saturatingSum(startedAtMs, max(0, Int64(durationMs))) }
}
