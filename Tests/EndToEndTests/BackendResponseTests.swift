import ControlPlane
import TestSupport
import Testing

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
