/// What is known of the terminal before it is touched.
struct TerminalFacts {
  var inputIsTerminal: Bool
  var outputIsTerminal: Bool
  var isForeground: Bool
  var isUsable: Bool
  var localeIsUTF8: Bool
  var environment: [String: String]
}

/// How the program will show itself: on a screen, or without one.
enum TerminalPlan: Equatable {
  case headless(because: String)
  case screen(Glyphs, wantsColour: Bool, wantsReports: Bool)

  static func make(_ flags: Flags, _ facts: TerminalFacts) -> TerminalPlan {
    if flags.isHeadless { return .headless(because: "--headless") }
    if !facts.outputIsTerminal { return .headless(because: "stdout is no terminal") }
    if !facts.inputIsTerminal { return .headless(because: "stdin is no terminal") }
    let term = facts.environment["TERM"] ?? ""
    if term.isEmpty { return .headless(because: "TERM is not set") }
    if term == "dumb" { return .headless(because: "TERM=dumb") }
    if !facts.isUsable { return .headless(because: "TERM=\(term) is unknown or cannot draw") }
    if !facts.isForeground { return .headless(because: "started in the background") }
    let isConsole = term.hasPrefix("linux")
    let glyphs: Glyphs
    if flags.wantsASCII || !(facts.localeIsUTF8 || flags.wantsUTF8) {
      glyphs = .ascii
    } else {
      glyphs = isConsole ? .console : .unicode
    }
    let noColour = !(facts.environment["NO_COLOR"] ?? "").isEmpty
    let wantsColour = flags.colour == .always || (flags.colour == .auto && !noColour)
    let wantsReports = !isConsole && !term.hasPrefix("vt")
    return .screen(glyphs, wantsColour: wantsColour, wantsReports: wantsReports)
  }

  /// The locale to try when the user has chosen none.
  static func localeIsUnset(_ environment: [String: String]) -> Bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].allSatisfy { (environment[$0] ?? "").isEmpty }
  }
}
