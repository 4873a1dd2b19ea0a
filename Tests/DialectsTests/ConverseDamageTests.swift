import Testing

@testable import Dialects

struct `Damaged Converse bytes` {
  private static let codec = ConverseFixtures.codec

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
        let payload = damage(Array(parts[1].utf8), &numbers).filter { $0 != 0x0A }
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
        ? Self.damage(bytes, &numbers) : try Self.damagedPayloads(name, &numbers)
      let cut = Int.random(in: 0...damaged.count, using: &numbers)
      let events = decode([damaged[..<cut], damaged[cut...]], with: Self.codec)
      #expect(Self.isInOrder(events), "\(transcript(events))")
      var encoder = Self.codec.makeStreamEncoder(ConverseFixtures.stage)
      var written: [UInt8] = []
      encoder.encode(events, into: &written)
      let again = ConverseFixtures.events(written)
      #expect(Self.isInOrder(again))
      #expect(Self.isFailed(again) == Self.isFailed(events))
      if !Self.isFailed(events) { whole += 1 }
      for dialect in [Dialect.anthropic, .chat] {
        var encoder = dialect.codec.makeStreamEncoder(ConverseFixtures.stage)
        var out: [UInt8] = []
        encoder.encode(events, into: &out)
        #expect(!out.isEmpty)
      }
    }
    #expect(whole > 0 || name == "throttled.frames" || name == "unfinished.frames")
  }

  /// Begin first, deltas inside blocks of their kind, an ending last.
  private static func isInOrder(_ events: [ReplyEvent]) -> Bool {
    var open: ReplyBlock?
    var hasBegun = false
    for (index, event) in events.enumerated() {
      switch (event, open) {
      case (.begin, nil) where !hasBegun: hasBegun = true
      case (.open(let block), nil) where hasBegun: open = block
      case (.text, .text?), (.citation, .text?), (.thinking, .thinking?), (.seal, .thinking?),
        (.arguments, .toolCall?):
        break
      case (.close, .some): open = nil
      case (.usage, nil) where hasBegun: break
      case (.lost, nil) where hasBegun: break
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

  @Test(arguments: ConverseFixtures.requests)
  func `as a request are refused or understood`(name: String) throws {
    let bytes = try ConverseFixtures.bytes("requests", name)
    var numbers = SeededNumbers(UInt64(bytes.count))
    var understood = 0
    for _ in 0..<400 {
      guard let document = try? JSONDocument(Self.damage(bytes, &numbers)),
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
      let damaged = Self.damage(bytes, &numbers)
      let events = Self.codec.decodeReply(damaged)
      #expect(Self.isInOrder(events))
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
