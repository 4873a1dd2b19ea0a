import ControlPlane
import Glibc
import TestSupport
import Testing

@testable import anyllmctl

/// The program as it was built, in a shell.
@Suite struct `The built program` {
  private struct ShellRun {
    var out: String
    var code: Int32

    /// Runs a line of `sh` with `anyllmctl` being the one that was built beside the tests.
    init(_ line: String, socket: String) throws {
      var path = [CChar](repeating: 0, count: 4096)
      let length = unsafe readlink("/proc/self/exe", &path, path.count)
      let whole = String(
        decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let directory = whole[..<(whole.lastIndex(of: "/") ?? whole.startIndex)]
      let script = """
        export ANYLLM_SOCKET=\(Shell.quoted(socket)) PATH=\(Shell.quoted(String(directory))):$PATH
        export LC_ALL=C.UTF-8 TERM=xterm
        \(line)
        """
      guard let pipe = unsafe popen(script, "r") else { throw StubFailure(what: "no shell") }
      var bytes: [UInt8] = []
      while case let byte = unsafe getc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
      let status = unsafe pclose(pipe)
      out = String(decoding: bytes, as: UTF8.self)
      code = status >> 8 & 0xFF
    }
  }

  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func shell(_ line: String) throws -> ShellRun {
    try ShellRun(line, socket: gateway.socket)
  }

  @Test func `exits as scripts expect`() throws {
    #expect(try shell("anyllmctl status --check").code == 0)
    #expect(try shell("anyllmctl keys show nobody 2>/dev/null").code == 5)
    #expect(try shell("anyllmctl frob 2>/dev/null").code == 2)
    gateway.stop()
    #expect(try shell("anyllmctl status 2>/dev/null").code == 3)
  }

  @Test func `dies quietly when its reader leaves`() throws {
    gateway.change { state in
      state.requests = (0..<1000).map { ScriptedGateway.request("ci", $0) }
    }
    let run = try shell(
      "{ { anyllmctl requests list --limit 1000 --json 2>&4; echo \"code $?\" >&4; } "
        + "| head -c 1 >/dev/null; } 4>&1")
    #expect(run.out == "code 141\n")
  }

  @Test func `gives a pseudo-terminal the same JSON as a pipe`() throws {
    for command in ["status", "keys list", "backends list", "requests list", "mappings list"] {
      let pipe = try shell("anyllmctl \(command) --json").out
      let terminal = try shell("script -qec 'anyllmctl \(command) --json' /dev/null </dev/null")
      #expect(terminal.out.filter { $0 != "\r\n" && $0 != "\n" } + "\n" == pipe)
    }
  }

  @Test func `fits its tables to a pseudo-terminal`() throws {
    let run = try shell(
      "script -qec 'stty cols 60; anyllmctl requests list --color never' /dev/null </dev/null")
    let lines = run.out.split(whereSeparator: \.isNewline)
    #expect(lines.count == 3)
    for line in lines { #expect(line.count <= 60) }
  }

  @Test func `prints curl lines that work as they are`() throws {
    for path in ["keys", "backends", "mappings", "status", "audit?limit=1"] {
      let curl = try shell("sh -c \"$(anyllmctl curl '\(path)')\"")
      #expect(curl.code == 0)
      #expect(curl.out.first == "[" || curl.out.first == "{")
    }
  }

  @Test func `never has a secret among its arguments`() throws {
    // The line is what `ps` shows; the secret goes through the pipe.
    let run = try shell(
      "printf 'sk-mine-0123456789' | anyllmctl keys add own --stdin -v 2>&1; "
        + "anyllmctl keys add own2 --api-key sk-mine-0123456789 2>&1")
    #expect(!run.out.contains("sk-mine"))
    #expect(run.code == 2)
  }

  @Test func `offers completions in bash, with a gateway and without`() throws {
    let script = """
      bash -c 'source <(anyllmctl completion bash)
      complete_line() {
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _anyllmctl; echo "${COMPREPLY[*]}"
      }
      complete_line anyllmctl ma
      complete_line anyllmctl keys re
      complete_line anyllmctl keys show c
      complete_line anyllmctl status -o js
      complete_line anyllmctl keys add --exp'
      """
    #expect(
      try shell(script).out == "mappings\nrevoke resume\nci ci-old\njson jsonl\n--expires\n")
    gateway.stop()
    let alone = try shell(script)
    #expect(alone.out == "mappings\nrevoke resume\n\njson jsonl\n--expires\n")
    #expect(alone.code == 0)
  }

  @Test(arguments: CompletionScript.shells)
  func `offers every command and flag in every shell`(name: String) throws {
    let script = try #require(CompletionScript.text(for: name))
    for command in CommandTable.commands where !command.isHidden {
      for word in command.path + command.flags.map(\.name) {
        #expect(script.contains(word), "\(word)")
      }
    }
    for flag in CommandTable.globalFlags { #expect(script.contains(flag.name)) }
  }
}
