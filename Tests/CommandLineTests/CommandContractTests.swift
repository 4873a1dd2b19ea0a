import ControlPlane
import FoundationEssentials
import TestSupport
import Testing

@testable import anyllmctl

extension CommandSpec: CustomTestStringConvertible {
  var testDescription: String { name }
}

extension FlagSpec.Value {
  /// Whether the next word is its value.
  var isRequired: Bool {
    if case .required = self { true } else { false }
  }
}

/// What holds for every command of the table, so that a new one is covered from its first day.
@Suite struct `Every command` {
  static let commands = CommandTable.commands.filter { !$0.isHidden && !$0.takesProgram }
  static let asking = commands.filter(\.needsGateway)
  static let hostile = "\u{1B}[2J\u{9B}1m\u{202E}e v\u{7}il\u{200B}"

  private func isJSON(_ text: String) -> Bool {
    (try? JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8))) != nil
  }

  @Test(arguments: commands)
  func `explains itself, examples first, in eighty columns`(command: CommandSpec) {
    for words in [command.path + ["-h"], command.path + ["--help"], ["help"] + command.path] {
      let run = ProgramRun(words, socket: nil)
      #expect(run.exit == .done)
      #expect(run.error == "")
      #expect(run.out.contains("\nExamples\n  anyllmctl"))
      for flag in command.flags + CommandTable.globalFlags {
        #expect(run.out.contains("--\(flag.name)"))
      }
      for line in run.lines { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test(arguments: commands)
  func `refuses a flag that it does not know`(command: CommandSpec) {
    let line = command.sampleLine(name: "ci") + ["--frobnicate"]
    let run = ProgramRun(line, socket: nil)
    #expect(run.exit == .usage)
    #expect(run.out == "")
    #expect(run.error.hasPrefix("anyllmctl: unknown flag --frobnicate\n"))
    let inJSON = ProgramRun(line + ["--json"], socket: nil)
    #expect(inJSON.exit == .usage)
    #expect(inJSON.out.hasPrefix("{\"error\":{\"code\":\"usage\",") && isJSON(inJSON.out))
  }

  @Test(arguments: asking)
  func `says that nothing runs, and keeps standard output clean`(command: CommandSpec) {
    let line = command.sampleLine(name: "ci")
    let run = ProgramRun(line, socket: nil)
    #expect(run.exit == .noGateway)
    #expect(run.out == "")
    #expect(run.error.contains("/nonexistent/anyllm.sock"))
    let inJSON = ProgramRun(line + ["-o", "json"], socket: nil)
    #expect(inJSON.exit == .noGateway)
    #expect(inJSON.out.contains("\"code\":\"unreachable\"") && isJSON(inJSON.out))
  }

  @Test(arguments: commands)
  func `gives data and nothing else in every format`(command: CommandSpec) throws {
    for format in OutputFormat.allCases {
      let gateway = try ScriptedGateway()
      let line = command.sampleLine(name: "ci") + ["-o", format.rawValue]
      let run = ProgramRun(line, socket: gateway.socket)
      let isDiagnosis = command.path == ["doctor"]
      #expect(run.exit == (isDiagnosis ? .checkFailed : .done), "\(run.error)")
      #expect(run.out.hasSuffix("\n"), "\(format)")
      switch format {
      case .json where command.path == ["requests", "tail"], .jsonl:
        for object in run.lines { #expect(isJSON(String(object))) }
      case .json: #expect(isJSON(run.out) && run.lines.count == 1)
      case .table, .tsv, .name: #expect(!run.out.contains("\u{1B}"))
      }
    }
  }

  @Test(arguments: commands)
  func `gives a pipe and a terminal the same JSON`(command: CommandSpec) throws {
    let line = command.sampleLine(name: "ci") + ["--json"]
    let first = try ScriptedGateway()
    let second = try ScriptedGateway()
    let environment = ["TERM": "xterm", "LANG": "C.UTF-8"]
    let pipe = ProgramRun(line, socket: first.socket, .init(environment: environment)).out
    let terminal = ProgramRun(
      line, socket: second.socket, .init(environment: environment, isTerminal: true)
    ).out
    // The socket's path is part of some answers and differs between the two.
    #expect(
      pipe.split(separator: first.directory.path).joined()
        == terminal.split(separator: second.directory.path).joined())
  }

  @Test(arguments: commands)
  func `cannot be made to write terminal commands by a hostile name`(command: CommandSpec) throws {
    for format in OutputFormat.allCases {
      for isTerminal in [false, true] {
        let gateway = try ScriptedGateway(name: Self.hostile)
        let run = ProgramRun(
          command.sampleLine(name: Self.hostile) + ["-v", "-o", format.rawValue],
          socket: gateway.socket, .init(isTerminal: isTerminal))
        for scalar in (run.out + run.error).unicodeScalars {
          #expect(
            PlainText.cleaned(String(scalar)) == String(scalar) || scalar == "\n"
              || (scalar == "\t" && format == .tsv))
        }
      }
    }
  }

  @Test(arguments: commands)
  func `fits a terminal of any width from forty columns on`(command: CommandSpec) throws {
    for columns in [40, 80, 120] {
      let name = "a-name-of-some-length-日本-" + String(repeating: "x", count: 70)
      let gateway = try ScriptedGateway(name: name)
      let run = ProgramRun(
        command.sampleLine(name: name), socket: gateway.socket,
        .init(isTerminal: true, columns: columns))
      guard case .table = try face(command, name, gateway) else { continue }
      for line in run.lines {
        #expect(PlainText.width(of: String(line)) <= columns, "\(line)")
      }
    }
  }

  private func face(
    _ command: CommandSpec, _ name: String, _ gateway: ScriptedGateway
  ) throws -> Report.Face {
    let lists = ["list", "tail"]
    if command.path == ["doctor"] || lists.contains(command.path.last ?? "") {
      return .table(Table(columns: []))
    }
    return .lines([])
  }

  @Test(arguments: asking.filter { $0.path != ["curl"] })
  func `turns the gateway's refusals into exit codes`(command: CommandSpec) throws {
    let expected: [(ControlFailure.Code, ExitCode)] = [
      (.invalid, .invalid), (.notFound, .notFound), (.conflict, .conflict),
      (.notPermitted, .notPermitted), (.failed, .refused), (.ambiguous, .usage),
      (.unknownEndpoint, .refused), (.tooLarge, .invalid), (.unavailable, .refused),
    ]
    for (code, exit) in expected {
      let gateway = try ScriptedGateway()
      gateway.change { $0.failure = ControlFailure(code, "no: \(code)", hint: "Try later.") }
      let line = command.sampleLine(name: "ci")
      let run = ProgramRun(line, socket: gateway.socket)
      #expect(run.exit == exit, "\(code)")
      #expect(run.out == "")
      #expect(run.error.hasPrefix("anyllmctl: "))
      let inJSON = ProgramRun(line + ["--json"], socket: gateway.socket)
      #expect(inJSON.out.contains("\"code\":\"\(code.rawValue)\"") && isJSON(inJSON.out))
    }
  }

  @Test(arguments: asking)
  func `shows a secret only when it makes one`(command: CommandSpec) throws {
    guard ![["keys", "add"], ["keys", "rotate"]].contains(command.path) else { return }
    for format in OutputFormat.allCases {
      let gateway = try ScriptedGateway()
      let run = ProgramRun(
        command.sampleLine(name: "ci") + ["-v", "-o", format.rawValue], socket: gateway.socket)
      #expect(!"\(run.out)\(run.error)".contains(ScriptedGateway.secret.dropFirst(8)))
    }
  }

  @Test(arguments: commands)
  func `has examples that it would take`(command: CommandSpec) throws {
    #expect(!command.examples.isEmpty)
    for example in command.examples {
      guard let start = example.line.firstRange(of: "anyllmctl ") else {
        Issue.record("no command in \(example.line)")
        continue
      }
      let words = Self.words(String(example.line[start.upperBound...]))
      let typed = try TypedArguments(words)
      #expect(typed.command?.path == command.path)
    }
  }

  @Test(arguments: commands)
  func `points only to what exists`(command: CommandSpec) throws {
    for other in command.seeAlso {
      let words = other.split(separator: " ").map(String.init)
      #expect(throws: Never.self) {
        try HelpText.text(for: words.first == "help" ? Array(words.dropFirst()) : words)
      }
    }
    #expect(Set(command.flags.map(\.name)).count == command.flags.count)
    for flag in command.flags {
      #expect(
        !CommandTable.globalFlags.contains {
          $0.name == flag.name || $0.short == flag.short && flag.short != nil
        })
      // A flag before the verb is read by its name alone.
      #expect(
        CommandTable.flag(named: flag.name, in: nil)?.value.isRequired == flag.value.isRequired)
    }
  }

  @Test(arguments: commands.filter { $0.path.last == "list" })
  func `gives an empty list as such`(command: CommandSpec) throws {
    let gateway = try ScriptedGateway(isEmpty: true)
    let table = ProgramRun(command.path, socket: gateway.socket)
    #expect(table.exit == .done)
    #expect(table.out == "")
    #expect(table.error.hasPrefix("no "))
    #expect(ProgramRun(command.path + ["--json"], socket: gateway.socket).out == "[]\n")
    for format in ["jsonl", "tsv", "name"] {
      #expect(ProgramRun(command.path + ["-o", format], socket: gateway.socket).out == "")
    }
  }

  /// Splits an example as a shell does, up to what follows the command.
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let word { words.append(word) }
        word = nil
      } else if "|<>&)".contains(character) {
        break
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}

/// Any JSON at all.
struct AnyJSON: Decodable {
  init(from decoder: any Decoder) throws {
    if let list = try? decoder.singleValueContainer().decode([AnyJSON].self) {
      _ = list
    } else if let object = try? decoder.singleValueContainer().decode([String: AnyJSON].self) {
      _ = object
    } else {
      _ = try? decoder.singleValueContainer().decode(String.self)
    }
  }
}
