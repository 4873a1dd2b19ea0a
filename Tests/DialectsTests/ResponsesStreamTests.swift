import Testing

@testable import Dialects

@Suite struct `A Responses stream` {
  private static func lines(_ pieces: [ArraySlice<UInt8>]) -> String {
    ResponsesLines.text(ResponsesFixture.read(pieces))
  }

  @Test(arguments: ResponsesFixture.streams)
  func `says what its fixture expects`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    let expected = try ResponsesFixture.text("streams/\(name).events")
    #expect(Self.lines([bytes[...]]) == expected)
  }

  @Test(arguments: ResponsesFixture.streams)
  func `says the same wherever it is cut`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    let expected = Self.lines([bytes[...]])
    for cut in bytes.indices {
      #expect(Self.lines([bytes[..<cut], bytes[cut...]]) == expected)
    }
    #expect(Self.lines(bytes.indices.map { bytes[$0...$0] }) == expected)
  }

  @Test(arguments: ResponsesFixture.streams)
  func `that ends early has failed`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    let whole = ResponsesFixture.read([bytes[...]])
    guard case .end = whole.last else { return }
    let last = "event: response.completed".utf8
    for cut in bytes.indices where !bytes[..<cut].starts(with: last) {
      let events = ResponsesFixture.read([bytes[..<cut]])
      switch events.last {
      // Only what follows the last brace may be missing.
      case .end: #expect(bytes[cut...].allSatisfy { $0 <= 0x20 })
      case .failed(let failure): #expect(failure.origin == .upstream)
      default: Issue.record("The stream cut at \(cut) has no ending.")
      }
    }
  }

  @Test(arguments: ResponsesFixture.streams)
  func `shows every byte of itself`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    var decoder = Dialect.responses.codec.makeStreamDecoder(hidingUsage: true)
    var events: [ReplyEvent] = []
    var seen: [UInt8] = []
    var cuts = ChatCuts(seed: 5)
    for piece in cuts.pieces(of: bytes, count: 7) {
      decoder.feed(Array(piece), into: &events)
      seen += decoder.takeVisible()
    }
    decoder.finish(into: &events)
    seen += decoder.takeVisible()
    #expect(seen == bytes)
  }

  /// A message whose deltas say the first text and whose end says the second.
  private static func reconciled(_ told: String, _ whole: String) -> String {
    let place = #""output_index":0,"content_index":0"#
    let frames = [
      #"{"type":"response.output_text.delta",\#(place),"delta":"\#(told)"}"#,
      #"{"type":"response.output_text.done",\#(place),"text":"\#(whole)"}"#,
      #"{"type":"response.completed","response":{"output":[]}}"#,
    ]
    let stream = frames.map { "data: " + $0 + "\n\n" }.joined()
    return TranslationFold(ResponsesFixture.read([Array(stream.utf8)[...]])).texts
  }

  @Test(arguments: [
    ("half", "half and half", "half and half"), ("whole", "whole", "whole"),
    (#"caf\u00e9"#, "café", "café"), ("caf\u{e9}", #"caf\u00e9"#, "café"), ("more", "mo", "more"),
    ("one", "another one", "one"),
  ])
  func `is told once, however its end spells it`(told: String, whole: String, text: String) {
    #expect(Self.reconciled(told, whole) == text)
  }

  @Test func `stands between two events only where one has ended`() {
    var decoder = Dialect.responses.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    #expect(decoder.isBetweenEvents)
    decoder.feed(Array("event: response.created\ndata: {}".utf8), into: &events)
    #expect(!decoder.isBetweenEvents)
    decoder.feed(Array("\n\n".utf8), into: &events)
    #expect(decoder.isBetweenEvents)
  }
}

/// Events as lines, with the seals of calls and the citations' addresses.
enum ResponsesLines {
  static func text(_ events: [ReplyEvent]) -> String {
    var text = ""
    for event in events {
      text += ChatEventText.lines([event])
      if case .open(.toolCall(_, _, let seal?)) = event { text += "  sealed \(seal.mint)\n" }
      if case .seal(let seal) = event, let id = seal.id { text += "  of \(id)\n" }
      if case .citation(let cited) = event, let url = cited.url { text += "  at \(url)\n" }
    }
    return text
  }
}
