import Testing

@testable import Dialects

struct `Seals that an Anthropic client carries` {
  private static let stage = ReplyStage(model: "m", requestID: "req_1", createdAt: 0)
  private static let gemini = Seal(.gemini, "CiQ+/=")

  private static func call(_ id: JSONText, _ seal: Seal? = nil) -> [ReplyEvent] {
    [.open(.toolCall(id: id, name: "f", seal: seal)), .arguments("{}"), .close]
  }

  private static func reply(_ blocks: [ReplyEvent]) -> [ReplyEvent] {
    [.begin(id: nil, model: nil)] + blocks + [.end(.endOfTurn)]
  }

  /// Replies, with the blocks that come back when the client sends them as history.
  private static let cases: [(name: String, reply: [ReplyEvent], back: [String])] = [
    ("call", call("a", gemini), ["call a gemini"]),
    ("parallel calls", call("a", gemini) + call("b"), ["call a gemini", "call b -"]),
    (
      "calls with seals of their own", call("a", gemini) + call("b", Seal(.gemini, "2")),
      ["call a gemini", "call b gemini"]
    ),
    (
      "thought and call", [.open(.thinking), .thinking("t"), .close] + call("a", gemini),
      ["thinking t -", "call a gemini"]
    ),
    (
      "sealed thought and call",
      [.open(.thinking), .thinking("t"), .seal(Seal(.openai, id: "rs_1", "x")), .close]
        + call("a", gemini), ["thinking t openai", "call a gemini"]
    ),
    (
      "thought, text and call",
      [.open(.thinking), .thinking("t"), .close, .open(.text), .text("w"), .close]
        + call("a", gemini), ["thinking t -", "text w", "call a gemini"]
    ),
    (
      "thought without a call",
      [.open(.thinking), .thinking("t"), .seal(gemini), .close, .open(.text), .text("w"), .close],
      ["thinking t gemini", "text w"]
    ),
    (
      "redacted", [.open(.redactedThinking(Seal(.chat, #"{\"a\":1}"#))), .close], ["redacted chat"]
    ),
    (
      "own", [.open(.thinking), .thinking("t"), .seal(Seal(.anthropic, "EqQ")), .close],
      ["thinking t anthropic"]
    ),
  ]

  private static func history(_ content: [ReplyEvent], streamed: Bool) throws -> [Block] {
    var events = content
    if streamed {
      var encoder = AnthropicCodec().makeStreamEncoder(stage)
      var wire: [UInt8] = []
      for event in content { encoder.encode([event], into: &wire) }
      // The client puts the stream together and sends it back whole.
      events = decode([wire[...]], with: AnthropicCodec())
    }
    let whole = try JSONDocument(AnthropicCodec().encodeReply(events, stage)).root
    let blocks = try #require(whole["content"]?.raw)
    let json = String(decoding: blocks.bytes, as: UTF8.self)
    let request =
      #"{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":\#(json)}]}"#
    return try AnthropicCodec().decodeRequest(JSONDocument(request)).turns[0].blocks
  }

  private static func line(_ block: Block) -> String {
    let mint = block.seal?.mint.rawValue ?? "-"
    return switch block.content {
    case .thinking(let text): "thinking \(text) \(mint)"
    case .redactedThinking: "redacted \(mint)"
    case .toolCall(let call): "call \(call.id) \(mint)"
    case .text(let text): "text \(text)"
    default: "other"
    }
  }

  @Test(arguments: cases.indices, [true, false])
  func `come back as they were`(index: Int, streamed: Bool) throws {
    let (_, content, back) = Self.cases[index]
    let blocks = try Self.history(Self.reply(content), streamed: streamed)
    #expect(blocks.map(Self.line) == back)
    let sent = content.compactMap { event -> Seal? in
      switch event {
      case .seal(let seal), .open(.redactedThinking(let seal)): seal
      case .open(.toolCall(_, _, let seal)): seal
      default: nil
      }
    }
    #expect(blocks.compactMap(\.seal) == sent)
  }

  @Test func `cannot be carried by a text, and that is said`() {
    let events = Self.reply([.open(.text), .text("w"), .seal(Self.gemini), .close])
    var losses = Losses()
    _ = AnthropicCodec().encodeReply(events, Self.stage, losses: &losses)
    #expect(losses.tags == ["text_seal"])
    var encoder = AnthropicCodec().makeStreamEncoder(Self.stage)
    var wire: [UInt8] = []
    encoder.encode(events, into: &wire)
    #expect(encoder.losses.tags == ["text_seal"])
  }

  @Test(arguments: Seal.Mint.allCases)
  func `reach Anthropic only when it is their mint`(mint: Seal.Mint) throws {
    let token = Seal(mint, "EqQBsecret").token(native: .anthropic)
    let request =
      #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},"#
      + #"{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"\#(token)"},"#
      + #"{"type":"redacted_thinking","data":"\#(token)"},{"type":"text","text":"a"}]}]}"#
    let codec = AnthropicCodec()
    let passed = try codec.passRequest(JSONDocument(request), for: Target(model: "m"))
    let conversation = try codec.decodeRequest(JSONDocument(request))
    let encoded = try codec.encodeRequest(conversation, for: Target(model: "m"))
    for (body, losses) in [(passed.body, passed.losses), (encoded.body, encoded.losses)] {
      let text = String(decoding: body, as: UTF8.self)
      #expect(text.contains(token.string) == (mint == .anthropic))
      #expect(!losses.isEmpty == (mint != .anthropic))
    }
    if mint == .anthropic { #expect(passed.body == Array(request.utf8)) }
  }

  @Test func `leave no turn behind that holds nothing else`() throws {
    let token = Self.gemini.token(native: .anthropic)
    let request =
      #"{"model":"m","messages":[{"role":"user","content":"q"}, {"role":"assistant","content":"#
      + #"[{"type":"thinking","thinking":"","signature":"\#(token)"}]},{"role":"user","content":"r"}]}"#
    let passed = try AnthropicCodec().passRequest(JSONDocument(request), for: Target(model: "m"))
    #expect(
      String(decoding: passed.body, as: UTF8.self)
        == #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"user","content":"r"}]}"#
    )
    #expect(passed.losses.tags == ["thinking_blocks"])
  }
}
