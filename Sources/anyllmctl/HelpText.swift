import ControlPlane

/// Help, written from the command table: examples first.
enum HelpText {
  static func usageLine(_ command: CommandSpec) -> String {
    (["anyllmctl"] + command.path + command.arguments.map(\.usage) + ["[flags]"])
      .joined(separator: " ")
  }

  /// Help on a command, a noun or a topic; on everything without words.
  static func text(for words: [String]) throws(CommandFailure) -> String {
    guard let first = words.first else { return overview }
    let noun = CommandTable.nounAliases[first] ?? first
    let path = [noun] + words.dropFirst().map { CommandTable.verbAliases[$0] ?? $0 }
    if let command = CommandTable.command(path), !command.isHidden { return text(for: command) }
    if words.count == 1 {
      if !CommandTable.commands(under: noun).isEmpty { return text(forNoun: noun) }
      if let topic = HelpTopics.text(first) { return topic }
    }
    let candidates =
      CommandTable.commands.filter { !$0.isHidden }.map(\.name) + CommandTable.nouns
      + HelpTopics.names
    let near = Spelling.nearest(to: words.joined(separator: " "), among: candidates)
    throw CommandFailure(
      .usage, code: "usage", "no help on `\(PlainText.cleaned(words.joined(separator: " ")))`",
      hint: near.map { "Did you mean `anyllmctl help \($0)`?" }
        ?? "Topics: \(HelpTopics.names.joined(separator: ", ")); or a command of `anyllmctl help`.")
  }

  /// Help on one command.
  static func text(for command: CommandSpec) -> String {
    var lines = [sentence(command.summary)]
    if !command.discussion.isEmpty { lines += [command.discussion] }
    lines += ["", "Examples"] + examples(command.examples)
    lines += ["", "Usage", "  \(usageLine(command))"]
    if !command.flags.isEmpty { lines += ["", "Flags"] + flags(command.flags) }
    lines += ["", "Flags of every command"] + flags(CommandTable.globalFlags)
    let codes = ([.done] + command.exits.filter { $0 != .done } + [.usage])
      .sorted { $0.rawValue < $1.rawValue }
    lines += ["", "Exit codes"] + codes.map { "  \($0.rawValue)  \($0.meaning)" }
    if !command.seeAlso.isEmpty {
      lines += ["", "See also: \(command.seeAlso.joined(separator: ", "))"]
    }
    return lines.joined(separator: "\n")
  }

  /// Help on a noun: its commands.
  static func text(forNoun noun: String) -> String {
    let commands = CommandTable.commands(under: noun)
    let examples = commands.compactMap(\.examples.first)
    let aliases = CommandTable.nounAliases.filter { $0.value == noun }.keys.sorted()
    var lines = ["Examples"] + self.examples(examples) + ["", "Commands"]
    lines += pairs(commands.map { ($0.name, $0.summary) })
    if !aliases.isEmpty { lines += ["", "Also: \(aliases.joined(separator: ", "))"] }
    lines += ["", "Flags: `anyllmctl \(noun) \(commands.first?.path[1] ?? "") --help`"]
    return lines.joined(separator: "\n")
  }

  /// What the program is, in twenty lines.
  static var concise: String {
    """
    anyllmctl operates a running anyllm gateway.

    Examples
      anyllmctl status
      anyllmctl keys add ci --expires 90d
      anyllmctl mappings set 'gpt-4o*' azure-eu:gpt-4o-eu
      anyllmctl requests tail --errors
      anyllmctl backends list --json

    Commands
      status, doctor, version                          how it is
      keys, mappings, backends, routes, requests       what it works with
      cache, config, audit, server                     the gateway itself
      run, translate, curl, completion, help           around it

    `anyllmctl help` lists all of them, `anyllmctl COMMAND --help` explains one,
    `anyllmctl help output` the formats, `anyllmctl help socket` the way to it.
    """
  }

  /// Every command on a line.
  static var overview: String {
    let visible = CommandTable.commands.filter { !$0.isHidden }
    let lines =
      ["anyllmctl operates a running anyllm gateway.", "", "Examples"]
      + examples([
        Example("anyllmctl status"),
        Example("anyllmctl keys add ci --expires 90d"),
        Example("anyllmctl mappings set 'gpt-4o*' azure-eu:gpt-4o-eu"),
        Example("anyllmctl requests tail --errors"),
      ])
      + ["", "Commands"] + pairs(visible.map { ($0.name, $0.summary) })
      + ["", "Flags of every command"] + flags(CommandTable.globalFlags)
      + ["", "Topics of `anyllmctl help`"] + pairs(HelpTopics.summaries)
    return lines.joined(separator: "\n")
  }

  private static func examples(_ examples: [Example]) -> [String] {
    let widest = examples.filter { !$0.purpose.isEmpty }.map(\.line.count).max() ?? 0
    return examples.map { example in
      guard !example.purpose.isEmpty else { return "  \(example.line)" }
      let padding = String(repeating: " ", count: widest - example.line.count)
      return "  \(example.line)\(padding)  # \(example.purpose)"
    }
  }

  private static func flags(_ flags: [FlagSpec]) -> [String] {
    pairs(flags.map { ($0.usage, $0.help) })
  }

  private static func pairs(_ pairs: [(String, String)]) -> [String] {
    let widest = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, words in
      "  \(name)\(String(repeating: " ", count: widest - name.count))  \(words)"
    }
  }

  private static func sentence(_ summary: String) -> String {
    summary.prefix(1).uppercased() + summary.dropFirst() + "."
  }
}
