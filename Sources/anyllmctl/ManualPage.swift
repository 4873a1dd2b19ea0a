/// The manual page, written from the command table.
enum ManualPage {
  static var text: String {
    var lines = [
      ".TH ANYLLMCTL 1 \"\" \"anyllm\" \"User Commands\"",
      ".SH NAME", "anyllmctl \\- operate a running anyllm gateway",
      ".SH SYNOPSIS", ".B anyllmctl", "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIFLAGS\\fR]",
      ".SH DESCRIPTION",
      "Speaks to the gateway over its Unix socket. Data goes to standard output, messages go",
      "to standard error.", ".SH COMMANDS",
    ]
    for command in CommandTable.commands where !command.isHidden { lines += section(command) }
    lines += [".SH FLAGS OF EVERY COMMAND"] + CommandTable.globalFlags.flatMap(flag)
    lines.append(".SH EXIT STATUS")
    for code in ExitCode.allCases { lines += [".TP", ".B \(code.rawValue)", plain(code.meaning)] }
    for topic in HelpTopics.names where topic != "exit-codes" {
      lines += [".SH \(topic.uppercased())"] + verbatim(HelpTopics.text(topic) ?? "")
    }
    lines += [".SH SEE ALSO", ".BR anyllm-tui (1)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ command: CommandSpec) -> [String] {
    let words = ([command.name] + command.arguments.map(\.usage)).joined(separator: " ")
    var lines = [".SS \(plain(words))", plain(command.summary) + "."]
    if !command.discussion.isEmpty { lines += [".PP"] + verbatim(command.discussion) }
    lines += command.flags.flatMap(flag)
    lines.append(".PP")
    lines += verbatim(
      command.examples.map { example in
        example.purpose.isEmpty ? example.line : "\(example.line)   # \(example.purpose)"
      }.joined(separator: "\n"))
    return lines
  }

  private static func flag(_ flag: FlagSpec) -> [String] {
    let usage = String(flag.usage.drop { $0 == " " })
    return [".TP", ".B \(plain(usage))", plain(flag.help)]
  }

  /// Lines that stay as they are.
  private static func verbatim(_ text: String) -> [String] {
    [".nf"]
      + text.split(separator: "\n", omittingEmptySubsequences: false).map {
        plain(String($0))
      } + [".fi"]
  }

  /// A line that roff takes for nothing but text.
  private static func plain(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "`": escaped += "\\(ga"
      default: escaped.append(character)
      }
    }
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }
}
