import ControlPlane
import TestSupport
import Testing

@Suite("A caller's limits")
struct LimitTests {
  private static let key = "sk-limited-0123456789abcdef"
  private static let credentials = [(name: "x-api-key", value: key)]
  /// A dollar for a thousand tokens in and ten for a thousand out, at loopback's free backends too.
  private static let prices = ["prices: {'*': {input: 1000, output: 10000}}"]

  private static func plan(_ terms: String) -> HousePlan {
    HousePlan(root: prices, keyLines: ["  - {name: limited, secret: \(key), \(terms)}"])
  }

  private func ask(
    _ house: House, _ way: Way, isStreamed: Bool = false, extra: String = ""
  ) async throws -> Answer {
    try await house.ask(
      way.request(isStreamed: isStreamed, extra: extra), at: way.client.path,
      credentials: Self.credentials)
  }

  @Test(arguments: Way.all)
  func `on requests are told with every reply and then kept`(way: Way) async throws {
    try await House.live(in: Self.plan("requests_per_minute: 2")) { house in
      for _ in 0..<2 {
        house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      }
      let names =
        way.client == .anthropic
        ? ["anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining"]
        : ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests"]
      let first = try await ask(house, way)
      #expect(names.map { first.head.header($0) } == ["2", "1"])
      #expect(try await ask(house, way).status == 200)
      let refused = try await ask(house, way)
      #expect(refused.status == 429)
      #expect(names.map { refused.head.header($0) } == ["2", "0"])
      #expect(try #require(refused.head.header("retry-after").flatMap { Int($0) }) >= 1)
      #expect(try refused.error(in: way.client).message.contains("2 requests a minute"))
      #expect(house.upstream(way.vendor).requests.count == 2)
      #expect(try await house.ask(way).status != 429)
    }
  }

  @Test(arguments: Way.all)
  func `on money hold for streams as for whole replies`(way: Way) async throws {
    let reply = ScriptedReply.text("One two three")
    try await House.live(in: Self.plan("budgets: 1000/lifetime")) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        way.vendor.reply(reply, isStreamed: false), way.vendor.reply(reply, isStreamed: true))
      let whole = try await ask(house, way)
      #expect(whole.head.header("x-anyllm-cost-usd") != nil)
      #expect(try await ask(house, way, isStreamed: true).status == 200)
      try await house.settles()
      let records = try await house.records(2)
      let costs = records.map(\.costMicroDollars)
      #expect(costs[0] == costs[1] && (costs[0] ?? 0) > 0)
    }
  }

  @Test(arguments: Way.all)
  func `on money end the requests when all is spent, also after a restart`(
    way: Way
  ) async throws {
    try await House.live(in: Self.plan("budgets: 0.01/month")) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.text("One two three"), isStreamed: false))
      #expect(try await ask(house, way, extra: "").status == 200)
      try await house.settles()
      for _ in 0..<2 {
        let refused = try await ask(house, way)
        #expect(refused.status == 429 && refused.head.header("x-should-retry") == "false")
        #expect(
          try refused.error(in: way.client).message.contains("of its budget of $0.01 a month"))
        #expect(refused.head.header("retry-after") != nil)
        if way.client == .anthropic { #expect(refused.text.contains("billing_error")) }
        try await house.settles()
        try await house.restart()
      }
      #expect(upstream.requests.count == 1)
    }
  }

  @Test(arguments: Way.all)
  func `charge a stream that its client left for what had come`(way: Way) async throws {
    try await House.live(in: Self.plan("budgets: 1000/day")) { house in
      let upstream = house.upstream(way.vendor)
      let stream = way.vendor.reply(.text("One two three four"), isStreamed: true)
      upstream.enqueue(stream.broken(beforeStep: 5, by: .silence))
      let client = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path, credentials: Self.credentials)
      _ = try await client.head()
      client.close()
      _ = try await upstream.clientGone(fromRequest: 1)
      try await house.settles()
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "client_gone")
      #expect(record.inputTokens > 0 && (record.costMicroDollars ?? 0) > 0)
    }
  }

  @Test(arguments: Language.allCases)
  func `on models and roles are refused in the caller's words`(language: Language) async throws {
    let way = Way(client: language, vendor: language)
    try await House.live(in: Self.plan("models: [other-*]")) { house in
      let refused = try await ask(house, way)
      #expect(refused.status == 403)
      #expect(try refused.error(in: language).message.contains("other-*"))
      let list = try house.client()
      try await list.request("GET", "/v1/models", headers: Self.credentials)
      let listed = try await list.answer()
      #expect(listed.status == 200 && !listed.text.contains("mapped-"))
    }
    try await House.live(in: Self.plan("role: viewer")) { house in
      let refused = try await ask(house, way)
      #expect(refused.status == 403)
      #expect(try refused.error(in: language).message.contains("list models"))
    }
  }

  @Test(arguments: Way.all)
  func `change no byte of what gets through`(way: Way) async throws {
    let terms =
      "requests_per_minute: 1000, tokens_per_minute: 100000000, concurrent_requests: 10, "
      + "budgets: 100000/day"
    try await House.live(in: Self.plan(terms)) { house in
      let upstream = house.upstream(way.vendor)
      for isStreamed in [false, true] {
        let answer = way.vendor.reply(.text("One two three"), isStreamed: isStreamed)
        upstream.enqueue(answer, answer)
        let free = try await house.ask(
          way, isStreamed: isStreamed, headers: [("x-request-id", "same-id-000001")])
        let limited = try await house.ask(
          way.request(isStreamed: isStreamed), at: way.client.path,
          headers: [("x-request-id", "same-id-000001")], credentials: Self.credentials)
        #expect(limited.status == free.status)
        #expect(Self.timeless(limited.text) == Self.timeless(free.text))
      }
      let bodies = upstream.requests.map(\.body)
      #expect(bodies[0] == bodies[1] && bodies[2] == bodies[3])
    }
  }

  /// Without the second in which it was written.
  private static func timeless(_ text: String) -> String {
    text.replacing(/"created":[0-9]+/, with: "")
  }

  @Test func `on requests at a time count those that are being served`() async throws {
    let way = Way(client: .anthropic, vendor: .chat)
    try await House.live(in: Self.plan("concurrent_requests: 1")) { house in
      var held = way.vendor.reply(.text("Fine"), isStreamed: false)
      held.before = [.gate("go")]
      house.chat.enqueue(held)
      let first = try await house.client(
        asking: way.request(isStreamed: false), at: way.client.path,
        credentials: Self.credentials)
      _ = try await house.chat.request(1)
      #expect(try await ask(house, way).status == 429)
      house.chat.open(gate: "go")
      #expect(try await first.answer().status == 200)
      try await house.settles()
      house.chat.enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      #expect(try await ask(house, way).status == 200)
    }
  }
}

@Suite("A caller whose bodies are kept")
struct BodyCopyTests {
  private static let key = "sk-copied-0123456789abcdef"

  @Test(arguments: Way.all, [false, true])
  func `has what it sent and got to look at`(way: Way, isStreamed: Bool) async throws {
    let plan = HousePlan(keyLines: ["  - {name: copied, secret: \(Self.key), log_bodies: true}"])
    try await House.live(in: plan) { house in
      let answer = way.vendor.reply(.text("One two three"), isStreamed: isStreamed)
      house.upstream(way.vendor).enqueue(answer, answer)
      let body = way.request(isStreamed: isStreamed)
      let got = try await house.ask(
        body, at: way.client.path, headers: [("x-request-id", "kept-1")],
        credentials: [("x-api-key", Self.key)])
      _ = try await house.ask(
        way, isStreamed: isStreamed, headers: [("x-request-id", "not-kept-1")])
      try await house.settles()
      guard case .bodies(let kept) = try await house.order(.showBodies("kept-1")) else {
        Issue.record("no bodies")
        return
      }
      #expect(kept.request == body && kept.reply == got.text)
      await #expect(throws: ControlFailure.self) {
        try await house.order(.showBodies("not-kept-1"))
      }
    }
  }
}
