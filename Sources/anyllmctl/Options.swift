import ControlPlane

/// The forms that output comes in.
enum OutputFormat: String, CaseIterable, Sendable {
  case table, json, jsonl, tsv, name

  static let names = allCases.map(\.rawValue)
}

/// What the global flags and the environment mean together.
struct Options: Equatable, Sendable {
  var format = OutputFormat.table
  var isQuiet = false
  var isVerbose = false
  var hasHeader = true
  var isColoured = false
  var isUTC = false
  var socket: String?
  var instance: String?
  var timeoutMilliseconds = 10_000
  var saysYes = false
  var confirmation: String?
  var mayAsk = true

  /// The environment variables that matter, besides those of the socket.
  static let variables = [
    "ANYLLM_OUTPUT", "ANYLLM_TIMEOUT", "NO_COLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS",
    "LC_ALL", "LC_CTYPE", "LANG",
  ]

  init() {}

  /// Flags win over the environment.
  init(
    _ typed: TypedArguments, environment: [String: String], console: Console
  ) throws(CommandFailure) {
    let flags = typed.flags
    format = try Self.format(flags, environment)
    isQuiet = flags["quiet"] != nil
    isVerbose = flags["verbose"] != nil
    hasHeader = flags["no-header"] == nil
    isColoured = try Self.isColoured(flags["color"], environment, console)
    isUTC = flags["utc"] != nil
    socket = flags["socket"]
    instance = flags["instance"]
    if socket != nil, instance != nil {
      throw CommandFailure.usage(
        "--socket and --instance exclude each other", hint: "Give one of them.")
    }
    if let time = flags["timeout"] {
      timeoutMilliseconds = try TimeSpan.milliseconds(time, of: "--timeout")
    } else if let time = environment["ANYLLM_TIMEOUT"], !time.isEmpty {
      timeoutMilliseconds = try TimeSpan.milliseconds(time, of: "ANYLLM_TIMEOUT")
    }
    saysYes = flags["yes"] != nil
    confirmation = flags["confirm"]
    mayAsk = flags["no-input"] == nil && console.isInTerminal && console.isErrorTerminal
  }

  private static func format(
    _ flags: [String: String], _ environment: [String: String]
  ) throws(CommandFailure) -> OutputFormat {
    if flags["json"] != nil { return .json }
    let source = flags["output"].map { ("--output", $0) }
    let inherited = environment["ANYLLM_OUTPUT"].flatMap { $0.isEmpty ? nil : $0 }
    guard let (name, word) = source ?? inherited.map({ ("ANYLLM_OUTPUT", $0) }) else {
      return .table
    }
    guard let format = OutputFormat(rawValue: word) else {
      throw CommandFailure.badValue(
        "\(name) is `\(PlainText.cleaned(word))`",
        hint: "One of: \(OutputFormat.names.joined(separator: ", ")).")
    }
    return format
  }

  private static func isColoured(
    _ flag: String?, _ environment: [String: String], _ console: Console
  ) throws(CommandFailure) -> Bool {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    switch flag {
    case "always": return true
    case "never": return false
    case nil, "auto":
      if isSet("NO_COLOR") { return false }
      if isSet("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" { return true }
      return console.isOutTerminal && isSet("TERM") && environment["TERM"] != "dumb"
    case let other?:
      throw CommandFailure.badValue(
        "--color is `\(PlainText.cleaned(other))`", hint: "One of: auto, always, never.")
    }
  }
}
