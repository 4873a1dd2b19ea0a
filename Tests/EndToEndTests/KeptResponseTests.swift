import ControlPlane
import TestSupport
import Testing

@Suite("A response that the gateway keeps")
struct KeptResponseTests {
  @Test(arguments: [false, true])
  func `is found at once, after a restart, and not after it was deleted`(
    isStreamed: Bool
  ) async throws {
    try await House.live(in: Talk.plan) { house in
      house.chat.enqueue(
        isStreamed ? .openAIChatStream(.rich) : .openAIChat(.rich))
      let made = try await house.respond(
        Talk.request(#""One""#, isStreamed: isStreamed, extra: #","metadata":{"a":"b"}"#))
      #expect(made.status == 200)
      let id = try #require(Talk.value(of: "id", in: made.text))
      #expect(id.hasPrefix("resp_"))
      let shown = try await house.call("GET", "/v1/responses/\(id)")
      #expect(shown.status == 200)
      if isStreamed {
        // The last event has the same object.
        #expect(made.text.contains("\"response\":\(shown.text)"))
      } else {
        #expect(shown.text == made.text)
      }
      try await house.restart()
      #expect(try await house.call("GET", "/v1/responses/\(id)").body == shown.body)
      let deleted = try await house.call("DELETE", "/v1/responses/\(id)")
      #expect(deleted.text == #"{"id":"\#(id)","object":"response","deleted":true}"#)
      for method in ["GET", "DELETE"] {
        let gone = try await house.call(method, "/v1/responses/\(id)")
        #expect(gone.status == 404)
        #expect(try ToldError(gone.body, in: .chat).type == "invalid_request_error")
      }
    }
  }

  @Test func `is put in front of what is asked next`() async throws {
    try await House.live(in: Talk.plan) { house in
      let first = try await house.made(extra: #","instructions":"Be brief""#)
      house.claude.enqueue(.anthropic(.text("More")))
      let second = try await house.respond(
        Talk.request(#""Two""#, model: "claude-test", extra: Talk.previous(first)))
      #expect(Talk.value(of: "previous_response_id", in: second.text) == first)
      let told = try await house.claude.request(1).text
      #expect(!told.contains("Be brief"))
      let places = ["One", "Answer", "Two"].compactMap { told.firstRange(of: $0)?.lowerBound }
      #expect(places.count == 3 && places == places.sorted())
      // The chain stands alone when its beginning is gone.
      #expect(try await house.call("DELETE", "/v1/responses/\(first)").status == 200)
      let id = try #require(Talk.value(of: "id", in: second.text))
      house.chat.enqueue(.openAIChatStream(.text("Last")))
      let third = try await house.respond(
        Talk.request(#""Three""#, isStreamed: true, extra: Talk.previous(id)))
      #expect(third.text.contains("event: response.completed"))
      let last = try await house.chat.request(2).text
      for word in ["One", "Answer", "Two", "More", "Three"] { #expect(last.contains(word)) }
    }
  }

  @Test func `goes to a backend that speaks Responses as one input`() async throws {
    try await House.live(in: Talk.plan) { house in
      let first = try await house.made()
      house.chat.enqueue(Talk.native("resp_native"))
      let next = try await house.respond(
        Talk.request(#""Two""#, model: "first-m", extra: Talk.previous(first)))
      #expect(next.status == 200)
      let told = try await house.chat.request(2)
      #expect(told.path == "/v1/responses" && !told.text.contains("previous_response_id"))
      for word in ["One", "Answer", "Two"] { #expect(told.text.contains(word)) }
    }
  }

  @Test func `is nobody else's`() async throws {
    try await House.live(in: Talk.plan) { house in
      let id = try await house.made()
      let paths = [
        ("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items"),
      ]
      for (method, below) in paths {
        let target = "/v1/responses/\(id)\(below)"
        let answer = try await house.call(method, target, as: Talk.other)
        #expect(answer.status == 404)
        // Word for word what is said of a response that never was.
        let unknown = try await house.call(method, "/v1/responses/resp_none\(below)")
        #expect(answer.text.replacing(id, with: "resp_none") == unknown.text)
      }
      let next = try await house.respond(
        Talk.request(#""Two""#, extra: Talk.previous(id)), as: Talk.other)
      let told = try ToldError(next.body, in: .chat)
      #expect(next.status == 400 && told.code == "previous_response_not_found")
      let count = try await house.ask(
        Talk.request(#""Two""#, extra: Talk.previous(id)), at: "/v1/responses/input_tokens",
        credentials: [(name: "x-api-key", value: Talk.other)])
      #expect(count.status == 400)
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 200)
      #expect(house.chat.requests.count == 1)
    }
  }

  @Test func `is not kept when it was not to be stored, or did not end`() async throws {
    try await House.live(in: Talk.plan) { house in
      let unstored = try await house.made(extra: #","store":false"#)
      #expect(try await house.call("GET", "/v1/responses/\(unstored)").status == 404)
      house.chat.enqueue(.openAIChatStream(.rich, isTerminated: false).cut(after: 900))
      let client = try await house.client(
        asking: Talk.request(#""One""#, isStreamed: true), at: "/v1/responses")
      let broken = try await client.transcript(in: .chat)
      #expect(broken.isBroken)
      let id = try #require(Talk.value(of: "id", in: broken.events.map(\.data).joined()))
      #expect(id.hasPrefix("resp_"))
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 404)
    }
  }

  @Test func `shows its input in pages`() async throws {
    try await House.live(in: Talk.plan) { house in
      let first = try await house.made()
      let input = #"[{"role":"user","content":"Two"},{"role":"user","content":"Three"}]"#
      let second = try await house.made(input, extra: Talk.previous(first))
      let path = "/v1/responses/\(second)/input_items"
      let newest = try await house.call("GET", path + "?limit=1").text
      #expect(newest.contains(#""text":"Three""#) && newest.contains(#""has_more":true"#))
      let last = try #require(Talk.value(of: "last_id", in: newest))
      let rest = try await house.call("GET", path + "?after=\(last)").text
      #expect(rest.contains(#""text":"Two""#) && rest.contains(#""has_more":false"#))
      #expect(rest.contains("Answer") && rest.contains("One") && !rest.contains("Three"))
      #expect(try await house.call("GET", path + "?order=up").status == 400)
      let counted = try await house.ask(
        Talk.request(#""Four""#, extra: Talk.previous(second)), at: "/v1/responses/input_tokens")
      let alone = try await house.ask(
        Talk.request(#""Four""#), at: "/v1/responses/input_tokens")
      #expect(counted.status == 200 && counted.text != alone.text)
    }
  }

  @Test func `is neither cancelled nor streamed again`() async throws {
    try await House.live(in: Talk.plan) { house in
      let id = try await house.made()
      let cancelled = try await house.call("POST", "/v1/responses/\(id)/cancel")
      #expect(cancelled.status == 400)
      #expect(try ToldError(cancelled.body, in: .chat).type == "invalid_request_error")
      let streamed = try await house.call("GET", "/v1/responses/\(id)?stream=true")
      #expect(streamed.status == 400)
    }
  }

  @Test func `counts no tokens when it is looked at`() async throws {
    try await House.live(in: Talk.plan) { house in
      let id = try await house.made()
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 200)
      let records = try await house.records(2)
      #expect(records.map(\.outputTokens) == [0, 15])
      #expect(records.map(\.status) == [200, 200])
    }
  }

  @Test(arguments: [false, true])
  func `gives a vendor back what it sealed`(isStreamed: Bool) async throws {
    try await House.live(in: Talk.plan) { house in
      house.claude.enqueue(
        isStreamed ? .anthropicStream(.rich) : .anthropic(.rich), .anthropic(.text("More")))
      let made = try await house.respond(
        Talk.request(#""One""#, model: "claude-test", isStreamed: isStreamed))
      let id = try #require(Talk.value(of: "id", in: made.text))
      let results = ["call_a", "call_b"].map {
        #"{"type":"function_call_output","call_id":"\#($0)","output":"sunny"}"#
      }
      let next = try await house.respond(
        Talk.request(
          "[\(results.joined(separator: ","))]", model: "claude-test", extra: Talk.previous(id)))
      #expect(next.status == 200)
      let told = try await house.claude.request(2).text
      #expect(told.contains(#""signature":""#) && told.contains("京都"))
      #expect(told.contains("The user wants the weather in two towns."))
      #expect(told.contains(#""tool_use_id":"call_b""#))
    }
  }

  @Test(arguments: [false, true])
  func `is kept also when only the gateway could show it as it was asked for`(
    isStreamed: Bool
  ) async throws {
    try await House.live(in: Talk.plan) { house in
      // The vendor does not do as it was told, so that the client reads a name of ours.
      house.chat.enqueue(
        isStreamed ? Talk.native("resp_native") : Talk.nativeStream("resp_native"))
      let made = try await house.respond(
        Talk.request(#""One""#, model: "first-m", isStreamed: isStreamed))
      let id = try #require(Talk.value(of: "id", in: made.text))
      #expect(id != "resp_native")
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 200)
      #expect(house.chat.requests.count == 1)
    }
  }

  @Test func `is not kept where the operator wants none`() async throws {
    var plan = Talk.plan
    plan.limits = ["kept_response_bytes: 0"]
    try await House.live(in: plan) { house in
      let id = try await house.made()
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 404)
      house.chat.enqueue(Talk.native("resp_native"), Talk.native("resp_native"))
      _ = try await house.respond(Talk.request(#""One""#, model: "first-m"))
      #expect(try await house.call("GET", "/v1/responses/resp_native").status == 200)
    }
  }

  @Test func `is lost with a word in the log when it is too large`() async throws {
    var plan = Talk.plan
    plan.limits = ["kept_response_bytes: 4KiB"]
    try await House.live(in: plan) { house in
      let id = try await house.made("\"\(String(repeating: "x", count: 5000))\"")
      #expect(try await house.call("GET", "/v1/responses/\(id)").status == 404)
      let records = try await house.records(2)
      #expect(records.last?.losses.contains("store") == true)
    }
  }
}
