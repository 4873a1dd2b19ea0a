import ControlPlane
import TestSupport
import Testing

@Suite("The cache of replies")
struct CacheTests {
  private static let other = "sk-other-0123456789abcdef"
  private static let calm = #","temperature":0"#

  private static func plan(_ cache: String = "cache: {}") -> HousePlan {
    HousePlan(root: [cache], keyLines: ["  - {name: other, secret: \(other)}"])
  }

  private func state(_ answer: Answer) -> String { answer.head.header("x-anyllm-cache") ?? "none" }

  @Test(arguments: Way.all)
  func `gives a whole reply again, byte for byte`(way: Way) async throws {
    try await House.live(in: Self.plan()) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.rich, isStreamed: false))
      let first = try await house.ask(way, extra: Self.calm)
      let second = try await house.ask(way, extra: Self.calm)
      #expect([state(first), state(second)] == ["miss", "hit"])
      #expect(second.status == 200)
      #expect(second.body == first.body)
      #expect(
        second.head.header("x-anyllm-degradation") == first.head.header("x-anyllm-degradation"))
      #expect(upstream.requests.count == 1)
      let records = try await house.records(2)
      #expect(records.map(\.status) == [200, 200])
      // The one that was asked for is paid for; the other is not.
      #expect(records[0].outputTokens == 0 && records[1].outputTokens == 64)
    }
  }

  @Test(arguments: Way.all)
  func `gives a stream again as the stream it was`(way: Way) async throws {
    let usage = way.client == .chat ? #","stream_options":{"include_usage":true}"# : ""
    try await House.live(in: Self.plan()) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.rich, isStreamed: true))
      let first = try await house.ask(way, isStreamed: true, extra: Self.calm + usage)
      let second = try await house.ask(way, isStreamed: true, extra: Self.calm + usage)
      #expect([state(first), state(second)] == ["miss", "hit"])
      #expect(upstream.requests.count == 1)
      if way.isPassage { #expect(second.body == first.body) }
      #expect(
        second.head.header("content-type") == first.head.header("content-type"))
    }
  }

  @Test(arguments: Way.all, [true, false])
  func `makes a stream of a whole reply and the other way round`(
    way: Way, isStreamedFirst: Bool
  ) async throws {
    try await House.live(in: Self.plan()) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.rich, isStreamed: isStreamedFirst))
      var reference: Answer?
      var streamed: Transcript?
      if isStreamedFirst {
        streamed = try await house.stream(way, extra: Self.calm)
        reference = try await house.ask(way, extra: Self.calm)
      } else {
        reference = try await house.ask(way, extra: Self.calm)
        streamed = try await house.stream(way, extra: Self.calm)
      }
      #expect(upstream.requests.count == 1)
      let whole = try #require(reference)
      let stream = try #require(streamed)
      #expect(whole.status == 200)
      #expect(stream.isTerminated)
      #expect(!stream.text.isEmpty)
      #expect(whole.text.contains(stream.text.prefix(8)))
    }
  }

  @Test func `is not asked where the operator has none, and its words go nowhere`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live { house in
      for _ in 0..<2 { house.chat.enqueue(.openAIChat(.rich)) }
      let body = way.request(isStreamed: false, extra: Self.calm)
      let told = way.request(
        isStreamed: false, extra: Self.calm + #","cache":{"ttl":60},"cache_ttl_secs":5"#)
      for _ in 0..<2 { try await house.expect("none", told, at: way.client.path) }
      #expect(house.chat.requests.map(\.text) == [body, body])
    }
  }

  @Test func `leaves alone what is not asked for twice on purpose`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      for extra in ["", #","temperature":0.5"#, Self.calm + #","n":2"#] {
        for _ in 0..<2 {
          house.chat.enqueue(.openAIChat(.rich))
          try await house.expect("bypass", way, extra)
        }
      }
      // A request may ask for it.
      house.chat.enqueue(.openAIChat(.rich))
      let asked = #","cache":{"use-cache":true}"#
      try await house.expect("miss", way, asked)
      try await house.expect("hit", way, asked)
    }
  }

  @Test func `does as each request says`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      func ask(_ cache: String, _ fields: [(name: String, value: String)] = []) async throws
        -> String
      {
        let before = house.chat.requests.count
        house.chat.enqueue(.openAIChat(.rich))
        let answer = try await house.ask(way, extra: Self.calm + cache, headers: fields)
        let was = house.chat.requests.count > before
        if !was { _ = try await house.ask(way, extra: #","user":"\#(before)""#) }
        return state(answer)
      }
      #expect(try await ask(#","cache":{"no-store":true}"#) == "miss")
      #expect(try await ask("") == "miss")
      #expect(try await ask("") == "hit")
      #expect(try await ask(#","cache":{"namespace":"n"}"#) == "miss")
      #expect(try await ask(#","cache":{"no-cache":true}"#) == "miss")
      #expect(try await ask(#","cache":{"no-cache":true,"no-store":true}"#) == "bypass")
      #expect(try await ask("", [(name: "x-anyllm-cache", value: "namespace=n")]) == "hit")
      #expect(try await ask("", [(name: "cache-control", value: "no-cache")]) == "miss")
      let wrong = try await house.ask(way, extra: #","cache":{"ttl":"x"}"#)
      #expect(wrong.status == 400)
      #expect(wrong.text.contains("cache.ttl"))
    }
  }

  @Test(arguments: ["caller", "everyone"])
  func `is shared among those that the operator says`(scope: String) async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan("cache: {scope: \(scope)}")) { house in
      for _ in 0..<2 { house.chat.enqueue(.openAIChat(.rich)) }
      try await house.expect("miss", way, Self.calm)
      let body = way.request(isStreamed: false, extra: Self.calm)
      let second = try await house.ask(
        body, at: way.client.path, credentials: [(name: "x-api-key", value: Self.other)])
      #expect(state(second) == (scope == "caller" ? "miss" : "hit"))
    }
  }

  @Test(arguments: Way.passages)
  func `keeps nothing that went wrong`(way: Way) async throws {
    try await House.live(in: Self.plan()) { house in
      let upstream = house.upstream(way.vendor)
      var cut = ScriptedReply.rich
      cut.stop = .length
      let bad: [ScriptedAnswer] = [
        way.vendor.error(status: 400, "no"), way.vendor.reply(cut, isStreamed: false),
      ]
      for answer in bad {
        for _ in 0..<2 {
          upstream.enqueue(answer)
          try await house.expect("miss", way, Self.calm)
        }
      }
      for answer in [way.vendor.unterminated(.rich), way.vendor.errorInside200(after: .rich)] {
        let before = upstream.requests.count
        for _ in 0..<2 {
          upstream.enqueue(answer)
          _ = try? await house.stream(way, extra: Self.calm)
        }
        #expect(upstream.requests.count == before + 2)
      }
    }
  }

  @Test func `has many who ask the same wait for one`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      var slow = ScriptedAnswer.openAIChat(.rich)
      slow.before = [.gate("go")]
      house.chat.enqueue(slow)
      try await withThrowingTaskGroup(of: Answer.self) { group in
        for number in 0..<24 {
          group.addTask { try await house.ask(way, isStreamed: number % 2 == 1, extra: Self.calm) }
        }
        try await eventually("all are in") { try house.picture.totals.inFlight == 24 }
        house.chat.open(gate: "go")
        var states: [String] = []
        for try await answer in group {
          #expect(answer.status == 200)
          states.append(state(answer))
        }
        #expect(states.count { $0 == "hit" } == 23)
        #expect(states.count { $0 == "miss" } == 1)
      }
      #expect(house.chat.requests.count == 1)
    }
  }

  @Test func `lets those who waited ask for themselves when the first fails`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      var bad = way.vendor.error(status: 400, "only for the first")
      bad.before = [.gate("go")]
      house.chat.enqueue(bad)
      for _ in 0..<5 { house.chat.enqueue(.openAIChat(.rich)) }
      try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<6 { group.addTask { try await house.ask(way, extra: Self.calm) } }
        try await eventually("all are in") { try house.picture.totals.inFlight == 6 }
        house.chat.open(gate: "go")
        var statuses: [Int] = []
        for try await answer in group { statuses.append(answer.status) }
        #expect(statuses.sorted() == [200, 200, 200, 200, 200, 400])
      }
    }
  }

  @Test func `is seen and cleared by the operator`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      for _ in 0..<2 { house.chat.enqueue(.openAIChat(.rich)) }
      try await house.expect("miss", way, Self.calm)
      try await house.expect("hit", way, Self.calm)
      guard case .cache(let before) = try await house.order(.showCache) else {
        throw HouseFailure(description: "no status")
      }
      #expect(before.enabled && before.entries == 1 && before.hits == 1 && before.misses == 1)
      guard case .cache(let after) = try await house.order(.clearCache) else {
        throw HouseFailure(description: "no status")
      }
      #expect(after.cleared == 1 && after.entries == 0 && after.bytes == 0)
      try await house.expect("miss", way, Self.calm)
      guard case .audit(let audit) = try await house.order(.listAudit(limit: 5)) else {
        throw HouseFailure(description: "no audit")
      }
      #expect(audit.first?.action == "cache.clear")
    }
  }

  @Test func `is emptied when the operator switches it off`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      house.chat.enqueue(.openAIChat(.rich))
      try await house.expect("miss", way, Self.calm)
      house.configure(Self.plan("cache: off"))
      _ = try await house.order(.reload)
      guard case .cache(let status) = try await house.order(.showCache) else {
        throw HouseFailure(description: "no status")
      }
      #expect(!status.enabled && status.entries == 0)
      house.chat.enqueue(.openAIChat(.rich))
      try await house.expect("none", way, Self.calm)
    }
  }

  @Test func `lets who waits leave`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await House.live(in: Self.plan()) { house in
      var slow = ScriptedAnswer.openAIChat(.rich)
      slow.before = [.gate("go")]
      house.chat.enqueue(slow)
      async let first = house.ask(way, extra: Self.calm)
      _ = try await house.chat.request(1)
      let leaving = try await house.client(
        asking: way, isStreamed: false, extra: Self.calm)
      try await eventually("both are in") { try house.picture.totals.inFlight == 2 }
      leaving.close()
      try await eventually("one has left") { try house.picture.totals.inFlight == 1 }
      house.chat.open(gate: "go")
      #expect(try await first.status == 200)
    }
  }
}

extension House {
  /// How a small request stands to the cache.
  fileprivate func expect(
    _ state: String, _ way: Way, _ extra: String, at place: SourceLocation = #_sourceLocation
  ) async throws {
    let body = way.request(isStreamed: false, extra: extra)
    try await expect(state, body, at: way.client.path, at: place)
  }

  fileprivate func expect(
    _ state: String, _ body: String, at path: String, at place: SourceLocation = #_sourceLocation
  ) async throws {
    let answer = try await ask(body, at: path)
    #expect(answer.head.header("x-anyllm-cache") ?? "none" == state, sourceLocation: place)
  }
}
