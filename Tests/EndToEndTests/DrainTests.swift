import ControlPlane
import Gateway
import TestSupport
import Testing

@Suite("A gateway that is told to stop")
struct DrainTests {
  @Test(arguments: Way.all)
  func `finishes what is in flight and refuses new connections`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        way.vendor.reply(.text("One two three four"), isStreamed: true)
          .holding(beforeStep: 5, gate: "rest"))
      let client = try await house.client(asking: way)
      _ = try await client.head()
      let port = try house.port
      let gateway = try house.gateway
      async let drained: Void = gateway.drain(within: .seconds(20))
      try await eventually("new connections being refused") {
        (try? RawHTTPClient(port: port)) == nil
      }
      #expect(try house.picture.state == .draining)
      upstream.open(gate: "rest")
      let rest = try await client.rest(in: way.client)
      #expect(rest.isTerminated && !rest.isBroken)
      await drained
      #expect(try house.picture.totals.inFlight == 0)
      #expect(try await house.records(1).first?.ending == "completed")
    }
  }

  @Test(arguments: Way.all)
  func `ends with an error what is not done in time`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      let whole = way.vendor.reply(.text("One two three four five"), isStreamed: true)
      upstream.enqueue(whole.broken(beforeStep: 5, by: .silence), .nothing(but: .silence))
      let streaming = try await house.client(asking: way)
      _ = try await streaming.head()
      let waiting = try await house.client(asking: way, isStreamed: false)
      _ = try await upstream.request(2)
      let gateway = try house.gateway
      await gateway.drain(within: .milliseconds(50))
      async let stopped: Void = gateway.stop()
      let rest = try await streaming.rest(in: way.client)
      #expect(rest.isBroken && !rest.isTerminated)
      #expect(rest.error != nil)
      #expect(try await waiting.answer().status == 503)
      await stopped
      _ = try await upstream.clientGone(fromRequest: 1)
      _ = try await upstream.clientGone(fromRequest: 2)
      // What ended so is in the ledger of the next start.
      try await house.restart()
      #expect(try await house.records(2).allSatisfy { $0.ending == "killed" })
    }
  }

  @Test func `drains by a word on its socket`() async throws {
    try await House.live { house in
      let port = try house.port
      #expect(try await house.order(.drain) == .draining)
      try await eventually("new connections being refused") {
        (try? RawHTTPClient(port: port)) == nil
      }
    }
  }
}
