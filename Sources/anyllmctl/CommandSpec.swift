/// One command as the table declares it; parsing, help and completion are read from here.
struct CommandSpec: Sendable {
  /// Such as `["keys", "add"]`.
  var path: [String]
  /// One line, for lists of commands.
  var summary: String
  /// More, when one line is not enough.
  var discussion = ""
  var examples: [Example]
  var arguments: [ArgumentSpec] = []
  var flags: [FlagSpec] = []
  /// The exit codes that this command is likely to give, beyond usage.
  var exits: [ExitCode] = [.noGateway]
  var seeAlso: [String] = []
  var isHidden = false
  /// False for what also works while nothing runs.
  var needsGateway = true
  /// True when what follows the first word belongs to another program, flags too.
  var takesProgram = false
  var run: @Sendable (Invocation, Session) throws(CommandFailure) -> Report

  var name: String { path.joined(separator: " ") }
}

/// A command line that works, and what it is for.
struct Example: Sendable, Equatable {
  var line: String
  var purpose: String

  init(_ line: String, _ purpose: String = "") {
    self.line = line
    self.purpose = purpose
  }
}

/// A word that a command takes.
struct ArgumentSpec: Sendable, Equatable {
  /// What completion may offer for a word.
  enum Values: Sendable, Equatable {
    case any
    case fixed([String])
    case keys, mappings, backends, requests
  }

  var name: String
  var isOptional = false
  var repeats = false
  var values = Values.any

  /// As it stands in a usage line.
  var usage: String {
    let word = repeats ? "\(name)..." : name
    return isOptional ? "[\(word)]" : word
  }
}

/// A flag, global or of one command.
struct FlagSpec: Sendable, Equatable {
  /// What follows the flag.
  enum Value: Sendable, Equatable {
    case none
    case required(String)
    /// Only as `--flag=VALUE`.
    case optional(String)
  }

  var name: String
  var short: Character?
  var value = Value.none
  var help: String
  var choices: [String] = []

  init(
    _ name: String, short: Character? = nil, value: Value = .none, choices: [String] = [],
    _ help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.choices = choices
    self.help = help
  }

  /// As it stands in help: `-o, --output FORMAT`.
  var usage: String {
    let long =
      switch value {
      case .none: "--\(name)"
      case .required(let word): "--\(name) \(word)"
      case .optional(let word): "--\(name)[=\(word)]"
      }
    return short.map { "-\($0), \(long)" } ?? "    \(long)"
  }
}
