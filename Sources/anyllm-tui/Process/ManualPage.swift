/// The manual page, written from what `--help` prints.
enum ManualPage {
  static var text: String {
    var lines = [
      ".TH ANYLLM\\-TUI 1 \"\" \"anyllm\" \"User Commands\"",
      ".SH NAME", "anyllm\\-tui \\- an LLM gateway inside its own dashboard",
      ".SH SYNOPSIS", ".B anyllm\\-tui", "[\\fIOPTIONS\\fR]",
      ".SH DESCRIPTION",
      "Serves clients of Anthropic, OpenAI, Gemini and Bedrock from one port, and shows what it",
      "does on the terminal. The configuration is read from the command line, the environment,",
      "a YAML file and defaults, in this order;", ".B \\-\\-print\\-config\\-template",
      "prints every key of the file with its meaning.", ".SH OPTIONS", ".nf",
    ]
    let usage = Flags.usage.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4)
    lines += usage.map { plain(String($0)) }
    lines += [".fi", ".SH SEE ALSO", ".BR anyllmctl (1)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func plain(_ text: String) -> String {
    let escaped = text.split(separator: "\\", omittingEmptySubsequences: false)
      .joined(separator: "\\e").split(separator: "-", omittingEmptySubsequences: false)
      .joined(separator: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
