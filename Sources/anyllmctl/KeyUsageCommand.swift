import ControlPlane

/// What `keys usage` does.
enum KeyUsageCommand {
  static func run(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    func moment(_ flag: String) throws(CommandFailure) -> Int64? {
      try invocation.flags[flag].map { text throws(CommandFailure) in
        try TimeSpan.moment(text, now: session.now(), of: "--\(flag)")
      }
    }
    let by = try invocation.choice("by").flatMap(UsageGrouping.init(rawValue:)) ?? .day
    let question = UsageQuestion(
      key: invocation.words.isEmpty ? nil : try invocation.identifier(0),
      sinceMs: try moment("since"), untilMs: try moment("until"), by: by)
    let rows = try session.ask(.usage(question)) { answer in
      if case .usage(let rows) = answer { rows } else { nil }
    }
    var report = Report.list(
      rows, "requests in that time",
      columns: [
        .flexible(by.rawValue.uppercased(), 1), .number("REQUESTS", 2), .number("IN", 3),
        .number("OUT", 3), .number("CACHED", 4), .number("WRITTEN", 6), .number("REASONED", 7),
        .number("COST", 1), .number("UNPRICED", 5),
      ],
      name: \.group
    ) { row in
      [
        Cell(row.group), Cell(row.requests, Figures.count), Cell(row.inputTokens, Figures.count),
        Cell(row.outputTokens, Figures.count), Cell(row.cacheReadTokens, Figures.count),
        Cell(row.cacheWriteTokens, Figures.count), Cell(row.reasoningTokens, Figures.count),
        Cell(money: row.costMicroDollars), Cell(row.unpricedRequests, Figures.count),
      ]
    }
    if rows.count > 1 {
      let cost = Figures.dollars(micro: rows.reduce(0) { $0 + $1.costMicroDollars })
      let requests = Figures.count(rows.reduce(0) { $0 + $1.requests })
      report.notes.append("together \(requests) requests, \(cost)")
    }
    return report
  }
}
