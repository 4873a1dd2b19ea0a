import Testing

@testable import Dialects

struct `Damaged Gemini bytes` {
  private static let codec = GeminiCodec()

  /// Changes, removes, doubles and inserts a few bytes.
  private static func damage(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
    let telling = Array("\"\\{}[],:0-eE \n\r\u{0}\u{7F}xnul".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF]
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !damaged.isEmpty {
      let place = Int.random(in: 0..<damaged.count, using: &numbers)
      let end = min(damaged.count, place + Int.random(in: 1...30, using: &numbers))
      switch Int.random(in: 0..<4, using: &numbers) {
      case 0: damaged[place] = telling[Int.random(in: 0..<telling.count, using: &numbers)]
      case 1: damaged.removeSubrange(place..<end)
      case 2: damaged.insert(contentsOf: damaged[place..<end], at: place)
      default:
        damaged.insert(telling[Int.random(in: 0..<telling.count, using: &numbers)], at: place)
      }
    }
    return damaged
  }

  @Test(arguments: GeminiFixtures.streams)
  func `as a stream have one ending, and are written in good order`(name: String) throws {
    let bytes = try GeminiFixtures.bytes("streams", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<300 {
      let damaged = Self.damage(bytes, &numbers)
      let cut = Int.random(in: 0...damaged.count, using: &numbers)
      let events = decode([damaged[..<cut], damaged[cut...]], with: Self.codec)
      let endings = events.filter { event in
        switch event {
        case .end, .failed: true
        default: false
        }
      }
      #expect(endings.count == 1)
      #expect(Self.isInOrder(events))
      var encoder = Self.codec.makeStreamEncoder(
        ReplyStage(model: "m", requestID: "r", createdAt: 0))
      var written: [UInt8] = []
      encoder.encode(events, into: &written)
      let again = decode([written[...]], with: Self.codec)
      #expect(Self.isInOrder(again))
      #expect(Self.isFailed(again) == Self.isFailed(events))
    }
  }

  /// Begin first, deltas inside blocks of their kind, an ending last.
  private static func isInOrder(_ events: [ReplyEvent]) -> Bool {
    var open: ReplyBlock?
    var hasBegun = false
    for (index, event) in events.enumerated() {
      switch (event, open) {
      case (.begin, nil) where !hasBegun: hasBegun = true
      case (.open(let block), nil) where hasBegun: open = block
      case (.text, .text?), (.text, .refusal?), (.citation, .text?), (.thinking, .thinking?),
        (.seal, .thinking?), (.seal, .text?), (.arguments, .toolCall?), (.lost, _):
        break
      case (.close, .some): open = nil
      case (.usage, nil) where hasBegun: break
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

  @Test(arguments: GeminiFixtures.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try GeminiFixtures.bytes("requests", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(Self.damage(bytes, &numbers)),
        let conversation = try? Self.codec.decodeRequest(document)
      else { continue }
      understood += 1
      let target = Target(model: "gemini-3", platform: .vendor)
      let encoded = try Self.codec.encodeRequest(conversation, for: target)
      #expect(throws: Never.self) { try JSONDocument(encoded.body) }
      let passed = try Self.codec.passRequest(document, for: target)
      #expect(throws: Never.self) { try JSONDocument(passed.body) }
    }
    #expect(understood > 0)
  }

  @Test(arguments: GeminiFixtures.replies)
  func `as a reply have one ending`(name: String) throws {
    let bytes = try GeminiFixtures.bytes("replies", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<400 {
      let damaged = Self.damage(bytes, &numbers)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.isInOrder(events))
      let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)
      #expect(throws: Never.self) { try JSONDocument(Self.codec.encodeReply(events, stage)) }
      let failure = Self.codec.decodeFailure(status: 500, damaged)
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r"))
      }
    }
  }
}
