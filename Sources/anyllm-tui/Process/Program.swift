internal import ControlPlane
internal import Gateway
internal import Glibc

/// The program from its arguments to its exit status.
///
/// The order matters: signals are blocked before any thread exists, the locale is set before ncurses
/// starts, and LINES and COLUMNS are forgotten because they would hide the terminal's real size.
enum Program {
  static let version = "0.1.0"

  static func run(_ arguments: [String]) -> Int32 {
    fillStandardStreams()
    let flags: Flags
    do {
      flags = try Flags.parse(arguments)
    } catch {
      Report.write("anyllm-tui: \(error.text)\ntry: anyllm-tui --help")
      return 2
    }
    switch flags.task {
    case .help: print(Flags.usage)
    case .version: print("anyllm-tui \(version)")
    case .resetTerminal: Curses.printReset()
    case .template: print(ConfigurationTemplate.text, terminator: "")
    case .manual: print(ManualPage.text, terminator: "")
    case .importing(let path): return Self.importing(path)
    case .check:
      let problems = Launch.check(flags)
      guard problems.isEmpty else {
        Report.write(Report.problems(problems))
        return 1
      }
      print("configuration ok")
    case .bench(let frames): return ScreenBench.run(flags, frames: frames)
    case .serve: return serve(flags)
    }
    return 0
  }

  /// Prints another proxy's file in our words, and on stderr what became of it.
  private static func importing(_ path: String) -> Int32 {
    let contents: [UInt8]
    switch FileContents.read(path) {
    case .bytes(let bytes): contents = bytes
    case .missing:
      Report.write("anyllm-tui: there is no file \(path)")
      return 7
    case .unreadable(let reason):
      Report.write("anyllm-tui: \(path) cannot be read: \(reason)")
      return 7
    }
    let report = Importer.read(path: path, contents: contents)
    Report.write((report.lines.map(\.description) + [report.summary]).joined(separator: "\n"))
    guard report.tookAnything else { return 7 }
    print("# Imported from a file of another proxy: \(report.origin).\n")
    print(report.yaml, terminator: "")
    return 0
  }

  /// A closed standard stream would give its number to the next file that is opened.
  private static func fillStandardStreams() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = unsafe open("/dev/null", O_RDWR)
    }
  }

  private static func serve(_ flags: Flags) -> Int32 {
    let environment = environment()
    let plan = TerminalPlan.make(flags, facts(flags, environment))
    var hasScreen = true
    if case .headless = plan { hasScreen = false }
    SignalWatcher.block(hasScreen: hasScreen)
    guard let mailbox = Mailbox() else {
      Report.write("anyllm-tui: no file descriptors are left")
      return 1
    }
    let lifecycle = Lifecycle(mailbox: mailbox, graceSeconds: flags.graceSeconds)
    let run = ProgramRun(flags: flags, mailbox: mailbox, lifecycle: lifecycle)
    switch plan {
    case .headless(let reason):
      if !flags.isHeadless { Report.write("anyllm-tui: no screen (\(reason)); running headless") }
      SignalWatcher.start(lifecycle, mailbox, hasScreen: false)
      lifecycle.start(flags)
      return run.headless(process: nil)
    case .screen(let glyphs, let wantsColour, let wantsReports):
      return run.screen(
        Curses.Settings(
          term: environment["TERM"] ?? "", input: 0, output: 1, wantsColour: wantsColour,
          wantsReports: wantsReports), glyphs)
    }
  }

  private static func facts(_ flags: Flags, _ environment: [String: String]) -> TerminalFacts {
    let outputIsTerminal = isatty(1) == 1
    let isUTF8: Bool
    if flags.wantsUTF8 || TerminalPlan.localeIsUnset(environment) {
      isUTF8 = Curses.setLocale("C.UTF-8")
    } else {
      isUTF8 = Curses.setLocale("")
    }
    unsafe unsetenv("LINES")
    unsafe unsetenv("COLUMNS")
    let term = environment["TERM"] ?? ""
    return TerminalFacts(
      inputIsTerminal: isatty(0) == 1, outputIsTerminal: outputIsTerminal,
      isForeground: outputIsTerminal && Curses.isForeground(1),
      isUsable: outputIsTerminal && !term.isEmpty && Curses.canUse(term: term, output: 1),
      localeIsUTF8: isUTF8, environment: environment)
  }

  private static func environment() -> [String: String] {
    var values: [String: String] = [:]
    for name in ["TERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = unsafe getenv(name) else { continue }
      unsafe values[name] = String(cString: value)
    }
    return values
  }
}

/// One run of the gateway, from its start to its summary.
struct ProgramRun {
  let flags: Flags
  let mailbox: Mailbox
  let lifecycle: Lifecycle

  private var clock: WallClock { WallClock(fixedMs: flags.testClockMs) }

  func screen(_ settings: Curses.Settings, _ glyphs: Glyphs) -> Int32 {
    guard let curses = Curses(settings) else {
      Report.write("anyllm-tui: cannot take the terminal over; running headless")
      SignalWatcher.releaseJobControl()
      SignalWatcher.start(lifecycle, mailbox, hasScreen: false)
      lifecycle.start(flags)
      return headless(process: nil)
    }
    SignalWatcher.start(lifecycle, mailbox, hasScreen: true)
    lifecycle.start(flags)
    var model = DashboardModel(
      size: curses.size() ?? Size(width: 80, height: 24), glyphs: glyphs, now: clock.now())
    model.isReadOnly = flags.isReadOnly
    if let path = flags.fixturePath, let fixture = try? Fixture(path: path) {
      model.recall(fixture)
    }
    let loop = DashboardLoop(
      curses: curses, terminal: settings.input, mailbox: mailbox, lifecycle: lifecycle,
      clock: clock, model: model, framesPerSecond: flags.framesPerSecond)
    let ending = loop.run()
    curses.close()
    switch ending {
    case .finished(let code): return end(loop.process, code)
    case .startFailed(let problems):
      Report.write(Report.problems(problems))
      return 1
    case .headless:
      SignalWatcher.releaseJobControl()
      Report.write("anyllm-tui: the screen is closed; serving goes on (pid \(getpid()))")
      return headless(process: loop.process)
    case .terminalGone:
      lifecycle.drain()
      return headless(process: loop.process)
    }
  }

  func headless(process: (any GatewayProcess)?) -> Int32 {
    let loop = HeadlessLoop(
      mailbox: mailbox, socketPath: flags.socketPath, clock: clock, process: process)
    let code = loop.run()
    return end(loop.process, code)
  }

  private func end(_ process: (any GatewayProcess)?, _ code: Int32) -> Int32 {
    if let process, code == 0 {
      Report.write(Report.summary(process.snapshot(), nowMs: clock.now().wallMs))
    }
    return code
  }
}

extension DashboardModel {
  /// Takes the rates that a fixture remembers, as if they had been sampled.
  mutating func recall(_ fixture: Fixture) {
    for (id, samples) in fixture.rates ?? [:] {
      trails[id] = RateTrail(
        samples: Array(samples.suffix(RateTrail.length)),
        lastSampleMs: fixture.snapshot.takenAtMs)
    }
  }
}
