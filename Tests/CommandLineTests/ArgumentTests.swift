import ControlPlane
import Testing

@testable import anyllmctl

/// A command line that must be refused, and what is said about it.
struct BadLine: Sendable, CustomTestStringConvertible {
  var line: String
  var message: String
  var hint: String

  init(_ line: String, _ message: String, hint: String) {
    self.line = line
    self.message = message
    self.hint = hint
  }

  var testDescription: String { line }

  static let all = [
    BadLine("stauts", "unknown command `stauts`", hint: "Did you mean `anyllmctl status`?"),
    BadLine("xyzzy", "unknown command `xyzzy`", hint: "One of: status"),
    BadLine("keys revok ci", "unknown verb `revok` for keys", hint: "`anyllmctl keys revoke`"),
    BadLine(
      "keys frob", "unknown verb `frob` for keys",
      hint: "One of: list, show, usage, add, edit, rotate, revoke, pause"),
    BadLine("keys", "keys needs a verb", hint: "One of: list"),
    BadLine("keys add", "keys add needs NAME", hint: "anyllmctl keys add NAME [flags]"),
    BadLine("keys add a b", "keys add does not take `b`", hint: "Usage:"),
    BadLine("mappings set x", "mappings set needs TARGET", hint: "PATTERN TARGET"),
    BadLine("keys list --stat all", "unknown flag --stat", hint: "Did you mean --state?"),
    BadLine("keys --chek list", "unknown flag --chek", hint: "See `anyllmctl keys --help`"),
    BadLine("keys --check list", "unknown flag --check", hint: "anyllmctl keys list --help"),
    BadLine("status -z", "unknown flag -z", hint: "See `anyllmctl status --help`"),
    BadLine("keys list --state", "--state needs a value", hint: "--state STATE"),
    BadLine("status -o", "-o needs a value", hint: "-o FORMAT"),
    BadLine("status --json=yes", "--json takes no value", hint: "Write --json alone"),
    BadLine("keys add x --api-key sk-1", "--api-key does not exist", hint: "--stdin"),
    BadLine("keys add x --secret=sk-1", "--secret does not exist", hint: "--stdin"),
    BadLine("status --socket a --instance b", "exclude each other", hint: "one of them"),
    BadLine("keys show sk-vk3fA9bC8dE7fG6hJ5kL4mN", "looks like a whole key", hint: "first eight"),
    BadLine("help nonsense", "no help on `nonsense`", hint: "Topics: output"),
    BadLine("help outptu", "no help on `outptu`", hint: "anyllmctl help output"),
  ]

  static let badValues = [
    BadLine("status -o yaml", "--output is `yaml`", hint: "table, json, jsonl, tsv, name"),
    BadLine("status --color sometimes", "--color is `sometimes`", hint: "auto, always, never"),
    BadLine("status --timeout soon", "--timeout is `soon`", hint: "10s"),
    BadLine("status --timeout 0s", "--timeout is `0s`", hint: "10s"),
    BadLine(
      "keys list --state gone", "--state is `gone`", hint: "active, paused, expired, revoked, all"),
    BadLine("requests list --limit 0", "--limit is `0`", hint: "1 to 1000"),
    BadLine("requests list --limit many", "--limit is `many`", hint: "1 to 1000"),
    BadLine("requests tail -n -1", "--backlog is `-1`", hint: "0 to 1000"),
    BadLine("mappings undo --watch=x", "unknown flag", hint: "help"),
    BadLine("status --watch=x", "--watch is `x`", hint: "10s"),
    BadLine("keys add x --expires yesterday", "--expires is `yesterday`", hint: "30d"),
    BadLine("keys add x --expires 2020-01-01", "is in the past", hint: "never"),
    BadLine("keys add x --expires 2027-02-30", "--expires is", hint: "2027-01-31"),
    BadLine("completion tcsh", "no completion for `tcsh`", hint: "bash, zsh, fish"),
  ]
}

@Suite struct `A command line` {
  private func words(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }

  @Test(arguments: BadLine.all)
  func `that is wrong is refused with what was probably meant`(bad: BadLine) {
    let run = ProgramRun(words(bad.line), socket: nil)
    #expect(run.exit == .usage)
    #expect(run.out == "")
    #expect(run.error.contains(bad.message), "\(run.error)")
    #expect(run.error.contains(bad.hint), "\(run.error)")
    #expect(!run.error.contains("sk-vk3fA9"))
  }

  @Test(arguments: BadLine.badValues)
  func `with a bad value says what a good one is`(bad: BadLine) {
    let run = ProgramRun(words(bad.line), socket: nil)
    #expect(run.exit == (bad.message == "unknown flag" ? .usage : .invalid))
    #expect(run.error.contains(bad.message), "\(run.error)")
    #expect(run.error.contains(bad.hint), "\(run.error)")
  }

  @Test(
    arguments: [
      (["keys", "add", "ci"], ["keys", "add"], ["ci"], [:]),
      (["key", "ls"], ["keys", "list"], [], [:]),
      (["providers", "list"], ["backends", "list"], [], [:]),
      (
        ["-q", "keys", "--note=a b", "add", "-ojson", "ci"], ["keys", "add"], ["ci"],
        ["quiet": "", "note": "a b", "output": "json"]
      ),
      (["keys", "revoke", "--", "--odd", "-o"], ["keys", "revoke"], ["--odd", "-o"], [:]),
      (
        ["status", "-qvy", "-w"], ["status"], [],
        ["quiet": "", "verbose": "", "yes": "", "watch": ""]
      ),
      (["status", "--watch=5s"], ["status"], [], ["watch": "5s"]),
      (["status", "-w=5s"], ["status"], [], ["watch": "5s"]),
      (["requests", "tail", "-n", "3"], ["requests", "tail"], [], ["backlog": "3"]),
      (["requests", "tail", "-n3"], ["requests", "tail"], [], ["backlog": "3"]),
      (
        ["keys", "list", "--state", "all", "--state", "active"], ["keys", "list"], [],
        ["state": "active"]
      ),
      (["curl", "keys", "--", "-X", "POST"], ["curl"], ["keys", "-X", "POST"], [:]),
      (["keys", "add", "-"], ["keys", "add"], ["-"], [:]),
      (["keys", "add", "--note", "--json", "ci"], ["keys", "add"], ["ci"], ["note": "--json"]),
    ] as [([String], [String], [String], [String: String])])
  func `is read as it was typed`(
    line: [String], path: [String], words: [String], flags: [String: String]
  ) throws {
    let typed = try TypedArguments(line)
    #expect(typed.path == path)
    #expect(typed.words == words)
    #expect(typed.flags == flags)
  }

  @Test func `that is empty gets the short help and fails`() {
    let run = ProgramRun([], socket: nil)
    #expect(run.exit == .usage)
    #expect(run.out == "")
    #expect(run.error.split(separator: "\n").count <= 20)
    for noun in CommandTable.nouns where noun != "__values" {
      #expect(run.error.contains(noun), "\(noun)")
    }
    for line in run.error.split(separator: "\n") { #expect(line.count <= 80) }
  }

  @Test(arguments: HelpTopics.names + [""] + CommandTable.nouns)
  func `can ask for every topic`(topic: String) {
    guard topic != "__values" else { return }
    let run = ProgramRun(["help"] + (topic.isEmpty ? [] : [topic]), socket: nil)
    #expect(run.exit == .done)
    for line in run.lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `lists every exit code in help`() {
    let run = ProgramRun(["help", "exit-codes"], socket: nil)
    for code in ExitCode.allCases { #expect(run.out.contains("\(code.rawValue)  \(code.meaning)")) }
  }
}

@Suite struct `What a command line means` {
  private func options(
    _ line: [String], _ environment: [String: String] = [:], isTerminal: Bool = false
  ) throws -> Options {
    let console = Console(
      isOutTerminal: isTerminal, isErrorTerminal: isTerminal, isInTerminal: isTerminal, columns: 80,
      writeOut: { _ in }, writeError: { _ in }, readAll: { [] }, readAnswer: { _ in nil })
    return try Options(
      try TypedArguments(["status"] + line), environment: environment, console: console)
  }

  @Test func `comes from flags before variables`() throws {
    let environment = ["ANYLLM_OUTPUT": "tsv", "ANYLLM_TIMEOUT": "3s"]
    #expect(try options([], environment).format == .tsv)
    #expect(try options([], environment).timeoutMilliseconds == 3000)
    #expect(try options(["-o", "name", "--timeout", "1m30s"], environment).format == .name)
    #expect(try options(["--timeout", "1m30s"], environment).timeoutMilliseconds == 90_000)
    #expect(try options(["--json"], environment).format == .json)
    #expect(try options([], ["ANYLLM_OUTPUT": "", "ANYLLM_TIMEOUT": ""]) == options([]))
    #expect(throws: CommandFailure.self) { try options([], ["ANYLLM_OUTPUT": "xml"]) }
    #expect(throws: CommandFailure.self) { try options([], ["ANYLLM_TIMEOUT": "xml"]) }
  }

  @Test(
    arguments: [
      ([], ["TERM": "xterm"], true, true), ([], ["TERM": "xterm"], false, false),
      ([], ["TERM": "dumb"], true, false), ([], [:], true, false),
      ([], ["TERM": "xterm", "NO_COLOR": "1"], true, false),
      ([], ["TERM": "xterm", "NO_COLOR": ""], true, true),
      ([], ["CLICOLOR_FORCE": "1"], false, true),
      ([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false),
      (["--color", "always"], ["NO_COLOR": "1"], false, true),
      (["--color=never"], ["TERM": "xterm", "CLICOLOR_FORCE": "1"], true, false),
    ] as [([String], [String: String], Bool, Bool)])
  func `has colour by the usual rules`(
    line: [String], environment: [String: String], isTerminal: Bool, isColoured: Bool
  ) throws {
    #expect(try options(line, environment, isTerminal: isTerminal).isColoured == isColoured)
  }

  @Test(arguments: [
    ("10", 10_000), ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("1h30m", 5_400_000),
    ("30d", 2_592_000_000), ("2w", 1_209_600_000),
  ])
  func `has times`(text: String, milliseconds: Int) throws {
    #expect(try TimeSpan.milliseconds(text, of: "--t") == milliseconds)
  }

  @Test(arguments: ["", "s", "10x", "-5s", "1.5h", "٣s", "h1", "99999999999999999999s", "1d2", "0"])
  func `has no times that make no sense`(text: String) {
    #expect(throws: CommandFailure.self) { try TimeSpan.milliseconds(text, of: "--t") }
  }

  @Test(arguments: [
    ("never", nil), ("1h", ScriptedGateway.now + 3_600_000),
    ("2027-01-15T08:00:01Z", ScriptedGateway.now + 1000),
    ("2028-02-29T00:00:00Z", 1_835_395_200_000),
  ])
  func `has moments`(text: String, moment: Int64?) throws {
    #expect(try TimeSpan.expiry(text, now: ScriptedGateway.now, of: "--expires") == moment)
  }

  @Test(arguments: [
    ("plain", "plain"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("gpt-4o*", "'gpt-4o*'"),
    ("", "''"), ("$x", "'$x'"), ("a:b,c/d@e%f+g=h.i_j-k", "a:b,c/d@e%f+g=h.i_j-k"),
  ])
  func `is quoted as a shell wants it`(word: String, quoted: String) {
    #expect(Shell.quoted(word) == quoted)
  }
}
