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
    lines += tries(row.tries)
    if let session = row.session { lines.append(.fact("session", session, .text)) }
    lines.append(
      .fact("losses", row.losses.isEmpty ? "none" : row.losses.joined(separator: ", "), .text))
    if let message = row.errorMessage { lines.append(.fact("error", message, .bad)) }
    return ("Stream \(model.shortIDs[row.id] ?? row.id)", lines)
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

  /// A long message over several lines, cut by columns and not by words.
  static func wrapped(
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
