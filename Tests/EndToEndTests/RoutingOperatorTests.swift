import ControlPlane
import TestSupport
import Testing

@Suite struct `An operator of routes` {
  private static let crossing = HousePlan(
    root: ["routes:", #"  r: {strategy: ordered, deployments: ["chat:x", "claude:y"]}"#])

  private func order(
    _ house: House, _ command: RoutingCommand, isTrial: Bool = false
  ) async throws -> RoutingAnswer {
    guard case .routing(let answer) = try await house.order(.routing(command, isTrial: isTrial))
    else { throw HouseFailure(description: "another answer") }
    return answer
  }

  private func setDuty(
    _ house: House, _ name: String, _ duty: BackendDuty, ifGeneration: Int? = nil,
    isTrial: Bool = false
  ) async throws -> BackendChange {
    let command = RoutingCommand.setDuty(
      backend: name, duty, reason: "test", ifGeneration: ifGeneration)
    guard case .backendChange(let change) = try await order(house, command, isTrial: isTrial)
    else { throw HouseFailure(description: "no change") }
    return change
  }

  private func explain(_ house: House, _ model: String) async throws -> RouteExplanation {
    guard
      case .explanation(let explanation) = try await order(
        house, .explain(RouteInquiry(model: model)))
    else { throw HouseFailure(description: "no explanation") }
    return explanation
  }

  private func health(_ house: House, _ name: String) throws -> BackendHealth? {
    try house.picture.backends.first { $0.name == name }?.health
  }

  @Test func `drains a backend under its streams, also over a restart`() async throws {
    try await House.live(in: Self.crossing) { house in
      house.chat.enqueue(
        ScriptedAnswer.openAIChatStream(.text("One two three"))
          .holding(beforeStep: 2, gate: "rest"))
      let client = try await house.client(
        asking: Language.chat.request(model: "r", isStreamed: true), at: Language.chat.path)
      _ = try await client.head()
      let trial = try await setDuty(house, "chat", .draining, isTrial: true)
      #expect(trial.changed && trial.inFlight == 1)
      #expect(trial.orphans.contains("mapping gpt-*") && !trial.orphans.contains("route r"))
      #expect(try health(house, "chat") != .draining)

      let change = try await setDuty(house, "chat", .draining)
      #expect(change.generation == trial.generation + 1 && change.before == .serving)
      #expect(try health(house, "chat") == .draining)
      // New requests go elsewhere, by a mapping nowhere; the stream goes on to its end.
      house.claude.enqueue(.anthropic(.text("elsewhere")))
      let other = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(other.text.contains("elsewhere"))
      let nowhere = try await house.ask(
        Language.chat.request(model: "gpt-x"), at: Language.chat.path)
      #expect(nowhere.status == 529 && nowhere.text.contains("`chat`"))
      house.chat.open(gate: "rest")
      let rest = try await client.rest(in: .chat)
      #expect(rest.isTerminated && !rest.isBroken)

      try await house.restart()
      #expect(try health(house, "chat") == .draining)
      let enabled = try await setDuty(house, "chat", .serving)
      #expect(enabled.changed && enabled.before == .draining)
      house.chat.enqueue(.openAIChat(.text("again")))
      let again = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(again.text.contains("again"))
      guard case .audit(let trail) = try await house.order(.listAudit(limit: 9)) else { return }
      #expect(
        trail.filter { $0.action == "backend.duty" }.map(\.after)
          == ["serving (test)", "draining (test)"])
    }
  }

  @Test func `changes nothing that somebody else has changed meanwhile`() async throws {
    try await House.live(in: Self.crossing) { house in
      let generation = try house.picture.generation
      _ = try await setDuty(house, "chat", .off, ifGeneration: generation)
      await #expect(throws: ControlFailure.self) {
        _ = try await setDuty(house, "claude", .off, ifGeneration: generation)
      }
      await #expect(throws: ControlFailure.self) {
        _ = try await setDuty(house, "nobody", .off)
      }
      #expect(try health(house, "claude") != .off)
    }
  }

  @Test func `splits a model among backends and takes it back`() async throws {
    try await House.live { house in
      try await house.order(
        .setMapping(
          pattern: "split", target: "chat:x*1,claude:y*1", ifGeneration: nil))
      for _ in 0..<40 { house.chat.enqueue(.openAIChat(.text("from chat"))) }
      for _ in 0..<40 { house.claude.enqueue(.anthropic(.text("from claude"))) }
      var met: Set<Bool> = []
      for _ in 0..<40 {
        let answer = try await house.ask(
          Language.chat.request(model: "split"), at: Language.chat.path)
        met.insert(answer.text.contains("from chat"))
      }
      #expect(met == [true, false])
      try await house.order(
        .setMapping(pattern: "split", target: "reject:404", ifGeneration: nil))
      let refused = try await house.ask(
        Language.chat.request(model: "split"), at: Language.chat.path)
      #expect(refused.status == 404)
      try await house.order(.undoMapping)
      guard case .mappings(let list) = try await house.order(.listMappings) else { return }
      #expect(list.mappings.first?.target == "chat:x*1,claude:y*1")
    }
  }

  @Test(arguments: ["nobody:x", "chat:x*0", "reject:200", "r:x", "chat*2,r*1", ""])
  func `is told what is wrong with a target`(target: String) async throws {
    try await House.live(in: Self.crossing) { house in
      await #expect(throws: ControlFailure.self) {
        try await house.order(
          .setMapping(pattern: "p", target: target, ifGeneration: nil))
      }
    }
  }

  @Test func `swaps two mappings at once, moves one, and both survive a restart`() async throws {
    try await House.live { house in
      func targets() async throws -> [String] {
        guard case .mappings(let list) = try await house.order(.listMappings) else { return [] }
        return list.mappings.map { "\($0.pattern)=\($0.target)" }
      }
      let before = try await targets()
      #expect(before.prefix(2) == ["gpt-*=chat", "claude-*=claude"])
      let generation = try house.picture.generation
      _ = try await order(house, .swapMappings("gpt-*", "claude-*", ifGeneration: generation))
      #expect(try house.picture.generation == generation + 1)
      #expect(try await targets().prefix(2) == ["gpt-*=claude", "claude-*=chat"])
      try await house.order(.undoMapping)
      #expect(try await targets() == before)
      _ = try await order(
        house, .moveMapping("mapped-gpt", before: "gpt-*", ifGeneration: nil))
      #expect(try await targets().first == "mapped-gpt=chat:gpt-real")
      try await house.restart()
      #expect(try await targets().first == "mapped-gpt=chat:gpt-real")
      _ = try await order(house, .moveMapping("gpt-*", before: nil, ifGeneration: nil))
      #expect(try await targets().last == "gpt-*=chat")
    }
  }

  @Test func `sets a mapping for a time only`() async throws {
    try await House.live { house in
      let edit = MappingEdit(pattern: "gpt-*", target: "claude:z", lastsMs: 1)
      guard
        case .mappingChanges(let changes) = try await order(house, .editMapping(edit))
      else { return }
      #expect(changes.first?.after == "claude:z")
      try await eventually("it takes itself back") {
        guard case .mappings(let list) = try await house.order(.listMappings) else {
          return false
        }
        return list.mappings.first { $0.pattern == "gpt-*" }?.target == "chat"
      }
    }
  }

  @Test func `learns why a model goes where it goes`() async throws {
    try await House.live(in: Self.crossing) { house in
      let whole = try await explain(house, "r")
      #expect(whole.deployment == "chat:x" && whole.refusal == nil)
      #expect(whole.steps.contains { $0.subject == "claude:y" && $0.verdict == .next })
      house.chat.enqueue(.openAIError(status: 429, message: "slow down", retryAfter: "99"))
      house.claude.enqueue(.anthropic(.text("ok")))
      _ = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      let later = try await explain(house, "r")
      #expect(later.deployment == "claude:y")
      let skipped = try #require(later.steps.first { $0.subject == "chat:x" })
      #expect(skipped.verdict == .skipped && skipped.reason.contains("slow down"))
      guard case .routes(let routes) = try await order(house, .listRoutes) else { return }
      #expect(routes.first?.deployments.first?.refusal?.contains("slow down") == true)
      let backend = try #require(try house.picture.backends.first { $0.name == "chat" })
      #expect(backend.deployments?.first?.circuit == .cooling)
      _ = try await order(house, .resetCircuit(backend: "chat"))
      #expect(try await explain(house, "r").deployment == "chat:x")
    }
  }

  @Test func `tests a backend on the real road`() async throws {
    try await House.live { house in
      house.claude.enqueue(
        .anthropic(.text(".")),
        .anthropicError(status: 401, type: "authentication_error", message: "bad key"))
      guard
        case .backendTest(let test) = try await order(
          house, .testBackend("claude", model: "tiny", count: 2))
      else { return }
      #expect(test.tries.map(\.isGood) == [true, false])
      #expect(test.tries[1].status == 401 && test.tries[1].message == "bad key")
      #expect(test.dialect == "anthropic" && test.model == "tiny")
      #expect(try house.picture.totals.requests == 0)
    }
  }
}

@Suite struct `A caller's own terms` {
  private static let plan = HousePlan(
    root: [
      "routes:", #"  r: {strategy: ordered, deployments: ["chat:x", "claude:y"]}"#,
    ])

  private func issue(_ house: House, _ terms: KeyTerms) async throws -> String {
    guard
      case .issuedKey(let issued) = try await house.order(
        .addKey(NewKey(name: "own", terms: terms)))
    else { throw HouseFailure(description: "no key") }
    return issued.key
  }

  private func ask(_ house: House, _ model: String, _ key: String) async throws -> Answer {
    try await house.ask(
      Language.chat.request(model: model), at: Language.chat.path,
      credentials: [("x-api-key", key)])
  }

  @Test func `lead it its own way and nowhere else`() async throws {
    try await House.live(in: Self.plan) { house in
      let key = try await issue(
        house,
        KeyTerms(
          backends: ["claude"],
          mappings: [KeyMapping(pattern: "gpt-*", target: "claude:mine")]))
      house.claude.enqueue(.anthropic(.text("mine")), .anthropic(.text("second")))
      let mapped = try await ask(house, "gpt-4o", key)
      #expect(mapped.text.contains("mine"))
      #expect(try await house.claude.request(1).text.contains(#""model":"mine""#))
      // Of a route it gets what it may have.
      let route = try await ask(house, "r", key)
      #expect(route.text.contains("second"))
      #expect(house.chat.requests.isEmpty)
      let refused = try await ask(house, "mapped-gpt", key)
      #expect(refused.status == 403)
      // Everybody else is led by everybody's rules.
      house.chat.enqueue(.openAIChat(.text("everybody")))
      let other = try await ask(house, "gpt-4o", House.key)
      #expect(other.text.contains("everybody"))
      let inquiry = RouteInquiry(model: "gpt-4o", key: "own")
      guard
        case .routing(.explanation(let explanation)) = try await house.order(
          .routing(.explain(inquiry), isTrial: false))
      else { return }
      #expect(explanation.deployment == "claude:mine")
      #expect(explanation.steps.first?.subject == "the key's mapping gpt-*")
    }
  }

  @Test func `lead it to its routes only`() async throws {
    try await House.live(in: Self.plan) { house in
      let key = try await issue(house, KeyTerms(routes: ["r"]))
      house.chat.enqueue(.openAIChat(.text("by route")))
      let route = try await ask(house, "r", key)
      #expect(route.text.contains("by route"))
      #expect(try await ask(house, "gpt-4o", key).status == 403)
    }
  }
}

@Suite struct `A session of a client` {
  @Test(arguments: [
    (
      Language.anthropic, #","metadata":{"user_id":"user_1_session_42"}"#,
      [(name: String, value: String)]()
    ),
    (.anthropic, "", [(name: "x-claude-code-session-id", value: "42")]),
    (.chat, #","prompt_cache_key":"42""#, []), (.chat, "", [(name: "session_id", value: "42")]),
  ])
  func `stays where it was served first`(
    client: Language, extra: String, headers: [(name: String, value: String)]
  ) async throws {
    let plan = HousePlan(
      root: ["routes:", #"  r: {strategy: round_robin, deployments: ["chat:x", "claude:y"]}"#])
    try await House.live(in: plan) { house in
      for _ in 0..<8 {
        house.chat.enqueue(.openAIChat(.text("ok")))
        house.claude.enqueue(.anthropic(.text("ok")))
      }
      for _ in 0..<6 {
        let answer = try await house.ask(
          client.request(model: "r", extra: extra), at: client.path, headers: headers)
        #expect(answer.status == 200)
      }
      #expect([house.chat.requests.count, house.claude.requests.count].sorted() == [0, 6])
      // Without a session everybody takes turns.
      for _ in 0..<4 { _ = try await house.ask(client.request(model: "r"), at: client.path) }
      #expect([house.chat.requests.count, house.claude.requests.count].sorted() == [2, 8])
    }
  }
}
