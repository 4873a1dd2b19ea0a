import Testing

@testable import Dialects

struct `Anthropic's stream inside Bedrock's frames` {
  private static let events = [
    ("message_start", #"{"type":"message_start","message":{"id":"msg_1","usage":{}}}"#),
    ("content_block_delta", #"{"type":"content_block_delta","delta":{"text":"東京 🎌\n"}}"#),
    ("ping", #"{"type":"ping"}"#),
    ("message_stop", #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"a":1}}"#),
  ]
  private static let sse = events.map { "event: \($0.0)\ndata: \($0.1)\n\n" }.joined()

  private static func frame(_ payload: String, type: StaticString = "chunk") -> [UInt8] {
    var out: [UInt8] = []
    EventStreamWriter.event(type, to: &out) { $0.append(contentsOf: payload.utf8) }
    return out
  }

  private static func chunk(_ event: String, beside more: String = "") -> [UInt8] {
    let text = String(decoding: Base64.encode(Array(event.utf8)[...]), as: UTF8.self)
    return frame(#"{"bytes":"\#(text)"\#(more)}"#)
  }

  private static func read(_ pieces: [[UInt8]]) throws -> String {
    var reader = InvokeFrameReader()
    var out: [UInt8] = []
    for piece in pieces { try reader.feed(piece, into: &out) }
    try reader.finish()
    return String(decoding: out, as: UTF8.self)
  }

  private static func write(_ pieces: [[UInt8]]) throws -> [UInt8] {
    var writer = InvokeFrameWriter()
    var out: [UInt8] = []
    for piece in pieces { try writer.feed(piece, into: &out) }
    try writer.finish(into: &out)
    return out
  }

  @Test func `comes out as Anthropic would have sent it, however it is cut`() throws {
    let stream = Self.events.flatMap { Self.chunk($0.1, beside: #","p":"abcdefgh""#) }
    #expect(try Self.read([stream]) == Self.sse)
    for cut in 0...stream.count {
      #expect(try Self.read([Array(stream[..<cut]), Array(stream[cut...])]) == Self.sse)
    }
    #expect(try Self.read(stream.map { [$0] }) == Self.sse)
  }

  @Test func `goes in and comes out the same, however it is cut`() throws {
    let text = Array(Self.sse.utf8)
    let whole = try Self.write([text])
    #expect(try Self.read([whole]) == Self.sse)
    #expect(whole == Self.events.flatMap { Self.chunk($0.1) })
    for cut in 0...text.count {
      #expect(try Self.write([Array(text[..<cut]), Array(text[cut...])]) == whole)
    }
  }

  @Test(arguments: [
    (#"{"index":0,"type":"content_block_stop"}"#, "event: content_block_stop\n"),
    (#"{ "type" : "ping" }"#, "event: ping\n"),
    (#"{"t\u0079pe":"ping"}"#, "event: ping\n"),
    (#"{"type":"a\nb"}"#, ""),
    (#"{"type":5}"#, ""), ("[]", ""), ("no JSON", ""),
  ])
  func `names each event by its type`(event: String, line: String) throws {
    #expect(try Self.read([Self.chunk(event)]) == line + "data: \(event)\n\n")
  }

  @Test func `has its events on one line`() throws {
    let spread = "{\n\"type\": \"ping\"\r\n}"
    #expect(
      try Self.read([Self.chunk(spread)])
        == "event: ping\ndata: { \"type\": \"ping\"  }\n\n")
  }

  @Test func `may have its base64 escaped, and members in any order`() throws {
    let frame = Self.frame(#"{"p":"x","\u0062ytes":"eyJ0\u0065XBlIjoicGluZyJ9"}"#)
    #expect(try Self.read([frame]) == "event: ping\ndata: {\"type\":\"ping\"}\n\n")
  }

  @Test(arguments: [
    #"{"bytes":"B"}"#, #"{"bytes":"B","p":"abc"}"#, #"{"bytes":"B","p":""}"#,
    #"{"bytes":"B","p":"a\"}"}"#, #"{"bytes":"B","p":"x"} "#, #"{"bytes":"B","p":"x","q":1}"#,
    #"{"bytes":"B" , "p":7}"#, #" {"bytes":"B"}"#, #"{"a":{},"bytes":"B"}"#,
  ])
  func `may have anything behind its base64`(payload: String) throws {
    let frame = Self.frame(payload.replacing("B", with: "eyJ0eXBlIjoicGluZyJ9"))
    #expect(try Self.read([frame]) == "event: ping\ndata: {\"type\":\"ping\"}\n\n")
  }

  @Test func `passes over events that are none of Anthropic's`() throws {
    #expect(try Self.read([Self.frame("{}", type: "initial-response")]).isEmpty)
  }

  @Test(arguments: [
    "{}", "[]", "", "{", #"{"bytes":5}"#, #"{"bytes":"a"}"#, #"{"bytes":"eyJ0!XBl"}"#,
    #"{"bytes":"eyJ0"#, #"{"bytes":"eyJ0""#, #"{"bytes":"eyJ0","p":"x"]"#,
    #"{"bytes":"eyJ0","p":"x"#,
    #"{"bytes":"eyJ0","p":"x"}}"#, #"{"bytes":"eyJ0"}}"#,
  ])
  func `is broken by a chunk that holds no event`(payload: String) {
    #expect(throws: BrokenStream.self) { try Self.read([Self.frame(payload)]) }
  }

  @Test func `is broken by a frame that does not say what it is`() {
    #expect(throws: BrokenStream.self) {
      try Self.read([`A stream of AWS event frames`.empty])
    }
  }

  static let exceptions: [(StaticString, String)] = [
    ("throttlingException", "rate_limit_error"), ("modelStreamErrorException", "api_error"),
    ("internalServerException", "api_error"), ("validationException", "invalid_request_error"),
    ("serviceUnavailableException", "overloaded_error"),
    ("modelTimeoutException", "timeout_error"), ("ThrottlingException", "rate_limit_error"),
    ("accessDeniedException", "permission_error"), ("newException", "api_error"),
  ]

  @Test(arguments: exceptions)
  func `ends in an error when Bedrock throws`(exception: StaticString, type: String) throws {
    var out: [UInt8] = []
    EventStreamWriter.exception(exception, message: "it \"broke\"\n", to: &out)
    let expected =
      #"{"type":"error","error":{"type":"\#(type)","message":"it \"broke\"\n"}}"#
    #expect(try Self.read([out]) == "event: error\ndata: \(expected)\n\n")
  }

  @Test func `tells the stream's own errors`() throws {
    var out: [UInt8] = []
    EventStreamWriter.frame(
      [
        (":message-type", .text(Array("error".utf8)[...])),
        (":error-code", .text(Array("InternalServerException".utf8)[...])),
        (":error-message", .text(Array("no \"luck\"".utf8)[...])),
      ], payload: [], to: &out)
    #expect(
      try Self.read([out])
        == "event: error\ndata: "
        + #"{"type":"error","error":{"type":"api_error","message":"no \"luck\""}}"# + "\n\n")
    out = []
    EventStreamWriter.exception("validationException", to: &out) { $0.append("no JSON") }
    #expect(try Self.read([out]).contains("broken off with validationException"))
    out = []
    EventStreamWriter.exception("modelStreamErrorException", to: &out) { out in
      out.append(#"{"originalStatusCode":529,"originalMessage":"busy"}"#)
    }
    #expect(try Self.read([out]).contains(#""message":"busy""#))
  }

  @Test(arguments: [
    ("rate_limit_error", "throttlingException"),
    ("overloaded_error", "serviceUnavailableException"),
    ("timeout_error", "modelTimeoutException"), ("api_error", "internalServerException"),
    ("invalid_request_error", "validationException"), ("request_too_large", "validationException"),
    ("permission_error", "modelStreamErrorException"),
  ])
  func `throws when Anthropic ends in an error`(type: String, exception: String) throws {
    let event = #"{"type":"error","error":{"type":"\#(type)","message":"it \"broke\""}}"#
    let frames = try Self.write([Array("event: error\ndata: \(event)\n\n".utf8)])
    var framer = EventStreamFramer()
    framer.append(frames)
    let frame = try #require(try framer.next())
    #expect(frame.text(":message-type").map { Array($0) } == Array("exception".utf8))
    #expect(frame.text(":exception-type").map { Array($0) } == Array(exception.utf8))
    #expect(Array(frame.payload) == Array(#"{"message":"it \"broke\""}"#.utf8))
  }

  @Test func `does not begin with a ping`() throws {
    let ping = Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)
    #expect(try Self.write([ping, ping]).isEmpty)
    let begin = Array("event: message_start\ndata: {}\n\n".utf8)
    #expect(
      try Self.write([ping, begin, ping]) == Self.chunk("{}") + Self.chunk(#"{"type":"ping"}"#))
  }
}
