import ControlPlane
import TestSupport
import Testing

@Suite("A gateway at its limits")
struct CapacityTests {
  @Test(arguments: Way.all)
  func `of exchanges turns more away and then serves again`(way: Way) async throws {
    try await House.live(in: HousePlan(limits: ["exchanges: 2"])) { house in
      let upstream = house.upstream(way.vendor)
      let held = way.vendor.reply(.text("Fine"), isStreamed: false)
      for _ in 0..<2 {
        var answer = held
        answer.before = [.gate("go")]
        upstream.enqueue(answer)
      }
      let first = try await house.client(asking: way, isStreamed: false)
      let second = try await house.client(asking: way, isStreamed: false)
      _ = try await upstream.request(2)
      let third = try await house.ask(way)
      #expect(third.status == 529)
      #expect(third.head.header("retry-after") == "1")
      #expect(try third.error(in: way.client).message.contains("2 requests"))
      upstream.open(gate: "go")
      #expect(try await first.answer().status == 200)
      #expect(try await second.answer().status == 200)
      try await house.settles()
      upstream.enqueue(held)
      #expect(try await house.ask(way).status == 200)
      let endings = try await house.records(4).map(\.ending).sorted()
      #expect(endings == ["completed", "completed", "completed", "refused"])
    }
  }

  @Test(arguments: Language.allCases)
  func `of memory for bodies turns more away and then serves again`(
    language: Language
  ) async throws {
    let plan = HousePlan(limits: ["body_bytes: 64KiB", "body_budget_bytes: 64KiB"])
    let filling = String(repeating: "x", count: 40_000)
    let body = language.request(model: language.model, content: "\"\(filling)\"")
    try await House.live(in: plan) { house in
      let upstream = house.upstream(language)
      var held = language.reply(.text("Fine"), isStreamed: false)
      held.before = [.gate("go")]
      upstream.enqueue(held)
      let first = try await house.client(asking: body, at: language.path)
      _ = try await upstream.request(1)
      let second = try await house.ask(body, at: language.path)
      #expect(second.status == 529)
      #expect(try second.error(in: language).message.contains("memory"))
      upstream.open(gate: "go")
      #expect(try await first.answer().status == 200)
      try await house.settles()
      upstream.enqueue(language.reply(.text("Fine"), isStreamed: false))
      #expect(try await house.ask(body, at: language.path).status == 200)
    }
  }

  @Test func `of connections turns more away and then serves again`() async throws {
    try await House.live(in: HousePlan(limits: ["connections: 2"])) { house in
      var clients: [RawHTTPClient] = []
      for _ in 0..<2 {
        let client = try house.client()
        try await client.request("GET", "/health")
        #expect(try await client.answer().status == 200)
        clients.append(client)
      }
      let third = try house.client()
      try? await third.request("GET", "/health")
      let status = (try? await third.head().status) ?? 503
      #expect(status == 503)
      for client in clients { client.close() }
      try await eventually("room for a connection") {
        let client = try house.client()
        try? await client.request("GET", "/health")
        return (try? await client.head().status) == 200
      }
    }
  }
}
