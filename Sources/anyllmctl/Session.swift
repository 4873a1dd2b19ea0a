import ControlPlane

/// What commands need from the outside: the gateway, the streams, the clock.
struct Session: Sendable {
  var options: Options
  var console: Console
  var names: SocketNames
  /// The variables of `Options.variables` that are set.
  var environment: [String: String]
  /// Milliseconds since 1970.
  var now: @Sendable () -> Int64
  /// Waits so many milliseconds; false means that the program should come to its end.
  var pause: @Sendable (Int) -> Bool
  var processes: Processes

  /// Looks for the gateway's socket.
  func findSocket() throws(CommandFailure) -> String {
    let discovery = SocketDiscovery(
      socket: options.socket, instance: options.instance, names: names)
    do throws(ControlFailure) {
      let finding = try discovery.find()
      if options.isVerbose {
        for line in SocketDiscovery.describe(finding.attempts) { console.error("socket: \(line)") }
      }
      return finding.path
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A client of the gateway that was found.
  func client() throws(CommandFailure) -> ControlClient {
    let console = console
    let isVerbose = options.isVerbose
    return ControlClient(
      socketPath: try findSocket(), timeoutMilliseconds: options.timeoutMilliseconds,
      observe: { trace in
        guard isVerbose else { return }
        let status = trace.status == 0 ? "no answer" : "\(trace.status)"
        console.error("\(trace.method) \(trace.target) \(status) \(trace.milliseconds)ms")
      },
      meetServer: { api in
        let mine = ControlAPI.current
        guard api.major != mine.major || api.minor < mine.minor else { return }
        console.error(
          "anyllmctl: the gateway speaks API \(api), this program \(mine); some of it may not work")
      })
  }

  /// Asks the gateway one thing and takes the answer apart.
  func ask<Answer>(
    _ command: ControlCommand, _ part: (ControlAnswer) -> Answer?
  ) throws(CommandFailure) -> Answer {
    try ask(command, of: try client(), part)
  }

  /// The same with a client that is already there.
  func ask<Answer>(
    _ command: ControlCommand, of client: ControlClient, _ part: (ControlAnswer) -> Answer?
  ) throws(CommandFailure) -> Answer {
    do throws(ControlFailure) {
      guard let answer = part(try client.perform(command)) else {
        throw ControlFailure(.failed, "the gateway answered something else", hint: "")
      }
      return answer
    } catch {
      throw explained(error, client)
    }
  }

  /// An unknown path is explained by the two versions.
  func explained(_ failure: ControlFailure, _ client: ControlClient) -> CommandFailure {
    guard failure.code == .unknownEndpoint else { return CommandFailure(failure) }
    let theirs = (try? client.server())?.version ?? "unknown"
    return CommandFailure(
      .refused, code: failure.code.rawValue,
      "this gateway (version \(PlainText.cleaned(theirs))) does not know what anyllmctl "
        + "\(Release.version) asked for",
      hint: "Use the anyllmctl that came with the gateway, or restart the gateway as the newer one."
    )
  }
}
