import ControlPlane
import TestSupport
import Testing

@Suite("A completion of before there were messages")
struct CompletionTests {
  private static func request(_ model: String, isStreamed: Bool) -> String {
    #"{"model":"\#(model)","prompt":"Once","max_tokens":9,"stream":\#(isStreamed)}"#
  }

  @Test func `is carried to a Chat server as it is`() async throws {
    try await House.live { house in
      let reply = #"{"object":"text_completion","choices":[{"text":"x"}]}"#
      house.chat.enqueue(.json(reply))
      let body = Self.request("gpt-test", isStreamed: false)
      let answer = try await house.ask(body, at: "/v1/completions")
      #expect(answer.status == 200 && answer.text == reply)
      let request = try await house.chat.request(1)
      #expect(request.path == "/v1/completions" && request.text == body)
    }
  }

  @Test(arguments: [false, true])
  func `becomes a conversation for a server that has no other`(isStreamed: Bool) async throws {
    try await House.live { house in
      house.claude.enqueue(Language.anthropic.reply(.text("upon a time"), isStreamed: isStreamed))
      let answer = try await house.ask(
        Self.request("claude-test", isStreamed: isStreamed), at: "/v1/completions")
      #expect(answer.status == 200)
      #expect(answer.text.contains(#""object":"text_completion""#))
      #expect(answer.text.hasSuffix("data: [DONE]\n\n") == isStreamed)
      if !isStreamed { #expect(answer.text.contains(#""text":"upon a time""#)) }
      let request = try await house.claude.request(1)
      #expect(request.path == "/v1/messages")
      #expect(request.text.contains(#""messages":[{"role":"user","content":"Once"}]"#))
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "completed" && record.modelRequested == "claude-test")
    }
  }

  @Test func `with a list of prompts is refused before anything is sent`() async throws {
    try await House.live { house in
      let answer = try await house.ask(
        #"{"model":"claude-test","prompt":["a","b"]}"#, at: "/v1/completions")
      #expect(answer.status == 400 && answer.text.contains("prompt"))
      #expect(house.claude.requests.isEmpty)
    }
  }
}
