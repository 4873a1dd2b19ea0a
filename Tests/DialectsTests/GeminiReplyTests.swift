import Testing

@testable import Dialects

struct `A reply of Gemini` {
  private static let codec = GeminiCodec()
  private static let stage = ReplyStage(
    model: "gemini-x", requestID: "req1", createdAt: 0, estimatedInputTokens: 5)

  private static func whole(_ name: String) throws -> [ReplyEvent] {
    codec.decodeReply(try GeminiFixtures.bytes("replies", name + ".json"))
  }

  @Test func `with thoughts and calls is told in events`() throws {
    #expect(
      GeminiFixtures.lines(try Self.whole("thinking-and-calls")).filter { !$0.hasPrefix("arg") }
        == [
          "begin resp_1 gemini-3-pro-preview", "usage 30 0 0 0 19 11", "open thinking",
          "thinking Hmm.", "close", "open text", "text Looking.", "close",
          "open call x1 f gemini U0lH", "close", "open call x2 g", "close", "usage 30 0 0 0 19 11",
          "end toolCalls",
        ])
  }

  @Test func `whose prompt was blocked is a refusal`() throws {
    #expect(GeminiFixtures.lines(try Self.whole("blocked")).suffix(5).first == "open refusal")
  }

  private static let finishes: [(word: String, reason: StopReason)] = [
    ("STOP", .endOfTurn), ("MAX_TOKENS", .maximumTokens), ("SAFETY", .refusal),
    ("RECITATION", .refusal), ("BLOCKLIST", .refusal), ("PROHIBITED_CONTENT", .refusal),
    ("SPII", .refusal), ("IMAGE_SAFETY", .refusal), ("MODEL_ARMOR", .refusal),
    ("LANGUAGE", .other("LANGUAGE")), ("TOO_MANY_TOOL_CALLS", .other("TOO_MANY_TOOL_CALLS")),
    ("SOMETHING_NEW", .other("SOMETHING_NEW")),
  ]

  @Test(arguments: finishes)
  func `ends for a reason`(word: String, reason: StopReason) {
    let body =
      #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"\#(word)"}]}"#
    guard case .end(let told)? = Self.codec.decodeReply(Array(body.utf8)).last else {
      Issue.record("no end")
      return
    }
    #expect(told == reason)
  }

  @Test(arguments: [
    ("MALFORMED_FUNCTION_CALL", 502), ("UNEXPECTED_TOOL_CALL", 502),
    ("MISSING_THOUGHT_SIGNATURE", 400),
  ])
  func `that is no answer is a failure`(word: String, status: Int) {
    let body = #"{"candidates":[{"finishReason":"\#(word)"}]}"#
    guard case .failed(let failure)? = Self.codec.decodeReply(Array(body.utf8)).last else {
      Issue.record("no failure")
      return
    }
    #expect(failure.status == status && failure.code == word)
  }

  /// What a client keeps of a reply, and gives back with its next request.
  private static func kept(_ events: [ReplyEvent], streamed: Bool) throws -> [Block] {
    var contents: [String] = []
    if streamed {
      var encoder = codec.makeStreamEncoder(stage)
      var out: [UInt8] = []
      encoder.encode(events, into: &out)
      var framer = SSEFramer()
      try framer.append(out)
      while let frame = try framer.next() { contents.append(try content(Array(frame.data))) }
    } else {
      contents = [try content(codec.encodeReply(events, stage))]
    }
    let body = #"{"contents":[{"parts":[{"text":"q"}]},\#(contents.joined(separator: ","))]}"#
    let conversation = try codec.decodeRequest(JSONDocument(body))
    return conversation.turns.dropFirst().flatMap(\.blocks)
  }

  private static func content(_ reply: [UInt8]) throws -> String {
    let root = try JSONDocument(reply).root
    let candidate = try #require(root["candidates"]?.elements.first { _ in true })
    let content = try #require(candidate["content"])
    #expect(content["parts"]?.elements.first { _ in true } != nil)
    return String(decoding: content.raw.bytes, as: UTF8.self)
  }

  private static let thought: [ReplyEvent] = [
    .open(.thinking), .thinking("Let me "), .thinking("see."), .seal(Seal(.anthropic, "c2ln+/=")),
    .close,
  ]

  private static let sessions: [(name: String, events: [ReplyEvent], blocks: [String])] = [
    (
      "Claude",
      thought + [
        .open(.thinking), .seal(Seal(.anthropic, "ZW1wdHk=")), .close,
        .open(.redactedThinking(Seal(.anthropic, "cmVk"))), .close,
        .open(.text), .text("I "), .text("look."), .close,
        .open(.toolCall(id: "toolu_1", name: "f")), .arguments(#"{"a""#), .arguments(":1}"),
        .close, .open(.toolCall(id: "toolu_2", name: "g")), .close,
      ],
      [
        "thinking Let me see. <anthropic c2ln+/=>", "thinking  <anthropic ZW1wdHk=>",
        "redacted <anthropic cmVk>", "text I look.", #"call toolu_1 f {"a":1}"#,
        "call toolu_2 g {}",
      ]
    ),
    (
      "two thoughts",
      thought + thought,
      [
        "thinking Let me see. <anthropic c2ln+/=>", "thinking Let me see. <anthropic c2ln+/=>",
      ]
    ),
    (
      "OpenAI",
      [
        .open(.thinking), .thinking("sum"), .seal(Seal(.openai, id: "rs_1", "gAAA")), .close,
        .open(.redactedThinking(Seal(.openai, id: "rs_2", "gBBB"))), .close,
        .open(.toolCall(id: "call_1", name: "f", seal: Seal(.openai, id: "fc_1", "x"))),
        .arguments("{}"), .close,
      ],
      [
        "thinking sum <openai rs_1 gAAA>", "redacted <openai rs_2 gBBB>",
        "call call_1 f {} <openai fc_1 x>",
      ]
    ),
    (
      "Gemini",
      [
        .open(.thinking), .thinking("t"), .close, .open(.text), .text("a"),
        .seal(Seal(.gemini, "QQ==")), .close,
        .open(.toolCall(id: "i", name: "f", seal: Seal(.gemini, "Qg=="))), .arguments("{}"),
        .close, .open(.toolCall(id: "j", name: "f")), .arguments("{}"), .close,
      ],
      ["thinking t", "text a <gemini QQ==>", "call i f {} <gemini Qg==>", "call j f {}"]
    ),
    (
      "an unsigned thought",
      [.open(.thinking), .thinking("t"), .close, .open(.text), .text("a"), .close],
      ["thinking t", "text a"]
    ),
  ]

  @Test(arguments: sessions, [true, false])
  func `comes back from its client block by block, each with its seal`(
    session: (name: String, events: [ReplyEvent], blocks: [String]), streamed: Bool
  ) throws {
    let events = [.begin(id: nil, model: nil)] + session.events + [.end(.endOfTurn)]
    #expect(try Self.kept(events, streamed: streamed).map(\.line) == session.blocks)
  }

  @Test(arguments: GeminiFixtures.streams)
  func `written as a stream or whole says what was read`(name: String) throws {
    let events = decode([try GeminiFixtures.bytes("streams", name)[...]], with: Self.codec)
    var encoder = Self.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    let streamed = decode([out[...]], with: Self.codec)
    #expect(fold(streamed) == fold(events))
    if case .failed? = events.last { return }
    #expect(
      fold(Self.codec.decodeReply(Self.codec.encodeReply(events, Self.stage))) == fold(events))
  }

  /// Events without begin, with deltas joined and usage as last told.
  private func fold(_ events: [ReplyEvent]) -> [String] {
    var lines: [String] = []
    var usage = ""
    for line in GeminiFixtures.lines(events) {
      let word = line.prefix { $0 != " " }
      if word == "usage" { usage = line }
      if ["usage", "begin", "lost"].contains(word) { continue }
      if word == "text" || word == "thinking", lines.last?.hasPrefix(word) == true {
        lines[lines.count - 1] += line.dropFirst(word.count + 1)
      } else {
        lines.append(line)
      }
    }
    // A block cut by a failure is never closed.
    if lines.last?.hasPrefix("failed") == true {
      return lines.filter { $0 != "close" }.map { $0.hasPrefix("failed") ? "failed" : $0 }
    }
    // A refusal is text there, and the reason says what it was.
    return lines.map { $0 == "open refusal" ? "open text" : $0 } + [usage]
  }

  @Test(arguments: GeminiFixtures.streams)
  func `written as a list is one JSON value that says the same`(name: String) throws {
    let events = decode([try GeminiFixtures.bytes("streams", name)[...]], with: Self.codec)
    var encoder = GeminiList.makeEncoder(Self.stage)
    var out: [UInt8] = []
    for event in events {
      encoder.ping(into: &out)
      encoder.encode([event], into: &out)
    }
    #expect(try JSONDocument(out).root.kind == .array)
    let again = decode([out[...]], with: Self.codec)
    if case .failed? = events.last {
      guard case .failed? = again.last else {
        Issue.record("no failure")
        return
      }
    } else {
      #expect(fold(again) == fold(events))
    }
  }

  @Test func `shows usage, model and id in its last chunk`() throws {
    var encoder = Self.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(
      [
        .begin(id: "up", model: "up"), .open(.text), .text(#"q\"uote"#), .close,
        .usage(Usage(input: 10, output: 7, cacheRead: 4, reasoning: 2)), .end(.maximumTokens),
      ], into: &out)
    let lines = String(decoding: out, as: UTF8.self).split(separator: "\n\n")
    #expect(
      lines == [
        #"data: {"candidates":[{"content":{"parts":[{"text":"q\\\"uote"}],"role":"model"},"index":0}],"modelVersion":"gemini-x","responseId":"req1"}"#,
        #"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":14,"candidatesTokenCount":5,"totalTokenCount":21,"cachedContentTokenCount":4,"thoughtsTokenCount":2},"modelVersion":"gemini-x","responseId":"req1"}"#,
      ])
  }

  @Test func `is kept alive by lines that no client trips over`() throws {
    var encoder = Self.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.ping(into: &out)
    encoder.encode([.begin(id: nil, model: nil), .open(.text), .text("a")], into: &out)
    encoder.ping(into: &out)
    encoder.encode([.text("b"), .close, .end(.endOfTurn)], into: &out)
    encoder.ping(into: &out)
    let lines = String(decoding: out, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("data: {") })
    #expect(transcript(decode([out[...]], with: Self.codec)).last == "end endOfTurn")
  }

  @Test func `tells another vendor's citations as pages`() throws {
    let raw = JSONRaw(stringLiteral: #"{"type":"web_search_result_location"}"#)
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.text), .text("Än "), .close, .open(.text),
      .text("is a page."),
      .citation(Citation(origin: .anthropic, raw: raw, url: "https://p", title: "P")),
      .citation(Citation(origin: .anthropic, raw: raw)), .close, .end(.endOfTurn),
    ]
    var losses = Losses()
    let body = Self.codec.encodeReply(events, Self.stage, losses: &losses)
    #expect(losses.tags == ["citations"])
    var cited: [Citation] = []
    for case .citation(let citation) in Self.codec.decodeReply(body) { cited.append(citation) }
    #expect(cited.map(\.url) == ["https://p"] && cited.map(\.span) == [3..<13])
  }

  @Test func `shows no block of another vendor's own`() throws {
    let raw = JSONRaw(stringLiteral: #"{"type":"server_tool_use","id":"s"}"#)
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.unknown(type: "server_tool_use", raw)), .close,
      .lost("thing"), .end(.endOfTurn),
    ]
    var encoder = Self.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    #expect(encoder.losses.tags == ["server_tool_use", "thing"])
    #expect(!String(decoding: out, as: UTF8.self).contains("server_tool_use"))
  }

  @Test func `makes an object of whatever a model wrote as arguments`() throws {
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.toolCall(id: "i", name: "f")), .arguments("[1"), .close,
      .end(.toolCalls),
    ]
    let body = String(decoding: Self.codec.encodeReply(events, Self.stage), as: UTF8.self)
    #expect(body.contains(#""args":{"_raw_error":"[1"}"#))
  }
}
