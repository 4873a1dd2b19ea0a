import Testing

@testable import Dialects

struct `A stream written for an Anthropic client` {
  static let stage = ReplyStage(
    model: "claude-\"x\"", requestID: "req_01AB", createdAt: 0, estimatedInputTokens: 99)

  static func encode(_ batches: [[ReplyEvent]]) -> String {
    var encoder = AnthropicCodec().makeStreamEncoder(stage)
    var out: [UInt8] = []
    for batch in batches { encoder.encode(batch, into: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  /// The events' names and data, each name the same as the data's type.
  static func events(_ text: String) throws -> [JSONValue] {
    var framer = SSEFramer()
    try framer.append(Array(text.utf8))
    var values: [JSONValue] = []
    while let frame = try framer.next() {
      let value = try JSONDocument(frame.data).root
      #expect(value["type"]?.string == String(decoding: frame.event, as: UTF8.self))
      values.append(value)
    }
    #expect(framer.isBetweenEvents)
    return values
  }

  static func start(input: Int = 99, output: Int = 0) -> String {
    """
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_01AB","type":"message","role":"assistant",\
    "model":"claude-\\"x\\"","content":[],"stop_reason":null,"stop_sequence":null,\
    "usage":{"input_tokens":\(input),"cache_creation_input_tokens":0,"cache_read_input_tokens":0,\
    "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},\
    "output_tokens":\(output)}}}

    event: ping
    data: {"type":"ping"}


    """
  }

  @Test func `has the golden order`() {
    let text = Self.encode([
      [.begin(id: "up", model: "gpt")],
      [.open(.thinking), .thinking("hm"), .close],
      [.open(.text), .text("Hi \"you\"\n"), .text("🎌"), .close],
      [.open(.toolCall(id: "call_1", name: "f")), .arguments(#"{"a":"#), .arguments("1}"), .close],
      [.usage(Usage(input: 3, output: 5, cacheRead: 7, cacheWrite5m: 11, cacheWrite1h: 13))],
      [.end(.toolCalls)],
    ])
    #expect(
      text == Self.start() + """
        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":""}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi \\"you\\"\\n"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"🎌"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"call_1","name":"f","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":24,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":11,"ephemeral_1h_input_tokens":13},"output_tokens":5}}

        event: message_stop
        data: {"type":"message_stop"}


        """)
  }

  @Test func `shows at its start the usage that is already known`() {
    let text = Self.encode([
      [.begin(id: nil, model: nil), .usage(Usage(input: 42, output: 1)), .open(.text)]
    ])
    #expect(text.hasPrefix(Self.start(input: 42, output: 1)))
  }

  @Test func `starts once, with nothing in it too`() throws {
    let begin = ReplyEvent.begin(id: nil, model: nil)
    let text = Self.encode([[begin], [begin, begin], [.end(.endOfTurn)]])
    #expect(
      try Self.events(text).map { $0["type"]?.string } == [
        "message_start", "ping", "message_delta", "message_stop",
      ])
  }

  @Test(arguments: [
    (StopReason.endOfTurn, "end_turn"), (.maximumTokens, "max_tokens"), (.toolCalls, "tool_use"),
    (.stopSequence(nil), "stop_sequence"), (.refusal, "refusal"), (.pause, "pause_turn"),
    (.contextExceeded, "model_context_window_exceeded"), (.other("eos"), "end_turn"),
    (.other("compaction"), "compaction"),
  ])
  func `says why it ended`(reason: StopReason, word: String) throws {
    let text = Self.encode([[.begin(id: nil, model: nil), .end(reason)]])
    let delta = try #require(try Self.events(text).dropLast().last?["delta"])
    #expect(delta["stop_reason"]?.string == word)
    #expect(delta.member("stop_sequence")?.isNull == true)
    #expect((delta["stop_details"] != nil) == (reason == .refusal))
  }

  @Test func `names the stop sequence`() throws {
    let text = Self.encode([[.begin(id: nil, model: nil), .end(.stopSequence("\n\"E"))]])
    let delta = try #require(try Self.events(text).dropLast().last?["delta"])
    #expect(delta["stop_sequence"]?.string == "\n\"E")
  }

  @Test func `ends with tool_use when there are calls, whatever the upstream said`() throws {
    let text = Self.encode([
      [
        .begin(id: nil, model: nil), .open(.toolCall(id: "Bash:0", name: "f")), .close,
        .end(.endOfTurn),
      ]
    ])
    let events = try Self.events(text)
    #expect(events.dropLast().last?["delta"]?["stop_reason"]?.string == "tool_use")
    #expect(events[2]["content_block"]?["id"]?.string == "anyllm_Bash_3a0")
  }

  @Test func `shows a refusal as text and as the reason`() throws {
    let text = Self.encode([
      [.begin(id: nil, model: nil), .open(.refusal), .text("I won't"), .close, .end(.endOfTurn)]
    ])
    let events = try Self.events(text)
    #expect(events[2]["content_block"]?["type"]?.string == "text")
    #expect(events[3]["delta"]?["text"]?.string == "I won't")
    #expect(events.dropLast().last?["delta"]?["stop_reason"]?.string == "refusal")
  }

  @Test func `closes what it opened, also when it was not told to`() throws {
    let text = Self.encode([
      [.begin(id: nil, model: nil), .open(.text), .text("a"), .open(.text), .end(.endOfTurn)]
    ])
    let events = try Self.events(text)
    let indices = events.compactMap { $0["index"]?.integer }
    #expect(indices == [0, 0, 0, 1, 1])
  }

  @Test func `breaks off with an error and nothing after it`() throws {
    let failure = Failure.cut("the upstream's stream ended early")
    let text = Self.encode([
      [.begin(id: nil, model: nil), .open(.text), .text("half")],
      [.failed(failure), .close, .end(.endOfTurn)], [.end(.endOfTurn)],
    ])
    let events = try Self.events(text)
    #expect(
      events.map { $0["type"]?.string } == [
        "message_start", "ping", "content_block_start", "content_block_delta", "error",
      ])
    #expect(events.last?["error"]?["type"]?.string == "api_error")
    #expect(events.last?["error"]?["message"]?.string == failure.message)
    #expect(events.last?["request_id"]?.string == "req_01AB")
  }

  @Test func `breaks off before its start with nothing but the error`() throws {
    let failure = Failure(.overloaded, origin: .upstream, status: 529, "busy")
    for batch in [[ReplyEvent.failed(failure)], [.begin(id: nil, model: nil), .failed(failure)]] {
      let events = try Self.events(Self.encode([batch]))
      #expect(events.map { $0["type"]?.string } == ["error"])
      #expect(events.first?["error"]?["type"]?.string == "overloaded_error")
    }
  }

  @Test func `gives a sign of life until it has ended`() {
    var encoder = AnthropicCodec().makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.ping(into: &out)
    #expect(out == Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8))
    encoder.encode([.begin(id: nil, model: nil), .end(.endOfTurn)], into: &out)
    let count = out.count
    encoder.ping(into: &out)
    #expect(out.count == count)
  }

  @Test func `cites only what Anthropic's clients can read`() throws {
    let own = JSONRaw(stringLiteral: "{\"type\":\"char_location\",\"cited_text\":\"x\"}")
    let foreign = JSONRaw(stringLiteral: "{\"type\":\"url_citation\",\"url\":\"u\"}")
    let text = Self.encode([
      [
        .begin(id: nil, model: nil), .open(.text), .citation(Citation(.anthropic, own)),
        .citation(Citation(.chat, foreign)), .close,
      ]
    ])
    let deltas = try Self.events(text).compactMap { $0["delta"] }
    #expect(deltas.map { $0["type"]?.string } == ["citations_delta"])
    #expect(deltas.first?["citation"]?["cited_text"]?.string == "x")
  }

  /// Whole streams of the language come through the hub as they went in.
  @Test(arguments: ["text.sse", "tools.sse", "thinking.sse", "server-tools.sse", "refusal.sse"])
  func `read again says what was written`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    let events = decode([bytes[...]], with: AnthropicCodec())
    for size in [1, 3, events.count] {
      var batches: [[ReplyEvent]] = []
      for start in stride(from: 0, to: events.count, by: size) {
        batches.append(Array(events[start..<min(start + size, events.count)]))
      }
      let again = Array(Self.encode(batches).utf8)
      // The name and the usage of the beginning are ours; with small batches it is an estimate.
      let skipped: (String) -> Bool = { !$0.hasPrefix("begin") && !$0.hasPrefix("usage") }
      let written = transcript(decode([again[...]], with: AnthropicCodec()))
      #expect(written.filter(skipped) == transcript(events).filter(skipped))
      #expect(
        written.last { $0.hasPrefix("usage") } == transcript(events).last { $0.hasPrefix("usage") })
    }
  }

  @Test(arguments: [1, 10, 1000, 1 << 20])
  func `delivers every byte of a call's arguments`(size: Int) throws {
    let argument = JSONText(String(repeating: "x\"\\\n🎌", count: (size + 7) / 8))
    let whole = "{\"v\":\"\(String(decoding: argument.bytes, as: UTF8.self))\"}"
    let escaped = JSONText(escaping: Array(whole.utf8)[...])
    var numbers = SeededNumbers(UInt64(size))
    var events: [ReplyEvent] = [.begin(id: nil, model: nil), .open(.toolCall(id: "i", name: "n"))]
    // Cut between escapes only, as a server does that escapes each fragment by itself.
    let scalars = Array(whole.unicodeScalars)
    var at = 0
    while at < scalars.count {
      let end = min(scalars.count, at + Int.random(in: 1...max(1, size / 3), using: &numbers))
      var fragment = ""
      fragment.unicodeScalars.append(contentsOf: scalars[at..<end])
      events.append(.arguments(JSONText(fragment)))
      at = end
    }
    events += [.close, .end(.toolCalls)]
    var joined: [UInt8] = []
    for event in try Self.events(Self.encode([events])) {
      if let part = event["delta"]?["partial_json"]?.text { joined += part.unescaped }
    }
    #expect(joined == escaped.unescaped)
    let folded = AnthropicCodec().encodeReply(events, Self.stage)
    let input = try JSONDocument(folded).root["content"]?.elements.map { $0 }.first?["input"]
    #expect(input.map { Array($0.raw.bytes) } == joined)
  }
}
