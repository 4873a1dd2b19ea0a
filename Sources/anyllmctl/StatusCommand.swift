import ControlPlane

extension CommandSpec {
  static let status = CommandSpec(
    path: ["status"], summary: "how the gateway is, on one screen",
    examples: [
      Example("anyllmctl status"),
      Example("anyllmctl status --check && deploy", "exit 10 unless it serves"),
      Example("anyllmctl status --json | jq .totals"),
      Example("anyllmctl status --watch=5s"),
    ],
    flags: [
      FlagSpec("check", "exit 10 unless it serves and a backend may be up"),
      CommandTable.watch,
    ],
    exits: [.noGateway, .checkFailed], seeAlso: ["backends list", "requests list", "doctor"],
    run: { invocation, session throws(CommandFailure) in
      let snapshot = try session.ask(.status) { answer in
        if case .status(let snapshot) = answer { snapshot } else { nil }
      }
      return StatusScreen(snapshot: snapshot, session: session)
        .report(checks: invocation.has("check"))
    })
}

/// The gateway's state in a dozen lines.
struct StatusScreen {
  var snapshot: LiveSnapshot
  var session: Session

  func report(checks: Bool) -> Report {
    var report = Report.details(snapshot, name: snapshot.state.rawValue, details)
    guard checks, let complaint else { return report }
    report.exit = .checkFailed
    report.notes.append("check failed: \(complaint)")
    return report
  }

  /// Why the check fails, if it does.
  private var complaint: String? {
    guard snapshot.state == .serving || snapshot.state == .degraded else {
      return "the gateway is \(snapshot.state.rawValue)"
    }
    // A backend that nobody asked yet is not known to be down.
    let isAnyUsable = snapshot.backends.contains {
      $0.health == .up || $0.health == .degraded || $0.health == .unknown
    }
    return isAnyUsable ? nil : "no backend is up"
  }

  private var details: [(label: String, cell: Cell)] {
    let uptime = snapshot.takenAtMs - snapshot.startedAtMs
    var details: [(label: String, cell: Cell)] = [
      (
        "Gateway",
        Cell(
          "\(snapshot.state.rawValue) for \(Figures.age(milliseconds: uptime)), version "
            + "\(snapshot.version), generation \(snapshot.generation)",
          tone: snapshot.state == .serving ? .good : .warning)
      ),
      ("Listening", Cell(snapshot.listening.joined(separator: ", "))),
      ("Backends", backends),
      ("Streams", streams),
      ("Requests", requests),
      ("Tokens", tokens),
    ]
    if !snapshot.totals.losses.isEmpty { details.append(("Losses", losses)) }
    if snapshot.totals.droppedRecords > 0 {
      details.append(
        (
          "Dropped",
          Cell("\(Figures.count(snapshot.totals.droppedRecords)) records", tone: .warning)
        ))
    }
    for error in lastErrors { details.append(("Error", fitted(words(for: error), tone: .bad))) }
    for notice in snapshot.notices.suffix(3) { details.append(("Notice", fitted(notice))) }
    if let next { details.append(("Next", Cell(next))) }
    return details
  }

  private var backends: Cell {
    let healths = snapshot.backends.map(\.health)
    let order: [BackendHealth] = [.up, .degraded, .down, .draining, .off, .unknown]
    let words = order.compactMap { health -> String? in
      let names = snapshot.backends.filter { $0.health == health }.map(\.name)
      guard !names.isEmpty else { return nil }
      let isFine = health == .up
      return "\(names.count) \(health.rawValue)"
        + (isFine ? "" : " (\(names.joined(separator: ", ")))")
    }
    let tone: Tone =
      healths.allSatisfy { $0 == .up } ? .good : healths.contains(.up) ? .warning : .bad
    return Cell(words.isEmpty ? "none" : words.joined(separator: ", "), tone: tone)
  }

  private var streams: Cell {
    let rate = snapshot.backends.reduce(0) { $0 + $1.tokensPerSecond }
    return Cell("\(snapshot.totals.inFlight) in flight, \(Figures.rate(rate)) tokens/s")
  }

  private var requests: Cell {
    let rate = snapshot.backends.reduce(0) { $0 + $1.requestsPerSecond }
    return Cell(
      "\(Figures.count(snapshot.totals.requests)) since the start, "
        + "\(Figures.count(snapshot.totals.failures)) failed, \(Figures.rate(rate))/s")
  }

  private var tokens: Cell {
    let totals = snapshot.totals
    return Cell(
      "\(Figures.count(totals.inputTokens)) in, \(Figures.count(totals.outputTokens)) out, "
        + "\(Figures.count(totals.cacheReadTokens)) from caches")
  }

  private var losses: Cell {
    fitted(
      snapshot.totals.losses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key) \(Figures.count($0.value))" }.joined(separator: ", "))
  }

  private var lastErrors: [ErrorGroup] {
    Array(snapshot.errors.sorted { $0.lastAtMs > $1.lastAtMs }.prefix(3))
  }

  private func words(for error: ErrorGroup) -> String {
    let age = Figures.age(milliseconds: snapshot.takenAtMs - error.lastAtMs)
    let count = error.count > 1 ? ", \(Figures.count(error.count)) times" : ""
    let place = error.backend.isEmpty ? "" : "\(error.backend) "
    return "\(place)\(error.status) \(error.kind), \(age) ago\(count): \(error.message)"
  }

  private var next: String? {
    if snapshot.backends.contains(where: { $0.health == .down || $0.health == .degraded }) {
      return "anyllmctl backends list"
    }
    return snapshot.errors.isEmpty ? nil : "anyllmctl requests list"
  }

  /// Long sentences end at the edge of a terminal; a pipe gets them whole.
  private func fitted(_ text: String, tone: Tone? = nil) -> Cell {
    guard session.console.isOutTerminal else { return Cell(text, tone: tone) }
    let room = max(20, session.console.columns - 11)
    return Cell(PlainText.fitted(PlainText.cleaned(text), to: room), value: text, tone: tone)
  }
}
