internal import Glibc

/// Asks a running gateway over its Unix socket; every call blocks its thread.
package struct ControlClient: Sendable {
  /// One exchange with the gateway, for `--verbose`.
  package struct Trace: Sendable, Equatable {
    package var method: String
    package var target: String
    package var status: Int
    package var milliseconds: Int
  }

  /// The socket's path.
  package let socketPath: String
  private let timeoutMilliseconds: Int
  private let observe: @Sendable (Trace) -> Void
  private let meetServer: @Sendable (ControlAPI) -> Void

  /// `observe` sees every exchange; `meetServer` the API version that the gateway named.
  package init(
    socketPath: String, timeoutMilliseconds: Int = 10_000,
    observe: @escaping @Sendable (Trace) -> Void = { _ in },
    meetServer: @escaping @Sendable (ControlAPI) -> Void = { _ in }
  ) {
    self.socketPath = socketPath
    self.timeoutMilliseconds = timeoutMilliseconds
    self.observe = observe
    self.meetServer = meetServer
  }

  /// Carries out one command.
  package func perform(_ command: ControlCommand) throws(ControlFailure) -> ControlAnswer {
    try ControlRoutes.answer(to: command, from: try send(ControlRoutes.message(for: command)))
  }

  /// Asks who is there.
  package func server() throws(ControlFailure) -> ServerSummary {
    try ControlRoutes.server(from: try send(ControlRoutes.message(for: .server)))
  }

  /// Sends a message as it is and gives the reply as it is, failures included.
  package func send(_ message: ControlMessage) throws(ControlFailure) -> ControlReply {
    let transfer = try BlockingTransfer(socketPath: socketPath)
    try transfer.prepare(message, timeoutMilliseconds: timeoutMilliseconds)
    let outcome = transfer.run { _ in true }
    return try conclude(outcome, transfer, message)
  }

  /// Follows finished requests until `onEvent` answers false or the stream ends.
  ///
  /// Returns normally in both cases; a stream that broke, or was silent for three heartbeats, is a
  /// failure.
  package func follow(
    backlog: Int, after: Int64?, onEvent: (RequestEvent) -> Bool
  ) throws(ControlFailure) {
    let message = ControlRoutes.message(for: .requestEvents(backlog: backlog, after: after))
    let transfer = try BlockingTransfer(socketPath: socketPath)
    try transfer.prepare(message, silenceSeconds: ControlRoutes.heartbeatSeconds * 3)
    var misread: ControlFailure?
    let outcome = transfer.run { line in
      do throws(ControlFailure) {
        return onEvent(try ControlRoutes.event(fromLine: line))
      } catch {
        misread = error
        return false
      }
    }
    if let misread { throw misread }
    let reply = try conclude(outcome, transfer, message)
    try ControlRoutes.requireSuccess(reply)
  }

  private func conclude(
    _ outcome: BlockingTransfer.Outcome, _ transfer: BlockingTransfer, _ message: ControlMessage
  ) throws(ControlFailure) -> ControlReply {
    observe(
      Trace(
        method: message.method, target: message.target, status: transfer.status,
        milliseconds: transfer.milliseconds))
    if let api = transfer.api { meetServer(api) }
    switch outcome {
    case .complete, .stopped: return transfer.reply
    case .notConnected(let number): throw notConnected(number)
    case .timedOut where transfer.isConnected:
      throw ControlFailure(
        .timedOut, "the gateway did not answer \(message.method) \(message.path) in time",
        hint: "What it was asked may still happen. Look with `anyllmctl status`, or wait longer "
          + "with --timeout.")
    case .timedOut:
      throw ControlFailure(
        .unreachable, "connecting to \(PlainText.cleaned(socketPath)) timed out",
        hint: "The gateway is busy or stopped; see `ps`, or wait longer with --timeout.")
    case .broken(let words):
      throw ControlFailure(
        .unreachable, "the connection to the gateway broke: \(words)",
        hint: "Was it stopped meanwhile? Look with `anyllmctl status`.")
    case .oversized:
      throw ControlFailure(
        .failed, "the gateway's answer is larger than \(BlockingTransfer.replyLimit) bytes",
        hint: "Ask for less, for example with --limit.")
    }
  }

  private func notConnected(_ number: Int32) -> ControlFailure {
    let path = PlainText.cleaned(socketPath)
    if number == ECONNREFUSED {
      return ControlFailure(
        .unreachable, "stale socket: nobody listens on \(path)",
        hint: "The gateway is gone; start anyllm-tui again.")
    }
    if number == EACCES || number == EPERM {
      return ControlFailure(
        .notPermitted, "not allowed to use \(path)",
        hint: "Only root and the user who runs the gateway may; try `sudo -u` that user.")
    }
    return ControlFailure(
      .unreachable, "cannot connect to \(path): \(systemWords(number))",
      hint: "Is anyllm-tui running?")
  }
}
