import Testing

@testable import Dialects

@Suite struct `A Chat stream` {
  @Test(arguments: ChatFixture.streams)
  func `is read as its fixture says`(name: String) throws {
    let reading = ChatReading(try ChatFixture.bytes("streams/\(name).sse"))
    #expect(try reading.lines == ChatFixture.text("streams/\(name).events"))
  }

  @Test(arguments: ChatFixture.streams)
  func `means the same wherever the network cuts it`(name: String) throws {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    let expected = try ChatFixture.text("streams/\(name).events")
    for cut in 0...bytes.count {
      #expect(ChatReading([bytes[..<cut], bytes[cut...]]).lines == expected, "cut at \(cut)")
    }
    var cuts = ChatCuts(seed: UInt64(bytes.count))
    for _ in 0..<50 {
      #expect(ChatReading(cuts.pieces(of: bytes, count: 3)).lines == expected)
    }
    #expect(ChatReading(bytes.indices.map { bytes[$0...$0] }).lines == expected)
  }

  @Test(arguments: ChatFixture.streams)
  func `shows the client all but the usage it did not ask for`(name: String) throws {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    let expected = Self.withoutUsage(bytes)
    let lines = try ChatFixture.text("streams/\(name).events")
    for cut in 0...bytes.count {
      let reading = ChatReading([bytes[..<cut], bytes[cut...]], hidingUsage: true)
      #expect(reading.visible == expected, "cut at \(cut)")
    }
    let single = ChatReading(bytes.indices.map { bytes[$0...$0] }, hidingUsage: true)
    #expect(single.visible == expected)
    #expect(single.lines == lines)
  }

  /// Drops the events that have usage and no choice, by looking at their text alone.
  private static func withoutUsage(_ bytes: [UInt8]) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.contains("\r\n") ? "\r\n\r\n" : "\n\n"
    var kept = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let stop = rest.firstRange(of: end)?.upperBound ?? rest.endIndex
      let event = rest[..<stop]
      if !(event.contains("\"choices\":[],") && event.contains("\"usage\":{")) { kept += event }
      rest = rest[stop...]
    }
    return Array(kept.utf8)
  }

  @Test func `takes a ping only between two events`() throws {
    let bytes = try ChatFixture.bytes("streams/text.sse")
    let text = Array("\n\n".utf8)
    let last = try #require(Self.end(ofEventWith: "\"usage\":{", in: bytes))
    for cut in 0..<last {
      var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
      var events: [ReplyEvent] = []
      decoder.feed(Array(bytes[..<cut]), into: &events)
      let isBetween = cut == 0 || bytes[..<cut].suffix(2).elementsEqual(text)
      #expect(decoder.isBetweenEvents == isBetween, "cut at \(cut)")
    }
  }

  private static func end(ofEventWith word: String, in bytes: [UInt8]) -> Int? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let start = text.firstRange(of: word)?.upperBound,
      let end = text[start...].firstRange(of: "\n\n")?.upperBound
    else { return nil }
    return text.utf8.distance(from: text.startIndex, to: end)
  }

  @Test func `shows whole events only, so that a ping fits between any two pieces`() throws {
    let bytes = try ChatFixture.bytes("streams/usage-hidden.sse")
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: true)
    var events: [ReplyEvent] = []
    var visible: [UInt8] = []
    for byte in bytes {
      decoder.feed([byte], into: &events)
      visible += decoder.takeVisible()
      guard decoder.isBetweenEvents else { continue }
      #expect(visible.isEmpty || visible.suffix(2).elementsEqual("\n\n".utf8))
    }
  }

  @Test(arguments: [2, 3, 17, 1000, 40_000, 1 << 20])
  func `carries arguments of any size whole`(size: Int) throws {
    let arguments = Self.arguments(size: size)
    var cuts = ChatCuts(seed: UInt64(size))
    var stream: [UInt8] = []
    stream += Self.chunk(#"{"index":0,"id":"call_1","function":{"name":"f","arguments":""}}"#)
    for piece in Self.characterPieces(of: arguments, cuts: &cuts) {
      let text = String(decoding: JSONText(escaping: piece).bytes, as: UTF8.self)
      stream += Self.chunk(#"{"index":0,"function":{"arguments":"\#(text)"}}"#)
    }
    stream += Array(#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#.utf8)
    stream += Array("\n\ndata: [DONE]\n\n".utf8)
    let events = ChatReading(cuts.pieces(of: stream, count: 40)).events
    #expect(Self.joinedArguments(events) == arguments)
    let whole =
      Array(
        #"{"choices":[{"message":{"tool_calls":[{"id":"call_1","function":{"name":"f","arguments":"#
          .utf8) + [UInt8(ascii: "\"")] + JSONText(escaping: arguments[...]).bytes
      + Array(#""}}]},"finish_reason":"tool_calls"}]}"#.utf8)
    #expect(Self.joinedArguments(Dialect.chat.codec.decodeReply(whole)) == arguments)
  }

  private static func chunk(_ call: String) -> [UInt8] {
    Array(
      (#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[\#(call)]}}]}"# + "\n\n").utf8
    )
  }

  /// An object of about the size, full of what has to be escaped.
  private static func arguments(size: Int) -> [UInt8] {
    guard size > 6 else { return Array((size == 2 ? "{}" : "{ }").utf8) }
    let filling = #"\"}]{\\ né\n日 "#
    let count = max(0, size - 8) / filling.utf8.count
    return Array((#"{"t":""# + String(repeating: filling, count: count) + #""}"#).utf8)
  }

  /// Pieces that do not cut a character in two, as a model's tokens do not once they are JSON.
  private static func characterPieces(
    of bytes: [UInt8], cuts: inout ChatCuts
  ) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for piece in cuts.pieces(of: bytes, count: min(60, bytes.count)) {
      var end = piece.endIndex
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      guard end > start else { continue }
      pieces.append(bytes[start..<end])
      start = end
    }
    return pieces
  }

  private static func joinedArguments(_ events: [ReplyEvent]) -> [UInt8] {
    var joined = JSONText.empty
    for case .arguments(let fragment) in events { joined = joined + fragment }
    return joined.unescaped
  }

  @Test func `may bring 129 calls and no more`() {
    for (count, fails) in [(129, false), (130, true)] {
      var stream: [UInt8] = []
      for index in 0..<count {
        stream += Self.chunk(
          #"{"index":\#(index),"id":"c\#(index)","function":{"name":"f","arguments":"{}"}}"#)
      }
      stream += Array("data: [DONE]\n\n".utf8)
      let lines = ChatReading(stream).lines
      #expect(lines.contains("failed upstream_5xx") == fails)
      #expect(lines.contains("open call c128 f"))
    }
  }

  @Test func `does not keep text without end behind an unfinished call`() {
    var stream = Self.chunk(#"{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}"#)
    let text = String(repeating: "x", count: 1 << 20)
    for _ in 0..<17 {
      stream += Array((#"data: {"choices":[{"delta":{"content":"\#(text)"}}]}"# + "\n\n").utf8)
    }
    #expect(ChatReading(stream).lines.contains("failed upstream_5xx 502"))
  }

  @Test func `is taken apart again when a chunk only looks like the one before`() {
    let chunk = { (content: String) in
      #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"\#(content)"}}]}"# + "\n\n"
    }
    let stream =
      chunk("a") + chunk("b") + chunk("c") + chunk(#"d","refusal":"no"#) + chunk("e\\\"")
      + chunk("") + chunk("f") + "data: [DONE]\n\n"
    #expect(
      ChatReading(Array(stream.utf8)).lines == """
        begin c -
        open text
          text a
          text b
          text c
          text d
        close
        open refusal
          text no
        close
        open text
          text e\\"
          text f
        close
        end endOfTurn

        """)
  }

  @Test func `with a broken character or a bare quote in the usual place is malformed`() {
    let chunk = { (content: [UInt8]) in
      Array(#"data: {"choices":[{"index":0,"delta":{"content":""#.utf8) + content
        + Array("\"}}]}\n\n".utf8)
    }
    let good = chunk([0x61]) + chunk([0x62])
    for bad in [[0xFF], [0xE6, 0x97], Array("\"".utf8), Array("\\x".utf8)] as [[UInt8]] {
      let lines = ChatReading(good + chunk(bad) + chunk([0x63])).lines
      #expect(lines.hasSuffix("not JSON.\n"))
      #expect(!lines.contains("text c"))
    }
  }

  @Test func `is silent after an error`() throws {
    let bytes = try ChatFixture.bytes("streams/error-later.sse")
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    decoder.feed(bytes, into: &events)
    let count = events.count
    decoder.feed(bytes, into: &events)
    decoder.finish(into: &events)
    #expect(events.count == count)
    #expect(!decoder.isBetweenEvents)
  }
}
