import ControlPlane

extension [CommandSpec] {
  static let server = [
    CommandSpec(
      path: ["server", "info"], summary: "version, API, generation and state of the gateway",
      examples: [
        Example("anyllmctl server info"),
        Example("anyllmctl server info --json | jq .generation"),
      ],
      seeAlso: ["status", "version"], run: ServerCommands.info),
    CommandSpec(
      path: ["server", "drain"], summary: "take no new requests and finish those in flight",
      examples: [
        Example("anyllmctl server drain"),
        Example("anyllmctl server drain -y --wait=5m", "until all of them are finished"),
      ],
      flags: [
        FlagSpec(
          "wait", value: .optional("TIME"), "until nothing is in flight (default: 5m); exit 9 after"
        )
      ],
      exits: [.noGateway, .ranOut], seeAlso: ["status"], run: ServerCommands.drain),
  ]
}

/// What the `server` commands do.
enum ServerCommands {
  static func info(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let client = try session.client()
    let server: ServerSummary
    do throws(ControlFailure) {
      server = try client.server()
    } catch {
      throw session.explained(error, client)
    }
    return .details(
      server, name: server.version,
      [
        ("Version", Cell(server.version)), ("API", Cell("\(server.api)")),
        ("Generation", Cell("\(server.generation)")), ("State", Cell(server.state.rawValue)),
        ("Socket", Cell(client.socketPath)),
      ])
  }

  static func drain(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let patience = try invocation.span("wait", default: 300_000)
    let client = try session.client()
    try Confirmation(invocation: invocation, console: session.console).mild(
      "Let the gateway take nothing new and finish what is in flight?")
    _ = try session.ask(.drain, of: client) { answer in answer == .draining ? true : nil }
    if let patience { try wait(patience, session, client) }
    return .change(
      ["state": patience == nil ? "draining" : "drained"], name: "draining",
      [patience == nil ? "draining; nothing new is taken" : "drained; nothing is in flight"],
      notes: patience == nil ? ["Watch it: anyllmctl requests list --live --watch"] : [])
  }

  /// Looks until nothing is in flight or the gateway is gone.
  private static func wait(
    _ patience: Int, _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) {
    let deadline = session.now() + Int64(patience)
    var shown = -1
    while true {
      let inFlight: Int
      do throws(ControlFailure) {
        guard case .status(let snapshot) = try client.perform(.status) else { return }
        inFlight = snapshot.totals.inFlight
      } catch {
        // A gateway that is gone has finished.
        if error.code == .unreachable { return }
        throw CommandFailure(error)
      }
      if inFlight == 0 { return }
      if inFlight != shown, session.console.isErrorTerminal, !session.options.isQuiet {
        session.console.error("\(inFlight) in flight")
        shown = inFlight
      }
      guard session.now() < deadline, session.pause(250) else {
        throw CommandFailure(
          .ranOut, code: "timed_out", "\(inFlight) requests are still in flight",
          hint: "The gateway goes on draining; look with `anyllmctl requests list --live`.")
      }
    }
  }
}
