internal import ControlPlane

extension DetailLines {
  static func request(
    _ row: RequestSummary, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    let total = max(1, row.durationMs)
    let first = min(total, row.firstTokenMs ?? total)
    let share = Double(first) / Double(total)
    var lines: [DetailLine] = [
      .fact("status", "\(row.status)  \(row.ending)", row.role),
      .fact("model", row.models(arrow: " \(model.glyphs.arrow) "), .text),
      .fact(
        "backend",
        "\(row.backend)  attempts \(row.attempts)" + (row.route.map { "  route \($0)" } ?? ""),
        .text),
      .fact("key", row.key.isEmpty ? "open" : row.key, .text),
      .fact("client", "\(row.client)  \(row.dialect)\(row.isStreaming ? "  stream" : "")", .text),
      .span("wait", 0, share, NumberFormat.latency(milliseconds: row.firstTokenMs)),
      .span("rest", share, 1, NumberFormat.elapsed(milliseconds: total - first)),
      .fact(
        "tokens",
        "in \(NumberFormat.count(row.inputTokens))  out \(NumberFormat.count(row.outputTokens))"
          + "  cost \(NumberFormat.dollars(micro: row.costMicroDollars))", .text),
      .fact(
        "cache",
        "read \(NumberFormat.count(row.cacheReadTokens))"
          + "  written \(NumberFormat.count(row.cacheWriteTokens))", .text),
      .fact("id", "\(row.id)  generation \(row.generation)", .text),
      .fact("losses", row.losses.isEmpty ? "none" : row.losses.joined(separator: ", "), .text),
    ]
    lines.insert(contentsOf: tries(row.tries), at: 3)
    if let message = row.errorMessage { lines += wrapped("error", message, model) }
    return ("Request \(row.id.suffix(8))", lines)
  }

  /// Who was asked in vain or passed over, and why, one a line.
  static func tries(_ tries: [AttemptSummary]?) -> [DetailLine] {
    let tries = tries ?? []
    let most = 5
    var lines = tries.prefix(most).enumerated().map { index, attempt in
      DetailLine.fact(index == 0 ? "before" : "", attempt.words, .warn)
    }
    if tries.count > most {
      lines.append(.fact("", "and \(tries.count - most) more", .dim))
    }
    return lines
  }
}

extension AttemptSummary {
  /// `azure:gpt-4o 429 after 212ms  rate_limit: slow down`.
  fileprivate var words: String {
    let place = "\(backend):\(model)"
    guard status > 0 else { return "\(place) not asked  \(reason)" }
    return "\(place) \(status) after \(NumberFormat.latency(milliseconds: milliseconds))  \(reason)"
  }
}
