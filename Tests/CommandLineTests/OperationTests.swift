import ControlPlane
import Synchronization
import Testing

@testable import anyllmctl

@Suite struct `Mapping commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(_ line: [String]) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket)
  }

  @Test func `say what changed, what goes on and how to undo it`() {
    let set = run(["mappings", "set", "gpt-4o*", "azure-eu:gpt-4o-eu"])
    #expect(set.out == "gpt-4o*: openai:gpt-4o -> azure-eu:gpt-4o-eu (generation 18)\n")
    #expect(
      set.error == "2 live streams finish as they began.\nUndo: anyllmctl mappings undo\n")
    #expect(run(["mappings", "undo"]).exit == .done)
    #expect(run(["mappings", "list"]).out.contains("openai:gpt-4o "))
    #expect(run(["mappings", "unset", "gpt-4o*"]).out.contains("openai:gpt-4o -> (none)"))
    #expect(run(["mappings", "unset", "gpt-4o*"]).exit == .notFound)
  }

  @Test func `say when nothing changed`() {
    let set = run(["map", "set", "gpt-4o*", "openai:gpt-4o"])
    #expect(set.out == "gpt-4o*: openai:gpt-4o as before (generation 17)\n")
    #expect(set.error == "")
    #expect(run(["map", "set", "gpt-4o*", "openai:gpt-4o", "-q"]).out == "17\n")
  }

  @Test func `lose against somebody who was faster`() {
    let line = ["mappings", "set", "x", "y", "--if-gen", "16"]
    #expect(run(line).exit == .conflict)
    #expect(run(line + ["--json"]).out.contains("\"code\":\"conflict\""))
    #expect(run(["mappings", "set", "x", "y", "--if-gen", "17"]).exit == .done)
    #expect(
      gateway.commands.first == .setMapping(pattern: "x", target: "y", ifGeneration: 16))
  }
}

@Suite struct `Routing commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(_ line: [String]) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket)
  }

  private func routing(_ command: RoutingCommand, isTrial: Bool = false) -> ControlCommand {
    .routing(command, isTrial: isTrial)
  }

  @Test func `drain a backend and say what is left without one`() {
    let drain = run(["backends", "drain", "ci", "--reason", "new driver", "--wait"])
    #expect(drain.exit == .done)
    #expect(drain.out == "ci: serving -> draining (generation 18, 2 in flight)\n")
    #expect(drain.error.contains("Leads nowhere now: mapping ci."))
    #expect(drain.error.contains("Undo: anyllmctl backends enable ci"))
    #expect(drain.error.contains("Nothing is in flight there."))
    #expect(
      gateway.commands.first
        == routing(
          .setDuty(backend: "ci", .draining, reason: "new driver", ifGeneration: nil)))
    let trial = run(["backends", "disable", "ci", "--dry-run"])
    #expect(trial.out == "ci: serving -> off (not done; 2 in flight)\n")
    #expect(run(["backends", "drain", "gone"]).exit == .notFound)
    #expect(run(["backends", "drain", "ci", "--if-gen", "1"]).exit == .conflict)
    #expect(run(["backends", "enable", "ci"]).out == "ci: serving as before (generation 19)\n")
  }

  @Test func `test a backend, and a bad try is a failed check`() {
    let good = run(["backends", "test", "ci", "--count", "2"])
    #expect(good.exit == .done && good.out.contains("ok    200  212ms"))
    let bad = run(["backends", "test", "ci", "--model", "bad"])
    #expect(bad.exit == .checkFailed && bad.out.contains("FAIL  401  8ms  bad key ci"))
    #expect(run(["backends", "test", "ci", "--count", "99"]).exit == .invalid)
  }

  @Test func `explain where a model goes`() {
    let explained = run(["route", "explain", "gpt-4o", "--key", "ci", "--class", "think"])
    #expect(explained.exit == .done)
    #expect(explained.out == "-> mapping ci: b:m (file)\ngpt-4o goes to b:m now\n")
    #expect(
      gateway.commands.last
        == routing(.explain(RouteInquiry(model: "gpt-4o", key: "ci", requestClass: "think"))))
    let refused = run(["mappings", "test", "refused"])
    #expect(refused.exit == .refused && refused.out.contains("is refused: 404 no"))
    #expect(run(["mappings", "test", "x", "--send"]).out.contains("ok    200"))
  }

  @Test func `change the order of mappings and for how long they hold`() {
    #expect(run(["mappings", "swap", "a", "b"]).lines.count == 2)
    let moved = run(["mappings", "move", "a", "--before", "b", "--if-gen", "17"])
    #expect(moved.out == "a: now before b (generation 18)\n")
    let brief = run(["mappings", "set", "a", "c:d", "--ttl", "1h", "--dry-run"])
    #expect(brief.out == "a: a:b -> c:d (generation 18), not done\n")
    #expect(
      gateway.commands == [
        routing(.swapMappings("a", "b", ifGeneration: nil)),
        routing(.moveMapping("a", before: "b", ifGeneration: 17)),
        routing(
          .editMapping(MappingEdit(pattern: "a", target: "c:d", lastsMs: 3_600_000)),
          isTrial: true),
      ])
  }

  @Test func `list routes with those that are passed over`() {
    let list = run(["routes", "list"])
    #expect(list.out.contains("ci:m*3, (b:m: is left to cool down)"))
  }
}

@Suite struct `Request commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(_ line: [String], _ around: ProgramRun.Surroundings = .init()) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket, around)
  }

  @Test func `list what finished and what runs`() {
    #expect(run(["requests", "list", "-o", "name"]).out == "req_ci_2\nreq_ci_1\n")
    #expect(run(["requests", "list", "-o", "name", "--limit", "1"]).out == "req_ci_2\n")
    #expect(run(["requests", "list", "--live", "-o", "name"]).out == "req_live_ci\n")
    _ = run(["requests", "list", "--limit", "7", "--before", "99"])
    #expect(gateway.commands.last == .listRequests(limit: 7, before: 99))
  }

  @Test func `end what was confirmed`() {
    let unanswered = run(["requests", "kill", "req_live_ci"])
    #expect(unanswered.exit == .usage)
    #expect(unanswered.error.contains("Run `anyllmctl requests kill req_live_ci -y`"))
    for answer in ["", "n", "yep"] {
      let asked = run(["requests", "kill", "live_ci"], .init(isTerminal: true, input: answer))
      #expect(asked.exit == .usage)
    }
    #expect(gateway.commands.isEmpty)
    let ended = run(["requests", "kill", "live_ci"], .init(isTerminal: true, input: "y"))
    #expect(ended.out == "request req_live_ci ended\n")
    let partly = run(["requests", "kill", "live_ci", "gone", "-y"])
    #expect(partly.exit == .partly)
    #expect(partly.error.contains("request gone not ended: no request `gone` in flight"))
    #expect(run(["requests", "kill", "gone", "-y"]).exit == .notFound)
  }

  @Test func `follow across a restart without a gap`() {
    gateway.change { state in
      // A live one has no number yet, and comes again with it.
      state.events.append([
        .finished(ScriptedGateway.request("ci", 4)), .finished(ScriptedGateway.request("ci", 5)),
        .dropped(2),
      ])
    }
    let tail = run(
      ["requests", "tail", "-n", "7", "-o", "name"],
      .init(
        patience: 3,
        whileWaiting: { count in
          if count == 1 { gateway.stop() }
          if count == 2 { #expect(throws: Never.self) { try gateway.start() } }
        }))
    #expect(tail.exit == .done)
    #expect(tail.out == "req_ci_3\nreq_ci_4\nreq_ci_5\n")
    #expect(tail.error.contains("coming back"))
    #expect(tail.error.contains("2 requests came too fast to show"))
    #expect(
      gateway.state.withLock { $0.followed } == [
        .requestEvents(backlog: 7, after: nil), .requestEvents(backlog: 1000, after: 4),
        .requestEvents(backlog: 1000, after: 5),
      ])
  }

  @Test func `follow only what was asked for`() {
    #expect(run(["requests", "tail", "--errors", "-o", "name"]).out == "req_ci_4\n")
    gateway.change { $0.events = [[.finished(ScriptedGateway.request("ci", 3))]] }
    #expect(run(["requests", "tail", "--backend", "other"]).out == "")
    gateway.change { $0.events = [[.finished(ScriptedGateway.request("ci", 3))]] }
    let table = run(["requests", "tail", "--model", "ci"])
    #expect(table.lines.count == 2)
    #expect(table.lines.first?.hasPrefix("TIME") == true)
  }

  @Test func `do not follow a gateway that is not there or refuses`() {
    gateway.change { $0.failure = ControlFailure(.notPermitted, "no", hint: "ask") }
    #expect(run(["requests", "tail"], .init(patience: 9)).exit == .notPermitted)
    gateway.stop()
    #expect(run(["requests", "tail"], .init(patience: 9)).exit == .noGateway)
  }
}

@Suite struct `Gateway commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  private func run(_ line: [String], _ around: ProgramRun.Surroundings = .init()) -> ProgramRun {
    ProgramRun(line, socket: gateway.socket, around)
  }

  @Test func `check the state for scripts`() {
    #expect(run(["status", "--check"]).exit == .done)
    gateway.change { $0.snapshot.backends.removeFirst() }
    let down = run(["status", "--check"])
    #expect(down.exit == .checkFailed)
    #expect(down.error.contains("no backend is up"))
    #expect(run(["status"]).exit == .done)
    gateway.change { $0.snapshot.state = .draining }
    #expect(run(["status", "--check", "--json"]).error.contains("the gateway is draining"))
  }

  @Test func `tell what a reload did, or why it was refused`() {
    #expect(run(["config", "reload"]).out == "configuration reloaded (generation 18)\n  port 1\n")
    gateway.change {
      $0.reload = ReloadReport(
        generation: 18, changed: false, changes: [], problems: ["a.yaml:3: no such backend `x`"])
    }
    let refused = run(["config", "reload"])
    #expect(refused.exit == .invalid)
    #expect(refused.out == "")
    #expect(refused.error.contains("  a.yaml:3: no such backend `x`"))
    let quiet = run(["config", "reload", "-q"])
    #expect(quiet.out == "" && quiet.exit == .invalid)
    #expect(run(["config", "reload", "--json"]).out.contains("\"problems\":[\"a.yaml:3"))
  }

  @Test func `wait until a drain is over, as long as they are told`() {
    #expect(run(["server", "drain"]).exit == .usage)
    let drained = run(
      ["server", "drain", "-y", "--wait"],
      .init(
        patience: 5,
        whileWaiting: { count in
          if count == 2 { gateway.change { $0.snapshot.totals.inFlight = 0 } }
        }))
    #expect(drained.exit == .done)
    #expect(drained.out == "drained; nothing is in flight\n")
    gateway.change { $0.snapshot.totals.inFlight = 3 }
    let late = run(["server", "drain", "-y", "--wait=1s"])
    #expect(late.exit == .ranOut)
    #expect(late.error.contains("3 requests are still in flight"))
    let gone = run(
      ["server", "drain", "-y", "--wait"],
      .init(patience: 5, whileWaiting: { _ in gateway.stop() }))
    #expect(gone.exit == .done)
  }

  @Test func `name both versions when the gateway does not know a path`() {
    gateway.change { $0.failure = ControlFailure(.unknownEndpoint, "no such path", hint: "") }
    let run = run(["backends", "list"])
    #expect(run.exit == .refused)
    #expect(run.error.contains("anyllmctl \(Release.version)"))
    #expect(run.error.contains("restart the gateway"))
  }

  @Test func `give versions with and without a gateway`() {
    #expect(run(["version"]).out.contains("gateway    \(Release.version) (API 1.0, serving)"))
    let alone = ProgramRun(["--version"], socket: nil)
    #expect(alone.exit == .done)
    #expect(alone.out.contains("gateway    not running"))
    #expect(alone.error == "")
  }

  @Test func `print curl lines`() {
    for path in ["keys", "/keys", "/admin/v1/keys"] {
      #expect(
        run(["curl", path]).out
          == "curl --silent --show-error --unix-socket \(gateway.socket) "
          + "http://anyllm/admin/v1/keys\n")
    }
    #expect(run(["curl", "kyes"]).error.contains("Did you mean /admin/v1/keys?"))
    #expect(run(["curl", "config/reload", "--", "-X", "POST"]).out.contains(" -X POST http://"))
  }

  @Test func `diagnose what is there`() {
    let doctor = run(["doctor"])
    #expect(doctor.exit == .checkFailed)
    #expect(doctor.out.contains("FAIL    backend ci-down"))
    gateway.change { $0.snapshot.backends.removeLast() }
    gateway.change { $0.snapshot.listening = [] }
    #expect(run(["doctor"]).exit == .done)
    gateway.change { $0.snapshot.listening = ["unix:\(gateway.socket)", "http://127.0.0.1:1"] }
    #expect(run(["doctor"]).out.contains("takes no connections from here"))
    let alone = ProgramRun(["doctor", "--json"], socket: nil)
    #expect(alone.exit == .checkFailed)
    #expect(alone.out.contains("\"check\":\"socket\""))
  }

  @Test func `tell with verbose what was asked, and no secrets`() {
    let run = run(["keys", "add", "new", "--stdin", "-v"], .init(input: "sk-mine-0123456789\n"))
    #expect(run.error.contains("socket: \(gateway.socket) (ANYLLM_SOCKET): found"))
    #expect(run.error.contains("POST /admin/v1/keys 201 "))
    #expect(!run.error.contains("sk-mine"))
  }
}

@Suite struct `Cache commands` {
  private let gateway: ScriptedGateway

  init() throws {
    gateway = try ScriptedGateway()
  }

  @Test func `show what the cache holds, and clear it`() {
    let stats = ProgramRun(["cache", "stats"], socket: gateway.socket)
    #expect(stats.exit == .done)
    #expect(stats.out.contains("1024 of 65536"))
    #expect(stats.out.contains("3 (75 %), 1 of them waited for"))
    let clear = ProgramRun(["cache", "clear"], socket: gateway.socket)
    #expect(clear.out == "3 replies thrown away\n")
    #expect(ProgramRun(["cache", "clear", "-q"], socket: gateway.socket).out == "3\n")
    #expect(gateway.commands == [.showCache, .clearCache, .clearCache])
  }
}
