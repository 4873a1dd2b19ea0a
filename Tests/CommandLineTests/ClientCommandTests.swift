import ControlPlane
import Synchronization
import Testing

@testable import anyllmctl

/// Remembers what the program wanted of other programs.
private final class Elsewhere: Sendable {
  struct State {
    var words: [String] = []
    var variables: [String: String?] = [:]
    var created: [String: [UInt8]] = [:]
  }

  let state = Mutex(State())

  func processes(
    _ environment: [String: String] = [:], reason: Int32 = 0,
    capture: Processes.Capture? = Processes.Capture(out: Array("a: 1\n".utf8), code: 0)
  ) -> Processes {
    Processes(
      environment: { environment },
      become: { words, variables in
        self.state.withLock { ($0.words, $0.variables) = (words, variables) }
        return reason
      },
      capture: { words in
        self.state.withLock { $0.words = words }
        return capture
      },
      create: { path, bytes in
        self.state.withLock { state in
          if state.created[path] != nil { return 17 }
          state.created[path] = bytes
          return 0
        }
      })
  }

  subscript(variable: String) -> String? {
    state.withLock { $0.variables[variable] ?? nil }
  }
}

@Suite struct `A client that is started` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
    gateway.change { $0.snapshot.listening = ["unix:/x", "0.0.0.0:4321"] }
  }

  private func run(_ line: [String], _ processes: Processes) -> ProgramRun {
    var around = ProgramRun.Surroundings()
    around.processes = processes
    return ProgramRun(["run"] + line, socket: gateway.socket, around)
  }

  @Test func `finds the gateway in every language, and keeps its own flags`() {
    let elsewhere = Elsewhere()
    let run = run(
      ["--key-env", "MINE", "claude", "-p", "--json", "hi"],
      elsewhere.processes(["MINE": "sk-mine-1"]))
    #expect(run.exit == .done)
    #expect(elsewhere.state.withLock { $0.words } == ["claude", "-p", "--json", "hi"])
    #expect(elsewhere["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:4321")
    #expect(elsewhere["OPENAI_BASE_URL"] == "http://127.0.0.1:4321/v1")
    #expect(elsewhere["GOOGLE_GEMINI_BASE_URL"] == "http://127.0.0.1:4321")
    #expect(elsewhere["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] == "http://127.0.0.1:4321")
    for name in ClientEnvironment.credentials { #expect(elsewhere[name] == "sk-mine-1") }
    #expect(elsewhere.state.withLock { $0.variables.keys.contains("ANTHROPIC_API_KEY") })
    #expect(elsewhere["ANTHROPIC_API_KEY"] == nil)
    #expect(!(run.out + run.error).contains("sk-mine-1"))
  }

  @Test func `keeps the credentials it has when no key is given`() {
    let elsewhere = Elsewhere()
    _ = run(["codex"], elsewhere.processes(["OPENAI_API_KEY": "sk-own"]))
    #expect(elsewhere.state.withLock { !$0.variables.keys.contains("OPENAI_API_KEY") })
    #expect(elsewhere["ANTHROPIC_AUTH_TOKEN"] == ClientEnvironment.placeholder)
  }

  @Test func `gets a key of its own when that is asked for, and nobody sees it`() {
    let elsewhere = Elsewhere()
    let run = run(["--new-key", "laptop", "claude"], elsewhere.processes())
    let key = elsewhere["ANTHROPIC_AUTH_TOKEN"] ?? ""
    #expect(key.hasPrefix("sk-"))
    #expect(!(run.out + run.error).contains(key))
    #expect(run.error.contains("made the key laptop"))
  }

  @Test func `does not ask a proxy for its own machine`() {
    let elsewhere = Elsewhere()
    _ = run(["x"], elsewhere.processes(["HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.b"]))
    #expect(elsewhere["NO_PROXY"] == "a.b,127.0.0.1,::1,localhost")
  }

  @Test func `is not started by a dry run, which makes no key either`() {
    let elsewhere = Elsewhere()
    let run = run(["--dry-run", "--new-key", "k", "claude"], elsewhere.processes())
    #expect(run.out.contains("ANTHROPIC_BASE_URL=http://127.0.0.1:4321\n"))
    #expect(run.out.contains("OPENAI_API_KEY=(key)\n"))
    #expect(elsewhere.state.withLock { $0.words.isEmpty })
    #expect(!run.error.contains("made"))
  }

  @Test func `that cannot be started is told`() {
    let run = run(["nothing-here"], Elsewhere().processes(reason: 2))
    #expect(run.exit == .notFound)
    #expect(run.error.contains("nothing-here cannot be started: No such file"))
  }

  @Test(arguments: [
    (["--key-env", "NONE", "x"], ExitCode.invalid), ([], .usage),
    (["--key-env", "A", "--new-key", "b", "x"], .usage), (["--frob", "x"], .usage),
  ])
  func `needs its own line right`(line: [String], exit: ExitCode) {
    #expect(run(line, Elsewhere().processes()).exit == exit)
  }
}

@Suite struct `A configuration of another proxy` {
  private func run(_ line: [String], _ processes: Processes) -> ProgramRun {
    var around = ProgramRun.Surroundings()
    around.processes = processes
    return ProgramRun(["config", "import"] + line, socket: nil, around)
  }

  @Test func `is printed in our words, without a gateway`() {
    let elsewhere = Elsewhere()
    let run = run(["litellm.yaml"], elsewhere.processes())
    #expect(run.exit == .done)
    #expect(run.out == "a: 1\n")
    let words = elsewhere.state.withLock { $0.words }
    #expect(words.first?.hasSuffix("anyllm-tui") == true)
    #expect(words.dropFirst() == ["--import", "litellm.yaml"])
  }

  @Test func `is written to a new file and never over another`() {
    let elsewhere = Elsewhere()
    let processes = elsewhere.processes()
    #expect(run(["x.toml", "--write", "/etc/a.yaml"], processes).exit == .done)
    #expect(elsewhere.state.withLock { $0.created["/etc/a.yaml"] } == Array("a: 1\n".utf8))
    let second = run(["x.toml", "--write", "/etc/a.yaml"], processes)
    #expect(second.exit == .conflict)
    #expect(second.error.contains("is there already"))
  }

  @Test func `of which nothing could be taken fails`() {
    let none = Processes.Capture(out: [], code: 7)
    #expect(run(["x"], Elsewhere().processes(capture: none)).exit == .invalid)
    #expect(run(["x"], Elsewhere().processes(capture: nil)).exit == .refused)
  }
}

@Suite struct `A translation` {
  @Test func `prints what would be sent, and tells the losses apart`() throws {
    let gateway = try ScriptedGateway()
    var around = ProgramRun.Surroundings()
    around.input = "{\"model\":\"m\"}"
    let run = ProgramRun(
      ["translate", "--from", "chat", "--to", "openai", "-"], socket: gateway.socket, around)
    #expect(run.exit == .done)
    #expect(run.out == "{\"seen\":13}\n")
    #expect(run.error == "to openai:gpt-4o as openai, from chat\nlost: top_k\n")
    let question = TranslationQuestion(from: "chat", to: "openai", body: around.input)
    #expect(gateway.commands == [.translate(question)])
  }

  @Test func `of no language or no file is refused`() throws {
    let gateway = try ScriptedGateway()
    let line = ["translate", "--from", "klingon", "-"]
    #expect(ProgramRun(line, socket: gateway.socket).exit == .invalid)
    #expect(ProgramRun(["translate", "/nonexistent"], socket: gateway.socket).exit == .invalid)
  }
}
