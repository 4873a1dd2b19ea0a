import ControlPlane
import TestSupport
import Testing

/// An upstream that misbehaves, in one of the two languages.
struct Trouble: Sendable, CustomTestStringConvertible {
  var name: String
  var answer: ScriptedAnswer
  /// The model whose backend speaks the answer's language.
  var model: String

  var testDescription: String { "\(name), \(model)" }
}

@Suite struct `An upstream that misbehaves` {
  /// Nothing of an answer arrived: the client gets a status, whatever it asked for.
  static let early: [Trouble] = ["gpt-x", "claude-x"].flatMap { model in
    let stream = stream(model)
    let headers = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    let answers: [(String, ScriptedAnswer)] = [
      ("resets before its head", .nothing(but: .reset)),
      ("closes before its head", .nothing(but: .close)),
      ("closes in the middle of its head", .raw(headers)),
      ("says no HTTP", .raw("220 mail.example.com ESMTP\r\n")),
      ("resets after its head", stream.broken(beforeStep: 0, by: .reset)),
      ("closes after its head", stream.broken(beforeStep: 0, by: .close)),
      ("ends an empty stream well", ScriptedAnswer.events([])),
      (
        "sends a chunk that is none",
        ScriptedAnswer(
          headers: stream.headers, steps: [.malformedChunk])
      ),
      (
        "sends a line without end",
        ScriptedAnswer(
          headers: stream.headers, steps: [.neverEndingLine])
      ),
      ("sends JSON that is none", .json("{\"id\":")),
      (
        "sends a page",
        ScriptedAnswer(
          status: 502, headers: [("content-type", "text/html")], framing: .length,
          steps: [.bytes(Array("<html>Bad gateway</html>".utf8))])
      ),
    ]
    return answers.map { Trouble(name: $0.0, answer: $0.1, model: model) }
  }

  /// Some of an answer arrived, and the trouble waits at a gate until the client has seen it.
  static let late: [Trouble] = ["gpt-x", "claude-x"].flatMap { model in
    let stream = stream(model)
    let middle = stream.steps.count - 3
    let inside =
      model == "gpt-x"
      ? ScriptedAnswer.openAIErrorInside200(after: beginning)
      : ScriptedAnswer.anthropicErrorInside200(after: beginning)
    let early = ScriptedAnswer(headers: stream.headers, steps: Array(stream.steps.prefix(middle)))
    let answers: [(String, ScriptedAnswer)] = [
      ("resets", stream.broken(beforeStep: middle, by: .reset)),
      ("closes", stream.broken(beforeStep: middle, by: .close)),
      ("sends a chunk that is none", stream.broken(beforeStep: middle, by: .malformedChunk)),
      ("sends a line without end", stream.broken(beforeStep: middle, by: .neverEndingLine)),
      ("ends its body early", early),
      ("tells an error", inside),
    ]
    return answers.map { name, answer in
      let gate = name == "ends its body early" ? middle : answer.steps.count - 1
      return Trouble(
        name: name, answer: answer.holding(beforeStep: gate, gate: "trouble"), model: model)
    }
  }

  private static let beginning = ScriptedReply.text("A beginning that can be seen.")

  @Test(arguments: early, [true, false])
  func `before its first word is an error with a status`(
    trouble: Trouble, streamed: Bool
  ) async throws {
    try await HouseUnderTest.open([trouble.answer]) { house in
      let (client, head) = try await house.ask(trouble.model, streamed: streamed)
      #expect((500...504).contains(head.status), "\(head)")
      let text = try await client.text()
      #expect(text.contains(#""type":"error""#))
      #expect(!text.contains("chat-key") && !text.contains("claude-key"))
      let record = try await house.record()
      #expect(record.status == head.status)
      #expect(record.errorKind != nil)
    }
  }

  @Test(arguments: late)
  func `in the middle of its stream is an error event and never an end`(
    trouble: Trouble
  ) async throws {
    try await HouseUnderTest.open([trouble.answer]) { house in
      let (client, head) = try await house.ask(trouble.model)
      #expect(head.status == 200)
      var seen: [ServerSentEvent] = []
      while seen.last?.name != "content_block_delta", let event = try await client.event() {
        seen.append(event)
      }
      house.upstream.open(gate: "trouble")
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client, after: seen)
      #expect(wasCut)
      #expect(transcript.errorType != nil)
      #expect(!transcript.isFinished)
      #expect(transcript.blocks.first?.text.hasPrefix("A begin") == true)
      let record = try await house.record()
      #expect(record.errorKind != nil)
      #expect(record.ending != "completed")
    }
  }

  @Test(arguments: late)
  func `in the middle of its stream is an error to a client that wants it whole`(
    trouble: Trouble
  ) async throws {
    try await HouseUnderTest.open([trouble.answer]) { house in
      house.upstream.open(gate: "trouble")
      let (client, head) = try await house.ask(trouble.model, streamed: false)
      #expect((500...529).contains(head.status), "\(head)")
      #expect(try await client.text().contains(#""type":"error""#))
    }
  }

  @Test(arguments: ["gpt-x", "claude-x"])
  func `and cannot be reached is named as such`(model: String) async throws {
    let port = try LoopbackSocket.refusingPort()
    try await HouseUnderTest.open(upstreamPort: port) { house in
      let (client, head) = try await house.ask(model)
      #expect(head.status == 502)
      #expect(try await client.text().contains(#""type":"error""#))
    }
  }

  @Test(arguments: ["gpt-x", "claude-x"])
  func `and never answers is given up`(model: String) async throws {
    let silent = ScriptedAnswer.nothing(but: .silence)
    try await HouseUnderTest.open([silent], backend: "first_byte_timeout: 100ms") { house in
      let (client, head) = try await house.ask(model)
      #expect(head.status == 504)
      #expect(try await client.text().contains(#""type":"error""#))
      _ = try await house.upstream.clientGone(fromRequest: 1)
    }
  }

  @Test(arguments: ["gpt-x", "claude-x"])
  func `and falls silent is given up although the client got pings`(model: String) async throws {
    let stream = Self.stream(model)
    let stalled = stream.broken(beforeStep: stream.steps.count - 3, by: .silence)
    try await HouseUnderTest.open(
      [stalled], settings: "ping_interval: 20ms", backend: "idle_timeout: 300ms"
    ) { house in
      let (client, _) = try await house.ask(model)
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(wasCut)
      #expect(transcript.pings > 0)
      #expect(transcript.errorType != nil)
      _ = try await house.upstream.clientGone(fromRequest: 1)
    }
  }

  @Test(arguments: [true, false])
  func `and answers in gzip is read all the same`(streamed: Bool) async throws {
    let answer = streamed ? Self.stream("gpt-x") : .openAIChat(.text("A beginning and an end."))
    try await HouseUnderTest.open([answer.gzipped()]) { house in
      let (client, head) = try await house.ask("gpt-x", streamed: streamed)
      #expect(head.status == 200)
      #expect(head.header("content-encoding") == nil)
      let body = String(decoding: try await client.body(), as: UTF8.self)
      #expect(body.contains("beginni") && body.contains("end_turn"))
    }
  }

  @Test func `and forgets the terminator after its reason to stop is believed`() async throws {
    let answer = ScriptedAnswer.openAIChatStream(.text("All of it."), isTerminated: false)
    try await HouseUnderTest.open([answer]) { house in
      let (client, _) = try await house.ask("gpt-x")
      let (transcript, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(!wasCut)
      #expect(transcript.isFinished)
      #expect(transcript.blocks.first?.text == "All of it.")
    }
  }

  @Test func `and says an error in its 200 before any word is an error with a status`()
    async throws
  {
    try await HouseUnderTest.open([.openAIErrorInside200()]) { house in
      let (client, head) = try await house.ask("gpt-x")
      #expect((500...529).contains(head.status), "\(head)")
      #expect(try await client.text().contains("The server is overloaded"))
    }
  }

  @Test func `is tried again before its first word`() async throws {
    let answers = [
      ScriptedAnswer.nothing(but: .reset),
      .openAIError(status: 503, type: "server_error", message: "busy"),
      Self.stream("gpt-x"),
    ]
    try await HouseUnderTest.open(answers, backend: "retries: 2") { house in
      let (client, head) = try await house.ask("gpt-x")
      #expect(head.status == 200)
      let (transcript, _) = try await AnthropicTranscript.reading(client)
      #expect(transcript.isFinished)
      #expect(house.upstream.requests.count == 3)
      #expect(try await house.record().attempts == 3)
    }
  }

  @Test func `is never tried again after its first word`() async throws {
    let whole = Self.stream("gpt-x")
    let answers = [whole.broken(beforeStep: whole.steps.count - 3, by: .reset), whole]
    try await HouseUnderTest.open(answers, backend: "retries: 2") { house in
      let (client, _) = try await house.ask("gpt-x")
      let (_, wasCut) = try await AnthropicTranscript.reading(client)
      #expect(wasCut)
      _ = try await house.record()
      #expect(house.upstream.requests.count == 1)
    }
  }

  private static func stream(_ model: String) -> ScriptedAnswer {
    let reply = ScriptedReply.text("A beginning and an end that is long enough to be cut.")
    return model == "gpt-x" ? .openAIChatStream(reply) : .anthropicStream(reply)
  }
}
