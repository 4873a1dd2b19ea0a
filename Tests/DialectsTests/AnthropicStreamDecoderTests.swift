import Testing

@testable import Dialects

struct `A stream of Anthropic events` {
  static let codec = AnthropicCodec()
  static let usage = "usage 25 4096 1000 200 1 0"

  static func lines(_ name: String) throws -> [String] {
    let bytes = try AnthropicFixtures.stream(name)
    return transcript(decode([bytes[...]], with: codec))
  }

  @Test func `of text is read as it was meant`() throws {
    #expect(
      try Self.lines("text.sse") == [
        "begin msg_01XyZ claude-opus-5-5", Self.usage, "open text", "text Grüße",
        "text  aus 東京 – 你好", "text  🎌👩‍👩‍👧 \"quoted\"\n\tand \\ back\u{1}", "text .", "close",
        "usage 25 4096 1000 200 57 12", "end endOfTurn",
      ])
  }

  @Test func `with calls gives every byte of their arguments`() throws {
    #expect(
      try Self.lines("tools.sse") == [
        "begin msg_01XyZ claude-opus-5-5", Self.usage, "open text", "text I'll look.", "close",
        "open call toolu_01A Read", #"arguments {"file_path": "/tmp/ü"#,
        #"arguments .txt", "limit":"#, "arguments  1e400}", "close",
        "open call toolu_01B TodoWrite", "close", "open call toolu_01C Bash",
        #"arguments {"command":"ls"}"#, "close", "usage 25 4096 1000 200 89 0", "end toolCalls",
      ])
  }

  @Test func `with thinking keeps signatures and sealed thoughts`() throws {
    let lines = try Self.lines("thinking.sse")
    #expect(
      lines.contains("seal anthropic EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds/+=="))
    #expect(
      lines.filter { $0.hasPrefix("open") }.map { $0.prefix(14) }
        == ["open thinking", "open redacted ", "open text"])
    #expect(
      lines.filter { $0.hasPrefix("thinking") }.joined()
        == "thinking Let me think. 13 × 7thinking  = 91")
  }

  @Test func `with the vendor's own tools carries them whole`() throws {
    let lines = try Self.lines("server-tools.sse")
    let unknown = lines.filter { $0.hasPrefix("open unknown") }
    #expect(unknown.count == 3)
    #expect(unknown[0].hasSuffix(#""input":{"query": "weather \"NYC\""}}"#))
    #expect(unknown[1].contains(#""encrypted_content":"EqgfCioIARgBIiQ3YTAw""#))
    #expect(unknown[2].hasSuffix(#"{"type":"compaction","content":"Summary so far"}"#))
    #expect(lines.contains { $0.hasPrefix(#"citation {"type":"web_search_result_location""#) })
    #expect(lines.suffix(2) == ["usage 10682 0 0 0 510 0", "end endOfTurn"])
  }

  @Test func `with an error in it fails as the error says`() throws {
    #expect(
      try Self.lines("error.sse").suffix(3) == [
        "open text", "text Half an ans", "failed overloaded 529 Overloaded",
      ])
  }

  @Test func `that breaks off is no answer`() throws {
    let bytes = try AnthropicFixtures.stream("cut.sse")
    let events = decode([bytes[...]], with: Self.codec)
    guard case .failed(let failure)? = events.last else {
      Issue.record("a cut stream passed for a whole one")
      return
    }
    #expect(failure.kind == .cut && failure.origin == .upstream && failure.retry == .sameDeployment)
  }

  @Test func `that brings nothing is no answer`() {
    #expect(
      transcript(decode([[]], with: Self.codec)) == [
        "failed cut 502 the upstream closed its stream without an answer"
      ])
  }

  @Test func `tells refusals, stop sequences and empty answers`() throws {
    #expect(try Self.lines("refusal.sse").last == "end refusal")
    #expect(
      try Self.lines("empty.sse") == [
        "begin msg_01XyZ claude-opus-5-5", Self.usage, "usage 25 4096 1000 200 0 0",
        "end stopSequence \n\nHuman:",
      ])
  }

  @Test func `may be framed oddly and hold what nobody knows`() throws {
    #expect(
      try Self.lines("odd.sse") == [
        "begin msg_odd claude-x", "usage 3 0 0 0 1 0", "open text", "text A", "text B", "text C",
        "close", "usage 3 0 0 0 4 0", "end other shiny_reason",
      ])
  }

  @Test(arguments: AnthropicFixtures.streams)
  func `is the same wherever it is cut`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    let whole = transcript(decode([bytes[...]], with: Self.codec))
    for cut in 0...bytes.count {
      #expect(transcript(decode([bytes[..<cut], bytes[cut...]], with: Self.codec)) == whole)
    }
    #expect(transcript(decode(bytes.indices.map { bytes[$0...$0] }, with: Self.codec)) == whole)
    var numbers = SeededNumbers(5)
    for _ in 0..<200 {
      let first = Int.random(in: 0...bytes.count, using: &numbers)
      let second = Int.random(in: first...bytes.count, using: &numbers)
      let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
      #expect(transcript(decode(pieces, with: Self.codec)) == whole)
    }
  }

  /// Whatever the place of the cut, an answer that is not whole never passes for one.
  @Test(arguments: ["text.sse", "tools.sse", "thinking.sse"])
  func `that is cut anywhere never ends well`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    let stop = Array("\"message_stop\"".utf8)
    let end = bytes.indices.last { bytes[$0...].starts(with: stop) } ?? 0
    for cut in 0..<end {
      let events = decode([bytes[..<cut]], with: Self.codec)
      guard case .failed? = events.last else {
        Issue.record("the stream cut at \(cut) passed for a whole one")
        return
      }
    }
  }

  @Test(arguments: AnthropicFixtures.streams)
  func `stands between events only where one has ended`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    var decoder = Self.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    for (index, byte) in bytes.enumerated() {
      decoder.feed([byte], into: &events)
      guard decoder.isBetweenEvents else { continue }
      let before = bytes[...index]
      let isAtEnd = before.last == 0x0A || before.last == 0x0D
      #expect(isAtEnd)
      // A ping put here leaves the stream's meaning as it was.
      let ping = Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)
      let pinged = decode([before, ping[...], bytes[(index + 1)...]], with: Self.codec)
      #expect(transcript(pinged) == transcript(decode([bytes[...]], with: Self.codec)))
    }
  }

  private func lines(of data: [String]) -> [String] {
    let text = data.map { "data: \($0)\n\n" }.joined()
    return transcript(decode([Array(text.utf8)[...]], with: Self.codec))
  }

  private static let start = #"{"type":"message_start","message":{"id":"m","model":"x"}}"#
  private static let stop = #"{"type":"message_stop"}"#

  @Test func `begins once, has one block open at a time, and closes each`() {
    let lines = lines(of: [
      Self.start, Self.start,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"t"}}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"i","name":"n","input":{}}}"#,
      Self.stop,
    ])
    #expect(
      lines == [
        "begin m x", "open text", "text a", "close", "open thinking", "thinking t", "close",
        "open call i n", "close", "end toolCalls",
      ])
  }

  @Test func `without a beginning is given one`() {
    let lines = lines(of: [
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
      Self.stop,
    ])
    #expect(lines == ["begin - -", "open text", "text a", "close", "end endOfTurn"])
  }

  @Test func `with an event that is no JSON is broken, and silent afterwards`() {
    let lines = lines(of: [Self.start, #"{"type":"content_block_del"#, Self.start, Self.stop])
    #expect(lines == ["begin m x", "failed cut 502 the upstream sent an event that is not JSON"])
  }

  @Test func `says nothing more once it has ended`() {
    let error = #"{"type":"error","error":{"type":"api_error","message":"late"}}"#
    #expect(
      lines(of: [Self.start, Self.stop, error, Self.start, "[DONE]", "no JSON"])
        == ["begin m x", "end endOfTurn"])
  }

  @Test(arguments: [
    ("overloaded_error", Failure.Kind.overloaded, 529, Failure.Retry.sameDeployment),
    ("rate_limit_error", .rateLimited, 429, .sameDeployment),
    ("api_error", .upstream, 500, .sameDeployment),
    ("timeout_error", .timeout, 504, .sameDeployment),
    ("invalid_request_error", .invalidRequest, 400, .never),
    ("authentication_error", .authentication, 401, .otherDeployment),
    ("billing_error", .billing, 402, .otherDeployment), ("shiny", .upstream, 500, .sameDeployment),
  ])
  func `fails with the kind that its error names`(
    type: String, kind: Failure.Kind, status: Int, retry: Failure.Retry
  ) {
    let data = #"data: {"type":"error","error":{"type":"\#(type)","message":"m"}}"# + "\n\n"
    let events = decode([Array(data.utf8)[...]], with: Self.codec)
    guard case .failed(let failure)? = events.first, events.count == 1 else {
      Issue.record("no failure")
      return
    }
    #expect(failure.kind == kind && failure.status == status && failure.retry == retry)
    #expect(failure.code == type && failure.message == "m" && failure.origin == .upstream)
  }

  @Test func `with an event too large to keep is given up`() {
    var decoder = Self.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    decoder.feed(Array("data: {\"x\":\"".utf8), into: &events)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)
    for _ in 0..<6 { decoder.feed(piece, into: &events) }
    decoder.finish(into: &events)
    #expect(events.count == 1)
    #expect(transcript(events).first?.hasPrefix("failed cut 502") == true)
  }

  @Test func `shows the bytes that may be seen when it was asked to keep them`() {
    var decoder = Self.codec.makeStreamDecoder(hidingUsage: true)
    var events: [ReplyEvent] = []
    decoder.feed(Array("data: {\"type\":".utf8), into: &events)
    decoder.feed(Array("\"ping\"}\n\n".utf8), into: &events)
    #expect(decoder.takeVisible() == Array("data: {\"type\":\"ping\"}\n\n".utf8))
    #expect(decoder.takeVisible().isEmpty)
  }

  @Test(
    arguments: [
      ([5, 0, 0], [7, nil, nil], "usage 7 0 0 0 1 0"),
      ([5, 900, nil], [nil, nil, nil], "usage 5 0 900 0 1 0"),
      ([5, 900, 300], [nil, 1000, nil], "usage 5 0 700 300 1 0"),
      ([5, 900, 900], [nil, 100, nil], "usage 5 0 0 100 1 0"),
    ] as [([Int?], [Int?], String)])
  func `merges its counts, and the last word wins`(
    first: [Int?], last: [Int?], expected: String
  ) {
    func usage(_ counts: [Int?]) -> String {
      let input = counts[0].map { #","input_tokens":\#($0)"# } ?? ""
      let whole = counts[1].map { #","cache_creation_input_tokens":\#($0)"# } ?? ""
      let hour = counts[2].map { #","cache_creation":{"ephemeral_1h_input_tokens":\#($0)}"# } ?? ""
      return #"{"output_tokens":1\#(input)\#(whole)\#(hour)}"#
    }
    let lines = lines(of: [
      #"{"type":"message_start","message":{"usage":\#(usage(first))}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":\#(usage(last))}"#,
      Self.stop,
    ])
    #expect(lines.suffix(2) == [expected, "end endOfTurn"])
  }
}
