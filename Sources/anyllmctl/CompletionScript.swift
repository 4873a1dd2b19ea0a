/// Completion scripts of the shells, written from the command table.
enum CompletionScript {
  static let shells = ["bash", "zsh", "fish"]

  static func text(for shell: String) -> String? {
    switch shell {
    case "bash": bash
    case "zsh": zsh
    case "fish": fish
    default: nil
    }
  }

  private static var visible: [CommandSpec] { CommandTable.commands.filter { !$0.isHidden } }

  private static func verbs(_ noun: String) -> [String] {
    CommandTable.commands(under: noun).map { $0.path[1] }
  }

  private static func flagWords(_ flags: [FlagSpec]) -> [String] {
    flags.flatMap { flag in ["--\(flag.name)"] + (flag.short.map { ["-\($0)"] } ?? []) }
  }

  /// The words, or the command that prints them, for the first argument.
  private static func values(_ command: CommandSpec) -> String? {
    switch command.arguments.first?.values {
    case .fixed(let words): words.joined(separator: " ")
    case .keys: "$(anyllmctl __values keys 2>/dev/null)"
    case .mappings: "$(anyllmctl __values mappings 2>/dev/null)"
    case .backends: "$(anyllmctl __values backends 2>/dev/null)"
    case .requests: "$(anyllmctl __values requests 2>/dev/null)"
    case .any, nil: nil
    }
  }

  /// Flags that take one of a few words.
  private static var choiceFlags: [FlagSpec] {
    var seen: Set<String> = []
    return (CommandTable.globalFlags + visible.flatMap(\.flags))
      .filter { !$0.choices.isEmpty && seen.insert($0.name).inserted }
  }

  private static var bash: String {
    var cases: [String] = []
    for noun in CommandTable.nouns where !verbs(noun).isEmpty {
      cases.append("    \(noun)) words=\"\(verbs(noun).joined(separator: " "))\" ;;")
    }
    for command in visible {
      let flags = flagWords(command.flags).joined(separator: " ")
      let values = values(command) ?? ""
      let pattern = command.path.count == 2 ? "\"\(command.name)\"" : command.name
      cases.append("    \(pattern)) flags=\"\(flags)\"; words=\"\(values)\" ;;")
    }
    let choices = choiceFlags.map { flag in
      let names = flagWords([flag]).joined(separator: "|")
      return "    \(names)) words=\"\(flag.choices.joined(separator: " "))\"; cword=0 ;;"
    }
    return """
      # bash completion for anyllmctl
      _anyllmctl() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local command="" words="" flags="" word depth=0 cword=1
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case $word in
            -*) ;;
            *) if ((depth < 2)); then command+=${command:+ }$word; ((depth++)); fi ;;
          esac
        done
        case $command in
          "") words="\(CommandTable.nouns.joined(separator: " "))" ;;
      \(indented(cases))
        esac
        case $previous in
      \(indented(choices))
        esac
        if [[ $current == -* && $cword == 1 ]]; then
          words="$flags \(flagWords(CommandTable.globalFlags).joined(separator: " "))"
        fi
        local IFS=$' \\t\\n'
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -o default -F _anyllmctl anyllmctl
      """
  }

  private static func indented(_ lines: [String]) -> String {
    lines.joined(separator: "\n")
  }

  private static var zsh: String {
    var cases: [String] = []
    for command in visible {
      let values = values(command) ?? ""
      let flags = (flagWords(command.flags) + flagWords(CommandTable.globalFlags))
      let pattern = command.path.count == 2 ? "\"\(command.name)\"*" : "\(command.name)*"
      cases.append(
        "    \(pattern)) flags=(\(flags.joined(separator: " "))); "
          + "candidates=(${(f)\"$(print -l \(values))\"}) ;;")
    }
    for noun in CommandTable.nouns where !verbs(noun).isEmpty {
      cases.append("    \(noun)) candidates=(\(verbs(noun).joined(separator: " "))) ;;")
    }
    let choices = choiceFlags.map { flag in
      let names = flagWords([flag]).joined(separator: "|")
      return "    \(names)) candidates=(\(flag.choices.joined(separator: " "))); flags=() ;;"
    }
    return """
      #compdef anyllmctl
      # zsh completion for anyllmctl
      _anyllmctl() {
        local -a candidates flags typed
        typed=(${words[2,CURRENT-1]:#-*})
        case "${(j: :)typed}" in
          "") candidates=(\(CommandTable.nouns.joined(separator: " "))) ;;
      \(indented(cases))
        esac
        case ${words[CURRENT-1]} in
      \(indented(choices))
        esac
        if [[ ${words[CURRENT]} == -* ]]; then
          compadd -- $flags
        else
          compadd -- $candidates
        fi
      }
      if [[ $funcstack[1] == _anyllmctl ]]; then
        _anyllmctl "$@"
      else
        compdef _anyllmctl anyllmctl
      fi
      """
  }

  private static var fish: String {
    var lines = [
      "# fish completion for anyllmctl", "complete -c anyllmctl -f",
    ]
    for flag in CommandTable.globalFlags { lines.append(fishFlag(flag, condition: nil)) }
    for noun in CommandTable.nouns {
      let summary =
        CommandTable.command([noun])?.summary ?? "\(verbs(noun).joined(separator: ", "))"
      lines.append(
        "complete -c anyllmctl -n __fish_use_subcommand -a \(noun) -d \(Shell.quoted(summary))")
    }
    for command in visible {
      var condition = "__fish_seen_subcommand_from \(command.path[0])"
      if command.path.count == 2 {
        let siblings = verbs(command.path[0]).joined(separator: " ")
        lines.append(
          "complete -c anyllmctl -n '\(condition); and not __fish_seen_subcommand_from \(siblings)'"
            + " -a \(command.path[1]) -d \(Shell.quoted(command.summary))")
        condition += "; and __fish_seen_subcommand_from \(command.path[1])"
      }
      for flag in command.flags { lines.append(fishFlag(flag, condition: condition)) }
      if let values = values(command) {
        // fish substitutes without the dollar sign.
        let words = values.hasPrefix("$") ? String(values.dropFirst()) : values
        lines.append("complete -c anyllmctl -n '\(condition)' -a '\(words)'")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func fishFlag(_ flag: FlagSpec, condition: String?) -> String {
    var words = ["complete", "-c", "anyllmctl"]
    if let condition { words += ["-n", "'\(condition)'"] }
    words += ["-l", flag.name]
    if let short = flag.short { words += ["-s", "\(short)"] }
    if case .required = flag.value { words.append("-x") }
    if !flag.choices.isEmpty { words += ["-a", "'\(flag.choices.joined(separator: " "))'"] }
    if flag.name == "socket" { words.append("-F") }
    return (words + ["-d", Shell.quoted(flag.help)]).joined(separator: " ")
  }
}
