import Testing

@testable import Dialects

@Suite struct `A Chat stream for an Anthropic client` {
  private static let stage = ReplyStage(
    model: "claude", requestID: "r1", createdAt: 7, estimatedInputTokens: 11)

  /// The data of the events that the client is sent.
  private static func translated(_ name: String) throws -> [JSONValue] {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
    var encoder = Dialect.anthropic.codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    var cuts = ChatCuts(seed: 3)
    for piece in cuts.pieces(of: bytes, count: 9) {
      var events: [ReplyEvent] = []
      decoder.feed(Array(piece), into: &events)
      encoder.encode(events, into: &out)
    }
    var events: [ReplyEvent] = []
    decoder.finish(into: &events)
    encoder.encode(events, into: &out)
    var framer = SSEFramer()
    try framer.append(out)
    var sent: [JSONValue] = []
    while let frame = try framer.next() {
      let value = try JSONDocument(frame.data).root
      #expect(value["type"]?.string == String(decoding: frame.event, as: UTF8.self))
      if value["type"]?.string != "ping" { sent.append(value) }
    }
    #expect(framer.isBetweenEvents)
    return sent
  }

  @Test(arguments: ChatFixture.streams)
  func `keeps the order that clients insist on`(name: String) throws {
    let sent = try Self.translated(name)
    let types = sent.compactMap { $0["type"]?.string }
    if types.first == "error" {
      #expect(types.count == 1)
      return
    }
    #expect(types.first == "message_start")
    #expect(types.filter { $0 == "message_start" }.count == 1)
    let isWhole = types.last == "message_stop"
    #expect(isWhole || types.last == "error")
    #expect(types.filter { $0 == "message_delta" }.count == (isWhole ? 1 : 0))
    var open: String?
    var next = 0
    for event in sent {
      switch event["type"]?.string {
      case "content_block_start":
        #expect(open == nil)
        #expect(event["index"]?.integer == next)
        open = event["content_block"]?["type"]?.string
      case "content_block_delta":
        #expect(event["index"]?.integer == next)
        #expect(Self.fits(event["delta"]?["type"]?.string, open))
      case "content_block_stop":
        #expect(open != nil)
        #expect(event["index"]?.integer == next)
        open = nil
        next += 1
      case "message_delta": #expect(open == nil)
      default: break
      }
    }
    #expect(open == nil || !isWhole)
  }

  private static func fits(_ delta: String?, _ block: String?) -> Bool {
    switch (delta, block) {
    case ("text_delta", "text"), ("input_json_delta", "tool_use"), ("thinking_delta", "thinking"),
      ("signature_delta", "thinking"):
      true
    default: false
    }
  }

  @Test(arguments: ChatFixture.streams)
  func `says what the whole reply says`(name: String) throws {
    let sent = try Self.translated(name)
    guard sent.last?["type"]?.string == "message_stop" else { return }
    let events = ChatReading(try ChatFixture.bytes("streams/\(name).sse")).events
    let whole = try JSONDocument(Dialect.anthropic.codec.encodeReply(events, Self.stage)).root
    var inputs: [String] = []
    var texts = ""
    for event in sent {
      if event["content_block"]?["type"]?.string == "tool_use" { inputs.append("") }
      if let piece = event["delta"]?["partial_json"]?.string { inputs[inputs.count - 1] += piece }
      texts += event["delta"]?["text"]?.string ?? ""
    }
    let blocks = whole["content"]?.elements.map { $0 } ?? []
    let calls = blocks.filter { $0["type"]?.string == "tool_use" }
    #expect(texts == blocks.compactMap { $0["text"]?.string }.joined())
    #expect(calls.count == inputs.count)
    let stop = sent.first { $0["type"]?.string == "message_delta" }
    #expect(stop?["delta"]?["stop_reason"]?.string == whole["stop_reason"]?.string)
    #expect(stop?["usage"]?["input_tokens"]?.integer == whole["usage"]?["input_tokens"]?.integer)
    #expect(stop?["usage"]?["output_tokens"]?.integer == whole["usage"]?["output_tokens"]?.integer)
    guard whole["stop_reason"]?.string != "max_tokens" else { return }
    for (call, input) in zip(calls, inputs) {
      #expect(String(decoding: try #require(call["input"]).raw.bytes, as: UTF8.self) == input)
    }
  }

  @Test func `counts the tokens that the upstream counted at last`() throws {
    let sent = try Self.translated("text")
    let usage = try #require(sent.first { $0["type"]?.string == "message_delta" }?["usage"])
    #expect(usage["input_tokens"]?.integer == 20)
    #expect(usage["cache_read_input_tokens"]?.integer == 100)
    #expect(usage["output_tokens"]?.integer == 7)
    let start = try #require(sent.first?["message"]?["usage"])
    #expect(start["input_tokens"]?.integer == 11)
  }

  @Test(arguments: [
    ("text", "end_turn"), ("parallel-tools", "tool_use"), ("whole-calls", "tool_use"),
    ("length", "max_tokens"), ("content-filter", "refusal"), ("legacy-call", "tool_use"),
  ])
  func `ends for the reason that it ended for`(name: String, reason: String) throws {
    let sent = try Self.translated(name)
    let stop = sent.first { $0["type"]?.string == "message_delta" }
    #expect(stop?["delta"]?["stop_reason"]?.string == reason)
  }

  @Test(arguments: ["cut", "cut-in-arguments", "error-later", "error-finish", "malformed"])
  func `that broke off is not ended`(name: String) throws {
    let types = try Self.translated(name).compactMap { $0["type"]?.string }
    #expect(types.last == "error")
    #expect(!types.contains("message_stop") && !types.contains("message_delta"))
  }

  @Test(arguments: ["error-first", "error-named", "error-string", "empty", "only-role", "web-page"])
  func `that failed before it said anything has begun nothing`(name: String) throws {
    let events = ChatReading(try ChatFixture.bytes("streams/\(name).sse")).events
    #expect(events.count == 1)
    #expect(try Self.translated(name).map { $0["type"]?.string } == ["error"])
  }
}

@Suite struct `An Anthropic stream for a Chat client` {
  private static func event(_ json: String) -> String {
    let type = json.split(separator: "\"")[3]
    return "event: \(type)\ndata: \(json)\n\n"
  }

  private static let opening = event(
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
      + #""model":"claude","content":[],"stop_reason":null,"usage":{"input_tokens":10,"#
      + #""cache_read_input_tokens":5,"output_tokens":1}}}"#)

  private static let stream =
    opening
    + event(
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","#
        + #""signature":""}}"#)
    + event(
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","#
        + #""thinking":"hm"}}"#)
    + event(
      #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","#
        + #""signature":"proof"}}"#)
    + event(#"{"type":"content_block_stop","index":0}"#)
    + event(
      #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#)
    + event(
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"日本 \"x\""}}"#)
    + event(#"{"type":"content_block_stop","index":1}"#)
    + event(
      #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","#
        + #""name":"f","input":{}}}"#)
    + event(
      #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","#
        + #""partial_json":"{\"a\":"}}"#)
    + event(
      #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","#
        + #""partial_json":"1}"}}"#)
    + event(#"{"type":"content_block_stop","index":2}"#)
    + event(
      #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#
        + #""usage":{"output_tokens":9}}"#)
    + event(#"{"type":"message_stop"}"#)

  private static func translated(_ stream: String, cut: Int) -> [UInt8] {
    let stage = ReplyStage(model: "gpt", requestID: "r", createdAt: 1)
    let bytes = Array(stream.utf8)
    var decoder = Dialect.anthropic.codec.makeStreamDecoder(hidingUsage: false)
    var encoder = Dialect.chat.codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    for piece in [bytes[..<cut], bytes[cut...]] {
      var events: [ReplyEvent] = []
      decoder.feed(Array(piece), into: &events)
      encoder.encode(events, into: &out)
    }
    var events: [ReplyEvent] = []
    decoder.finish(into: &events)
    encoder.encode(events, into: &out)
    return out
  }

  @Test func `says the same in Chat's words, wherever it is cut`() {
    for cut in 0...Self.stream.utf8.count {
      let fold = TranslationFold(ChatReading(Self.translated(Self.stream, cut: cut)).events)
      #expect(fold.thoughts == "hm")
      #expect(fold.texts == "日本 \"x\"")
      #expect(fold.calls == [#"toolu_1 f {"a":1}"#])
      #expect(fold.usage == Usage(input: 10, output: 9, cacheRead: 5))
      #expect(fold.end == .toolCalls)
    }
  }

  @Test func `that broke off has an error and no DONE`() {
    let half = Self.opening
    let out = String(decoding: Self.translated(half, cut: 5), as: UTF8.self)
    #expect(out.contains(#"data: {"error":{"#))
    #expect(!out.contains("[DONE]"))
  }
}
