import ControlPlane
import TestSupport
import Testing

@Suite struct `An operator of keys` {
  private func issue(_ house: House, _ command: ControlCommand) async throws -> IssuedKey {
    guard case .issuedKey(let issued) = try await house.order(command) else {
      throw HouseFailure(description: "no key was issued")
    }
    return issued
  }

  private func change(
    _ house: House, _ name: String, _ change: KeyChange
  ) async throws -> KeySummary {
    guard case .key(let key) = try await house.order(.changeKey(name, change)) else {
      throw HouseFailure(description: "no key came back")
    }
    return key
  }

  private func show(_ house: House, _ name: String) async throws -> KeySummary {
    guard case .key(let key) = try await house.order(.showKey(name)) else {
      throw HouseFailure(description: "no key came back")
    }
    return key
  }

  private func trail(_ house: House) async throws -> [AuditRecord] {
    guard case .audit(let trail) = try await house.order(.listAudit(limit: 100)) else { return [] }
    return trail
  }

  private func ask(_ house: House, key: String) async throws -> Int {
    house.chat.enqueue(.openAIChat(.text("Fine")))
    return try await house.ask(
      Language.chat.request(model: "gpt-test"), at: "/v1/chat/completions",
      credentials: [("authorization", "Bearer \(key)")]
    ).status
  }

  private static func terms(_ members: [String: BodyValue]) -> KeyChange {
    .edit(.object(["terms": .object(members)]))
  }

  @Test func `edits what is given and leaves the rest`() async throws {
    try await House.live { house in
      let issued = try await issue(
        house,
        .addKey(
          NewKey(
            name: "ci", note: "first",
            terms: KeyTerms(models: ["gpt-*"], requestsPerMinute: 50, concurrentRequests: 3))))
      let edited = try await change(
        house, "ci", Self.terms(["models": .null, "requests_per_minute": .wholeNumber(60)]))
      #expect(edited.terms == KeyTerms(requestsPerMinute: 60, concurrentRequests: 3))
      #expect(edited.note == "first" && edited.name == "ci")
      let renamed = try await change(house, "ci", .edit(.object(["name": .text("build")])))
      #expect(renamed.name == "build" && renamed.id == issued.summary.id)
      #expect(try await ask(house, key: issued.key) == 200)
      let entry = try #require(try await trail(house).first { $0.action == "key.edit" })
      #expect(entry.before?.contains("\"name\":\"ci\"") == true)
      #expect(entry.after?.contains("\"name\":\"build\"") == true)
      try await house.restart()
      #expect(try await show(house, "build").terms == edited.terms)
      #expect(try await ask(house, key: issued.key) == 200)
    }
  }

  @Test func `takes edits, pauses and resumptions back, one after another`() async throws {
    try await House.live { house in
      let issued = try await issue(house, .addKey(NewKey(name: "ci")))
      _ = try await change(house, "ci", Self.terms(["requests_per_minute": .wholeNumber(60)]))
      _ = try await change(house, "ci", .pause)
      #expect(try await ask(house, key: issued.key) == 401)
      try await house.restart()
      #expect(try await show(house, "ci").state == .paused)
      guard case .key(let resumed) = try await house.order(.undoKey) else { return }
      #expect(resumed.state == .active && resumed.terms.requestsPerMinute == 60)
      #expect(try await ask(house, key: issued.key) == 200)
      guard case .key(let first) = try await house.order(.undoKey) else { return }
      #expect(first.terms == KeyTerms())
      let failure = await #expect(throws: ControlFailure.self) {
        try await house.order(.undoKey)
      }
      #expect(failure?.code == .conflict)
    }
  }

  @Test func `rotates a secret with and without a grace for the old one`() async throws {
    try await House.live { house in
      let first = try await issue(house, .addKey(NewKey(name: "ci")))
      let second = try await issue(
        house, .changeKey("ci", .rotate(graceMs: 3_600_000, secret: nil)))
      #expect(second.key != first.key && second.summary.previousUntilMs != nil)
      #expect(try await ask(house, key: first.key) == 200)
      #expect(try await ask(house, key: second.key) == 200)
      let third = try await issue(
        house, .changeKey("ci", .rotate(graceMs: 0, secret: "sk-mine-0123456789")))
      #expect(third.key == "sk-mine-0123456789")
      #expect(try await ask(house, key: first.key) == 401)
      #expect(try await ask(house, key: second.key) == 401)
      #expect(try await ask(house, key: third.key) == 200)
      let known = await #expect(throws: ControlFailure.self) {
        try await house.order(.addKey(NewKey(name: "other", secret: third.key)))
      }
      #expect(known?.code == .conflict)
      let secrets = [first.key, second.key, third.key]
      for entry in try await trail(house) {
        let words = "\(entry.before ?? "") \(entry.after ?? "") \(entry.target)"
        #expect(secrets.allSatisfy { !words.contains($0) })
      }
    }
  }

  @Test func `tries every change without making it`() async throws {
    try await House.live { house in
      let issued = try await issue(house, .addKey(NewKey(name: "ci")))
      let before = try await trail(house).count
      let generation = try house.picture.generation
      let commands: [ControlCommand] = [
        .addKey(NewKey(name: "new")),
        .changeKey("ci", Self.terms(["requests_per_minute": .wholeNumber(1)])),
        .changeKey("ci", .pause), .changeKey("ci", .rotate(graceMs: 0, secret: nil)),
        .changeKey("ci", .revoke(kills: true)),
        .importKeys(
          KeyExport(
            installation: nil, keys: [PortableKey(name: "k", key: "sk-k-0123456789abcdef")])),
      ]
      for command in commands {
        let answer = try await house.order(.trial(command))
        if case .issuedKey(let tried) = answer { #expect(tried.key == "") }
      }
      #expect(try await trail(house).count == before)
      #expect(try house.picture.generation == generation)
      #expect(try await ask(house, key: issued.key) == 200)
      guard case .keys(let keys) = try await house.order(.listKeys) else { return }
      #expect(keys.filter { $0.source == "store" }.map(\.name) == ["ci"])
      for bad in [
        ControlCommand.addKey(NewKey(name: "ci")), .changeKey("nobody", .pause), .reload,
      ] {
        await #expect(throws: ControlFailure.self) { try await house.order(.trial(bad)) }
      }
    }
  }

  @Test func `carries keys to a file and back`() async throws {
    try await House.live { house in
      let issued = try await issue(
        house, .addKey(NewKey(name: "ci", terms: KeyTerms(requestsPerMinute: 9))))
      _ = try await issue(house, .addKey(NewKey(name: "gone")))
      guard case .keyExport(let export) = try await house.order(.exportKeys) else { return }
      #expect(export.keys.map(\.name) == ["ci", "gone"])
      #expect(!String(decoding: WireJSON.encode(export), as: UTF8.self).contains(issued.key))
      _ = try await change(house, "gone", .revoke(kills: false))
      var renamed = export
      renamed.keys[1].name = "gone again"
      guard case .keyImport(let report) = try await house.order(.importKeys(renamed)) else {
        return
      }
      // One is there already; the other's secret was revoked, and its name has a space.
      #expect(report.added == [] && report.known == ["ci"])
      #expect(report.refused.map(\.name) == ["gone again"])
      var foreign = export
      foreign.installation = "0123456789abcdef"
      let failure = await #expect(throws: ControlFailure.self) {
        try await house.order(.importKeys(foreign))
      }
      #expect(failure?.message.contains("another installation") == true)
      let own = KeyExport(
        installation: nil,
        keys: [
          PortableKey(
            name: "mine", terms: KeyTerms(tokensPerMinute: 5), key: "sk-mine-0123456789"),
          PortableKey(name: "mine", key: "sk-mine-0123456789x"),
          PortableKey(name: "short", key: "sk-1"),
        ])
      guard case .keyImport(let second) = try await house.order(.importKeys(own)) else { return }
      #expect(second.added == ["mine"] && second.refused.map(\.name) == ["mine", "short"])
      #expect(try await ask(house, key: "sk-mine-0123456789") == 200)
      #expect(try await show(house, "mine").terms.tokensPerMinute == 5)
      #expect(!second.refused.contains { $0.reason.contains("sk-mine") })
    }
  }

  @Test func `brings keys to another machine with the state they were made in`() async throws {
    try await House.live { house in
      let issued = try await issue(house, .addKey(NewKey(name: "ci")))
      guard case .keyExport(let export) = try await house.order(.exportKeys) else { return }
      _ = try await change(house, "ci", .edit(.object(["name": .text("other")])))
      guard case .keyImport(let report) = try await house.order(.importKeys(export)) else {
        return
      }
      // The same secret under a new name would be two keys with one secret.
      #expect(report.refused.map(\.name) == ["ci"])
      #expect(try await ask(house, key: issued.key) == 200)
    }
  }

  @Test(
    arguments: [
      (["backends": .list([.text("openia")])], "no backend `openia`"),
      (["routes": .list([.text("smart")])], "no route `smart`"),
      (
        ["mappings": .list([.object(["pattern": .text("a"), "target": .text("nowhere:x")])])],
        "nowhere"
      ),
    ] as [([String: BodyValue], String)])
  func `is told what terms name that is not there`(
    terms: [String: BodyValue], words: String
  ) async throws {
    try await House.live { house in
      _ = try await issue(house, .addKey(NewKey(name: "ci")))
      let failure = await #expect(throws: ControlFailure.self) {
        try await house.order(.changeKey("ci", Self.terms(terms)))
      }
      #expect(failure?.code == .invalid)
      #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
      #expect(failure?.hint.isEmpty == false)
      #expect(try await show(house, "ci").terms == KeyTerms())
    }
  }

  @Test func `is told of terms that allow nothing`() async throws {
    try await House.live { house in
      let issued = try await issue(
        house, .addKey(NewKey(name: "ci", terms: KeyTerms(models: []))))
      #expect(issued.summary.notes == ["no model is allowed: `models` is empty"])
      #expect(try await ask(house, key: issued.key) == 403)
    }
  }

  @Test(arguments: ["", "two words", "export", "import", "undo", "a\u{1B}b"])
  func `cannot give a key a name that means something else`(name: String) async throws {
    try await House.live { house in
      let failure = await #expect(throws: ControlFailure.self) {
        try await house.order(.addKey(NewKey(name: name)))
      }
      #expect(failure?.code == .invalid)
    }
  }

  @Test func `ends what a key has in flight when it is revoked so`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live { house in
      let whole = way.vendor.reply(.text("One two three four five"), isStreamed: true)
      house.chat.enqueue(whole.broken(beforeStep: 5, by: .silence))
      let issued = try await issue(house, .addKey(NewKey(name: "laptop")))
      let client = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path,
        credentials: [("x-api-key", issued.key)])
      _ = try await client.head()
      _ = try await client.event()
      _ = try await change(house, "laptop", .revoke(kills: true))
      #expect(try await client.rest(in: .chat).isBroken)
      #expect(try await house.records(1).first?.ending == "killed")
    }
  }

  @Test func `sees where budgets stand, also before anything was asked`() async throws {
    let plan = HousePlan(root: ["prices: {'*': {input: 1000, output: 10000}}"])
    try await House.live(in: plan) { house in
      let budgets = [
        BudgetTerms(limitMicroDollars: 50_000_000, period: .day),
        BudgetTerms(limitMicroDollars: 70_000_000, period: .month, isRolling: true),
        BudgetTerms(limitMicroDollars: 90_000_000, period: .lifetime, model: "claude-*"),
      ]
      let issued = try await issue(
        house, .addKey(NewKey(name: "ci", terms: KeyTerms(budgets: budgets))))
      #expect(issued.summary.budgets.map(\.spentMicroDollars) == [0, 0, 0])
      #expect(try await ask(house, key: issued.key) == 200)
      _ = try await house.records(1)
      let live = try await show(house, "ci")
      #expect(live.costMicroDollars > 0)
      #expect(
        live.budgets.map(\.spentMicroDollars) == [live.costMicroDollars, live.costMicroDollars, 0])
      try await house.restart()
      let after = try await show(house, "ci")
      #expect(after.budgets.map(\.spentMicroDollars) == live.budgets.map(\.spentMicroDollars))
      guard case .keys(let all) = try await house.order(.listKeysOf(.active)) else { return }
      #expect(all.first { $0.name == "ci" } == after)
      guard
        case .usage(let rows) = try await house.order(.usage(UsageQuestion(key: "ci", by: .model)))
      else { return }
      #expect(rows.map(\.group) == ["gpt-test"])
      #expect(rows.map(\.costMicroDollars) == [live.costMicroDollars])
    }
  }

  @Test func `makes a hundred changes at once, each of them whole`() async throws {
    try await House.live { house in
      try await withThrowingDiscardingTaskGroup { group in
        for number in 0..<50 {
          group.addTask {
            _ = try await house.order(.addKey(NewKey(name: "k\(number)")))
            _ = try await house.order(
              .changeKey("k\(number)", Self.terms(["requests_per_minute": .wholeNumber(7)])))
          }
          group.addTask {
            _ = try await house.order(
              .setMapping(pattern: "m\(number)-*", target: "chat:m\(number)", ifGeneration: nil))
          }
        }
      }
      guard case .keys(let keys) = try await house.order(.listKeys) else { return }
      let made = keys.filter { $0.source == "store" }
      #expect(made.count == 50)
      #expect(made.allSatisfy { $0.terms.requestsPerMinute == 7 })
      let generations = try await trail(house).map(\.generation)
      #expect(Set(generations).count == generations.count)
      #expect(generations == generations.sorted(by: >))
    }
  }
}
