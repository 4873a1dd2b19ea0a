import ControlPlane
import TestSupport
import Testing

@Suite("A client that leaves")
struct ClientGoneTests {
  enum Manner: Sendable, CaseIterable {
    case closing, resetting

    func leave(_ client: RawHTTPClient) {
      switch self {
      case .closing: client.close()
      case .resetting: client.reset()
      }
    }
  }

  private func expectGone(_ house: House) async throws {
    try await house.settles()
    let record = try #require(try await house.records(1).first)
    #expect(record.ending == "client_gone" && record.status == 499)
    #expect(try house.picture.totals.failures == 0)
  }

  @Test(arguments: Language.allCases, Manner.allCases)
  func `while it sends its body gives back what was held of it`(
    language: Language, manner: Manner
  ) async throws {
    let plan = HousePlan(limits: ["body_bytes: 64KiB", "body_budget_bytes: 64KiB"])
    try await House.live(in: plan) { house in
      let client = try house.client()
      try await client.send(
        "POST \(language.path) HTTP/1.1\r\nhost: x\r\nx-api-key: \(House.key)\r\n"
          + "content-length: 65000\r\n\r\n" + String(repeating: " ", count: 30_000))
      try await eventually("the request in flight") { try house.picture.totals.inFlight == 1 }
      manner.leave(client)
      try await expectGone(house)
      // It fits only into a budget that is whole again.
      house.upstream(language).enqueue(language.reply(.text("Fine"), isStreamed: false))
      let filling = String(repeating: "x", count: 65_000)
      let body = language.request(model: language.model, content: "\"\(filling)\"")
      #expect(try await house.ask(body, at: language.path).status == 200)
    }
  }

  @Test(arguments: Way.all, Manner.allCases)
  func `before the upstream's headers ends the upstream's work`(
    way: Way, manner: Manner
  ) async throws {
    try await House.live { house in
      for isStreamed in [false, true] {
        let upstream = house.upstream(way.vendor)
        upstream.enqueue(.nothing(but: .silence))
        let client = try await house.client(asking: way, isStreamed: isStreamed)
        let number = isStreamed ? 2 : 1
        _ = try await upstream.request(number)
        manner.leave(client)
        _ = try await upstream.clientGone(fromRequest: number)
      }
      try await house.settles()
      let records = try await house.records(2)
      #expect(records.allSatisfy { $0.ending == "client_gone" && $0.status == 499 })
    }
  }

  @Test(arguments: Way.all, Manner.allCases)
  func `in the middle of its stream ends the upstream's work`(
    way: Way, manner: Manner
  ) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      let whole = way.vendor.reply(.text("One two three four five six"), isStreamed: true)
      upstream.enqueue(whole.broken(beforeStep: 5, by: .silence))
      let client = try await house.client(asking: way)
      #expect(try await client.head().status == 200)
      _ = try await client.event()
      manner.leave(client)
      _ = try await upstream.clientGone(fromRequest: 1)
      try await expectGone(house)
    }
  }

  @Test(arguments: Way.all)
  func `while the whole reply comes ends the upstream's work`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.text("Hi"), isStreamed: false).cut(after: 9, by: .silence))
      let client = try await house.client(asking: way, isStreamed: false)
      try await upstream.sent(9, forRequest: 1)
      client.close()
      _ = try await upstream.clientGone(fromRequest: 1)
      try await expectGone(house)
    }
  }

  @Test(arguments: Way.all)
  func `without having read its stream ends the upstream's work`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(BackPressureTests.longStream(in: way.vendor))
      let client = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path, receiveBuffer: 4096)
      try await upstream.sent(100_000, forRequest: 1)
      client.reset()
      _ = try await upstream.clientGone(fromRequest: 1)
      try await expectGone(house)
    }
  }

  @Test(arguments: Way.all)
  func `between two tries is not tried for again`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 5)) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.error(status: 529, "Overloaded", retryAfter: "3"))
      let client = try await house.client(asking: way)
      _ = try await upstream.ending(ofRequest: 1)
      try await eventually("waiting to try again") {
        try house.picture.streams.first?.state == .retrying
      }
      client.close()
      try await expectGone(house)
      #expect(upstream.requests.count == 1)
    }
  }
}
