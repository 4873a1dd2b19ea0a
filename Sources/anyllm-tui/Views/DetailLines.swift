internal import ControlPlane

/// What there is to say about one row of each list.
enum DetailLines {
  static func make(
    for pane: Pane, id: String, _ model: DashboardModel
  ) -> (title: String, lines: [DetailLine])? {
    switch pane {
    case .streams:
      if let row = model.snapshot?.streams.first(where: { $0.id == id }) {
        return stream(row, model)
      }
      guard let row = model.watchedStream, row.id == id else { return nil }
      let (title, lines) = stream(row, model)
      return (title + "  (gone from the gateway)", lines)
    case .backends:
      return model.snapshot?.backends.first { $0.name == id }.map { backend($0, model) }
    case .errors:
      return model.snapshot?.errors.first { $0.identity == id }.map { error($0, model) }
    case .requests: return model.requests?.first { $0.id == id }.map { request($0, model) }
    case .keys: return model.keys?.first { "\($0.id)" == id }.map { key($0, model) }
    case .mappings:
      return model.mappings?.mappings.first { $0.pattern == id }.map { mapping($0, model) }
    case .notices, .throughput, .requestsGraph, .rates, .totals: return nil
    }
  }

  private static func stream(
    _ row: StreamStatus, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    let attempt = row.attempt > 1 ? "  attempt \(row.attempt)" : ""
    let elapsed = max(1, row.elapsedMs)
    let first = min(elapsed, row.firstTokenMs ?? elapsed)
    let share = Double(first) / Double(elapsed)
    var lines: [DetailLine] = [
      .fact("state", row.state.word, row.state.role),
      .fact("model", row.models(arrow: " \(model.glyphs.arrow) "), .text),
      .fact("backend", (row.backend.isEmpty ? NumberFormat.unknown : row.backend) + attempt, .text),
      .fact("key", row.key.isEmpty ? "open" : row.key, .text),
      .fact("client", row.client, .text),
      .fact("api", row.dialect + (row.isStreaming ? "  stream" : "  whole reply"), .text),
      .span("wait", 0, share, NumberFormat.latency(milliseconds: first)),
      .span(
        "streaming", share, 1,
        row.firstTokenMs == nil
          ? NumberFormat.unknown : NumberFormat.elapsed(milliseconds: elapsed - first)),
      .fact(
        "tokens",
        "in \(row.inputTokens.map(NumberFormat.count) ?? NumberFormat.unknown)"
          + "  out \(row.outputText)  \(NumberFormat.rate(row.tokensPerSecond)) tok/s", .text),
      .trail("rate", model.trails[row.id]?.samples ?? []),
      .fact("sent", NumberFormat.count(row.bytesOut) + " bytes", .text),
      .fact(
        "started",
        NumberFormat.time(milliseconds: row.startedAtMs, utcOffset: model.now.utcOffset)
          + "  generation \(row.generation)", .text),
      .fact("id", row.id, .text),
    ]
    if let session = row.session { lines.append(.fact("session", session, .text)) }
    lines.append(
      .fact("losses", row.losses.isEmpty ? "none" : row.losses.joined(separator: ", "), .text))
    if let message = row.errorMessage { lines.append(.fact("error", message, .bad)) }
    return ("Stream \(model.shortIDs[row.id] ?? row.id)", lines)
  }

  private static func backend(
    _ row: BackendStatus, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    var lines: [DetailLine] = [
      .fact("health", row.health.word, row.health.role),
      .fact("kind", row.kind, .text),
      .fact("address", row.baseURL, .text),
      .fact("in flight", NumberFormat.count(row.inFlight), .text),
      .fact(
        "ttft",
        "median \(NumberFormat.latency(milliseconds: row.firstTokenMedianMs))"
          + "  p95 \(NumberFormat.latency(milliseconds: row.firstTokenP95Ms))", .text),
      .fact(
        "rates",
        "\(NumberFormat.rate(row.requestsPerSecond)) req/s"
          + "  \(NumberFormat.rate(row.tokensPerSecond)) tok/s"
          + "  \(NumberFormat.percent(row.errorPercent))% errors", .text),
      .fact(
        "since start",
        "\(NumberFormat.count(row.requests)) requests  \(NumberFormat.count(row.failures)) failed",
        .text),
      .trail("60 s", row.recentTokensPerSecond),
    ]
    let error = row.lastErrorText(at: model.snapshot?.takenAtMs ?? 0)
    lines.append(.fact("last error", error.isEmpty ? "none" : error, .text))
    return ("Backend \(row.name)", lines)
  }

  private static func error(_ row: ErrorGroup, _ model: DashboardModel) -> (String, [DetailLine]) {
    let offset = model.now.utcOffset
    return (
      "Error \(row.kind)",
      [
        .fact("backend", row.backend, .text),
        .fact("kind", row.kind + (row.status > 0 ? "  HTTP \(row.status)" : ""), .text),
        .fact("count", NumberFormat.count(row.count), .text),
        .fact(
          "first", NumberFormat.time(milliseconds: row.firstAtMs, utcOffset: offset), .text),
        .fact("last", NumberFormat.time(milliseconds: row.lastAtMs, utcOffset: offset), .text),
        .fact("request", row.lastRequestID, .text),
      ] + wrapped("message", row.message, model)
    )
  }

  private static func request(
    _ row: RequestSummary, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    let total = max(1, row.durationMs)
    let first = min(total, row.firstTokenMs ?? total)
    let share = Double(first) / Double(total)
    var lines: [DetailLine] = [
      .fact("status", "\(row.status)  \(row.ending)", row.role),
      .fact("model", row.models(arrow: " \(model.glyphs.arrow) "), .text),
      .fact("backend", "\(row.backend)  attempts \(row.attempts)", .text),
      .fact("key", row.key.isEmpty ? "open" : row.key, .text),
      .fact("client", "\(row.client)  \(row.dialect)\(row.isStreaming ? "  stream" : "")", .text),
      .span("wait", 0, share, NumberFormat.latency(milliseconds: row.firstTokenMs)),
      .span("rest", share, 1, NumberFormat.elapsed(milliseconds: total - first)),
      .fact(
        "tokens",
        "in \(NumberFormat.count(row.inputTokens))  out \(NumberFormat.count(row.outputTokens))"
          + "  cache read \(NumberFormat.count(row.cacheReadTokens))"
          + "  written \(NumberFormat.count(row.cacheWriteTokens))", .text),
      .fact("id", "\(row.id)  generation \(row.generation)", .text),
      .fact("losses", row.losses.isEmpty ? "none" : row.losses.joined(separator: ", "), .text),
    ]
    if let message = row.errorMessage { lines += wrapped("error", message, model) }
    return ("Request \(row.id.suffix(8))", lines)
  }

  private static func key(_ row: KeySummary, _ model: DashboardModel) -> (String, [DetailLine]) {
    let offset = model.now.utcOffset
    let expires = row.expiresAtMs.map { NumberFormat.date(milliseconds: $0, utcOffset: offset) }
    return (
      "Key \(row.name)",
      [
        .fact("state", row.state.rawValue, row.state.role),
        .fact("prefix", row.prefix, .text),
        .fact("source", row.source, .text),
        .fact(
          "created", NumberFormat.date(milliseconds: row.createdAtMs, utcOffset: offset), .text),
        .fact("expires", expires ?? "never", .text),
        .fact("last used", model.age(of: row.lastUsedAtMs), .text),
        .fact(
          "used",
          "\(NumberFormat.count(row.requests)) requests  in \(NumberFormat.count(row.inputTokens))"
            + "  out \(NumberFormat.count(row.outputTokens))", .text),
        .fact("note", row.note, .text),
      ]
    )
  }

  private static func mapping(
    _ row: MappingSummary, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    (
      "Mapping \(row.pattern)",
      [
        .fact("model", row.pattern, .text),
        .fact("target", row.target, .text),
        .fact("source", row.source, .text),
        .fact("live", "\(row.live) exchanges in flight", .text),
        .fact("change it", "anyllmctl mappings set '\(row.pattern)' BACKEND:MODEL", .dim),
      ]
    )
  }

  /// A long message over several lines, cut by columns and not by words.
  private static func wrapped(
    _ label: String, _ text: String, _ model: DashboardModel
  ) -> [DetailLine] {
    let width = max(10, min(model.size.width, 160) - 16)
    var lines: [DetailLine] = []
    var rest = Substring(text)
    while !rest.isEmpty && lines.count < 8 {
      lines.append(.fact(lines.isEmpty ? label : "", String(rest.prefix(width)), .text))
      rest = rest.dropFirst(width)
    }
    return lines
  }
}
