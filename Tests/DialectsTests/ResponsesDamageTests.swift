import Testing

@testable import Dialects

@Suite struct `Damaged Responses bytes` {
  private static let codec = Dialect.responses.codec
  private static let order: ReplyOrder = [
    .textOfRefusals, .lossesBetweenBlocks, .lossesInBlocks, .usageInBlocks,
  ]
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)

  @Test(arguments: ResponsesFixture.streams)
  func `as a stream have one ending, and are written in good order`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("streams/\(name).sse")
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<250 {
      let damaged = bytes.damaged(by: &numbers)
      let cut = Int.random(in: 0...damaged.count, using: &numbers)
      let events = ResponsesFixture.read([damaged[..<cut], damaged[cut...]])
      #expect(Self.order.isKept(by: events), "\(ResponsesLines.text(events))")
      for dialect in [Dialect.responses, .anthropic, .chat] {
        var encoder = dialect.codec.makeStreamEncoder(Self.stage)
        var written: [UInt8] = []
        encoder.encode(events, into: &written)
        guard dialect == .responses else { continue }
        let again = ResponsesFixture.read([written[...]])
        #expect(Self.order.isKept(by: again))
        #expect(again.isFailed == events.isFailed)
      }
    }
  }

  @Test(arguments: ResponsesFixture.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try ResponsesFixture.bytes("requests/\(name).json")
    var numbers = SeededNumbers(UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(bytes.damaged(by: &numbers)),
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
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<400 {
      let damaged = bytes.damaged(by: &numbers)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.order.isKept(by: events))
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
