import ControlPlane
import TestSupport
import Testing

@Suite("The ledger")
struct LedgerTests {
  @Test(arguments: Way.all)
  func `has every exchange exactly once, whatever its ending`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      let stream = way.vendor.reply(.text("One two three four"), isStreamed: true)
      upstream.enqueue(
        .nothing(but: .reset), way.vendor.reply(.text("Fine"), isStreamed: false), stream,
        way.vendor.error(status: 400, "No"),
        stream.broken(beforeStep: 5, by: .reset), stream.broken(beforeStep: 5, by: .silence),
        stream.broken(beforeStep: 5, by: .silence))
      func id(_ name: String) -> [(name: String, value: String)] { [("x-request-id", name)] }
      // First, for on a connection that was used before it would be tried again.
      _ = try await house.ask(way, headers: id("reset"))
      _ = try await house.ask(way, headers: id("whole"))
      _ = try await house.stream(way, headers: id("streamed"))
      _ = try await house.ask(way, headers: id("no"))
      _ = try await house.stream(way, headers: id("cut"))
      let leaving = try await house.client(asking: way, headers: id("left"))
      _ = try await leaving.head()
      leaving.close()
      _ = try await upstream.clientGone(fromRequest: 6)
      let doomed = try await house.client(asking: way, headers: id("killed"))
      _ = try await doomed.head()
      try await house.order(.killRequest("killed"))
      _ = try await doomed.closing()
      _ = try await house.ask("{", at: way.client.path, headers: id("malformed"))
      _ = try await house.ask(
        "{}", at: way.client.path, headers: id("stranger"), credentials: [])
      try await house.settles()
      let records = try await house.records(8)
      let endings = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0.ending) })
      #expect(
        endings == [
          "whole": "completed", "streamed": "completed", "no": "refused", "reset": "refused",
          "cut": "broken", "left": "client_gone", "killed": "killed", "malformed": "refused",
        ])
      #expect(upstream.requests.count == 7)
      let totals = try house.picture.totals
      #expect(totals.requests == 9 && totals.droppedRecords == 0)
      let tokens = records.reduce(0) { $0 + $1.outputTokens }
      #expect(totals.outputTokens == tokens)
      try await house.restart()
      try await house.records(8)
    }
  }

  @Test(arguments: Language.allCases)
  func `knows a request by the client's id when it is fit for one`(
    language: Language
  ) async throws {
    try await House.live { house in
      let upstream = house.upstream(language)
      let body = language.request(model: language.model)
      for (given, isKept) in [
        ("mine-1", true), (String(repeating: "i", count: 128), true),
        (String(repeating: "i", count: 129), false), ("two words", false), ("é", false),
        ("", false),
      ] {
        upstream.enqueue(language.reply(.text("Fine"), isStreamed: false))
        let answer = try await house.ask(
          body, at: language.path, headers: [("x-request-id", given)])
        let told = try #require(answer.head.header("x-request-id"))
        #expect((told == given) == isKept, "\(given)")
        #expect(isKept || told.hasPrefix("req_"))
        let newest = try await house.records(upstream.requests.count).first
        #expect(newest?.id == told)
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `and its error tell the same id`(language: Language) async throws {
    try await House.live { house in
      let answer = try await house.ask("{", at: language.path)
      let id = try #require(answer.head.header("x-request-id"))
      let error = try answer.error(in: language)
      #expect(language == .chat || error.requestID == id)
      #expect(try await house.records(1).first?.id == id)
    }
  }
}
