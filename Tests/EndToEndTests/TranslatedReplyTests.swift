import ControlPlane
import Gateway
import TestSupport
import Testing

@Suite struct `A Chat upstream behind an Anthropic client` {
  @Test func `streams thinking, text and parallel calls in order`() async throws {
    try await HouseUnderTest.open([.openAIChatStream(.rich)]) { house in
      let (client, head) = try await house.ask("gpt-rich")
      #expect(head.status == 200)
      #expect(head.header("content-type")?.hasPrefix("text/event-stream") == true)
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(!wasCut)
      expectRich(transcript)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 64, 1000])
  func `says the same wherever its stream is cut into pieces`(size: Int) async throws {
    let answer = ScriptedAnswer.openAIChatStream(.rich).inPieces(of: size)
    try await HouseUnderTest.open([answer]) { house in
      let (client, _) = try await house.ask("gpt-rich")
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(!wasCut)
      expectRich(transcript)
    }
  }

  @Test(arguments: [ScriptedAnswer.Framing.chunked, .length, .untilClose])
  func `is understood in every framing`(framing: ScriptedAnswer.Framing) async throws {
    let answer = ScriptedAnswer.openAIChatStream(.rich).framed(framing)
    try await HouseUnderTest.open([answer]) { house in
      let (client, _) = try await house.ask("gpt-rich")
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(!wasCut)
      expectRich(transcript)
    }
  }

  @Test func `carries a megabyte of arguments without losing a byte`() async throws {
    let reply = ScriptedReply.hugeArguments()
    guard case .tool(_, _, let arguments) = reply.parts.first else { return }
    try await HouseUnderTest.open([.openAIChatStream(reply)]) { house in
      let (client, _) = try await house.ask("gpt-huge")
      let (transcript, _) = try await AnthropicTranscript.reading(client)
      #expect(transcript.breaches == [])
      #expect(transcript.blocks.map(\.type) == ["tool_use"])
      #expect(transcript.blocks.first?.text == arguments)
      #expect(transcript.stopReason == "tool_use")
    }
  }

  @Test func `is a stream to a client that asked for one, even when it answers whole`()
    async throws
  {
    try await HouseUnderTest.open([.openAIChat(.rich)]) { house in
      let (client, head) = try await house.ask("gpt-rich")
      #expect(head.header("content-type")?.hasPrefix("text/event-stream") == true)
      let (transcript, _) = try await AnthropicTranscript.reading(client)
      expectRich(transcript)
    }
  }

  @Test(arguments: [ScriptedAnswer.openAIChat(.rich), .openAIChatStream(.rich)])
  func `is whole to a client that asked for no stream, even when it streams`(
    answer: ScriptedAnswer
  ) async throws {
    try await HouseUnderTest.open([answer]) { house in
      let (client, head) = try await house.ask("gpt-rich", streamed: false)
      #expect(head.status == 200)
      #expect(head.header("content-type")?.hasPrefix("application/json") == true)
      let text = try await client.text()
      #expect(text.contains(#""stop_reason":"tool_use""#))
      #expect(text.contains("Я посмотрю — 天気を調べます 🌦️👩‍👩‍👧."))
      #expect(text.contains(#""input":{"town":"Zürich","days":3}"#))
    }
  }

  @Test func `is asked in its own language, with its own key`() async throws {
    try await HouseUnderTest.open([.openAIChatStream(.text("Hi"))]) { house in
      let (client, _) = try await house.ask(
        "gpt-x", members: #""system":"Be brief.","stop_sequences":["END"]"#)
      _ = try await client.events()
      let request = try await house.upstream.request(1)
      #expect(request.path == "/v1/chat/completions")
      #expect(request.header("authorization") == "Bearer chat-key")
      #expect(request.header("x-api-key") == nil)
      #expect(!request.text.contains(HouseUnderTest.key))
      #expect(request.text.contains(#""role":"system""#))
      #expect(request.text.contains(#""include_usage":true"#))
      #expect(request.text.contains(#""model":"gpt-x""#))
    }
  }

  @Test func `has what it cannot be told recorded and said`() async throws {
    try await HouseUnderTest.open([.openAIChatStream(.text("Hi"))]) { house in
      let (client, head) = try await house.ask("gpt-x", members: #""top_k":5"#)
      _ = try await client.events()
      #expect(head.header("x-anyllm-degradation")?.contains("top_k") == true)
      #expect(try await house.record().losses.contains { $0.contains("top_k") })
    }
  }

  @Test func `is counted and recorded once`() async throws {
    try await HouseUnderTest.open([.openAIChatStream(.rich)]) { house in
      let (client, head) = try await house.ask("gpt-rich")
      _ = try await client.events()
      let record = try await house.record()
      #expect(record.id == head.header("x-request-id"))
      #expect(record.ending == "completed")
      #expect(record.status == 200)
      #expect(record.inputTokens == 25)
      #expect(record.outputTokens == 64)
      #expect(record.backend == "chat")
      #expect(record.key == "tests")
      #expect(house.gateway.snapshot().totals.requests == 1)
    }
  }

  private func expectRich(_ transcript: AnthropicTranscript) {
    #expect(transcript.breaches == [])
    #expect(transcript.blocks.map(\.type) == ["thinking", "text", "tool_use", "tool_use"])
    #expect(
      transcript.blocks.map(\.text) == [
        "The user wants the weather in two towns.",
        "Я посмотрю — 天気を調べます 🌦️👩‍👩‍👧.",
        #"{"town":"Zürich","days":3}"#,
        #"{"town":"京都","note":"a \"quoted\" \\ word\n"}"#,
      ])
    #expect(transcript.stopReason == "tool_use")
    #expect(transcript.outputTokens == 64)
    #expect(transcript.isFinished)
  }
}
