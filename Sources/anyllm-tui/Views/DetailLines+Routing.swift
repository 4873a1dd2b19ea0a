internal import ControlPlane

extension DetailLines {
  static func backend(
    _ row: BackendStatus, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    var lines: [DetailLine] = [
      .fact("health", "\(row.health.word)  duty \(row.duty.word)", row.health.role)
    ]
    lines += (row.deployments ?? []).filter { $0.circuit != .closed }.prefix(4).enumerated().map {
      .fact($0 == 0 ? "circuit" : "", circuit($1, model), $1.circuit.role)
    }
    lines += [
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
    lines += (row.deployments ?? []).filter { $0.circuit == .closed }.prefix(8).enumerated().map {
      .fact($0 == 0 ? "models" : "", pace($1), .text)
    }
    return ("Backend \(row.name)", lines)
  }

  /// `gpt-4o  open, asked again in 24s (12:04:57)  cause`.
  private static func circuit(_ deployment: DeploymentStatus, _ model: DashboardModel) -> String {
    var text = "\(deployment.model)  \(deployment.circuit.word)"
    if let wait = deployment.againInMs {
      let until = NumberFormat.time(
        milliseconds: (model.snapshot?.takenAtMs ?? 0) + Int64(wait),
        utcOffset: model.now.utcOffset)
      text += ", asked again in \(NumberFormat.age(milliseconds: Int64(wait))) (\(until))"
    }
    return text + (deployment.cause.map { "  \($0)" } ?? "")
  }

  private static func pace(_ deployment: DeploymentStatus) -> String {
    "\(deployment.model)  \(deployment.inFlight) in flight"
      + "  ttft \(NumberFormat.latency(milliseconds: deployment.firstTokenMs))"
      + "  whole \(NumberFormat.latency(milliseconds: deployment.wholeReplyMs))"
  }

  static func mapping(
    _ row: MappingSummary, _ model: DashboardModel
  ) -> (String, [DetailLine]) {
    let route = model.route(of: row)
    return (
      "Mapping \(row.pattern)",
      [
        .fact("model", row.pattern, .text),
        .fact("target", row.target + (route == nil ? "" : "  (a route)"), .text),
      ] + routeLines(route) + [
        .fact("source", row.source, .text),
        .fact("live", "\(row.live) exchanges in flight", .text),
        .fact("change it", "anyllmctl mappings set '\(row.pattern)' BACKEND:MODEL", .dim),
      ]
    )
  }

  /// What stands behind a route's name.
  private static func routeLines(_ route: RouteSummary?) -> [DetailLine] {
    guard let route else { return [] }
    var lines = [DetailLine.fact("strategy", route.strategy, .text)]
    lines += route.deployments.enumerated().map { index, member in
      let load = member.inFlight > 0 ? "  \(member.inFlight) in flight" : ""
      let text = "\(member.text)\(load)\(member.refusal.map { "  \($0)" } ?? "")"
      return .fact(index == 0 ? "deployments" : "", text, member.refusal == nil ? .text : .warn)
    }
    if !route.fallbacks.isEmpty {
      lines.append(.fact("fallbacks", route.fallbacks.joined(separator: ", "), .text))
    }
    return lines
  }
}
