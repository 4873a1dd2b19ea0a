import ControlPlane

/// The program from its arguments to its exit code.
struct Program: Sendable {
  var environment: [String: String]
  var console: Console
  var names: SocketNames
  var now: @Sendable () -> Int64
  var pause: @Sendable (Int) -> Bool
  var processes = Processes.ofSystem

  /// Does what the words after the program's name say.
  func run(_ line: [String]) -> ExitCode {
    do throws(CommandFailure) {
      return try perform(try TypedArguments(line))
    } catch {
      report(error, asJSON: wantsJSON(line))
      return error.exit
    }
  }

  private func perform(_ typed: TypedArguments) throws(CommandFailure) -> ExitCode {
    if typed.wantsHelp {
      console.out(ToolCommands.lines(try HelpText.text(for: typed.path)))
      return .done
    }
    let isVersion = typed.flags["version"] != nil
    guard let command = isVersion ? CommandTable.command(["version"]) : typed.command else {
      return try incomplete(typed)
    }
    let options = try Options(typed, environment: environment, console: console)
    let invocation = Invocation(
      command: command, words: isVersion ? [] : typed.words, flags: typed.flags, options: options)
    let session = Session(
      options: options, console: console, names: names, environment: environment, now: now,
      pause: pause, processes: processes)
    if invocation.has("watch") { return try Watch(invocation, session).run() }
    let report = try command.run(invocation, session)
    if !report.isPrinted { ReportPrinter(options: options, console: console).print(report) }
    return report.exit
  }

  /// A noun alone, or nothing at all: the short help, and a failure.
  private func incomplete(_ typed: TypedArguments) throws(CommandFailure) -> ExitCode {
    guard let noun = typed.path.first else {
      if typed.flags["json"] == nil, typed.flags["output"] == nil {
        console.error(HelpText.concise)
        return .usage
      }
      throw CommandFailure.usage("which command?", hint: "See `anyllmctl help`.")
    }
    let verbs = CommandTable.commands(under: noun).map { $0.path[1] }
    throw CommandFailure.usage(
      "\(noun) needs a verb",
      hint: "One of: \(verbs.joined(separator: ", ")). See `anyllmctl \(noun) --help`.")
  }

  private func report(_ failure: CommandFailure, asJSON: Bool) {
    struct Wire: Encodable {
      var code: String
      var message: String
      var hint: String
    }
    console.error("anyllmctl: \(PlainText.cleaned(lines: failure.message))")
    if !failure.hint.isEmpty { console.error(PlainText.cleaned(lines: failure.hint)) }
    guard asJSON else { return }
    let wire = Wire(code: failure.code, message: failure.message, hint: failure.hint)
    console.out([ReportPrinter.text(WireJSON.encode(["error": wire]))])
  }

  /// Whether the format is JSON, also when the rest of the line is wrong.
  private func wantsJSON(_ line: [String]) -> Bool {
    var format = environment["ANYLLM_OUTPUT"] ?? ""
    for (place, word) in line.enumerated() {
      if word == "--" { break }
      if word == "--json" { return true }
      if word.hasPrefix("--output=") { format = String(word.dropFirst(9)) }
      if word.hasPrefix("-o"), word.count > 2 { format = String(word.dropFirst(2)) }
      if word == "-o" || word == "--output", place + 1 < line.count { format = line[place + 1] }
    }
    return format == "json" || format == "jsonl"
  }
}
