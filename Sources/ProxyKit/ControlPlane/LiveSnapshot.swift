/// Everything the operator sees of the running gateway at one moment; the dashboard and
/// `anyllmctl status` read the same value.
///
/// Times are milliseconds since 1970 unless a name says otherwise.
package struct LiveSnapshot: Codable, Sendable, Equatable {
  package var state: ServingState
  package var version: String
  /// Addresses that accept clients, such as `127.0.0.1:3000`.
  package var listening: [String]
  package var startedAtMs: Int64
  package var takenAtMs: Int64
  /// The configuration generation that new requests begin with.
  package var generation: Int
  package var totals: Totals
  package var backends: [BackendStatus]
  package var streams: [StreamStatus]
  package var throughput: Throughput
  package var errors: [ErrorGroup]
  /// Sentences for the operator: what was found, recovered or refused at start or reload.
  package var notices: [String]

  package init(
    state: ServingState, version: String, listening: [String], startedAtMs: Int64,
    takenAtMs: Int64, generation: Int, totals: Totals, backends: [BackendStatus],
    streams: [StreamStatus], throughput: Throughput, errors: [ErrorGroup], notices: [String]
  ) {
    self.state = state
    self.version = version
    self.listening = listening
    self.startedAtMs = startedAtMs
    self.takenAtMs = takenAtMs
    self.generation = generation
    self.totals = totals
    self.backends = backends
    self.streams = streams
    self.throughput = throughput
    self.errors = errors
    self.notices = notices
  }
}

package enum ServingState: String, Codable, Sendable {
  case starting, serving, degraded, draining, stopping
}

/// Counters since the start of the process.
package struct Totals: Codable, Sendable, Equatable {
  package var requests: Int
  package var failures: Int
  package var inFlight: Int
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var costMicroDollars: Int64
  /// What translations could not carry, counted by tag.
  package var losses: [String: Int]
  /// Display or log records that a full queue refused.
  package var droppedRecords: Int

  package init(
    requests: Int = 0, failures: Int = 0, inFlight: Int = 0, inputTokens: Int = 0,
    outputTokens: Int = 0, cacheReadTokens: Int = 0, costMicroDollars: Int64 = 0,
    losses: [String: Int] = [:], droppedRecords: Int = 0
  ) {
    self.requests = requests
    self.failures = failures
    self.inFlight = inFlight
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.costMicroDollars = costMicroDollars
    self.losses = losses
    self.droppedRecords = droppedRecords
  }
}

package enum BackendHealth: String, Codable, Sendable {
  case up, degraded, down, draining, off, unknown
}

package struct BackendStatus: Codable, Sendable, Equatable {
  package var name: String
  package var kind: String
  package var baseURL: String
  package var health: BackendHealth
  package var inFlight: Int
  /// Times to first token over the last five minutes; absent below five samples.
  package var firstTokenMedianMs: Int?
  package var firstTokenP95Ms: Int?
  package var tokensPerSecond: Double
  package var requestsPerSecond: Double
  /// Failed share of finished requests over five minutes, 0…100.
  package var errorPercent: Double
  package var requests: Int
  package var failures: Int
  package var lastError: String?
  package var lastErrorAtMs: Int64?
  /// Output tokens per second for each of the last sixty seconds, oldest first.
  package var recentTokensPerSecond: [Double]
  /// Its models of which anything is known; absent where nobody keeps account of them.
  package var deployments: [DeploymentStatus]?

  package init(
    name: String, kind: String, baseURL: String, health: BackendHealth, inFlight: Int = 0,
    firstTokenMedianMs: Int? = nil, firstTokenP95Ms: Int? = nil, tokensPerSecond: Double = 0,
    requestsPerSecond: Double = 0, errorPercent: Double = 0, requests: Int = 0,
    failures: Int = 0, lastError: String? = nil, lastErrorAtMs: Int64? = nil,
    recentTokensPerSecond: [Double] = [], deployments: [DeploymentStatus]? = nil
  ) {
    self.name = name
    self.kind = kind
    self.baseURL = baseURL
    self.health = health
    self.inFlight = inFlight
    self.firstTokenMedianMs = firstTokenMedianMs
    self.firstTokenP95Ms = firstTokenP95Ms
    self.tokensPerSecond = tokensPerSecond
    self.requestsPerSecond = requestsPerSecond
    self.errorPercent = errorPercent
    self.requests = requests
    self.failures = failures
    self.lastError = lastError
    self.lastErrorAtMs = lastErrorAtMs
    self.recentTokensPerSecond = recentTokensPerSecond
    self.deployments = deployments
  }
}

package enum StreamState: String, Codable, Sendable {
  case receiving, connecting, waiting, streaming, stalled, retrying, done, failed, cancelled
}

/// One exchange in flight, or finished within the last three seconds.
package struct StreamStatus: Codable, Sendable, Equatable, Identifiable {
  /// The request id, as sent in `x-request-id`.
  package var id: String
  package var state: StreamState
  /// The dialect the client speaks, such as `anthropic`.
  package var dialect: String
  package var modelRequested: String
  package var modelSent: String
  package var backend: String
  package var attempt: Int
  package var key: String
  package var client: String
  package var generation: Int
  package var startedAtMs: Int64
  package var elapsedMs: Int
  package var firstTokenMs: Int?
  package var inputTokens: Int?
  package var outputTokens: Int
  /// True until the upstream reported usage; the number is then counted from the text.
  package var outputIsEstimated: Bool
  package var tokensPerSecond: Double
  package var bytesOut: Int
  package var isStreaming: Bool
  package var losses: [String]
  package var session: String?
  package var errorMessage: String?
  /// Who was asked in vain, or passed over, before; absent when nobody was.
  package var tries: [AttemptSummary]?

  package init(
    id: String, state: StreamState, dialect: String, modelRequested: String,
    modelSent: String = "", backend: String = "", attempt: Int = 1, key: String = "",
    client: String = "", generation: Int = 0, startedAtMs: Int64 = 0, elapsedMs: Int = 0,
    firstTokenMs: Int? = nil, inputTokens: Int? = nil, outputTokens: Int = 0,
    outputIsEstimated: Bool = true, tokensPerSecond: Double = 0, bytesOut: Int = 0,
    isStreaming: Bool = true, losses: [String] = [], session: String? = nil,
    errorMessage: String? = nil, tries: [AttemptSummary]? = nil
  ) {
    self.id = id
    self.state = state
    self.dialect = dialect
    self.modelRequested = modelRequested
    self.modelSent = modelSent
    self.backend = backend
    self.attempt = attempt
    self.key = key
    self.client = client
    self.generation = generation
    self.startedAtMs = startedAtMs
    self.elapsedMs = elapsedMs
    self.firstTokenMs = firstTokenMs
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.outputIsEstimated = outputIsEstimated
    self.tokensPerSecond = tokensPerSecond
    self.bytesOut = bytesOut
    self.isStreaming = isStreaming
    self.losses = losses
    self.session = session
    self.errorMessage = errorMessage
    self.tries = tries
  }
}

/// One value a second for the last fifteen minutes, oldest first.
package struct Throughput: Codable, Sendable, Equatable {
  package var tokensPerSecond: [Double]
  package var requestsPerSecond: [Double]
  package var failuresPerSecond: [Double]

  package init(
    tokensPerSecond: [Double] = [], requestsPerSecond: [Double] = [],
    failuresPerSecond: [Double] = []
  ) {
    self.tokensPerSecond = tokensPerSecond
    self.requestsPerSecond = requestsPerSecond
    self.failuresPerSecond = failuresPerSecond
  }
}

/// Failures that look alike: same backend, kind and status; digits in the message removed.
package struct ErrorGroup: Codable, Sendable, Equatable {
  package var backend: String
  package var kind: String
  package var status: Int
  package var count: Int
  package var firstAtMs: Int64
  package var lastAtMs: Int64
  package var message: String
  package var lastRequestID: String

  package init(
    backend: String, kind: String, status: Int, count: Int, firstAtMs: Int64, lastAtMs: Int64,
    message: String, lastRequestID: String
  ) {
    self.backend = backend
    self.kind = kind
    self.status = status
    self.count = count
    self.firstAtMs = firstAtMs
    self.lastAtMs = lastAtMs
    self.message = message
    self.lastRequestID = lastRequestID
  }
}
