/// Every command there is.
enum CommandTable {
  /// In the order of help.
  static let commands: [CommandSpec] =
    [.status] + .keys + .mappings + .backends + .routes + .requests + .cache + .configuration
    + .server + [.runClient, .translate] + .tools

  /// Other words for a noun or a verb, never abbreviations of them.
  static let nounAliases = [
    "key": "keys", "backend": "backends", "provider": "backends", "providers": "backends",
    "route": "routes", "map": "mappings", "mapping": "mappings", "req": "requests",
    "request": "requests",
  ]
  static let verbAliases = ["ls": "list"]

  /// The flags that every command takes.
  static let globalFlags: [FlagSpec] = [
    FlagSpec(
      "output", short: "o", value: .required("FORMAT"), choices: OutputFormat.names,
      "table, json, jsonl, tsv or name (default: table)"),
    FlagSpec("json", "the same as -o json"),
    FlagSpec("quiet", short: "q", "only the essential value, such as a new key"),
    FlagSpec("no-header", "tables and tsv without their first line"),
    FlagSpec(
      "color", value: .required("WHEN"), choices: ["auto", "always", "never"],
      "auto, always or never (default: auto)"),
    FlagSpec("utc", "times in UTC instead of local time"),
    FlagSpec("socket", value: .required("PATH"), "the gateway's socket"),
    FlagSpec("instance", value: .required("NAME"), "the gateway's name (default: admin)"),
    FlagSpec("timeout", value: .required("TIME"), "how long to wait for an answer (default: 10s)"),
    FlagSpec("verbose", short: "v", "what is asked and how long it took, on stderr"),
    FlagSpec("yes", short: "y", "answer yes to a mild question"),
    FlagSpec("confirm", value: .required("NAME"), "the name that a severe question asks for"),
    FlagSpec("no-input", "never ask; fail and say what to add instead"),
    FlagSpec("help", short: "h", "help for the command, examples first"),
    FlagSpec("version", "the versions of both programs"),
  ]

  /// The flag of every command that can repeat itself.
  static let watch = FlagSpec(
    "watch", short: "w", value: .optional("TIME"), "repeat every TIME (default: 2s)")

  /// The command of exactly this path.
  static func command(_ path: [String]) -> CommandSpec? {
    commands.first { $0.path == path }
  }

  /// The commands below a noun.
  static func commands(under noun: String) -> [CommandSpec] {
    commands.filter { $0.path.count == 2 && $0.path[0] == noun && !$0.isHidden }
  }

  /// First words, in the order of help.
  static var nouns: [String] {
    var seen: [String] = []
    for command in commands where !command.isHidden && !seen.contains(command.path[0]) {
      seen.append(command.path[0])
    }
    return seen
  }

  /// Flags that some command before it is known may mean.
  static func flag(named name: String, in command: CommandSpec?) -> FlagSpec? {
    if let flag = globalFlags.first(where: { $0.name == name }) { return flag }
    let flags = command.map(\.flags) ?? commands.flatMap(\.flags)
    return flags.first { $0.name == name }
  }

  static func flag(short: Character, in command: CommandSpec?) -> FlagSpec? {
    if let flag = globalFlags.first(where: { $0.short == short }) { return flag }
    let flags = command.map(\.flags) ?? commands.flatMap(\.flags)
    return flags.first { $0.short == short }
  }
}
