import Testing

@testable import Dialects

struct `A Converse stream` {
  private static let codec = ConverseFixtures.codec

  private static func read(_ name: String) throws -> [String] {
    transcript(ConverseFixtures.events(try ConverseFixtures.stream(name)))
  }

  @Test func `with a text is read`() throws {
    #expect(
      try Self.read("text.frames") == [
        "begin - -", "open text", "text Hello", "text  \"東京\"\n", "text  🎌", "close",
        "usage 12 5 0 0 9 0", "end endOfTurn",
      ])
  }

  @Test func `with thoughts and calls is read`() throws {
    #expect(
      try Self.read("tools.frames") == [
        "begin - -", "open thinking", "thinking The user", "thinking  wants it.",
        "seal anthropic RXFSA+Zgkk==", "close", "open redacted RW13S0FoZ0I=", "close",
        "open text", "text Looking.", "close", "open call tooluse_a1 weather",
        "arguments {\"city\": ", "arguments \"Paris\"}", "close", "open call tooluse_b2 now",
        "close", "usage 400 0 20 100 60 0", "end toolCalls",
      ])
  }

  @Test func `with what only Bedrock knows is read`() throws {
    #expect(
      try Self.read("cited.frames") == [
        "begin - -",
        #"open unknown toolUse {"toolUse":{"name":"nova_grounding","toolUseId":"srv_1","#
          + #""type":"server_tool_use","input":{"q":"rain"}}}"#, "close",
        #"open unknown toolResult {"toolResult":{"toolUseId":"srv_1","#
          + #""type":"nova_grounding_result","status":"success","#
          + #""content":[{"json":{"hits":1}},{"text":"one hit"}]}}"#, "close",
        "open text", "text It rains.",
        #"citation {"title":"Almanac","sourceContent":[{"text":"rain"}],"#
          + #""location":{"web":{"url":"https://a.example","domain":"a.example"}}}"#,
        "close", "lost image_output", "lost additional_model_response_fields", "lost trace",
        "usage 1 0 0 0 2 0", "end stopSequence END",
      ])
  }

  @Test func `that is broken off says why`() throws {
    #expect(
      try Self.read("throttled.frames").last
        == "failed rateLimited 429 Too many tokens per minute, please wait before trying again.")
    #expect(
      try Self.read("unfinished.frames").last
        == "failed cut 502 the upstream's stream ended before `messageStop`")
    #expect(
      transcript(decode([], with: Self.codec))
        == ["failed cut 502 the upstream closed its stream without an answer"])
  }

  @Test func `that tells no usage is whole all the same`() throws {
    let stream = ConverseFixtures.frames(
      """
      contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"a"}}
      messageStop {"stopReason":"max_tokens"}
      """)
    #expect(
      transcript(ConverseFixtures.events(stream)) == [
        "begin - -", "open text", "text a", "close", "end maximumTokens",
      ])
  }

  @Test func `whose checksum is wrong fails`() throws {
    let bytes = try ConverseFixtures.stream("text.frames")
    for place in [3, 9, 40, bytes.count - 2] {
      var damaged = bytes
      damaged[place] ^= 1
      let events = ConverseFixtures.events(damaged)
      guard case .failed(let failure)? = events.last else {
        Issue.record("place \(place): no failure")
        continue
      }
      #expect(failure.kind == .cut)
    }
  }

  @Test(arguments: ConverseFixtures.streams)
  func `reads the same however it is cut`(name: String) throws {
    let bytes = try ConverseFixtures.stream(name)
    let whole = transcript(ConverseFixtures.events(bytes))
    for cut in 0...bytes.count {
      #expect(transcript(decode([bytes[..<cut], bytes[cut...]], with: Self.codec)) == whole)
    }
    let single = bytes.indices.map { bytes[$0...$0] }
    #expect(transcript(decode(single, with: Self.codec)) == whole)
  }

  @Test(arguments: ConverseFixtures.streams)
  func `that ends anywhere is cut, or whole after its last word`(name: String) throws {
    let bytes = try ConverseFixtures.stream(name)
    let whole = ConverseFixtures.events(bytes)
    for cut in 0..<bytes.count {
      let events = ConverseFixtures.events(Array(bytes[..<cut]))
      switch events.last {
      case .failed(let failure)?: #expect(failure.kind == .cut)
      case .end?: #expect(events.count < whole.count)
      default: Issue.record("no ending at \(cut)")
      }
    }
  }

  @Test(arguments: ["text.frames", "tools.frames"])
  func `is written as Bedrock writes it`(name: String) throws {
    let bytes = try ConverseFixtures.stream(name)
    let events = ConverseFixtures.events(bytes)
    let again = try ConverseFixtures.written(events)
    #expect(
      transcript(ConverseFixtures.events(ConverseFixtures.frames(again.joined(separator: "\n"))))
        == transcript(events))
    for line in again {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts[0] == "contentBlockStart" { #expect(parts[1].contains("toolUse")) }
    }
  }

  @Test func `has blocks that count up, and a beginning for calls only`() throws {
    let lines = try ConverseFixtures.written([
      .begin(id: nil, model: nil), .open(.text), .close, .open(.thinking), .thinking("hm"),
      .seal(Seal(.openai, id: "rs_1", "enc")), .close, .open(.text), .text("a"), .close,
      .open(.toolCall(id: "Bash:0", name: "f")), .arguments("{}"), .close,
      .usage(Usage(input: 5, output: 6, cacheRead: 7, cacheWrite5m: 8, cacheWrite1h: 9)),
      .end(.endOfTurn),
    ])
    let token = Seal(.openai, id: "rs_1", "enc").token(native: .anthropic)
    #expect(
      lines == [
        #"messageStart {"role":"assistant"}"#,
        #"contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}"#,
        #"contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":""#
          + token.string + #""}}}"#,
        #"contentBlockStop {"contentBlockIndex":0}"#,
        #"contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"a"}}"#,
        #"contentBlockStop {"contentBlockIndex":1}"#,
        #"contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"#
          + #""anyllm_Bash_3a0","name":"f"}}}"#,
        #"contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{}"}}}"#,
        #"contentBlockStop {"contentBlockIndex":2}"#,
        #"messageStop {"stopReason":"tool_use"}"#,
        #"metadata {"usage":{"inputTokens":5,"outputTokens":6,"totalTokens":35,"#
          + #""cacheReadInputTokens":7,"cacheWriteInputTokens":17,"cacheDetails":["#
          + #"{"ttl":"1h","inputTokens":9},{"ttl":"5m","inputTokens":8}]},"#
          + #""metrics":{"latencyMs":0}}"#,
      ])
  }

  @Test func `ends with an exception when it fails`() throws {
    let failures: [(Failure, String)] = [
      (.cut("gone"), "modelStreamErrorException"),
      (
        Failure(.rateLimited, origin: .upstream, status: 429, "gone"), "throttlingException"
      ),
      (Failure(.timeout, origin: .proxy, status: 504, "gone"), "modelStreamErrorException"),
      (
        Failure(.overloaded, origin: .upstream, status: 529, "gone"),
        "serviceUnavailableException"
      ),
      (Failure(.contentFiltered, origin: .upstream, status: 400, "gone"), "validationException"),
    ]
    for (failure, name) in failures {
      let lines = try ConverseFixtures.written([
        .begin(id: nil, model: nil), .open(.text), .text("a"), .failed(failure), .text("b"),
      ])
      #expect(lines.count == 3)
      #expect(lines.last == "!\(name) {\"message\":\"gone\"}")
    }
  }

  @Test func `has no sign of life`() {
    var encoder = Self.codec.makeStreamEncoder(ConverseFixtures.stage)
    var out: [UInt8] = []
    encoder.ping(into: &out)
    #expect(out.isEmpty)
  }

  @Test func `tells what it cannot say`() throws {
    var encoder = Self.codec.makeStreamEncoder(ConverseFixtures.stage)
    var out: [UInt8] = []
    encoder.encode(
      [
        .begin(id: nil, model: nil), .open(.text), .text("a"),
        .citation(Citation(.anthropic, .emptyObject)), .close,
        .open(.unknown(type: "server_tool_use", .emptyObject)), .close, .lost("logprobs"),
        .open(.toolCall(id: "1", name: "f", seal: Seal(.gemini, "x"))), .close, .end(.toolCalls),
      ], into: &out)
    #expect(encoder.losses.tags == ["citations", "server_tool_use", "logprobs"])
    #expect(try ConverseFixtures.lines(out).count == 9)
  }

  @Test func `keeps its bytes for a client that shall see them`() throws {
    let bytes = try ConverseFixtures.stream("text.frames")
    var decoder = Self.codec.makeStreamDecoder(hidingUsage: true)
    var events: [ReplyEvent] = []
    decoder.feed(bytes, into: &events)
    #expect(decoder.takeVisible() == bytes)
    #expect(decoder.takeVisible().isEmpty)
    #expect(decoder.isBetweenEvents)
  }
}
