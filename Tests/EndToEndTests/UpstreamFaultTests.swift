import ControlPlane
import TestSupport
import Testing

@Suite("An upstream that fails before its first output")
struct UpstreamFaultTests {
  @Test(arguments: Way.all)
  func `by refusing the connection becomes 502 in the client's language`(way: Way) async throws {
    let plan = HousePlan(vendorAddress: "http://127.0.0.1:\(try LoopbackSocket.refusingPort())")
    try await House.live(in: plan) { house in
      for isStreamed in [false, true] {
        let answer = try await house.ask(way, isStreamed: isStreamed)
        #expect(answer.status == 502)
        #expect(try answer.error(in: way.client).message.contains(way.vendor.backend))
      }
      let records = try await house.records(2)
      #expect(records.allSatisfy { $0.ending == "refused" && $0.errorKind == "connect" })
    }
  }

  @Test(arguments: Way.all, [ScriptedAnswer.Step.reset, .close])
  func `by breaking the connection off without a word becomes 502`(
    way: Way, step: ScriptedAnswer.Step
  ) async throws {
    try await House.live { house in
      for isStreamed in [false, true] {
        house.upstream(way.vendor).enqueue(.nothing(but: step))
        let answer = try await house.ask(way, isStreamed: isStreamed)
        #expect(answer.status == 502)
        #expect(try answer.error(in: way.client).message.contains(way.vendor.backend))
        let record = try #require(try await house.records(isStreamed ? 2 : 1).first)
        #expect(record.ending == "refused" && record.status == 502)
      }
    }
  }

  @Test(arguments: Way.all, [ScriptedAnswer.Step.reset, .close])
  func `by breaking off after its headers becomes 502`(
    way: Way, step: ScriptedAnswer.Step
  ) async throws {
    try await House.live { house in
      for isStreamed in [false, true] {
        let whole = way.vendor.reply(.text("Hello"), isStreamed: isStreamed)
        house.upstream(way.vendor).enqueue(
          isStreamed ? whole.broken(beforeStep: 0, by: step) : whole.cut(after: 20, by: step))
        let answer = try await house.ask(way, isStreamed: isStreamed)
        #expect(answer.status == 502)
        _ = try answer.error(in: way.client)
      }
      #expect(try await house.records(2).allSatisfy { $0.errorKind == "upstream_cut" })
    }
  }

  @Test func `by doubting a thought is asked once more without any`() async throws {
    let way = Way(client: .anthropic, vendor: .anthropic)
    let words = "messages.1.content.0: Invalid `signature` in `thinking` block"
    try await House.live { house in
      for isHealed in [true, false] {
        let second =
          isHealed
          ? way.vendor.reply(.text("Well"), isStreamed: false)
          : way.vendor.error(status: 400, words)
        house.claude.enqueue(way.vendor.error(status: 400, words), second)
        let body =
          #"{"model":"claude-test","max_tokens":9,"messages":[{"role":"user","content":"q"},"#
          + #"{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"S"},"#
          + #"{"type":"text","text":"a"}]},{"role":"user","content":"r"}]}"#
        let answer = try await house.ask(body, at: way.client.path)
        #expect(answer.status == (isHealed ? 200 : 400))
        let record = try #require(try await house.records(isHealed ? 1 : 2).first)
        #expect(record.attempts == 2)
      }
      #expect(house.claude.requests.count == 4)
      #expect(try await house.claude.request(1).text.contains("signature"))
      #expect(!(try await house.claude.request(2).text.contains("signature")))
    }
  }

  @Test(arguments: Way.all)
  func `is tried again, and the client sees only the success`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 1)) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        way.vendor.errorInside200(), way.vendor.reply(.text("At last"), isStreamed: true))
      let transcript = try await house.stream(way)
      #expect(transcript.status == 200)
      #expect(transcript.text == "At last" && transcript.isTerminated && !transcript.isBroken)
      #expect(transcript.error == nil)
      #expect(upstream.requests.count == 2)
      let record = try #require(try await house.records(1).first)
      #expect(record.attempts == 2 && record.status == 200 && record.ending == "completed")
    }
  }

  @Test(arguments: Way.all)
  func `with an error inside its 200 gets a status of its own`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.errorInside200())
      let answer = try await house.ask(way, isStreamed: true)
      #expect(answer.status == (way.vendor == .anthropic ? 529 : 503))
      let error = try answer.error(in: way.client)
      #expect(error.message.lowercased().contains("overloaded"))
      #expect(answer.head.header("content-type") == "application/json")
    }
  }

  @Test(arguments: Way.all)
  func `is asked once when it says no for good`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 2)) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.error(status: 400, "temperature: must be below 2"))
      let answer = try await house.ask(way)
      #expect(answer.status == 400)
      #expect(try answer.error(in: way.client).message == "temperature: must be below 2")
      #expect(upstream.requests.count == 1)
    }
  }

  @Test(arguments: Way.all)
  func `for too many requests tells when to come back`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 2)) { house in
      let upstream = house.upstream(way.vendor)
      // Longer than the gateway waits by itself.
      upstream.enqueue(way.vendor.error(status: 429, "Slow down", retryAfter: "77"))
      let answer = try await house.ask(way)
      #expect(answer.status == 429)
      #expect(answer.head.header("retry-after") == "77")
      #expect(try answer.error(in: way.client).message == "Slow down")
      #expect(upstream.requests.count == 1)
      let record = try #require(try await house.records(1).first)
      #expect(record.errorKind == "rate_limit" && record.status == 429)
    }
  }

  @Test(arguments: Way.all)
  func `for a while is waited for as long as it asks`(way: Way) async throws {
    try await House.live(in: HousePlan(retries: 1)) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        way.vendor.error(status: 429, "Slow down", retryAfter: "0"),
        way.vendor.reply(.text("Now"), isStreamed: false))
      let answer = try await house.ask(way)
      #expect(answer.status == 200 && answer.text.contains("Now"))
    }
  }

  @Test(arguments: Way.all)
  func `by overload keeps its status`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.error(status: 529, "Overloaded"))
      let answer = try await house.ask(way)
      #expect(answer.status == 529)
      let error = try answer.error(in: way.client)
      #expect(error.message == "Overloaded")
      #expect(
        error.type == (way.client == .anthropic ? "overloaded_error" : "server_error")
          || way.isPassage)
    }
  }

  @Test(arguments: Way.all, [false, true])
  func `by an unknown credential is told verbatim or in the client's words`(
    way: Way, isStreamed: Bool
  ) async throws {
    try await House.live { house in
      let no = way.vendor.error(status: 401, "invalid x-api-key")
      house.upstream(way.vendor).enqueue(no)
      let answer = try await house.ask(way, isStreamed: isStreamed)
      #expect(answer.status == 401)
      if way.isPassage { #expect(answer.body == no.body) }
      #expect(try answer.error(in: way.client).message == "invalid x-api-key")
    }
  }

  @Test(arguments: Way.all, [502, 503, 404])
  func `with a web page is told as an error of the client's language`(
    way: Way, status: Int
  ) async throws {
    let page = "<html><body><h1>\(status) Bad Gateway</h1></body></html>"
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        ScriptedAnswer(
          status: status, headers: [("content-type", "text/html")], framing: .length,
          steps: [.bytes(Array(page.utf8))]))
      let answer = try await house.ask(way)
      #expect(answer.status == status)
      let error = try answer.error(in: way.client)
      #expect(!error.message.contains("<html>") && error.message.contains("\(status)"))
    }
  }

  @Test(arguments: Way.all, [false, true])
  func `with nothing in its 200 is an error`(way: Way, isStreamed: Bool) async throws {
    let type = isStreamed ? "text/event-stream" : "application/json"
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        ScriptedAnswer(headers: [("content-type", type)], framing: .length))
      let answer = try await house.ask(way, isStreamed: isStreamed)
      #expect(answer.status == 502)
      _ = try answer.error(in: way.client)
    }
  }

  @Test(arguments: Way.all, [500, 503, 400])
  func `with nothing in its refusal is an error all the same`(
    way: Way, status: Int
  ) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(ScriptedAnswer(status: status, framing: .length))
      let answer = try await house.ask(way)
      #expect(answer.status == status)
      #expect(try !answer.error(in: way.client).message.isEmpty)
    }
  }

  @Test(arguments: Way.all)
  func `with a web page in its 200 is an error`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        ScriptedAnswer(
          headers: [("content-type", "text/html")], framing: .length,
          steps: [.bytes(Array("<html>Sign in</html>".utf8))]))
      let answer = try await house.ask(way)
      #expect(answer.status == 502)
      _ = try answer.error(in: way.client)
    }
  }

  @Test(arguments: Way.all)
  func `by silence before its headers becomes 504`(way: Way) async throws {
    let plan = HousePlan(backend: ["first_byte_timeout: 300ms"])
    try await House.live(in: plan) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(.nothing(but: .silence))
      let answer = try await house.ask(way)
      #expect(answer.status == 504)
      #expect(try answer.error(in: way.client).message.contains(way.vendor.backend))
      _ = try await upstream.clientGone(fromRequest: 1)
      #expect(try await house.records(1).first?.errorKind == "timeout")
    }
  }

  @Test(arguments: Way.all)
  func `by silence in a whole reply becomes 504`(way: Way) async throws {
    try await House.live(in: HousePlan(backend: ["idle_timeout: 300ms"])) { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.text("Hi"), isStreamed: false).cut(after: 9, by: .silence))
      let answer = try await house.ask(way)
      #expect(answer.status == 504)
      _ = try await upstream.clientGone(fromRequest: 1)
    }
  }

  @Test(arguments: Way.all)
  func `by a line that never ends is cut off`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        ScriptedAnswer(
          headers: [("content-type", "text/event-stream")], steps: [.neverEndingLine]))
      let transcript = try await house.stream(way)
      _ = try await upstream.clientGone(fromRequest: 1)
      #expect(!transcript.isTerminated)
      #expect(transcript.status >= 500 || (transcript.isBroken && transcript.error != nil))
    }
  }
}

extension Language {
  /// The name of the backend that speaks it.
  var backend: String { self == .anthropic ? "claude" : "chat" }
}
