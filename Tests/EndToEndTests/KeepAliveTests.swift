import ControlPlane
import TestSupport
import Testing

@Suite("A client that waits")
struct KeepAliveTests {
  private static let plan = HousePlan(root: ["ping_interval: 40ms"])

  @Test(arguments: Way.all)
  func `is kept alive until the upstream's first byte`(way: Way) async throws {
    try await House.live(in: Self.plan) { house in
      let upstream = house.upstream(way.vendor)
      var answer = way.vendor.reply(.text("At last"), isStreamed: true)
      answer.before = [.gate("first byte")]
      upstream.enqueue(answer)
      let client = try await house.client(asking: way)
      #expect(try await client.head().status == 200)
      for _ in 0..<3 { try await client.expectPing(in: way.client) }
      upstream.open(gate: "first byte")
      let rest = try await client.rest(in: way.client)
      #expect(rest.text == "At last" && rest.isTerminated && !rest.isBroken)
    }
  }

  @Test(arguments: Way.all)
  func `is kept alive in a silence of the stream`(way: Way) async throws {
    try await House.live(in: Self.plan) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        way.vendor.reply(.text("One two three four"), isStreamed: true)
          .holding(beforeStep: 5, gate: "silence"))
      let client = try await house.client(asking: way)
      _ = try await client.head()
      var before = Transcript(language: way.client)
      while before.pings < 4, let event = try await client.event() { before.events.append(event) }
      upstream.open(gate: "silence")
      let rest = try await client.rest(in: way.client)
      #expect(before.text + rest.text == "One two three four")
      #expect(rest.isTerminated && !rest.isBroken)
    }
  }

  @Test(arguments: Way.all)
  func `is told when its backend's time for a whole request is over`(way: Way) async throws {
    try await House.live(in: HousePlan(backend: ["total_timeout: 300ms"])) { house in
      let upstream = house.upstream(way.vendor)
      var silent = way.vendor.reply(.text("Never"), isStreamed: false)
      silent.before = [.gate("never")]
      upstream.enqueue(
        silent,
        way.vendor.reply(.text("One two three four"), isStreamed: true)
          .broken(beforeStep: 5, by: .silence))
      let answer = try await house.ask(way)
      #expect(answer.status == 504)
      #expect(try answer.error(in: way.client).message.contains("total_timeout"))
      let transcript = try await house.stream(way)
      #expect(transcript.isBroken && !transcript.isTerminated && transcript.errorCount == 1)
      let records = try await house.records(2)
      #expect(records.allSatisfy { $0.errorKind == "timeout" && $0.status == 504 })
      upstream.open(gate: "never")
    }
  }

  @Test(arguments: Way.passages)
  func `gets no ping inside an event that is being passed on`(way: Way) async throws {
    let whole = way.vendor.reply(.text("One two three four"), isStreamed: true)
    let bytes = whole.body
    try await House.live(in: Self.plan) { house in
      let upstream = house.upstream(way.vendor)
      var answer = whole
      answer.steps = [
        .bytes(Array(bytes.prefix(bytes.count / 2))), .gate("rest"),
        .bytes(Array(bytes.suffix(bytes.count - bytes.count / 2))),
      ]
      upstream.enqueue(answer)
      let usage = way.client == .chat ? #","stream_options":{"include_usage":true}"# : ""
      let client = try await house.client(asking: way, extra: usage)
      _ = try await client.head()
      let half = bytes.prefix(bytes.count / 2)
      var seen: [UInt8] = []
      while !seen.suffix(half.count).elementsEqual(half), let more = try await client.bodyBytes() {
        seen += more
      }
      // Time for several pings, none of which may come.
      try await Task.sleep(for: .milliseconds(200))
      upstream.open(gate: "rest")
      seen += try await client.body()
      // Before the first byte there may be some.
      #expect(seen.suffix(bytes.count).elementsEqual(bytes))
    }
  }

  @Test(arguments: Way.all)
  func `learns of a failure after a ping inside its stream`(way: Way) async throws {
    try await House.live(in: Self.plan) { house in
      let upstream = house.upstream(way.vendor)
      var answer = way.vendor.error(status: 400, "No such luck")
      // Written over several lines, as servers do: none of them may end the event.
      let lines = String(decoding: answer.body, as: UTF8.self).replacing(",", with: ",\n  ")
      answer.steps = [.bytes(Array(lines.utf8))]
      answer.before = [.gate("refusal")]
      upstream.enqueue(answer)
      let client = try await house.client(asking: way)
      #expect(try await client.head().status == 200)
      try await client.expectPing(in: way.client)
      upstream.open(gate: "refusal")
      let rest = try await client.rest(in: way.client)
      #expect(rest.isBroken && !rest.isTerminated)
      #expect(rest.error?.message.contains("No such luck") == true)
      #expect(try await house.records(1).first?.status == 400)
    }
  }

  @Test(arguments: Way.all)
  func `for a whole reply gets its status when the upstream has one`(way: Way) async throws {
    try await House.live(in: Self.plan) { house in
      let upstream = house.upstream(way.vendor)
      var answer = way.vendor.error(status: 400, "No such luck")
      answer.before = [.gate("refusal")]
      upstream.enqueue(answer)
      let client = try await house.client(asking: way, isStreamed: false)
      _ = try await upstream.request(1)
      upstream.open(gate: "refusal")
      #expect(try await client.answer().status == 400)
    }
  }
}

extension RawHTTPClient {
  /// Takes the next event, which must be a sign of life.
  func expectPing(in language: Language) async throws {
    let event = try #require(try await event())
    #expect(Transcript(language: language, events: [event]).pings == 1, "\(event)")
  }

  /// The events that are still to come, when the head was read already.
  func rest(in language: Language) async throws -> Transcript {
    var rest = Transcript(language: language)
    do {
      while let event = try await event() { rest.events.append(event) }
    } catch RawHTTPClientFailure.closedEarly {
      rest.isBroken = true
    }
    return rest
  }
}
