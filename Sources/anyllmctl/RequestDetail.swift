import ControlPlane

/// What `requests show` does.
enum RequestDetail {
  static func show(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let id = try invocation.identifier(0)
    if invocation.has("bodies") { return try bodies(id, session) }
    let request = try session.ask(.showRequest(id)) { answer in
      if case .request(let request) = answer { request } else { nil }
    }
    let isFine = request.errorKind == nil && request.status < 400
    let utc = session.options.isUTC
    return .details(
      request, name: request.id,
      [
        ("Id", Cell(request.id)),
        (
          "Time",
          Cell(
            Figures.moment(request.startedAtMs, now: session.now(), utc: utc),
            value: "\(request.startedAtMs)")
        ),
        ("Status", Cell("\(request.status)", tone: isFine ? .good : .bad)),
        ("Ending", Cell(request.ending)),
        (
          "Error",
          Cell([request.errorKind, request.errorMessage].compactMap { $0 }.joined(separator: ": "))
        ),
        ("Model", Cell(RequestRow.model(request.modelRequested, request.modelSent))),
        ("Backend", Cell(RequestRow.backend(request.backend, attempt: request.attempts))),
        ("Route", Cell(request.route ?? "")),
        ("Before", Cell((request.tries ?? []).map(words).joined(separator: "; "))),
        ("Key", Cell(request.key)), ("Client", Cell(request.client)),
        ("API", Cell(request.dialect)),
        ("First token", Cell(request.firstTokenMs) { Figures.latency(milliseconds: $0) }),
        ("Took", Cell(request.durationMs) { Figures.elapsed(milliseconds: $0) }),
        ("Input", Cell(request.inputTokens) { "\(Figures.count($0)) tokens" }),
        ("Output", Cell(request.outputTokens) { "\(Figures.count($0)) tokens" }),
        ("Cache read", Cell(request.cacheReadTokens) { "\(Figures.count($0)) tokens" }),
        ("Cache write", Cell(request.cacheWriteTokens) { "\(Figures.count($0)) tokens" }),
        ("Losses", Cell(request.losses.joined(separator: ", "))),
        ("Generation", Cell("\(request.generation)")),
      ])
  }

  /// One attempt that brought nothing.
  private static func words(_ attempt: AttemptSummary) -> String {
    let place = "\(attempt.backend):\(attempt.model)"
    guard attempt.status > 0 else { return "\(place) \(attempt.reason)" }
    let time = Figures.latency(milliseconds: attempt.milliseconds)
    return "\(place) \(attempt.status) after \(time) (\(attempt.reason))"
  }

  private static func bodies(_ id: String, _ session: Session) throws(CommandFailure) -> Report {
    let bodies = try session.ask(.showBodies(id)) { answer in
      if case .bodies(let bodies) = answer { bodies } else { nil }
    }
    func lines(_ text: String) -> [String] {
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    var report = Report.change(
      bodies, name: bodies.id,
      ["--- request"] + lines(bodies.request) + ["--- reply"] + lines(bodies.reply))
    report.essential = bodies.request + "\n" + bodies.reply
    return report
  }
}
