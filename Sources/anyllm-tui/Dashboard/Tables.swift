internal import ControlPlane

/// The tables of the dashboard.
enum Tables {
  static let streams = Table<StreamStatus>(
    pane: .streams,
    rows: { $0.snapshot?.streams ?? [] },
    identity: \.id,
    fields: {
      [
        $0.id, $0.key, $0.client, $0.dialect, $0.modelRequested, $0.modelSent, $0.backend,
        $0.state.word,
      ]
    },
    isFaded: \.state.isOver,
    columns: [
      Column("ID", 4...6, priority: 1, exactly: \.idWidth) { row, model in
        .text(model.shortIDs[row.id] ?? row.id, .text)
      },
      Column("KEY", 7...12, priority: 4, precedes: { $0.key < $1.key }) { row, _ in
        .text(row.key.isEmpty ? "open" : row.key, .text)
      },
      Column("CLIENT", 10...15, priority: 8, precedes: { $0.client < $1.client }) { row, _ in
        .text(row.client, .text)
      },
      Column("API", 9...9, priority: 10, precedes: { $0.dialect < $1.dialect }) { row, _ in
        .text(row.dialect, .text)
      },
      Column(
        "MODEL", 13...Int.max, priority: 1, comfortable: 32,
        precedes: { $0.modelRequested < $1.modelRequested }
      ) { row, model in
        .text(row.models(arrow: model.glyphs.arrow), .text)
      },
      Column("BACKEND", 9...14, priority: 5, precedes: { $0.backend < $1.backend }) { row, _ in
        .text(row.backendText, .text)
      },
      Column("STATE", 6...6, priority: 1, precedes: { $0.state.word < $1.state.word }) { row, _ in
        .text(row.state.word, row.state.role)
      },
      Column(
        "TTFT", 6...6, priority: 3, isRight: true,
        precedes: { anyllm_tui.precedes($0.firstTokenMs, $1.firstTokenMs) }
      ) { row, _ in
        .text(NumberFormat.latency(milliseconds: row.firstTokenMs), .text)
      },
      Column(
        "TOK/S", 5...5, priority: 2, isRight: true,
        precedes: { $0.tokensPerSecond < $1.tokensPerSecond }
      ) { row, _ in
        .text(
          row.firstTokenMs == nil ? NumberFormat.unknown : NumberFormat.rate(row.tokensPerSecond),
          .text)
      },
      Column(
        "IN", 5...6, priority: 6, isRight: true,
        precedes: { anyllm_tui.precedes($0.inputTokens, $1.inputTokens) }
      ) { row, _ in
        .text(row.inputTokens.map(NumberFormat.count) ?? NumberFormat.unknown, .text)
      },
      Column(
        "OUT", 6...6, priority: 3, isRight: true,
        precedes: { $0.outputTokens < $1.outputTokens }
      ) { row, _ in
        .text(row.outputText, .text)
      },
      Column(
        "TIME", 6...6, priority: 2, isRight: true,
        precedes: { $0.elapsedMs < $1.elapsedMs }
      ) { row, _ in
        .text(NumberFormat.elapsed(milliseconds: row.elapsedMs), .text)
      },
      Column(
        "GEN", 3...4, priority: 9, isRight: true, precedes: { $0.generation < $1.generation }
      ) { row, model in
        .text(
          "\(row.generation)", row.generation == model.snapshot?.generation ? .text : .warn)
      },
      Column("RATE", 8...24, priority: 11) { row, model in
        .sparkline(model.trails[row.id]?.samples ?? [], window: nil)
      },
    ])

  static let backends = Table<BackendStatus>(
    pane: .backends,
    rows: { $0.snapshot?.backends ?? [] },
    identity: \.name,
    fields: { [$0.name, $0.kind, $0.baseURL, $0.health.word, $0.circuitText, $0.lastError ?? ""] },
    urgency: { $0.health == .down ? 2 : $0.health == .degraded ? 1 : 0 },
    columns: [
      Column("NAME", 11...18, priority: 1, precedes: { $0.name < $1.name }) { row, _ in
        .text(row.name, .text)
      },
      Column("KIND", 9...11, priority: 6, precedes: { $0.kind < $1.kind }) { row, _ in
        .text(row.kind, .text)
      },
      Column("HEALTH", 6...6, priority: 1, precedes: { $0.health.word < $1.health.word }) {
        row, _ in
        .text(row.health.word, row.health.role)
      },
      Column(
        "CIRCUIT", 8...9, priority: 3, precedes: { $0.circuitText < $1.circuitText }
      ) { row, _ in
        .text(row.circuitText, row.circuitRole)
      },
      Column("INFL", 4...6, priority: 2, isRight: true, precedes: { $0.inFlight < $1.inFlight }) {
        row, _ in
        .text(NumberFormat.count(row.inFlight), .text)
      },
      Column(
        "RPS", 5...6, priority: 4, isRight: true,
        precedes: { $0.requestsPerSecond < $1.requestsPerSecond }
      ) { row, _ in
        .text(NumberFormat.rate(row.requestsPerSecond), .text)
      },
      Column(
        "TTFT50", 6...7, priority: 3, isRight: true,
        precedes: { anyllm_tui.precedes($0.firstTokenMedianMs, $1.firstTokenMedianMs) }
      ) { row, _ in
        .text(NumberFormat.latency(milliseconds: row.firstTokenMedianMs), .text)
      },
      Column(
        "TTFT95", 6...7, priority: 5, isRight: true,
        precedes: { anyllm_tui.precedes($0.firstTokenP95Ms, $1.firstTokenP95Ms) }
      ) { row, _ in
        .text(NumberFormat.latency(milliseconds: row.firstTokenP95Ms), .text)
      },
      Column(
        "TOK/S", 5...6, priority: 2, isRight: true,
        precedes: { $0.tokensPerSecond < $1.tokensPerSecond }
      ) { row, _ in
        .text(NumberFormat.rate(row.tokensPerSecond), .text)
      },
      Column(
        "ERR%", 4...5, priority: 3, isRight: true,
        precedes: { $0.errorPercent < $1.errorPercent }
      ) { row, _ in
        .text(NumberFormat.percent(row.errorPercent), row.errorPercent >= 5 ? .warn : .text)
      },
      Column("REQS", 5...6, priority: 6, isRight: true, precedes: { $0.requests < $1.requests }) {
        row, _ in
        .text(NumberFormat.count(row.requests), .text)
      },
      Column("FAIL", 5...6, priority: 6, isRight: true, precedes: { $0.failures < $1.failures }) {
        row, _ in
        .text(NumberFormat.count(row.failures), .text)
      },
      Column("TOK/S 60s", 10...24, priority: 10) { row, _ in
        .sparkline(row.recentTokensPerSecond, window: 60)
      },
      Column("LAST ERROR", 12...Int.max, priority: 7, comfortable: 26) { row, model in
        .text(row.lastErrorText(at: model.snapshot?.takenAtMs ?? 0), .text)
      },
      Column("ADDRESS", 24...40, priority: 12) { row, _ in .text(row.baseURL, .dim) },
    ])

  static let errors = Table<ErrorGroup>(
    pane: .errors,
    rows: { $0.snapshot?.errors ?? [] },
    identity: \.identity,
    fields: { [$0.backend, $0.kind, "\($0.status)", $0.message, $0.lastRequestID] },
    columns: [
      Column("LAST", 8...8, priority: 2, precedes: { $0.lastAtMs < $1.lastAtMs }) { row, model in
        .text(
          NumberFormat.time(milliseconds: row.lastAtMs, utcOffset: model.now.utcOffset), .text)
      },
      Column("BACKEND", 10...14, priority: 3, precedes: { $0.backend < $1.backend }) { row, _ in
        .text(row.backend.isEmpty ? NumberFormat.unknown : row.backend, .text)
      },
      Column("KIND", 11...16, priority: 1, precedes: { $0.kind < $1.kind }) { row, _ in
        .text(row.kind, row.status >= 500 || row.status == 0 ? .bad : .warn)
      },
      Column("HTTP", 4...4, priority: 4, isRight: true, precedes: { $0.status < $1.status }) {
        row, _ in
        .text(row.status > 0 ? "\(row.status)" : NumberFormat.unknown, .text)
      },
      Column("N", 5...5, priority: 1, isRight: true, precedes: { $0.count < $1.count }) { row, _ in
        .text(NumberFormat.count(row.count), .text)
      },
      Column("FIRST", 8...8, priority: 8, precedes: { $0.firstAtMs < $1.firstAtMs }) { row, model in
        .text(
          NumberFormat.time(milliseconds: row.firstAtMs, utcOffset: model.now.utcOffset), .dim)
      },
      Column("MESSAGE", 12...Int.max, priority: 4, comfortable: 34) { row, _ in
        .text(row.message, .text)
      },
    ])
}

extension StreamStatus {
  /// `asked→sent`, or `asked→=` when nothing was mapped.
  func models(arrow: String) -> String {
    if modelRequested.isEmpty { return NumberFormat.unknown }
    if modelSent.isEmpty { return modelRequested }
    return modelRequested + arrow + (modelSent == modelRequested ? "=" : modelSent)
  }

  /// Who was asked, and in which attempt when it is not the first.
  var backendText: String {
    if backend.isEmpty { return NumberFormat.unknown }
    return attempt > 1 ? "\(backend)/\(attempt)" : backend
  }

  /// The output so far; `~` marks a number that was counted and not reported.
  var outputText: String {
    guard outputTokens > 0 else { return "0" }
    return (outputIsEstimated ? "~" : "") + NumberFormat.count(outputTokens)
  }
}

extension StreamState {
  var word: String {
    switch self {
    case .receiving: "RECV"
    case .connecting: "CONN"
    case .waiting: "WAIT"
    case .streaming: "STREAM"
    case .stalled: "STALL"
    case .retrying: "RETRY"
    case .done: "DONE"
    case .failed: "ERROR"
    case .cancelled: "CANCEL"
    }
  }

  var role: Role {
    switch self {
    case .streaming: .ok
    case .stalled, .retrying, .cancelled: .warn
    case .failed: .bad
    case .receiving, .connecting, .waiting, .done: .text
    }
  }
}

extension BackendHealth {
  var word: String {
    switch self {
    case .up: "UP"
    case .degraded: "DEGR"
    case .down: "DOWN"
    case .draining: "DRAIN"
    case .off: "OFF"
    case .unknown: "PROBE"
    }
  }

  var role: Role {
    switch self {
    case .up: .ok
    case .degraded: .warn
    case .down: .bad
    case .draining: .info
    case .off, .unknown: .text
    }
  }
}

extension BackendStatus {
  func lastErrorText(at nowMs: Int64) -> String {
    guard let lastError, !lastError.isEmpty else { return "" }
    guard let lastErrorAtMs else { return lastError }
    return NumberFormat.age(milliseconds: nowMs - lastErrorAtMs) + " ago  " + lastError
  }
}

extension ErrorGroup {
  /// What makes the group the same group in the next snapshot.
  var identity: String { "\(backend)\u{1F}\(kind)\u{1F}\(status)\u{1F}\(message)" }
}
