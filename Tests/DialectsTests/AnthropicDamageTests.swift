import Testing

@testable import Dialects

struct `Damaged Anthropic bytes` {
  private static let codec = AnthropicCodec()
  private static let order: ReplyOrder = []

  @Test(arguments: AnthropicFixtures.streams)
  func `as a stream have one ending, and are written in good order`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<300 {
      let damaged = bytes.damaged(by: &numbers)
      let cut = Int.random(in: 0...damaged.count, using: &numbers)
      let events = decode([damaged[..<cut], damaged[cut...]], with: Self.codec)
      let endings = events.filter { event in
        switch event {
        case .end, .failed: true
        default: false
        }
      }
      #expect(endings.count == 1)
      #expect(Self.order.isKept(by: events))
      var encoder = Self.codec.makeStreamEncoder(
        ReplyStage(model: "m", requestID: "r", createdAt: 0))
      var written: [UInt8] = []
      encoder.encode(events, into: &written)
      let again = decode([written[...]], with: Self.codec)
      #expect(Self.order.isKept(by: again))
      #expect(again.isFailed == events.isFailed)
    }
  }

  @Test(arguments: AnthropicFixtures.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("requests", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(bytes.damaged(by: &numbers)),
        let conversation = try? Self.codec.decodeRequest(document)
      else { continue }
      understood += 1
      let target = Target(model: "m")
      let encoded = try Self.codec.encodeRequest(conversation, for: target)
      #expect(throws: Never.self) { try JSONDocument(encoded.body) }
      let passed = try Self.codec.passRequest(document, for: target)
      #expect(throws: Never.self) { try JSONDocument(passed.body) }
    }
    #expect(understood > 0)
  }

  @Test(arguments: AnthropicFixtures.replies)
  func `as a reply have one ending`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("replies", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<400 {
      let damaged = bytes.damaged(by: &numbers)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.order.isKept(by: events))
      let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)
      #expect(throws: Never.self) { try JSONDocument(Self.codec.encodeReply(events, stage)) }
      let failure = Self.codec.decodeFailure(status: 500, damaged)
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r"))
      }
    }
  }
}
