internal import ControlPlane

extension Tables {
  static let requests = Table<RequestSummary>(
    pane: .requests,
    rows: { $0.requests ?? [] },
    identity: \.id,
    fields: {
      [
        $0.id, $0.key, $0.client, $0.dialect, $0.modelRequested, $0.modelSent, $0.backend,
        "\($0.status)", $0.ending, $0.errorKind ?? "", $0.route ?? "",
      ]
    },
    columns: [
      Column("TIME", 8...8, priority: 1, precedes: { $0.startedAtMs < $1.startedAtMs }) {
        row, model in
        .text(
          NumberFormat.time(milliseconds: row.startedAtMs, utcOffset: model.now.utcOffset), .text)
      },
      Column("ID", 6...6, priority: 3) { row, _ in .text(ShortIDs.short(row.id), .text) },
      Column("KEY", 7...12, priority: 4, precedes: { $0.key < $1.key }) { row, _ in
        .text(row.key.isEmpty ? "open" : row.key, .text)
      },
      Column("CLIENT", 10...15, priority: 9) { row, _ in .text(row.client, .text) },
      Column("API", 6...9, priority: 8) { row, _ in .text(row.dialect, .text) },
      Column(
        "MODEL", 12...Int.max, priority: 1, comfortable: 16,
        precedes: { $0.modelRequested < $1.modelRequested }
      ) { row, model in
        .text(row.models(arrow: model.glyphs.arrow), .text)
      },
      Column("BACKEND", 9...14, priority: 5, precedes: { $0.backend < $1.backend }) { row, _ in
        .text(row.attempts > 1 ? "\(row.backend)/\(row.attempts)" : row.backend, .text)
      },
      Column("ST", 3...3, priority: 1, isRight: true, precedes: { $0.status < $1.status }) {
        row, _ in
        .text(row.status > 0 ? "\(row.status)" : NumberFormat.unknown, row.role)
      },
      Column(
        "TTFT", 6...6, priority: 4, isRight: true,
        precedes: { anyllm_tui.precedes($0.firstTokenMs, $1.firstTokenMs) }
      ) { row, _ in
        .text(NumberFormat.latency(milliseconds: row.firstTokenMs), .text)
      },
      Column(
        "DUR", 6...6, priority: 2, isRight: true, precedes: { $0.durationMs < $1.durationMs }
      ) { row, _ in
        .text(NumberFormat.elapsed(milliseconds: row.durationMs), .text)
      },
      Column("IN", 5...6, priority: 6, isRight: true) { row, _ in
        .text(NumberFormat.count(row.inputTokens), .text)
      },
      Column(
        "OUT", 5...6, priority: 5, isRight: true,
        precedes: { $0.outputTokens < $1.outputTokens }
      ) { row, _ in
        .text(NumberFormat.count(row.outputTokens), .text)
      },
      Column(
        "COST", 7...8, priority: 7, isRight: true,
        precedes: { ($0.costMicroDollars ?? 0) < ($1.costMicroDollars ?? 0) }
      ) { row, _ in
        .text(NumberFormat.dollars(micro: row.costMicroDollars), .text)
      },
      Column("ROUTE", 8...14, priority: 10) { row, _ in
        .text(row.route ?? NumberFormat.unknown, .text)
      },
      Column("ENDING", 9...14, priority: 7, precedes: { $0.ending < $1.ending }) { row, _ in
        .text(row.errorKind ?? row.ending, row.role)
      },
    ])

  static let notices = Table<NoticeLine>(
    pane: .notices,
    rows: { NoticeLine.lines(of: $0) },
    identity: { "\($0.notice)/\($0.part)" },
    fields: { [$0.text] },
    columns: [Column("NOTICE", 1...Int.max, priority: 1) { row, _ in .text(row.text, .text) }])
}

extension RequestSummary {
  func models(arrow: String) -> String {
    if modelSent.isEmpty { return modelRequested }
    return modelRequested + arrow + (modelSent == modelRequested ? "=" : modelSent)
  }

  var role: Role {
    switch status {
    case 200..<300: .ok
    case 500...: .bad
    case 400...: .warn
    default: .text
    }
  }
}

extension DashboardModel {
  func age(of pastMs: Int64?) -> String {
    pastMs.map { NumberFormat.age(milliseconds: now.wallMs - $0) } ?? NumberFormat.unknown
  }
}
