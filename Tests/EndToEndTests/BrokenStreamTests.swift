import ControlPlane
import TestSupport
import Testing

@Suite("A stream that breaks after its first output")
struct BrokenStreamTests {
  /// What goes wrong in the middle, and the kind that the ledger calls it.
  struct Fault: Sendable, CustomStringConvertible {
    let description: String
    let step: ScriptedAnswer.Step
    let kinds: [String]

    static let all = [
      Fault(description: "closed", step: .close, kinds: ["upstream_cut"]),
      Fault(description: "reset", step: .reset, kinds: ["upstream_cut"]),
      Fault(
        description: "bad chunk", step: .malformedChunk, kinds: ["upstream_5xx", "upstream_cut"]),
      Fault(description: "silent", step: .silence, kinds: ["timeout"]),
      Fault(
        description: "one endless line", step: .neverEndingLine,
        kinds: ["upstream_5xx", "upstream_cut"]),
    ]
  }

  @Test(arguments: Way.all, Fault.all)
  func `tells its client and is visibly broken off`(way: Way, fault: Fault) async throws {
    try await House.live(in: HousePlan(backend: ["idle_timeout: 500ms"])) { house in
      let upstream = house.upstream(way.vendor)
      let whole = way.vendor.reply(.text("One two three four five six"), isStreamed: true)
      upstream.enqueue(
        whole.broken(beforeStep: 5, by: fault.step).holding(beforeStep: 5, gate: "fault"))
      let client = try await house.client(asking: way)
      var transcript = Transcript(language: way.client, head: try await client.head())
      while transcript.text.isEmpty, let event = try await client.event() {
        transcript.events.append(event)
      }
      upstream.open(gate: "fault")
      let rest = try await client.rest(in: way.client)
      #expect(transcript.status == 200)
      #expect(transcript.text.hasPrefix("One two "))
      #expect(!transcript.isTerminated && !rest.isTerminated)
      #expect(rest.isBroken)
      // Behind megabytes that nobody can read the client may see the break alone.
      if case .neverEndingLine = fault.step {} else { #expect(rest.error != nil) }
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "broken")
      #expect(fault.kinds.contains(record.errorKind ?? ""))
      #expect(record.attempts == 1 && upstream.requests.count == 1)
    }
  }

  @Test(arguments: Way.all)
  func `by an error that the upstream tells passes it on`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 2)) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.errorInside200(after: .text("Half an answer")))
      let transcript = try await house.stream(way)
      #expect(transcript.text == "Half an answer")
      #expect(!transcript.isTerminated && transcript.isBroken)
      #expect(transcript.error?.message.lowercased().contains("overloaded") == true)
      #expect(transcript.errorCount == 1)
      #expect(upstream.requests.count == 1)
      #expect(try await house.records(1).first?.ending == "broken")
    }
  }

  @Test(arguments: Way.all)
  func `without terminator and reason is no good end`(way: Way) async throws {
    try await House.live { house in
      var reply = ScriptedReply.text("Half an answer")
      reply.stop = .never
      house.upstream(way.vendor).enqueue(way.vendor.unterminated(reply))
      let transcript = try await house.stream(way)
      #expect(transcript.text == "Half an answer")
      #expect(!transcript.isTerminated && transcript.isBroken)
      #expect(transcript.error != nil)
      #expect(try await house.records(1).first?.ending == "broken")
    }
  }

  @Test(arguments: Way.all.filter { $0.vendor == .chat })
  func `without terminator but with a reason is whole`(way: Way) async throws {
    try await House.live { house in
      house.chat.enqueue(way.vendor.unterminated(.text("A whole answer")))
      let transcript = try await house.stream(way)
      #expect(transcript.text == "A whole answer")
      #expect(!transcript.isBroken && transcript.error == nil)
      // A passage adds nothing to what the vendor said.
      #expect(transcript.isTerminated == !way.isPassage)
      #expect(try await house.records(1).first?.ending == "completed")
    }
  }

  @Test(arguments: Way.all)
  func `is no stream for a client that wants none`(way: Way) async throws {
    try await House.live { house in
      var reply = ScriptedReply.text("Half an answer")
      reply.stop = .never
      house.upstream(way.vendor).enqueue(way.vendor.unterminated(reply))
      let answer = try await house.ask(way, isStreamed: false)
      #expect(answer.status == 502)
      _ = try answer.error(in: way.client)
    }
  }

  @Test(arguments: Way.all)
  func `by an error gets a status for a client that wants no stream`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.errorInside200(after: .text("Half an answer")))
      let answer = try await house.ask(way, isStreamed: false)
      #expect(answer.status == (way.vendor == .anthropic ? 529 : 503))
      #expect(try answer.error(in: way.client).message.lowercased().contains("overloaded"))
    }
  }

  @Test(arguments: Way.all)
  func `cut inside an event shows nothing of it as whole`(way: Way) async throws {
    try await House.live { house in
      let whole = way.vendor.reply(.text("One two three four"), isStreamed: true)
      let count = whole.steps.prefix(5).reduce(0) { count, step in
        if case .bytes(let bytes) = step { count + bytes.count } else { count }
      }
      house.upstream(way.vendor).enqueue(whole.cut(after: count + 30))
      let transcript = try await house.stream(way)
      #expect(transcript.isBroken && !transcript.isTerminated)
      #expect(transcript.error != nil)
    }
  }
}

extension Transcript {
  /// How many errors the stream told.
  var errorCount: Int { events.count { $0.data.contains(#""error":{"#) } }
}
