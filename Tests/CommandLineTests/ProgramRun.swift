import ControlPlane
import Synchronization

@testable import anyllmctl

/// One run of the program inside the test, and all that it wrote.
struct ProgramRun {
  let exit: ExitCode
  let out: String
  let error: String

  var lines: [Substring] { out.split(separator: "\n") }

  /// What stands around the program.
  struct Surroundings: Sendable {
    var environment: [String: String] = [:]
    var isTerminal = false
    var columns = 80
    /// What standard input holds; on a terminal, one answer a line.
    var input = ""
    /// How often the program may wait before it is told to end.
    var patience = 0
    var whileWaiting: @Sendable (Int) -> Void = { _ in }
    /// Other programs, of which none is started.
    var processes = Processes(
      environment: { [:] }, become: { _, _ in 0 },
      capture: { _ in Processes.Capture(out: Array("backends:\n  demo: {}\n".utf8), code: 0) },
      create: { _, _ in 0 })
  }

  init(_ line: [String], socket: String?, _ around: Surroundings = Surroundings()) {
    let out = Output()
    let error = Output()
    let answers = Mutex(around.input.split(separator: "\n").map(String.init)[...])
    let waits = Mutex(0)
    let console = Console(
      isOutTerminal: around.isTerminal, isErrorTerminal: around.isTerminal,
      isInTerminal: around.isTerminal, columns: around.columns, writeOut: out.write,
      writeError: error.write, readAll: { Array(around.input.utf8) },
      readAnswer: { _ in answers.withLock { $0.popFirst() } })
    var environment = around.environment
    environment["ANYLLM_SOCKET"] = socket ?? "/nonexistent/anyllm.sock"
    let program = Program(
      environment: environment, console: console,
      names: SocketNames(environment: environment, runRoot: "/nonexistent"),
      now: { ScriptedGateway.now },
      pause: { _ in
        let count = waits.withLock { waits in
          waits += 1
          return waits
        }
        guard count <= around.patience else { return false }
        around.whileWaiting(count)
        return true
      }, processes: around.processes)
    exit = program.run(line)
    self.out = out.text
    self.error = error.text
  }

  private final class Output: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func write(_ more: [UInt8]) {
      bytes.withLock { $0 += more }
    }

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
  }
}

extension CommandSpec {
  /// A line that works with a scripted gateway of this name, questions answered.
  func sampleLine(name: String) -> [String] {
    var line = path
    for argument in arguments where !argument.isOptional {
      switch argument.values {
      case .keys: line.append(name)
      case .mappings: line.append("gpt-4o*")
      case .backends: line.append(path[0] == "backends" ? name : "openai:gpt-4o-mini")
      case .requests: line.append("req_live_\(name)")
      case .fixed(let words): line.append(words[0])
      case .any:
        line.append(
          path == ["curl"]
            ? "keys" : [["keys", "import"], ["translate"]].contains(path) ? "-" : "sample")
      }
    }
    return line + ["-y", "--confirm", name]
  }
}
