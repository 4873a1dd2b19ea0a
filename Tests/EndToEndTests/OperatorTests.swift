import ControlPlane
import TestSupport
import Testing

@Suite("An operator")
struct OperatorTests {
  private func addKey(_ house: House, _ new: NewKey) async throws -> IssuedKey {
    guard case .issuedKey(let issued) = try await house.order(.addKey(new)) else {
      throw HouseFailure(description: "no key was issued")
    }
    return issued
  }

  private func ask(_ house: House, key: String) async throws -> Int {
    try await house.ask(
      Language.chat.request(model: "gpt-test"), at: "/v1/chat/completions",
      credentials: [("authorization", "Bearer \(key)")]
    ).status
  }

  @Test func `adds a key that works at once and revokes it for the next request`() async throws {
    try await House.live { house in
      house.chat.enqueue(.openAIChat(.text("Fine")), .openAIChat(.text("Fine")))
      let issued = try await addKey(house, NewKey(name: "laptop"))
      #expect(try await ask(house, key: issued.key) == 200)
      #expect(try await ask(house, key: issued.key + "0") == 401)
      try await house.order(.changeKey("laptop", .revoke(kills: false)))
      #expect(try await ask(house, key: issued.key) == 401)
      // The key of the configuration is another matter.
      #expect(try await ask(house, key: House.key) == 200)
      let records = try await house.records(2)
      #expect(records.map(\.key) == ["tester", "laptop"])
    }
  }

  @Test func `revokes a key while its stream goes on`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live { house in
      house.chat.enqueue(
        ScriptedAnswer.openAIChatStream(.text("One two three"))
          .holding(beforeStep: 2, gate: "rest"))
      let issued = try await addKey(house, NewKey(name: "laptop"))
      let client = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path,
        credentials: [("x-api-key", issued.key)])
      _ = try await client.head()
      try await house.order(.changeKey("laptop", .revoke(kills: false)))
      house.chat.open(gate: "rest")
      #expect(try await client.rest(in: .chat).isTerminated)
      #expect(try await ask(house, key: issued.key) == 401)
    }
  }

  @Test func `gives a key an end`() async throws {
    try await House.live { house in
      house.chat.enqueue(.openAIChat(.text("Fine")))
      let now = try house.picture.takenAtMs
      let issued = try await addKey(house, NewKey(name: "guest", expiresAtMs: now + 1_500))
      let first = try await ask(house, key: issued.key)
      #expect(first == 200 || first == 401)
      try await eventually("the key expiring") {
        house.chat.enqueue(.openAIChat(.text("Fine")))
        return try await ask(house, key: issued.key) == 401
      }
      guard case .keys(let keys) = try await house.order(.listKeys) else { return }
      #expect(keys.first { $0.name == "guest" }?.state == .expired)
    }
  }

  @Test(arguments: Way.all)
  func `ends a stream, and its client and its upstream learn of it`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      let whole = way.vendor.reply(.text("One two three four five"), isStreamed: true)
      upstream.enqueue(whole.broken(beforeStep: 5, by: .silence))
      let client = try await house.client(asking: way, headers: [("x-request-id", "kill-me")])
      _ = try await client.head()
      _ = try await client.event()
      #expect(try await house.order(.killRequest("kill-me")) == .killed("kill-me"))
      let rest = try await client.rest(in: way.client)
      #expect(rest.isBroken && !rest.isTerminated)
      #expect(rest.error?.message.contains("operator") == true)
      _ = try await upstream.clientGone(fromRequest: 1)
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "killed" && record.id == "kill-me")
      await #expect(throws: ControlFailure.self) { try await house.order(.killRequest("kill-me")) }
    }
  }

  @Test(arguments: Way.all)
  func `ends a request that waits, which is answered with 503`(way: Way) async throws {
    try await House.live { house in
      for isStreamed in [false, true] {
        let upstream = house.upstream(way.vendor)
        upstream.enqueue(.nothing(but: .silence))
        let client = try await house.client(asking: way, isStreamed: isStreamed)
        let number = isStreamed ? 2 : 1
        _ = try await upstream.request(number)
        let id = try #require(try house.picture.streams.last { $0.state != .cancelled }?.id)
        try await house.order(.killRequest(id))
        let answer = try await client.answer()
        #expect(answer.status == 503)
        #expect(try answer.error(in: way.client).message.contains("operator"))
        _ = try await upstream.clientGone(fromRequest: number)
      }
      #expect(try await house.records(2).allSatisfy { $0.ending == "killed" })
    }
  }

  @Test func `swaps a mapping under a stream that finishes where it began`() async throws {
    let body = Language.anthropic.request(model: "mapped-gpt", isStreamed: true)
    try await House.live { house in
      house.chat.enqueue(
        ScriptedAnswer.openAIChatStream(.text("From the old one"))
          .holding(beforeStep: 3, gate: "rest"))
      house.claude.enqueue(.anthropicStream(.text("From the new one")))
      let old = try await house.client(
        asking: body, at: "/v1/messages", headers: [("x-request-id", "old")])
      _ = try await old.head()
      let before = try house.picture.generation
      guard
        case .mappingChange(let change) = try await house.order(
          .setMapping(
            pattern: "mapped-gpt", target: "claude:claude-new", ifGeneration: before))
      else { return }
      #expect(change.changed && change.before == "chat:gpt-real" && change.liveOnOlder == 1)
      #expect(change.generation == before + 1)
      let new = try await house.client(
        asking: body, at: "/v1/messages", headers: [("x-request-id", "new")])
      #expect(try await new.transcript(in: .anthropic).text == "From the new one")
      let streams = try house.picture.streams
      #expect(streams.first { $0.id == "old" }?.generation == before)
      #expect(streams.first { $0.id == "new" }?.generation == before + 1)
      house.chat.open(gate: "rest")
      let rest = try await old.rest(in: .anthropic)
      #expect(rest.text.hasSuffix("old one") && rest.isTerminated)
      let records = try await house.records(2)
      #expect(records.map(\.id) == ["old", "new"])
      #expect(records.map(\.generation) == [before, before + 1])
      #expect(records.map(\.backend) == ["chat", "claude"])
      #expect(records.map(\.modelSent) == ["gpt-real", "claude-new"])
    }
  }

  @Test func `takes a swap back`() async throws {
    let body = Language.chat.request(model: "mapped-gpt")
    try await House.live { house in
      try await house.order(
        .setMapping(pattern: "mapped-gpt", target: "chat:gpt-other", ifGeneration: nil))
      house.chat.enqueue(.openAIChat(.text("Fine")), .openAIChat(.text("Fine")))
      _ = try await house.ask(body, at: "/v1/chat/completions")
      try await house.order(.undoMapping)
      _ = try await house.ask(body, at: "/v1/chat/completions")
      #expect(try await house.chat.request(1).text.contains("gpt-other"))
      #expect(try await house.chat.request(2).text.contains("gpt-real"))
      await #expect(throws: ControlFailure.self) { try await house.order(.undoMapping) }
    }
  }

  @Test func `cannot change what somebody else has changed meanwhile`() async throws {
    try await House.live { house in
      let seen = try house.picture.generation
      try await house.order(.setMapping(pattern: "x", target: "chat:y", ifGeneration: seen))
      await #expect(throws: ControlFailure.self) {
        try await house.order(.setMapping(pattern: "x", target: "chat:z", ifGeneration: seen))
      }
    }
  }

  @Test func `reloads a good file and keeps the old one before a bad one`() async throws {
    var changed = HousePlan()
    changed.root = ["expose_degradation: false"]
    try await House.live { house in
      let before = try house.picture.generation
      house.configure(changed)
      guard case .reloaded(let good) = try await house.order(.reload) else { return }
      #expect(good.changed && good.problems.isEmpty && good.generation == before + 1)
      house.scratch.write("backends: [what, is, this]\nlimits: 7\n", to: "anyllm.yaml")
      guard case .reloaded(let bad) = try await house.order(.reload) else { return }
      #expect(!bad.changed && bad.problems.count >= 2 && bad.generation == good.generation)
      #expect(bad.problems.allSatisfy { $0.contains("anyllm.yaml:") })
      let picture = try house.picture
      #expect(picture.generation == good.generation)
      #expect(picture.notices.contains { $0.contains("old configuration stays") })
      house.chat.enqueue(.openAIChat(.text("Fine")))
      let answer = try await house.ask(Way(client: .chat, vendor: .chat))
      #expect(answer.status == 200)
    }
  }

  @Test func `finds keys, mappings and the generation again after a restart`() async throws {
    let body = Language.chat.request(model: "mapped-gpt")
    try await House.live { house in
      let issued = try await addKey(house, NewKey(name: "laptop"))
      let gone = try await addKey(house, NewKey(name: "lost"))
      try await house.order(.changeKey("lost", .revoke(kills: false)))
      try await house.order(
        .setMapping(pattern: "mapped-gpt", target: "chat:gpt-kept", ifGeneration: nil))
      house.chat.enqueue(.openAIChat(.text("Fine")))
      _ = try await house.ask(body, at: "/v1/chat/completions")
      let before = try house.picture.generation
      try await house.restart()
      #expect(try house.picture.generation >= before)
      house.chat.enqueue(.openAIChat(.text("Fine")), .openAIChat(.text("Fine")))
      #expect(try await ask(house, key: issued.key) == 200)
      #expect(try await ask(house, key: gone.key) == 401)
      _ = try await house.ask(body, at: "/v1/chat/completions")
      #expect(try await house.chat.request(3).text.contains("gpt-kept"))
      let records = try await house.records(3)
      #expect(Set(records.map(\.id)).count == 3)
      try await house.order(.undoMapping)
      house.chat.enqueue(.openAIChat(.text("Fine")))
      _ = try await house.ask(body, at: "/v1/chat/completions")
      #expect(try await house.chat.request(4).text.contains("gpt-real"))
    }
  }
}
