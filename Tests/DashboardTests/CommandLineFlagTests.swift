import ControlPlane
import Testing

@testable import anyllm_tui

@Suite struct `The command line of the dashboard` {
  @Test func `takes values after a blank or an equals sign`() throws {
    let flags = try Flags.parse([
      "anyllm-tui", "--config", "a.yaml", "--listen=127.0.0.1:0", "--fps", "5", "--readonly",
      "--color=never", "--grace", "2", "--test-clock", "2026-11-21T12:04:33Z",
    ])
    #expect(flags.configurationPath == "a.yaml")
    #expect(flags.listen == "127.0.0.1:0")
    #expect(flags.framesPerSecond == 5)
    #expect(flags.isReadOnly)
    #expect(flags.colour == .never)
    #expect(flags.graceSeconds == 2)
    #expect(flags.testClockMs == DashboardFixture.now.wallMs)
  }

  @Test(arguments: [
    ["--nonsense"], ["--fps", "0"], ["--fps", "31"], ["--fps"], ["--color", "blue"],
    ["--headless=yes"], ["--test-clock", "yesterday"], ["stray"],
  ])
  func `refuses what it does not know`(arguments: [String]) {
    #expect(throws: Flags.Mistake.self) { try Flags.parse(["anyllm-tui"] + arguments) }
  }
}

@Suite struct `The terminal plan` {
  private func facts(
    _ environment: [String: String] = ["TERM": "xterm-256color"], input: Bool = true,
    output: Bool = true, utf8: Bool = true, usable: Bool = true, foreground: Bool = true
  ) -> TerminalFacts {
    TerminalFacts(
      inputIsTerminal: input, outputIsTerminal: output, isForeground: foreground,
      isUsable: usable, localeIsUTF8: utf8, environment: environment)
  }

  private func isHeadless(_ plan: TerminalPlan) -> Bool {
    if case .headless = plan { return true }
    return false
  }

  @Test func `draws on an ordinary terminal`() {
    #expect(
      TerminalPlan.make(Flags(), facts())
        == .screen(.unicode, wantsColour: true, wantsReports: true))
  }

  @Test func `goes without a screen where there can be none`() {
    #expect(isHeadless(TerminalPlan.make(Flags(), facts(input: false))))
    #expect(isHeadless(TerminalPlan.make(Flags(), facts(output: false))))
    #expect(isHeadless(TerminalPlan.make(Flags(), facts([:]))))
    #expect(isHeadless(TerminalPlan.make(Flags(), facts(["TERM": "dumb"]))))
    #expect(isHeadless(TerminalPlan.make(Flags(), facts(usable: false))))
    #expect(isHeadless(TerminalPlan.make(Flags(), facts(foreground: false))))
    var flags = Flags()
    flags.isHeadless = true
    #expect(isHeadless(TerminalPlan.make(flags, facts())))
  }

  @Test func `obeys NO_COLOR unless colour is demanded`() {
    let quiet = facts(["TERM": "xterm", "NO_COLOR": "1"])
    #expect(
      TerminalPlan.make(Flags(), quiet)
        == .screen(.unicode, wantsColour: false, wantsReports: true))
    var flags = Flags()
    flags.colour = .always
    #expect(
      TerminalPlan.make(flags, quiet)
        == .screen(.unicode, wantsColour: true, wantsReports: true))
    flags.colour = .never
    #expect(
      TerminalPlan.make(flags, facts())
        == .screen(.unicode, wantsColour: false, wantsReports: true))
  }

  @Test func `draws ASCII outside UTF-8, and shades on the Linux console`() {
    #expect(
      TerminalPlan.make(Flags(), facts(utf8: false))
        == .screen(.ascii, wantsColour: true, wantsReports: true))
    #expect(
      TerminalPlan.make(Flags(), facts(["TERM": "linux"]))
        == .screen(.console, wantsColour: true, wantsReports: false))
    var flags = Flags()
    flags.wantsASCII = true
    #expect(
      TerminalPlan.make(flags, facts())
        == .screen(.ascii, wantsColour: true, wantsReports: true))
  }
}

@Suite struct `What the program says on stderr` {
  @Test func `READY names every address and the socket`() throws {
    var snapshot = try DashboardFixture.load().snapshot
    #expect(
      Report.ready(snapshot, socketPath: "/run/a.sock")
        == "READY http://127.0.0.1:3000 socket=/run/a.sock")
    snapshot.listening = ["127.0.0.1:1", "https://[::1]:2", "unix:/x/y.sock"]
    #expect(
      Report.ready(snapshot, socketPath: nil)
        == "READY http://127.0.0.1:1 https://[::1]:2 socket=/x/y.sock")
  }

  @Test func `a failed start lists every problem`() {
    #expect(
      Report.problems(["one", "two\u{1B}[2J"]).split(separator: "\n").map(String.init)
        == ["anyllm-tui: cannot start", "  one", "  two\\x1b[2J"])
  }

  @Test func `the summary has five lines at most`() throws {
    let text = Report.summary(
      try DashboardFixture.load().snapshot, nowMs: DashboardFixture.now.wallMs)
    #expect(text.split(separator: "\n").count <= 5)
    #expect(text.contains("up 2h14m, 291955 requests, 10440 failed"))
  }
}
