import ControlPlane
import Testing

@testable import anyllmctl

@Suite struct `Key commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(
    _ line: [String], _ around: ProgramRun.Surroundings = .init()
  ) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket, around)
  }

  @Test func `print a new secret alone and once`() {
    let added = run(["keys", "add", "new", "--expires", "30d", "--note", "n"])
    #expect(added.out == "\(ScriptedGateway.secret)\n")
    #expect(added.error.contains("key new added (id 3, prefix sk-vk3fA…, valid until 2027-02-14"))
    #expect(added.error.contains("only time it is shown"))
    #expect(!added.error.contains(ScriptedGateway.secret))
    #expect(
      gateway.commands == [
        .addKey(
          NewKey(
            name: "new", expiresAtMs: ScriptedGateway.now + 2_592_000_000, note: "n", secret: nil))
      ])
    #expect(run(["keys", "add", "two", "-q"]).out == "\(ScriptedGateway.secret)\n")
    #expect(run(["keys", "add", "two-quiet", "-q"]).error == "")
    // A blank line, so that a triple click takes the secret alone.
    let onTerminal = run(["keys", "add", "three"], .init(isTerminal: true))
    #expect(onTerminal.out == "\(ScriptedGateway.secret)\n\n")
    let json = run(["keys", "add", "four", "--json"])
    #expect(json.out.hasPrefix("{\"key\":\"\(ScriptedGateway.secret)\",\"summary\":{"))
  }

  @Test func `take a secret from standard input and do not repeat it`() {
    for (place, input) in ["sk-mine-0123456789\n", "sk-mine-0123456789\r\n"].enumerated() {
      for format in OutputFormat.allCases {
        let added = run(
          ["keys", "add", "own\(place)\(format)", "--stdin", "-v", "-o", format.rawValue],
          .init(input: input))
        #expect(added.exit == .done)
        #expect(!"\(added.out)\(added.error)".contains("sk-mine"))
      }
    }
    let secrets = gateway.commands.map { command -> String? in
      if case .addKey(let key) = command { key.secret } else { nil }
    }
    #expect(Set(secrets) == ["sk-mine-0123456789"])
  }

  @Test(arguments: ["", "\n", "two words\n", "a\nb\n", "caf\u{E9}\n", "\u{1B}[31m"])
  func `refuse what is no secret`(input: String) {
    let added = run(["keys", "add", "own", "--stdin"], .init(input: input))
    #expect(added.exit == .invalid)
    #expect(gateway.commands.isEmpty)
  }

  @Test func `ask for a secret without echo on a terminal`() {
    let added = run(
      ["keys", "add", "own", "--stdin"], .init(isTerminal: true, input: "sk-typed"))
    #expect(added.exit == .done)
    #expect(added.error.contains("Key: "))
    let refused = run(
      ["keys", "add", "own2", "--stdin", "--no-input"], .init(isTerminal: true, input: "sk-typed"))
    #expect(refused.exit == .usage)
  }

  @Test func `list the active keys unless told otherwise`() {
    #expect(run(["keys", "list", "-o", "name"]).out == "ci\n")
    #expect(run(["keys", "list", "-o", "name", "--state", "all"]).out == "ci\nci-old\n")
    #expect(run(["keys", "list", "--state", "revoked", "-q"]).out == "ci-old\n")
    #expect(
      run(["keys", "list"]).out.split(separator: "\n")[1].split(separator: " ") == [
        "ci", "sk-vk3fA…", "active", "4s", "12.4k", "1.2M", "812", "$0", "-", "in", "1d", "store",
        "1", "ci",
      ])
    #expect(
      run(["keys", "list", "-o", "tsv", "--no-header"]).out
        == "ci\tsk-vk3fA\tactive\t1799999996000\t12400\t1240000\t812\t0\t\t1800086400000\tstore\t1\tci\n"
    )
  }

  @Test func `revoke only what was confirmed by its name`() {
    let unanswered = run(["keys", "revoke", "1"])
    #expect(unanswered.exit == .usage)
    #expect(unanswered.error.contains("Run `anyllmctl keys revoke 1 --confirm ci`"))
    #expect(run(["keys", "revoke", "ci", "-y"]).exit == .usage)
    let wrong = run(["keys", "revoke", "ci", "--confirm", "cd"])
    #expect(wrong.exit == .usage)
    #expect(wrong.error.contains("Nothing was done"))
    for answer in ["", "y", "CI"] {
      #expect(
        run(["keys", "revoke", "ci"], .init(isTerminal: true, input: answer)).exit == .usage)
    }
    #expect(
      run(["keys", "revoke", "ci", "--no-input"], .init(isTerminal: true, input: "ci")).exit
        == .usage)
    #expect(!gateway.commands.contains(.changeKey("1", .revoke(kills: false))))

    let typed = run(["keys", "revoke", "ci"], .init(isTerminal: true, input: "ci"))
    #expect(typed.exit == .done)
    #expect(typed.out == "key ci revoked\n")
    #expect(gateway.commands.contains(.changeKey("1", .revoke(kills: false))))
  }

  @Test func `say so when a key was revoked before`() {
    let again = run(["keys", "revoke", "ci-old", "--json"])
    #expect(again.exit == .done)
    #expect(again.out.contains("\"changed\":false,"))
    #expect(
      run(["keys", "revoke", "ci", "--confirm", "ci", "--json"]).out
        .contains("\"changed\":true,"))
    #expect(gateway.commands.filter { $0 == .changeKey("2", .revoke(kills: false)) }.isEmpty)
  }

  @Test func `revoke several keys by their number`() {
    gateway.change { $0.keys.append(ScriptedGateway.key("third", id: 3, .active)) }
    let line = ["keys", "revoke", "ci", "third", "ci"]
    #expect(run(line).error.contains("--confirm 2"))
    let both = run(line + ["--confirm", "2"])
    #expect(both.exit == .done)
    #expect(both.out == "key ci revoked\nkey third revoked\n")
    #expect(run(["keys", "revoke", "ci", "nobody", "--confirm", "1"]).exit == .notFound)
  }
}
