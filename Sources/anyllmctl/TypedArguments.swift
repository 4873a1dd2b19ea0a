import ControlPlane

/// A command line as it was typed: which command, which words, which flags; nothing is
/// interpreted yet.
struct TypedArguments: Equatable {
  /// Canonical words of the command, as far as they were given.
  var path: [String] = []
  /// The words after the command.
  var words: [String] = []
  /// Flags by their long name, last one wins; the value is empty when none was given.
  var flags: [String: String] = [:]

  /// Reads the words after the program's name.
  init(_ line: [String]) throws(CommandFailure) {
    var rest = line[...]
    var areFlagsOver = false
    while let word = rest.popFirst() {
      if command?.takesProgram == true, !words.isEmpty { areFlagsOver = true }
      if areFlagsOver || word == "-" || !word.hasPrefix("-") {
        try take(word: word)
      } else if word == "--" {
        areFlagsOver = true
      } else if word.hasPrefix("--") {
        try take(long: String(word.dropFirst(2)), &rest)
      } else {
        try take(shorts: String(word.dropFirst()), &rest)
      }
    }
    if let command, !wantsHelp { try check(command) }
  }

  /// The command, when its whole path was given.
  var command: CommandSpec? { CommandTable.command(path) }

  var wantsHelp: Bool { flags["help"] != nil }

  private mutating func take(word: String) throws(CommandFailure) {
    if command != nil {
      words.append(word)
    } else if path.isEmpty {
      let noun = CommandTable.nounAliases[word] ?? word
      guard CommandTable.commands.contains(where: { $0.path[0] == noun }) else {
        throw Self.unknown("command", word, among: CommandTable.nouns, help: "anyllmctl help")
      }
      path = [noun]
    } else {
      let verb = CommandTable.verbAliases[word] ?? word
      let siblings = CommandTable.commands(under: path[0]).map { $0.path[1] }
      guard CommandTable.command(path + [verb]) != nil else {
        throw Self.unknown(
          "verb", word, among: siblings, before: path[0], help: "anyllmctl \(path[0]) --help")
      }
      path.append(verb)
    }
  }

  private mutating func take(
    long word: String, _ rest: inout ArraySlice<String>
  ) throws(CommandFailure) {
    let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(pair[0])
    guard let flag = CommandTable.flag(named: name, in: command) else { throw unknownFlag(name) }
    let attached = pair.count == 2 ? String(pair[1]) : nil
    switch flag.value {
    case .none:
      guard attached == nil else {
        throw CommandFailure.usage("--\(name) takes no value", hint: "Write --\(name) alone.")
      }
      flags[name] = ""
    case .optional: flags[name] = attached ?? ""
    case .required(let what):
      if let attached {
        flags[name] = attached
      } else {
        flags[name] = try next(&rest, for: "--\(name)", what)
      }
    }
  }

  private mutating func take(
    shorts cluster: String, _ rest: inout ArraySlice<String>
  ) throws(CommandFailure) {
    var letters = Substring(cluster)
    while let letter = letters.popFirst() {
      guard let flag = CommandTable.flag(short: letter, in: command) else {
        throw unknownFlag(String(letter), dashes: "-")
      }
      guard flag.value != .none else {
        flags[flag.name] = ""
        continue
      }
      if letters.first == "=" { letters.removeFirst() }
      if case .required(let what) = flag.value, letters.isEmpty {
        flags[flag.name] = try next(&rest, for: "-\(letter)", what)
      } else {
        flags[flag.name] = String(letters)
      }
      return
    }
  }

  private func next(
    _ rest: inout ArraySlice<String>, for flag: String, _ what: String
  ) throws(CommandFailure) -> String {
    guard let value = rest.popFirst() else {
      throw CommandFailure.usage("\(flag) needs a value", hint: "Write \(flag) \(what).")
    }
    return value
  }

  private func check(_ command: CommandSpec) throws(CommandFailure) {
    // A flag before the verb was taken on trust.
    for name in flags.keys.sorted()
    where CommandTable.flag(named: name, in: command) == nil {
      throw unknownFlag(name)
    }
    let usage = HelpText.usageLine(command)
    let required = command.arguments.filter { !$0.isOptional }
    if words.count < required.count {
      throw CommandFailure.usage(
        "\(command.name) needs \(required[words.count].name)", hint: "Usage: \(usage)")
    }
    if words.count > command.arguments.count, command.arguments.last?.repeats != true {
      let extra = PlainText.cleaned(words[command.arguments.count])
      throw CommandFailure.usage(
        "\(command.name) does not take `\(extra)`", hint: "Usage: \(usage)")
    }
  }

  private func unknownFlag(_ name: String, dashes: String = "--") -> CommandFailure {
    if Self.secretFlags.contains(name) {
      return CommandFailure.usage(
        "--\(name) does not exist: a secret on the command line is read by everyone on the machine",
        hint: "Give it on standard input: `anyllmctl keys add NAME --stdin < FILE`.")
    }
    let flags = (command?.flags ?? []) + CommandTable.globalFlags
    let near = Spelling.nearest(to: name, among: flags.map(\.name))
    let help = path.isEmpty ? "anyllmctl help" : "anyllmctl \(path.joined(separator: " ")) --help"
    return CommandFailure.usage(
      "unknown flag \(dashes)\(PlainText.cleaned(name))",
      hint: near.map { "Did you mean --\($0)?" } ?? "See `\(help)`.")
  }

  /// What people try when they want to pass a secret.
  private static let secretFlags: Set<String> = [
    "key", "api-key", "apikey", "secret", "token", "password", "value",
  ]

  private static func unknown(
    _ what: String, _ word: String, among candidates: [String], before noun: String? = nil,
    help: String
  ) -> CommandFailure {
    let near = Spelling.nearest(to: word, among: candidates)
    let place = noun.map { " for \($0)" } ?? ""
    let suggestion = (noun.map { [$0] } ?? []) + (near.map { [$0] } ?? [])
    return CommandFailure.usage(
      "unknown \(what) `\(PlainText.cleaned(word))`\(place)",
      hint: near == nil
        ? "One of: \(candidates.joined(separator: ", ")). See `\(help)`."
        : "Did you mean `anyllmctl \(suggestion.joined(separator: " "))`?")
  }
}
