import ControlPlane
import Testing

@testable import Dialects
@testable import Gateway

/// A gateway's routing over settings that a test writes, with a clock and dice of its own.
struct Switchyard {
  let fleet = Fleet()
  let settings: Settings
  let router: Router
  let start = ContinuousClock.now

  static let backends = """
    backends:
      a: {kind: openai, base_url: "http://a.test", api_key: k}
      b: {kind: openai, base_url: "http://b.test", api_key: k}
      c: {kind: anthropic, base_url: "http://c.test", api_key: k, small_model: tiny}

    """

  init(
    _ yaml: String, adding more: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let loaded = loaded(Self.backends + more + "\n" + yaml)
    settings = try #require(loaded.settings, "\(loaded.lines)", sourceLocation: sourceLocation)
    let snapshot = Snapshot(
      generation: 1, settings: settings, fileMappings: settings.mappings,
      keys: KeyRing(secret: [1], callers: settings.callers, stored: []))
    router = Router(fleet: fleet, snapshot: snapshot)
  }

  func plan(
    _ model: String, _ terms: KeyTerms? = nil, prefix: String? = nil, body: String? = nil,
    owner: String = "", dice: UInt64 = 1, trace: RouteTrace? = nil
  ) throws -> RoutePlan {
    var dice = Dice(seed: dice)
    var question = RouteQuestion(model: model, prefix: prefix, owner: owner)
    question.permissions = terms.flatMap {
      RoutePermissions($0, defaultBackend: settings.defaultBackend)
    }
    question.request = try body.map { try incoming($0, model) }
    return try router.plan(question, at: start, using: &dice, trace: trace)
  }

  private func incoming(_ body: String, _ model: String) throws -> IncomingRequest {
    let whole = #"{"model":"\#(model)",\#(body)}"#
    return try IncomingRequest(
      body: Array(whole.utf8), to: Endpoint(action: .converse, dialect: .anthropic))
  }

  func names(_ model: String, dice: UInt64 = 1) throws -> [String] {
    try plan(model, dice: dice).deployments.map(\.name)
  }

  func station(_ name: String) -> Station {
    let parts = name.split(separator: ":")
    return fleet.station(backend: String(parts[0]), model: String(parts[1]))
  }

  func refusal(_ model: String, _ terms: KeyTerms? = nil, prefix: String? = nil) -> Failure? {
    do {
      _ = try plan(model, terms, prefix: prefix)
      return nil
    } catch {
      return error as? Failure
    }
  }
}

@Suite struct `A router` {
  @Test(arguments: [
    ("gpt-4o", ["b:gpt-4o"]), ("claude-haiku-4-5", ["c:tiny"]), ("claude-x[1m]", ["c:claude-x"]),
    ("other", ["a:other"]), ("fast", ["a:m1", "b:m2"]), ("fast[1m]", ["a:m1", "b:m2"]),
    ("alias", ["a:m1", "b:m2"]), ("split", ["a:x", "b:y"]),
  ])
  func `finds deployments by rule, by a route's name or by default`(
    model: String, names: [String]
  ) throws {
    let yard = try Switchyard(
      """
      default_backend: a
      routes:
        fast: {strategy: ordered, deployments: ["a:m1", "b:m2"]}
      mappings:
        - gpt-*: b
        - claude-*: c
        - alias: fast
        - split: a:x*1000,b:y
      """)
    let found = try yard.names(model)
    #expect(model == "split" ? Set(found) == Set(names) : found == names)
  }

  @Test func `refuses what a rule rejects, with the rule's status`() throws {
    let yard = try Switchyard("mappings:\n  - gpt-3*: reject\n  - old-*: reject:404\n")
    #expect(yard.refusal("gpt-3.5")?.status == 403)
    #expect(yard.refusal("old-1")?.status == 404)
    #expect(yard.refusal("old-1")?.kind == .notFound)
    #expect(yard.refusal("new") == nil)
  }

  @Test func `puts a key's own rules first, and a path before them`() throws {
    let yard = try Switchyard("mappings:\n  - gpt-*: b\n")
    let terms = KeyTerms(mappings: [KeyMapping(pattern: "gpt-4*", target: "c:special")])
    #expect(try yard.plan("gpt-4o", terms).deployments.map(\.name) == ["c:special"])
    #expect(try yard.plan("gpt-5", terms).deployments.map(\.name) == ["b:gpt-5"])
    #expect(
      try yard.plan("gpt-4o", terms, prefix: "a").deployments.map(\.name) == ["a:gpt-4o"])
  }

  @Test func `leads nobody where its terms do not`() throws {
    let yard = try Switchyard(
      """
      routes:
        fast: {strategy: ordered, deployments: ["a:m1", "b:m2"], fallbacks: ["c:m3"]}
      mappings:
        - gpt-*: b
      """)
    #expect(yard.refusal("gpt-4o", KeyTerms(backends: ["a"]))?.status == 403)
    #expect(yard.refusal("gpt-4o", KeyTerms(routes: ["fast"]))?.status == 403)
    #expect(yard.refusal("gpt-4o", KeyTerms(backends: ["b"], routes: ["fast"])) == nil)
    #expect(yard.refusal("fast", KeyTerms(routes: ["fast"])) == nil)
    #expect(yard.refusal("fast", KeyTerms(routes: ["slow"]))?.status == 403)
    #expect(yard.refusal("x", KeyTerms(backends: ["b"]), prefix: "a")?.kind == .permission)
    let plan = try yard.plan("fast", KeyTerms(backends: ["b"]))
    #expect(plan.deployments.map(\.name) == ["b:m2"])
    #expect(try yard.plan("fast", KeyTerms(backends: ["c"])).deployments.isEmpty)
  }

  @Test func `gives nothing new to a backend that is drained`() throws {
    let yard = try Switchyard(
      """
      routes:
        fast: {strategy: ordered, deployments: ["d:m1", "b:m2"]}
      mappings:
        - gpt-*: d
      """, adding: "  d: {kind: openai, base_url: \"http://d.test\", enabled: false}\n")
    #expect(try yard.names("fast") == ["b:m2"])
    #expect(yard.refusal("gpt-4o")?.status == 529)
    #expect(yard.refusal("gpt-4o")?.message.contains("`d`") == true)
    #expect(yard.refusal("x", prefix: "d")?.status == 529)
  }

  @Test func `keeps a session where it was served, or near it`() throws {
    let yard = try Switchyard(
      """
      routes:
        fast: {strategy: round_robin, deployments: ["a:m1", "b:m1", "c:m1", "b:m2"]}
        free: {strategy: round_robin, sticky: false, deployments: ["a:m1", "b:m1"]}
      """)
    let body = #""metadata":{"user_id":"user_x_session_42"},"messages":[]"#
    let first = try yard.plan("fast", body: body, owner: "k")
    let key = try #require(first.session)
    #expect(key.session == "42")
    yard.fleet.sessions.note(key, at: yard.station("b:m2"), at: yard.start)
    for _ in 0..<8 {
      let plan = try yard.plan("fast", body: body, owner: "k")
      #expect(plan.deployments.prefix(2).map(\.name) == ["b:m2", "b:m1"])
    }
    // Another caller's session of the same name is another session.
    let others = try (0..<4).map { _ in
      try yard.plan("fast", body: body, owner: "other").deployments[0].name
    }
    #expect(Set(others).count == 4)
    #expect(try yard.plan("free", body: body, owner: "k").session == nil)
  }

  @Test func `remembers what a name led to`() throws {
    let yard = try Switchyard("mappings:\n  - gpt-*: b\n")
    let first = try yard.plan("gpt-4o").pool
    #expect(try yard.plan("gpt-4o").pool === first)
    for number in 0..<2000 { _ = try yard.plan("model-\(number)") }
    #expect(try yard.plan("gpt-4o").pool === first)
  }

  @Test func `explains every step to those who ask`() throws {
    let yard = try Switchyard(
      "routes:\n  fast: {strategy: ordered, deployments: [\"a:m1\", \"b:m2\"]}\n"
        + "mappings:\n  - claude-*: c\n  - gpt-*: fast\n")
    let trace = RouteTrace()
    _ = try yard.plan("gpt-4o", trace: trace)
    #expect(
      trace.steps.map { "\($0.verdict.rawValue) \($0.subject): \($0.reason)" } == [
        "skipped mapping claude-*: it does not fit the name",
        "chosen mapping gpt-*: fast (file)", "chosen strategy ordered: a:m1, b:m2",
      ])
  }
}

@Suite struct `A strategy` {
  private func yard(_ strategy: String, _ deployments: String) throws -> Switchyard {
    try Switchyard(
      "routes:\n  r: {strategy: \(strategy), sticky: false, deployments: [\(deployments)]}\n")
  }

  @Test func `in order asks as it is written`() throws {
    let yard = try yard("ordered", "\"c:m\", \"a:m\", \"b:m\"")
    for dice in 0..<5 { #expect(try yard.names("r", dice: UInt64(dice)) == ["c:m", "a:m", "b:m"]) }
  }

  @Test func `by weight draws in proportion`() throws {
    let yard = try yard("shuffle", "{to: \"a:m\", weight: 3}, {to: \"b:m\", weight: 1}")
    var first: [String: Int] = [:]
    for dice in 0..<4000 { first[try yard.names("r", dice: UInt64(dice))[0], default: 0] += 1 }
    #expect((2850...3150).contains(first["a:m"] ?? 0))
  }

  @Test func `by turns goes round, over snapshots too`() throws {
    let yard = try yard("round_robin", "\"a:m\", \"b:m\", \"c:m\"")
    let first = try (0..<6).map { _ in try yard.names("r")[0] }
    #expect(first == ["a:m", "b:m", "c:m", "a:m", "b:m", "c:m"])
    #expect(try yard.names("r") == ["a:m", "b:m", "c:m"])
    let next = Router(
      fleet: yard.fleet, snapshot: yard.router.snapshot.next(settings: yard.settings))
    #expect(try next.plan(RouteQuestion(model: "r")).deployments[0].name == "b:m")
  }

  @Test func `by load asks who has least to do`() throws {
    let yard = try yard("least_busy", "\"a:m\", \"b:m\", {to: \"c:m\", weight: 4}")
    let load = ["a:m": 2, "b:m": 1, "c:m": 3]
    for (name, count) in load { yard.station(name).with { $0.inFlight = count } }
    #expect(try yard.names("r") == ["c:m", "b:m", "a:m"])
  }

  @Test func `by latency asks the untested first, then the fastest`() throws {
    let yard = try yard("lowest_latency", "\"a:m\", \"b:m\", \"c:m\"")
    yard.station("a:m").with { $0.streamPace = 900 }
    yard.station("b:m").with { $0.streamPace = 200 }
    #expect(try yard.names("r") == ["c:m", "b:m", "a:m"])
    yard.station("c:m").with { $0.streamPace = 500 }
    #expect(try yard.names("r") == ["b:m", "c:m", "a:m"])
  }

  @Test func `by price asks the cheapest, and the unpriced last`() throws {
    let yard = try yard("cheapest", "\"a:nobody-knows\", \"b:gpt-4o\", \"a:gpt-4o-mini\"")
    #expect(try yard.names("r") == ["a:gpt-4o-mini", "b:gpt-4o", "a:nobody-knows"])
  }

  @Test func `by use asks whose minute is emptiest`() throws {
    let yard = try yard(
      "usage",
      "{to: \"a:m\", tokens_per_minute: 1000}, {to: \"b:m\", tokens_per_minute: 100}, "
        + "{to: \"c:m\", requests_per_minute: 10}")
    let second = yard.start.wholeSecond
    yard.station("a:m").with { $0.tokens.add(500, at: second) }
    yard.station("b:m").with { $0.tokens.add(20, at: second) }
    yard.station("c:m").with { $0.requests.add(4, at: second) }
    #expect(try yard.names("r") == ["b:m", "c:m", "a:m"])
  }
}

@Suite struct `The table of sessions` {
  private let start = ContinuousClock.now

  private func key(_ session: Int) -> SessionKey {
    SessionKey(owner: "k", session: "\(session)", route: "r")
  }

  @Test func `is bounded and keeps what is used`() {
    let table = SessionTable(capacity: 100)
    let (mine, theirs) = (Station(name: "mine"), Station(name: "theirs"))
    for number in 0..<10_000 {
      table.note(key(number), at: theirs, at: start)
      if number % 20 == 0 { table.note(key(-1), at: mine, at: start) }
    }
    #expect(table.count <= 101)
    #expect(table.station(of: key(-1), at: start) === mine)
    #expect(table.station(of: key(1), at: start) == nil)
  }

  @Test func `forgets a session that is idle for long`() {
    let table = SessionTable()
    let station = Station(name: "s")
    table.note(key(1), at: station, at: start)
    #expect(table.station(of: key(1), at: start + .seconds(3599)) === station)
    #expect(table.station(of: key(1), at: start + .seconds(3600)) == nil)
  }
}

@Suite struct `A fleet` {
  @Test func `is bounded, whatever models clients name`() {
    let fleet = Fleet()
    let busy = fleet.station(backend: "a", model: "busy")
    busy.with { $0.inFlight = 1 }
    for number in 0..<10_000 { _ = fleet.station(backend: "a", model: "m\(number)") }
    #expect(fleet.stations(of: "a").count <= 2048)
    #expect(fleet.station(backend: "a", model: "busy") === busy)
  }

  @Test func `tells every model of a backend that it is down, and up again`() {
    let fleet = Fleet()
    let known = fleet.station(backend: "a", model: "m")
    fleet.note("refused", of: "a")
    let later = fleet.station(backend: "a", model: "n")
    for station in [known, later] {
      #expect(station.refusal(DeploymentLimits(), tokens: 0, at: .now)?.reason == .down)
    }
    fleet.note(nil, of: "a")
    #expect(later.refusal(DeploymentLimits(), tokens: 0, at: .now) == nil)
  }
}
