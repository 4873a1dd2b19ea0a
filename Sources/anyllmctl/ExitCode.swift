import ControlPlane

/// How the program ends, as scripts read it.
enum ExitCode: Int32, CaseIterable, Sendable {
  case done = 0
  case refused = 1
  case usage = 2
  case noGateway = 3
  case notPermitted = 4
  case notFound = 5
  case conflict = 6
  case invalid = 7
  case partly = 8
  case ranOut = 9
  case checkFailed = 10

  var meaning: String {
    switch self {
    case .done: "done; also: nothing to do, empty list"
    case .refused: "the gateway refused or failed, not covered below"
    case .usage: "usage: unknown flag, missing argument, confirmation needed"
    case .noGateway: "no gateway: socket absent, stale, or connecting timed out"
    case .notPermitted: "not permitted"
    case .notFound: "not found"
    case .conflict: "conflict: exists already, in use, another generation"
    case .invalid: "invalid configuration or value"
    case .partly: "partly done; what failed is on stderr"
    case .ranOut: "--timeout or --wait ran out; the outcome is unknown"
    case .checkFailed: "a check failed: status --check, doctor"
    }
  }
}

/// Why a command did not do what it was asked.
struct CommandFailure: Error, Equatable {
  var exit: ExitCode
  /// For programs: the gateway's own code, or `usage`, `partly_done`, `check_failed`.
  var code: String
  var message: String
  var hint: String

  init(_ exit: ExitCode, code: String, _ message: String, hint: String) {
    self.exit = exit
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// The command line itself is at fault.
  static func usage(_ message: String, hint: String) -> CommandFailure {
    CommandFailure(.usage, code: "usage", message, hint: hint)
  }

  /// A value on the command line is at fault.
  static func badValue(_ message: String, hint: String) -> CommandFailure {
    CommandFailure(.invalid, code: "invalid", message, hint: hint)
  }

  /// What the gateway, or the way to it, refused.
  init(_ failure: ControlFailure) {
    let exit: ExitCode =
      switch failure.code {
      case .invalid, .tooLarge: .invalid
      case .notFound: .notFound
      case .conflict: .conflict
      case .ambiguous: .usage
      case .notPermitted: .notPermitted
      case .unreachable: .noGateway
      case .timedOut: .ranOut
      case .unavailable, .failed, .unknownEndpoint, .methodNotAllowed: .refused
      }
    self.init(exit, code: failure.code.rawValue, failure.message, hint: failure.hint)
  }
}
