import ControlPlane
import Synchronization
import TestSupport
import Testing

@testable import anyllmctl

@Suite struct `Key commands about terms` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(
    _ line: [String], _ around: ProgramRun.Surroundings = .init()
  ) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket, around)
  }

  private static let every = [
    "--role", "viewer", "--models", "claude-*, gpt-4o", "--backends", "a,b", "--routes", "smart",
    "--rpm", "60", "--tpm", "1000", "--input-tpm", "900", "--output-tpm", "100",
    "--concurrency", "4", "--budget", "50,$2.5/day", "--model-budget", "claude-opus-*=1/hour",
    "--period", "week", "--rolling", "--map", "opus*=openai:gpt-5,haiku=local", "--owner", "blue",
    "--tag", "x,y", "--log-bodies",
  ]

  @Test func `say everything that a key may do`() {
    #expect(run(["keys", "add", "new"] + Self.every).exit == .done)
    guard case .addKey(let new) = gateway.commands.last else {
      Issue.record("nothing was added")
      return
    }
    #expect(
      new.terms
        == KeyTerms(
          owner: "blue", tags: ["x", "y"], role: .viewer, models: ["claude-*", "gpt-4o"],
          backends: ["a", "b"], routes: ["smart"], requestsPerMinute: 60, tokensPerMinute: 1000,
          inputTokensPerMinute: 900, outputTokensPerMinute: 100, concurrentRequests: 4,
          budgets: [
            BudgetTerms(limitMicroDollars: 50_000_000, period: .week, isRolling: true),
            BudgetTerms(limitMicroDollars: 2_500_000, period: .day, isRolling: true),
            BudgetTerms(
              limitMicroDollars: 1_000_000, period: .hour, isRolling: true, model: "claude-opus-*"),
          ],
          mappings: [
            KeyMapping(pattern: "opus*", target: "openai:gpt-5"),
            KeyMapping(pattern: "haiku", target: "local"),
          ], logsBodies: true))
  }

  @Test func `change only what is given, and clear with none`() {
    gateway.change { state in
      state.keys[0].terms = KeyTerms(
        models: ["a"], requestsPerMinute: 5, tokensPerMinute: 6,
        budgets: [
          BudgetTerms(limitMicroDollars: 1), BudgetTerms(limitMicroDollars: 2, model: "m"),
        ])
    }
    let edited = run(["keys", "edit", "ci", "--rpm", "none", "--tpm", "70", "--budget", "3/day"])
    #expect(edited.out == "key ci edited\n")
    #expect(edited.error.contains("Undo: anyllmctl keys undo"))
    #expect(
      gateway.state.withLock { $0.keys[0].terms }
        == KeyTerms(
          models: ["a"], tokensPerMinute: 70,
          budgets: [
            BudgetTerms(limitMicroDollars: 3_000_000, period: .day),
            BudgetTerms(limitMicroDollars: 2, model: "m"),
          ]))
    #expect(
      run(["keys", "edit", "ci", "--model-budget", "none", "--models", "none"]).exit == .done)
    #expect(
      gateway.state.withLock { $0.keys[0].terms }
        == KeyTerms(
          tokensPerMinute: 70, budgets: [BudgetTerms(limitMicroDollars: 3_000_000, period: .day)]))
    let renamed = run(["keys", "edit", "ci", "--name", "build", "--expires", "none", "--json"])
    #expect(renamed.out.contains("\"changed\":true") && renamed.out.contains("\"name\":\"build\""))
    #expect(gateway.state.withLock { $0.keys[0].expiresAtMs } == nil)
    let same = run(["keys", "edit", "build", "--tpm", "70"])
    #expect(same.out == "key build is as it was\n")
  }

  @Test func `try what they would do`() {
    let edited = run(["keys", "edit", "ci", "--rpm", "7", "--dry-run"])
    #expect(edited.out == "key ci would be edited\n")
    #expect(run(["keys", "add", "new", "--dry-run"]).out.contains("key new would be added"))
    #expect(run(["keys", "revoke", "ci", "--dry-run"]).out == "key ci would be revoked\n")
    #expect(run(["keys", "rotate", "ci", "--dry-run"]).out.contains("would be rotated"))
    #expect(
      gateway.commands.allSatisfy { command in
        if case .trial = command { true } else { command == .showKey("ci") }
      })
    #expect(gateway.state.withLock { $0.keys.map(\.state) } == [.active, .revoked])
  }

  @Test func `rotate a secret only when its name is typed, and show the new one once`() {
    #expect(run(["keys", "rotate", "ci", "-y"]).exit == .usage)
    let rotated = run(["keys", "rotate", "ci", "--grace", "24h", "--confirm", "ci"])
    #expect(rotated.out == "\(ScriptedGateway.secret)\n")
    #expect(rotated.error.contains("key ci rotated (id 1,"))
    #expect(rotated.error.contains("The old secret works until 2027-01-16"))
    #expect(
      gateway.commands.last == .changeKey("1", .rotate(graceMs: 86_400_000, secret: nil)))
    let own = run(
      ["keys", "rotate", "ci", "--stdin", "--confirm", "ci"], .init(input: "sk-mine-0123456789\n"))
    #expect(!"\(own.out)\(own.error)".contains("sk-mine"))
    #expect(
      gateway.commands.last
        == .changeKey("1", .rotate(graceMs: 0, secret: "sk-mine-0123456789")))
  }

  @Test func `pause, resume and revoke with all that runs`() {
    #expect(run(["keys", "pause", "ci"]).out == "key ci paused\n")
    #expect(run(["keys", "list", "-o", "name", "--state", "paused"]).out == "ci\n")
    #expect(run(["keys", "resume", "ci"]).out == "key ci resumed\n")
    #expect(run(["keys", "resume", "ci"]).out == "key ci is as it was\n")
    #expect(run(["keys", "revoke", "ci", "--kill", "--confirm", "ci"]).exit == .done)
    #expect(gateway.commands.last == .changeKey("1", .revoke(kills: true)))
  }

  @Test func `list those whose budget is nearly spent`() {
    gateway.change { state in
      state.keys.append(ScriptedGateway.key("near", id: 3, .active))
      state.keys[2].budgets = [
        BudgetStanding(
          limitMicroDollars: 10_000_000, spentMicroDollars: 7_000_000,
          reservedMicroDollars: 1_000_000, period: .day)
      ]
    }
    #expect(run(["keys", "list", "--over", "80%", "-q"]).out == "near\n")
    #expect(run(["keys", "list", "--over", "80.5", "-q"]).out == "")
    #expect(run(["keys", "list"]).out.contains("80.0%"))
    #expect(run(["keys", "list", "--over", "most"]).exit == .invalid)
  }

  @Test func `tell what was used and what it cost`() {
    let usage = run(["keys", "usage", "--by", "key", "--since", "30d", "--until", "2027-01-01"])
    #expect(
      usage.lines.last?.split(separator: " ") == [
        "ci-old", "3", "40", "5", "6", "7", "8", "$1.25", "1",
      ])
    #expect(usage.error == "together 6 requests, $2.50\n")
    guard case .usage(let question) = gateway.commands.last else {
      Issue.record("nothing was asked")
      return
    }
    #expect(question.sinceMs == ScriptedGateway.now - 2_592_000_000)
    #expect(question.key == nil && question.by == .key && question.untilMs != nil)
    #expect(run(["keys", "usage", "ci"]).exit == .done)
    #expect(gateway.commands.last == .usage(UsageQuestion(key: "ci")))
  }

  @Test func `show what a request sent and got`() {
    #expect(run(["requests", "show", "req_7"]).out.contains("Id           req_7\n"))
    #expect(
      run(["requests", "show", "req_7", "--bodies"]).out
        == "--- request\n{\"ask\":1}\n--- reply\ntold\n\n")
    #expect(gateway.commands.last == .showBodies("req_7"))
  }

  @Test(
    arguments: [
      (["--rpm", "0"], "from 1 on"), (["--rpm", "many"], "whole number"),
      (["--budget", "much"], "20/day"), (["--budget", "1/year"], "hour, day, week"),
      (["--budget", "0"], "20/day"), (["--budget", "1.0000001"], "20/day"),
      (["--budget", "-1"], "20/day"), (["--model-budget", "5/day"], "claude-*=20/day"),
      (["--map", "opus"], "PATTERN=backend:model"), (["--role", "root"], "developer, viewer"),
      (["--log-bodies=maybe"], "=no"), (["--period", "year", "--budget", "1"], "lifetime"),
      (["--models", "a,a"], "Keep one"), (["--budget", "1/day,2/day"], "Keep one"),
      (["--budget", "1/lifetime", "--rolling"], "another period"),
    ] as [([String], String)])
  func `refuse what means nothing, and say what would`(flags: [String], hint: String) {
    let added = run(["keys", "add", "new"] + flags)
    #expect(added.exit == .invalid)
    #expect(added.error.contains(hint), "\(added.error)")
    #expect(gateway.commands.isEmpty)
  }

  @Test func `refuse a period without a budget`() {
    #expect(run(["keys", "add", "new", "--period", "day"]).exit == .usage)
    #expect(run(["keys", "add", "new", "--rolling"]).exit == .usage)
  }
}

@Suite struct `Files of keys` {
  private let gateway: ScriptedGateway
  private let directory: ScratchDirectory

  init() throws {
    gateway = try ScriptedGateway()
    directory = try ScratchDirectory()
  }

  private func run(_ line: [String], _ input: String = "") -> ProgramRun {
    ProgramRun(line, socket: gateway.socket, .init(input: input))
  }

  private var imported: [PortableKey] {
    gateway.commands.flatMap { command -> [PortableKey] in
      guard case .importKeys(let export) = command else { return [] }
      return export.keys
    }
  }

  @Test func `come back as they were written`() {
    let written = run(["keys", "export"])
    #expect(written.error == "2 keys, without their secrets\n")
    let read = run(["keys", "import", "-"], written.out)
    #expect(read.exit == .invalid)
    #expect(imported.map(\.name) == ["ci", "ci-old"])
    #expect(read.error.contains("key ci refused: taken"))
  }

  @Test func `are read as CSV with the flags for columns`() {
    let path = directory.write(
      "name,key,rpm,budget,models,note\r\n"
        + "a,sk-aaaaaaaaaaaaaaaa,60,\"50,5/day\",\"claude-*,gpt-4o\",\"say \"\"hi\"\"\nthere\"\r\n"
        + "\r\nb,sk-bbbbbbbbbbbbbbbb,,,,\n", to: "keys.csv")
    let read = run(["keys", "import", path])
    #expect(read.out == "2 keys added\n", "\(read.error)")
    #expect(!read.error.contains("sk-aaaa"))
    #expect(imported.map(\.key) == ["sk-aaaaaaaaaaaaaaaa", "sk-bbbbbbbbbbbbbbbb"])
    #expect(imported.first?.note == "say \"hi\"\nthere")
    #expect(imported.first?.terms?.requestsPerMinute == 60)
    #expect(imported.first?.terms?.budgets.map(\.period) == [.month, .day])
    #expect(imported.last?.terms == KeyTerms())
  }

  @Test func `with secrets are read only when they are nobody else's`() {
    let text = "[{\"name\":\"a\",\"key\":\"sk-aaaaaaaaaaaaaaaa\"}]"
    let open = directory.write(text, to: "open.json", mode: 0o644)
    let refused = run(["keys", "import", open])
    #expect(refused.exit == .invalid)
    #expect(refused.error.contains("chmod 600"))
    #expect(gateway.commands.isEmpty)
    #expect(run(["keys", "import", directory.write(text, to: "own.json")]).exit == .done)
  }

  @Test func `go in pieces that a request can carry`() {
    let long = String(repeating: "n", count: 4000)
    let list = (0..<500).map { "{\"name\":\"k\($0)\",\"digest\":\"ab\",\"note\":\"\(long)\"}" }
    let text = "{\"installation\":\"00ff\",\"keys\":[\(list.joined(separator: ","))]}"
    #expect(run(["keys", "import", "-", "-q"], text).exit == .done)
    #expect(imported.count == 500)
    #expect(gateway.commands.count >= 3)
  }

  @Test(
    arguments: [
      ("name,key,rmp\na,b,1\n", "Did you mean `rpm`?"), ("key\nb\n", "with name and key"),
      ("name,key\na\n", "line 2 has 1 fields"), ("name,key\na,\n", "no name or no key"),
      ("name,key\n\"a,b\n", "never closed"), ("name,key,rpm\na,b,x\n", "rpm in line 2"),
      ("{\"keys\":", "JSON"), ("{\"keys\":[{}]}", "keys[0].name"), ("[1]", "keys[0]"),
    ] as [(String, String)])
  func `are refused with the place where they are wrong`(text: String, words: String) {
    let read = run(["keys", "import", "-"], text)
    #expect(read.exit == .invalid)
    #expect(read.error.contains(words), "\(read.error)")
    #expect(gateway.commands.isEmpty)
  }

  @Test func `that are not there are named`() {
    let read = run(["keys", "import", directory.path("nothing")])
    #expect(read.exit == .invalid)
    #expect(read.error.contains("No such file"))
  }
}
