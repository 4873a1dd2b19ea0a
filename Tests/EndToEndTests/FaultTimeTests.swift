import ControlPlane
import TestSupport
import Testing

@Suite("An upstream that takes its time")
struct FaultTimeTests {
  private static let words = "At_last_it_speaks"
  private static let quickPings = "ping_interval: 40ms"

  /// Where in its answer the upstream waits.
  enum Stall: CaseIterable, Sendable {
    case head, firstEvent, middle

    func holding(_ answer: ScriptedAnswer) -> ScriptedAnswer {
      var answer = answer
      switch self {
      case .head: answer.before = [.gate("stall")]
      case .firstEvent: answer = answer.holding(beforeStep: 0, gate: "stall")
      case .middle: answer = answer.holding(beforeStep: answer.steps.count / 2, gate: "stall")
      }
      return answer
    }
  }

  @Test(arguments: Road.all, Stall.allCases)
  func `is waited for, with signs of life where the language has one`(
    road: Road, stall: Stall
  ) async throws {
    try await House.live(in: HousePlan(root: [Self.quickPings])) { house in
      let upstream = house.upstream(road.vendor)
      let reply = ScriptedReply([.text(Self.words)], pieceSize: 64)
      upstream.enqueue(stall.holding(road.vendor.reply(reply, isStreamed: true)))
      let client = try await house.client(on: road, isStreamed: true)
      var seen = ""
      if let ping = road.asking.ping {
        #expect(try await client.head().status == 200)
        // Between two events, or in front of the first.
        while !seen.hasPrefix(ping), !seen.contains("\n\n" + ping),
          let piece = try await client.bodyBytes()
        {
          seen += String(decoding: piece, as: UTF8.self)
        }
      } else {
        _ = try await upstream.request(1)
      }
      upstream.open(gate: "stall")
      if road.asking.ping == nil { #expect(try await client.head().status == 200) }
      seen += try await client.text()
      #expect(seen.contains(Self.words), "\(seen.suffix(300))")
      if let end = road.asking.end { #expect(seen.contains(end)) }
      #expect(!seen.contains(road.asking.breakage))
      #expect(try await house.records(1).first?.ending == "completed")
    }
  }

  @Test(arguments: Road.all)
  func `is waited for when the reply is wanted whole`(
    road: Road
  ) async throws {
    try await House.live(in: HousePlan(root: [Self.quickPings])) { house in
      let upstream = house.upstream(road.vendor)
      upstream.enqueue(Stall.head.holding(road.vendor.reply(.text(Self.words), isStreamed: false)))
      let client = try await house.client(on: road, isStreamed: false)
      _ = try await upstream.request(1)
      upstream.open(gate: "stall")
      let answer = try await client.answer()
      #expect(answer.status == 200 && answer.text.contains(Self.words))
    }
  }

  @Test(arguments: Road.all)
  func `and never goes on is given up, whatever signs of life its client got`(
    road: Road
  ) async throws {
    let plan = HousePlan(root: [Self.quickPings], backend: ["idle_timeout: 400ms"])
    try await House.live(in: plan) { house in
      let upstream = house.upstream(road.vendor)
      let whole = road.vendor.reply(.text("One two three four five six"), isStreamed: true)
      upstream.enqueue(whole.broken(beforeStep: whole.steps.count / 2, by: .silence))
      let client = try await house.client(on: road, isStreamed: true)
      #expect(try await client.head().status == 200)
      let told = try await client.textUntilBroken()
      #expect(told.contains(road.asking.breakage), "\(told.suffix(300))")
      if let end = road.asking.end { #expect(!told.contains(end)) }
      _ = try await upstream.clientGone(fromRequest: 1)
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "broken" && record.errorKind == "timeout")
    }
  }

  @Test(arguments: Road.all)
  func `in the middle of a whole reply becomes 504 in the client's words`(
    road: Road
  ) async throws {
    try await House.live(in: HousePlan(backend: ["idle_timeout: 300ms"])) { house in
      let upstream = house.upstream(road.vendor)
      upstream.enqueue(
        road.vendor.reply(.text("Hi"), isStreamed: false).cut(after: 9, by: .silence))
      let answer = try await house.client(on: road, isStreamed: false).answer()
      #expect(answer.status == 504)
      #expect(answer.text.contains(road.asking.failure), "\(answer.text)")
      _ = try await upstream.clientGone(fromRequest: 1)
    }
  }

  @Test(arguments: Road.all, [false, true])
  func `before its first byte becomes 504 in the client's words`(
    road: Road, isStreamed: Bool
  ) async throws {
    try await House.live(in: HousePlan(backend: ["first_byte_timeout: 300ms"])) { house in
      let upstream = house.upstream(road.vendor)
      upstream.enqueue(.nothing(but: .silence))
      let answer = try await house.client(on: road, isStreamed: isStreamed)
        .answer()
      #expect(answer.status == 504)
      #expect(answer.text.contains(road.asking.failure), "\(answer.text)")
      _ = try await upstream.clientGone(fromRequest: 1)
      #expect(try await house.records(1).first?.errorKind == "timeout")
    }
  }

  @Test(arguments: Road.all.filter { $0.asking.ping != nil })
  func `before its first byte is told inside a stream that a ping began`(
    road: Road
  ) async throws {
    let plan = HousePlan(root: [Self.quickPings], backend: ["first_byte_timeout: 600ms"])
    try await House.live(in: plan) { house in
      house.upstream(road.vendor).enqueue(.nothing(but: .silence))
      let client = try await house.client(on: road, isStreamed: true)
      #expect(try await client.head().status == 200)
      let told = try await client.textUntilBroken()
      #expect(told.contains(road.asking.ping ?? "") && told.contains(road.asking.breakage))
      if let end = road.asking.end { #expect(!told.contains(end)) }
      #expect(try await house.records(1).first?.status == 504)
    }
  }

  @Test(arguments: Road.all)
  func `to come back is down for as long as it refuses, and no longer`(
    road: Road
  ) async throws {
    let upstream = try ScriptedUpstream(down: [
      road.vendor.reply(.text(Self.words), isStreamed: false),
      road.vendor.reply(ScriptedReply([.text(Self.words)], pieceSize: 64), isStreamed: true),
    ])
    defer { upstream.stop() }
    try await House.live(in: HousePlan(vendorAddress: upstream.baseURL)) { house in
      for isStreamed in [false, true] {
        let answer = try await house.client(on: road, isStreamed: isStreamed)
          .answer()
        #expect(answer.status == 502)
        #expect(answer.text.contains(road.asking.failure), "\(answer.text)")
      }
      try upstream.comeUp()
      for isStreamed in [false, true] {
        let answer = try await house.client(on: road, isStreamed: isStreamed)
          .answer()
        #expect(answer.status == 200 && answer.text.contains(Self.words))
      }
      let records = try await house.records(4)
      #expect(records.map(\.ending) == ["completed", "completed", "refused", "refused"])
      #expect(records.suffix(2).allSatisfy { $0.errorKind == "connect" })
    }
  }
}

extension RawHTTPClient {
  /// The rest of a body that has no proper end.
  func textUntilBroken() async throws -> String {
    var seen: [UInt8] = []
    do {
      while let piece = try await bodyBytes() { seen += piece }
    } catch RawHTTPClientFailure.closedEarly {
      return String(decoding: seen, as: UTF8.self)
    }
    throw HouseFailure(description: "the body came to a proper end")
  }
}
