import Testing

@testable import Dialects

@Suite struct `A reply for a Responses client` {
  private static let stage = ReplyStage(model: "alias", requestID: "r1", createdAt: 7)

  /// What an Anthropic stream becomes.
  private static func items(_ events: [ReplyEvent], _ stage: ReplyStage = stage) throws -> [String]
  {
    let whole = try JSONDocument(Dialect.responses.codec.encodeReply(events, stage)).root
    return whole["output"]?.elements.map { String(decoding: $0.raw.bytes, as: UTF8.self) } ?? []
  }

  @Test(arguments: AnthropicFixtures.streams)
  func `of Anthropic says in a stream what it says whole`(name: String) throws {
    let events = decode([try AnthropicFixtures.stream(name)[...]], with: AnthropicCodec())
    let sent = try `A Responses reply that is written`.sent(events, Self.stage)
    guard sent.last?["type"]?.string != "response.failed" else { return }
    let whole = try JSONDocument(Dialect.responses.codec.encodeReply(events, Self.stage)).root
    #expect(sent.last?["response"]?.raw == whole.raw)
    var texts = ""
    for event in sent where event["type"]?.string == "response.output_text.delta" {
      texts += event["delta"]?.string ?? ""
    }
    let said = whole["output"]?.elements.flatMap { $0["content"]?.elements.map { $0 } ?? [] }
    #expect(texts == said?.compactMap { $0["text"]?.string }.joined())
  }

  @Test(arguments: ChatFixture.streams)
  func `of a Chat server keeps what was said`(name: String) throws {
    let events = ChatReading(try ChatFixture.bytes("streams/\(name).sse")).events
    guard case .end = events.last else { return }
    var encoder = Dialect.responses.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    let again = TranslationFold(ResponsesFixture.read([out[...]]))
    #expect(again.inOrder == TranslationFold(events).inOrder)
  }

  @Test func `gives each seal in a form that comes back`() throws {
    let thought = Seal(.anthropic, "sig=")
    let hidden = Seal(.anthropic, "hidden")
    let call = Seal(.gemini, "call")
    let text = Seal(.gemini, "text")
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.thinking), .thinking("Let me "), .thinking("see"),
      .seal(thought), .close, .open(.thinking), .seal(thought), .close,
      .open(.redactedThinking(hidden)), .close, .open(.text), .text("A"), .seal(text), .close,
      .open(.toolCall(id: "c1", name: "f", seal: call)), .arguments("{}"), .close,
      .end(.toolCalls),
    ]
    let items = try Self.items(events)
    let request = #"{"model":"m","input":[{"role":"user","content":"q"},"#
    let body = request + items.joined(separator: ",") + "]}"
    let blocks = try Dialect.responses.codec.decodeRequest(JSONDocument(body)).turns[1].blocks
    #expect(blocks.map(\.seal) == [thought, thought, hidden, text, call])
    guard blocks.count == 5, case .thinking(let first) = blocks[0].content,
      case .thinking(let second) = blocks[1].content,
      case .redactedThinking = blocks[2].content
    else {
      Issue.record("The blocks are not what they were.")
      return
    }
    #expect(first.string == "Let me see" && second.isEmpty)
    let anthropic = try ResponsesTranslation(body, from: .responses, to: .anthropic)
    #expect(anthropic.body.contains(#""thinking":"Let me see","signature":"sig=""#))
    #expect(anthropic.body.contains(#""type":"redacted_thinking","data":"hidden""#))
    // None of it is OpenAI's.
    let passed = try Dialect.responses.codec.passRequest(
      JSONDocument(body), for: Target(model: "m"))
    #expect(!String(decoding: passed.body, as: UTF8.self).contains("encrypted_content"))
  }

  @Test(arguments: [1, 2, 3, 5, 8, 100])
  func `calls tools on free text with the text itself`(size: Int) throws {
    let text = "*** Begin \"Patch\"\n\t\\n 🌍 é\u{1} end"
    var writer = JSONWriter()
    writer.object { $0.member("input", text) }
    var stage = Self.stage
    stage.toolForms["edit"] = ToolForms.Form(namespace: "ns", name: "patch", isFreeform: true)
    var events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.toolCall(id: "c1", name: "edit")),
    ]
    let characters = Array(String(decoding: writer.bytes, as: UTF8.self))
    for start in stride(from: 0, to: characters.count, by: size) {
      let piece = String(characters[start..<min(start + size, characters.count)])
      events.append(.arguments(JSONText(piece)))
    }
    events += [.close, .end(.toolCalls)]
    let sent = try `A Responses reply that is written`.sent(events, stage)
    let deltas = sent.filter { $0["type"]?.string == "response.custom_tool_call_input.delta" }
    #expect(deltas.compactMap { $0["delta"]?.string }.joined() == text)
    let item = try #require(sent.last?["response"]?["output"]?.elements.map { $0 }.first)
    #expect(item["type"]?.string == "custom_tool_call")
    #expect(item["name"]?.string == "patch" && item["namespace"]?.string == "ns")
    #expect(item["input"]?.string == text)
  }

  @Test(arguments: [
    (#"{"input":"a"}"#, "a"), (#" { "input" : "a\u00e9" } "#, "aé"), (#"{"patch":"b"}"#, "b"),
    (#"{"a":1,"input":"c"}"#, "c"), ("{}", ""), ("", ""), ("plain", "plain"),
    (#"{"input":{"x":1}}"#, #"{"input":{"x":1}}"#), (#"{"input":"cut \"#, "cut "),
    (#"{"input":"odd \q \u12 x"}"#, #"odd \q \u12 x"#),
  ])
  func `finds free text however a model wrote it`(arguments: String, text: String) throws {
    var stage = Self.stage
    stage.toolForms["t"] = ToolForms.Form(name: "t", isFreeform: true)
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.toolCall(id: "c", name: "t")),
      .arguments(JSONText(arguments)), .close, .end(.toolCalls),
    ]
    let item = try JSONDocument(try #require(try Self.items(events, stage).first)).root
    #expect(item["input"]?.string == text)
  }

  @Test func `cites pages, and nothing that has no address`() throws {
    let raw = JSONRaw(stringLiteral: "{}")
    let page = Citation(origin: .anthropic, raw: raw, url: "https://x.test", title: "X")
    let losses = try Self.lost([
      .begin(id: nil, model: nil), .open(.text), .text("Hé"), .citation(page),
      .citation(Citation(origin: .anthropic, raw: raw)), .close, .end(.endOfTurn),
    ])
    #expect(losses.tags == ["citations"])
    #expect(
      losses.body.contains(
        #""annotations":[{"type":"url_citation","start_index":0,"end_index":2,"#
          + #""url":"https://x.test","title":"X"}]"#))
  }

  private static func lost(_ events: [ReplyEvent]) throws -> (body: String, tags: [String]) {
    var losses = Losses()
    let body = Dialect.responses.codec.encodeReply(events, stage, losses: &losses)
    return (String(decoding: body, as: UTF8.self), losses.tags)
  }
}

@Suite struct `A Responses stream for another client` {
  private static let stage = ReplyStage(model: "claude", requestID: "r1", createdAt: 7)

  @Test func `shows Anthropic's clients a thought that comes back to OpenAI`() throws {
    let events = try ResponsesFixture.events("reasoning-tools")
    let reply = Dialect.anthropic.codec.encodeReply(events, Self.stage)
    let root = try JSONDocument(reply).root
    let types = root["content"]?.elements.compactMap { $0["type"]?.string }
    #expect(types == ["thinking", "text", "tool_use", "tool_use"])
    #expect(root["stop_reason"]?.string == "tool_use")
    #expect(root["usage"]?["cache_read_input_tokens"]?.integer == 100)
    let content = try #require(root["content"]?.raw)
    let next = try ResponsesTranslation(
      messages: #"{"role":"user","content":"q"},{"role":"assistant","content":"#
        + String(decoding: content.bytes, as: UTF8.self) + "}",
      for: Target(model: "gpt", platform: .vendor, isReasoningModel: true))
    #expect(
      next.input.contains(
        #"{"type":"reasoning","id":"rs_0","summary":[{"type":"summary_text","#
          + #""text":"**Planning**\n\nThen act"}],"encrypted_content":"gAAAAABo-sealed"}"#))
  }

  @Test(arguments: ResponsesFixture.streams)
  func `says to Chat's and Anthropic's clients what it said`(name: String) throws {
    let events = try ResponsesFixture.events(name)
    guard case .end(let reason) = events.last, reason != .maximumTokens else { return }
    for dialect in [Dialect.chat, .anthropic] {
      var encoder = dialect.codec.makeStreamEncoder(Self.stage)
      var out: [UInt8] = []
      encoder.encode(events, into: &out)
      var decoder = dialect.codec.makeStreamDecoder(hidingUsage: false)
      var again: [ReplyEvent] = []
      decoder.feed(out, into: &again)
      decoder.finish(into: &again)
      let (said, first) = (TranslationFold(again), TranslationFold(events))
      // Anthropic has no refusals of its own.
      let isAnthropic = dialect == .anthropic
      #expect(said.texts == first.texts + (isAnthropic ? first.refusals : ""))
      #expect(said.thoughts == first.thoughts)
      #expect(said.calls == first.calls)
    }
  }
}
