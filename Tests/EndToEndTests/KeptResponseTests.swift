import ControlPlane
import TestSupport
import Testing

/// What clients of Responses say to a house with two callers.
private enum Talk {
  static let other = "sk-other-0123456789abcdef"
  static let plan = HousePlan(
    keyLines: ["  - {name: other, secret: \(other)}"], responders: ["first", "second"])

  static func request(
    _ input: String, model: String = "gpt-test", isStreamed: Bool = false, extra: String = ""
  ) -> String {
    #"{"model":"\#(model)","stream":\#(isStreamed),"input":\#(input)\#(extra)}"#
  }

  static func previous(_ id: String) -> String { #","previous_response_id":"\#(id)""# }

  /// What a vendor that speaks Responses answers.
  static func native(_ id: String, status: String = "completed") -> ScriptedAnswer {
    .json(
      #"{"id":"\#(id)","object":"response","status":"\#(status)","model":"m","output":[],"#
        + #""usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}}"#)
  }

  static func nativeStream(_ id: String) -> ScriptedAnswer {
    let response = #"{"id":"\#(id)","object":"response","model":"m","output":[]"#
    return .events([
      "event: response.created\ndata: {\"type\":\"response.created\",\"response\":\(response),"
        + "\"status\":\"in_progress\"}}\n\n",
      "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\(response),"
        + "\"status\":\"completed\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n",
    ])
  }

  /// The value of the first member of this name that is a string.
  static func value(of name: String, in text: String) -> String? {
    guard let start = text.firstRange(of: "\"\(name)\":\"")?.upperBound else { return nil }
    return String(text[start...].prefix { $0 != "\"" })
  }
}

extension House {
  fileprivate func respond(_ body: String, as key: String = House.key) async throws -> Answer {
    try await ask(body, at: "/v1/responses", credentials: [(name: "x-api-key", value: key)])
  }

  fileprivate func call(
    _ method: String, _ target: String, as key: String = House.key
  ) async throws -> Answer {
    let client = try client()
    try await client.request(method, target, headers: [(name: "x-api-key", value: key)])
    return try await client.answer()
  }

  /// A response that the chat vendor gave and the gateway keeps.
  fileprivate func made(_ input: String = #""One""#, extra: String = "") async throws -> String {
    chat.enqueue(.openAIChat(.text("Answer")))
    let answer = try await respond(Talk.request(input, extra: extra))
    #expect(answer.status == 200)
    return try #require(Talk.value(of: "id", in: answer.text))
  }
}

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
}

@Suite("A response that its backend keeps")
struct BackendResponseTests {
  @Test(arguments: [false, true])
  func `is asked for where it is, by the caller that made it`(isStreamed: Bool) async throws {
    try await House.live(in: Talk.plan) { house in
      house.chat.enqueue(
        isStreamed ? Talk.nativeStream("resp_native") : Talk.native("resp_native"))
      let body = Talk.request(#""One""#, model: "second-m", isStreamed: isStreamed)
      let made = try await house.respond(body)
      #expect(made.status == 200)
      #expect(try await house.chat.request(1).text == body)
      try await house.restart()
      for other in ["/v1/responses/resp_native", "/v1/responses/resp_native/input_items"] {
        #expect(try await house.call("GET", other, as: Talk.other).status == 404)
      }
      house.chat.enqueue(.json(#"{"object":"list","data":[ ]}"#))
      let items = try await house.call(
        "GET", "/v1/responses/resp_native/input_items?limit=5&key=x&include[]=a")
      #expect(items.text == #"{"object":"list","data":[ ]}"#)
      let asked = try await house.chat.request(2)
      #expect(asked.method == "GET")
      #expect(asked.target == "/v1/responses/resp_native/input_items?limit=5&include[]=a")
      #expect(asked.header("authorization") == "Bearer second-\(House.vendorKey)")
      house.chat.enqueue(.openAIError(status: 400, message: "no"), Talk.native("resp_native"))
      let cancelled = try await house.call("POST", "/v1/responses/resp_native/cancel")
      #expect(cancelled.status == 400 && cancelled.text.contains("no"))
      #expect(try await house.chat.request(3).path == "/v1/responses/resp_native/cancel")
      #expect(try await house.call("DELETE", "/v1/responses/resp_native").status == 200)
      #expect(try await house.chat.request(4).method == "DELETE")
      #expect(try await house.call("GET", "/v1/responses/resp_native").status == 404)
      // Its tokens were counted with the request that made it.
      let records = try await house.records(7)
      #expect(records.map(\.outputTokens) == [0, 0, 0, 0, 0, 0, 4])
    }
  }

  @Test func `leads what is asked next to its backend, whatever the model is mapped to`()
    async throws
  {
    try await House.live(in: Talk.plan) { house in
      house.chat.enqueue(Talk.native("resp_a"), Talk.native("resp_b"))
      _ = try await house.respond(Talk.request(#""One""#, model: "second-m"))
      for model in ["first-m", "gpt-test", "second-m"] {
        let body = Talk.request(#""Two""#, model: model, extra: Talk.previous("resp_a"))
        house.chat.enqueue(Talk.native("resp_c"))
        #expect(try await house.respond(body).status == 200)
        let told = try #require(house.chat.requests.last)
        #expect(told.path == "/v1/responses" && told.text == body)
        #expect(told.header("authorization") == "Bearer second-\(House.vendorKey)")
      }
      let foreign = try await house.respond(
        Talk.request(#""Two""#, model: "second-m", extra: Talk.previous("resp_a")),
        as: Talk.other)
      #expect(foreign.status == 400)
      #expect(try ToldError(foreign.body, in: .chat).code == "previous_response_not_found")
      #expect(house.chat.requests.count == 4)
    }
  }

  @Test func `can be made in the background`() async throws {
    try await House.live(in: Talk.plan) { house in
      house.chat.enqueue(
        Talk.native("resp_later", status: "queued"), Talk.native("resp_later"))
      let extra = #","background":true"#
      let made = try await house.respond(
        Talk.request(#""One""#, model: "first-m", extra: extra))
      #expect(made.status == 200 && made.text.contains("queued"))
      let shown = try await house.call("GET", "/v1/responses/resp_later")
      #expect(shown.status == 200 && shown.text.contains("completed"))
    }
  }

  @Test func `compacts where there is somebody who can`() async throws {
    try await House.live(in: Talk.plan) { house in
      house.chat.enqueue(.json(#"{"id":"resp_x","object":"response.compaction"}"#))
      let body = Talk.request(#""One""#, model: "first-m")
      let answer = try await house.ask(body, at: "/v1/responses/compact")
      #expect(answer.status == 200)
      #expect(try await house.chat.request(1).path == "/v1/responses/compact")
      for model in ["gpt-test", "claude-test"] {
        let refused = try await house.ask(
          Talk.request(#""One""#, model: model), at: "/v1/responses/compact")
        #expect(refused.status == 404)
        #expect(try ToldError(refused.body, in: .chat).type == "invalid_request_error")
      }
      let foreign = try await house.ask(
        Talk.request(#""One""#, model: "first-m", extra: Talk.previous("resp_of_another")),
        at: "/v1/responses/compact")
      #expect(foreign.status == 400)
      #expect(house.chat.requests.count == 1)
    }
  }
}
