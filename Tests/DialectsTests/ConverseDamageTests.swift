import Testing

@testable import Dialects

struct `Damaged Converse bytes` {
  private static let codec = ConverseFixtures.codec
  private static let order: ReplyOrder = .lossesBetweenBlocks

  /// Frames whose checksums are right and whose payloads are not.
  private static func damagedPayloads(
    _ name: String, _ numbers: inout SeededNumbers
  ) throws -> [UInt8] {
    let text = String(
      decoding: try ConverseFixtures.bytes("streams", name), as: UTF8.self)
    var lines = text.split(separator: "\n").map(String.init)
    for _ in 0..<Int.random(in: 1...3, using: &numbers) where !lines.isEmpty {
      let place = Int.random(in: 0..<lines.count, using: &numbers)
      switch Int.random(in: 0..<4, using: &numbers) {
      case 0: lines.remove(at: place)
      case 1: lines.insert(lines[place], at: Int.random(in: 0...lines.count, using: &numbers))
      case 2: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &numbers))
      default:
        let parts = lines[place].split(separator: " ", maxSplits: 1).map(String.init)
        let payload = Array(parts[1].utf8).damaged(by: &numbers).filter { $0 != 0x0A }
        lines[place] = parts[0] + " " + String(decoding: payload, as: UTF8.self) + " "
      }
    }
    return ConverseFixtures.frames(lines.joined(separator: "\n"))
  }

  @Test(arguments: ConverseFixtures.streams)
  func `as a stream have one ending, and are written in good order`(name: String) throws {
    let bytes = try ConverseFixtures.stream(name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    var whole = 0
    for round in 0..<400 {
      let damaged =
        round % 2 == 0
        ? bytes.damaged(by: &numbers) : try Self.damagedPayloads(name, &numbers)
      let cut = Int.random(in: 0...damaged.count, using: &numbers)
      let events = decode([damaged[..<cut], damaged[cut...]], with: Self.codec)
      #expect(Self.order.isKept(by: events), "\(transcript(events))")
      var encoder = Self.codec.makeStreamEncoder(ConverseFixtures.stage)
      var written: [UInt8] = []
      encoder.encode(events, into: &written)
      let again = ConverseFixtures.events(written)
      #expect(Self.order.isKept(by: again))
      #expect(again.isFailed == events.isFailed)
      if !events.isFailed { whole += 1 }
      for dialect in [Dialect.anthropic, .chat] {
        var encoder = dialect.codec.makeStreamEncoder(ConverseFixtures.stage)
        var out: [UInt8] = []
        encoder.encode(events, into: &out)
        #expect(!out.isEmpty)
      }
    }
    #expect(whole > 0 || name == "throttled.frames" || name == "unfinished.frames")
  }

  @Test(arguments: ConverseFixtures.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try ConverseFixtures.bytes("requests", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(bytes.damaged(by: &numbers)),
        let conversation = try? Self.codec.decodeRequest(document)
      else { continue }
      understood += 1
      for model in ["anthropic.claude-x", "amazon.nova-2-lite-v1:0", "deepseek.r1-v1:0"] {
        let target = Target(model: model)
        for origin in [Dialect.converse, .chat, .anthropic] {
          var told = conversation
          told.origin = origin
          let encoded = try Self.codec.encodeRequest(told, for: target)
          #expect(throws: Never.self) { try JSONDocument(encoded.body) }
        }
        let passed = try Self.codec.passRequest(document, for: target)
        #expect(throws: Never.self) { try JSONDocument(passed.body) }
      }
      for dialect in [Dialect.anthropic, .chat] {
        let encoded = try dialect.codec.encodeRequest(conversation, for: Target(model: "m"))
        #expect(throws: Never.self) { try JSONDocument(encoded.body) }
      }
    }
    #expect(understood > 0)
  }

  @Test(arguments: ConverseFixtures.replies)
  func `as a reply have one ending`(name: String) throws {
    let bytes = try ConverseFixtures.bytes("replies", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    for _ in 0..<400 {
      let damaged = bytes.damaged(by: &numbers)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.order.isKept(by: events))
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeReply(events, ConverseFixtures.stage))
      }
      let failure = Self.codec.decodeFailure(status: 500, damaged)
      #expect(throws: Never.self) {
        try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r"))
      }
    }
  }
}
