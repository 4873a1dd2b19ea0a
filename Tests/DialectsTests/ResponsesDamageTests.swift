import Testing

@testable import Dialects

@Suite struct `Damaged Responses bytes` {
  private static let codec = Dialect.responses.codec
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)

  /// Changes, removes, doubles and inserts a few bytes.
  private static func damage(_ bytes: [UInt8], _ cuts: inout ChatCuts) -> [UInt8] {
    let telling = Array("\"\\{}[],:0-eE \n\r\u{0}\u{7F}xnul".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF]
    var damaged = bytes
    for _ in 0...cuts.next(below: 4) where !damaged.isEmpty {
      let place = cuts.next(below: damaged.count)
      let end = min(damaged.count, place + 1 + cuts.next(below: 30))
      switch cuts.next(below: 4) {
      case 0: damaged[place] = telling[cuts.next(below: telling.count)]
      case 1: damaged.removeSubrange(place..<end)
      case 2: damaged.insert(contentsOf: damaged[place..<end], at: place)
      default: damaged.insert(telling[cuts.next(below: telling.count)], at: place)
      }
    }
    return damaged
  }

  /// Begin first, deltas inside blocks of their kind, an ending last and no other.
  private static func isInOrder(_ events: [ReplyEvent]) -> Bool {
    var open: ReplyBlock?
    var hasBegun = false
    for (index, event) in events.enumerated() {
      switch (event, open) {
      case (.begin, nil) where !hasBegun: hasBegun = true
      case (.open(let block), nil) where hasBegun: open = block
      case (.text, .text?), (.text, .refusal?), (.citation, .text?), (.thinking, .thinking?),
        (.seal, .thinking?), (.arguments, .toolCall?):
        break
      case (.close, .some): open = nil
      case (.lost, _) where hasBegun: break
      case (.usage, _) where hasBegun: break
      case (.end, nil) where hasBegun: return index == events.count - 1
      case (.failed, _): return index == events.count - 1
      default: return false
      }
    }
    return false
  }

  private static func isFailed(_ events: [ReplyEvent]) -> Bool {
    if case .failed? = events.last { true } else { false }
  }

  @Test(arguments: ResponsesFixture.streams)
  func `as a stream have one ending, and are written in good order`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    var cuts = ChatCuts(seed: UInt64(bytes.count))
    for _ in 0..<250 {
      let damaged = Self.damage(bytes, &cuts)
      let cut = cuts.next(below: damaged.count + 1)
      let events = ResponsesFixture.read([damaged[..<cut], damaged[cut...]])
      #expect(Self.isInOrder(events), "\(ResponsesLines.text(events))")
      for dialect in [Dialect.responses, .anthropic, .chat] {
        var encoder = dialect.codec.makeStreamEncoder(Self.stage)
        var written: [UInt8] = []
        encoder.encode(events, into: &written)
        guard dialect == .responses else { continue }
        let again = ResponsesFixture.read([written[...]])
        #expect(Self.isInOrder(again))
        #expect(Self.isFailed(again) == Self.isFailed(events))
      }
    }
  }

  @Test(arguments: ResponsesFixture.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("requests/\(name).json")
    var cuts = ChatCuts(seed: UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(Self.damage(bytes, &cuts)),
        let conversation = try? Self.codec.decodeRequest(document)
      else { continue }
      understood += 1
      let target = Target(model: "m")
      for dialect in [Dialect.responses, .anthropic, .chat] {
        let encoded = try dialect.codec.encodeRequest(conversation, for: target)
        #expect(throws: Never.self) { try JSONDocument(encoded.body) }
      }
      let passed = try Self.codec.passRequest(document, for: target)
      #expect(throws: Never.self) { try JSONDocument(passed.body) }
      let echo = ReplyStage(
        model: "m", requestID: "r", createdAt: 0, echo: ResponsesEcho(document))
      let reply = Self.codec.encodeReply([.begin(id: nil, model: nil), .end(.endOfTurn)], echo)
      #expect(throws: Never.self) { try JSONDocument(reply) }
    }
    #expect(understood > 0)
  }

  @Test(arguments: ResponsesFixture.replies)
  func `as a reply have one ending`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("replies/\(name).json")
    var cuts = ChatCuts(seed: UInt64(bytes.count))
    for _ in 0..<400 {
      let damaged = Self.damage(bytes, &cuts)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.isInOrder(events))
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeReply(events, Self.stage))
      }
      let failure = Self.codec.decodeFailure(status: 500, damaged)
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r"))
      }
    }
  }
}
