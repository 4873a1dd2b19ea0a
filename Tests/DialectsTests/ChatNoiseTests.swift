import Testing

@testable import Dialects

@Suite struct `Whatever bytes come` {
  /// Bytes with some of them changed, gone or doubled.
  private static func damaged(_ bytes: [UInt8], _ cuts: inout ChatCuts) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(1 + cuts.next(below: 2)) where !bytes.isEmpty {
      let place = cuts.next(below: bytes.count)
      switch cuts.next(below: 4) {
      case 0: bytes[place] = UInt8(cuts.next(below: 256))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + cuts.next(below: 40)))
      case 2:
        let end = min(bytes.count, place + cuts.next(below: 300))
        bytes.insert(contentsOf: Array(bytes[place..<end]), at: cuts.next(below: bytes.count))
      default: bytes[place] = Array(#"{}[]",:\"0n"#.utf8)[cuts.next(below: 10)]
      }
    }
    return bytes
  }

  @Test(arguments: ChatFixture.streams)
  func `a reply's events keep their order`(name: String) throws {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    var cuts = ChatCuts(seed: UInt64(bytes.count) &+ 9)
    for _ in 0..<60 {
      let noise = Self.damaged(bytes, &cuts)
      let reading = ChatReading(noise)
      #expect(Self.isInOrder(reading.events), "\(String(decoding: noise, as: UTF8.self))")
      #expect(ChatReading(cuts.pieces(of: noise, count: 4)).lines == reading.lines)
      #expect(Self.isInOrder(Dialect.chat.codec.decodeReply(noise)))
    }
  }

  private static func isInOrder(_ events: [ReplyEvent]) -> Bool {
    var hasBegun = false
    var isOpen = false
    for (index, event) in events.enumerated() {
      let isLast = index == events.count - 1
      switch event {
      case .begin:
        guard !hasBegun else { return false }
        hasBegun = true
      case .open:
        guard hasBegun, !isOpen else { return false }
        isOpen = true
      case .text, .thinking, .arguments, .seal, .citation: guard isOpen else { return false }
      case .lost: break
      case .close:
        guard isOpen else { return false }
        isOpen = false
      case .usage, .odds: guard hasBegun else { return false }
      case .end: guard isLast, hasBegun, !isOpen else { return false }
      case .failed: guard isLast else { return false }
      }
    }
    return !events.isEmpty
  }

  @Test func `a request is refused or becomes a whole one`() throws {
    let seeds: [(Dialect, String)] = [
      (
        .chat,
        #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":["#
          + #"{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:a/b;base64,Q"}}"#
          + #"]},{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":"#
          + #"{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"t","content":"r"}],"#
          + #""tools":[{"type":"function","function":{"name":"f"}}],"max_tokens":3,"stop":["a"]}"#
      ),
      (
        .anthropic,
        #"{"model":"m","max_tokens":5,"system":[{"type":"text","text":"s"}],"messages":["#
          + #"{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","#
          + #""id":"t","name":"f","input":{"a":1}}]},{"role":"user","content":["#
          + #"{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"r"}]}]}],"#
          + #""tools":[{"name":"f","input_schema":{"type":"object"}}]}"#
      ),
    ]
    var whole = 0
    for (dialect, seed) in seeds {
      var cuts = ChatCuts(seed: 5)
      for _ in 0..<1500 {
        let noise = Self.damaged(Array(seed.utf8), &cuts)
        guard let document = try? JSONDocument(noise),
          let conversation = try? dialect.codec.decodeRequest(document)
        else { continue }
        for isStrict in [false, true] {
          let target = Target(model: "x", platform: isStrict ? .vendor : .compatible)
          let body = try Dialect.chat.codec.encodeRequest(conversation, for: target).body
          #expect(throws: Never.self) { try JSONDocument(body) }
          whole += 1
        }
        guard dialect == .chat else { continue }
        let passed = try Dialect.chat.codec.passRequest(document, for: Target(model: "x"))
        #expect(throws: Never.self) { try JSONDocument(passed.body) }
      }
    }
    #expect(whole > 200)
  }
}
