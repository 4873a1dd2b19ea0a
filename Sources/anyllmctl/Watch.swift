import ControlPlane

/// A command again and again: painted in place on a terminal, as changes in a pipe.
struct Watch {
  private let invocation: Invocation
  private let session: Session
  private let interval: Int
  private let printer: ReportPrinter

  init(_ invocation: Invocation, _ session: Session) throws(CommandFailure) {
    self.invocation = invocation
    self.session = session
    interval = try invocation.span("watch", default: 2000) ?? 2000
    printer = ReportPrinter(options: session.options, console: session.console)
  }

  /// Repeats until the program is told to end.
  func run() throws(CommandFailure) -> ExitCode {
    var before: [String: [UInt8]] = [:]
    var exit = ExitCode.done
    repeat {
      let report = try invocation.command.run(invocation, session)
      exit = report.exit
      if session.console.isOutTerminal {
        session.console.writeOut(Array(frame(printer.lines(report), report.notes).utf8))
      } else {
        let now = Self.things(report)
        let changes = Self.changes(from: before, to: now, order: Self.order(report))
        session.console.out(changes.map(Self.line))
        before = now
      }
    } while session.pause(interval)
    return exit
  }

  /// One whole frame for one write: from the top left, each line erased to its end, then the rest
  /// of the screen.
  private func frame(_ lines: [String], _ notes: [String]) -> String {
    let time = Figures.timeOfDay(session.now(), utc: session.options.isUTC)
    let footer = "every \(Figures.elapsed(milliseconds: interval))  \(time)  Ctrl-C ends"
    let all = lines + notes.map { PlainText.cleaned($0) } + ["", footer]
    return "\u{1B}[?2026h\u{1B}[H" + all.map { "\($0)\u{1B}[K\n" }.joined()
      + "\u{1B}[J\u{1B}[?2026l"
  }

  /// What happened to one thing between two looks.
  struct Change: Equatable {
    var event: String
    var object: [UInt8]
  }

  static func changes(
    from before: [String: [UInt8]], to now: [String: [UInt8]], order: [String]
  ) -> [Change] {
    var changes: [Change] = []
    for name in order {
      guard let object = now[name], before[name] != object else { continue }
      changes.append(Change(event: before[name] == nil ? "added" : "modified", object: object))
    }
    for name in before.keys.sorted() where now[name] == nil {
      changes.append(Change(event: "removed", object: before[name] ?? []))
    }
    return changes
  }

  private static func line(_ change: Change) -> String {
    "{\"event\":\"\(change.event)\",\"object\":\(ReportPrinter.text(change.object))}"
  }

  private static func order(_ report: Report) -> [String] {
    if case .one = report.payload { return ["one"] }
    return report.names
  }

  private static func things(_ report: Report) -> [String: [UInt8]] {
    let objects = ReportPrinter.objects(report.payload)
    return Dictionary(zip(order(report), objects)) { first, _ in first }
  }
}
