import Testing

@testable import Dialects

struct `Seals that a Chat client carries` {
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)
  private static let gemini = Seal(.gemini, "CiQ+/=")

  private static func call(_ id: JSONText, _ seal: Seal? = nil) -> [ReplyEvent] {
    [.open(.toolCall(id: id, name: "f", seal: seal)), .arguments("{}"), .close]
  }

  private static func thought(_ text: JSONText, _ seal: Seal) -> [ReplyEvent] {
    [.open(.thinking), .thinking(text), .seal(seal), .close]
  }

  private static let text: [ReplyEvent] = [.open(.text), .text("w"), .close]

  /// Replies, with the blocks that come back when the client sends them as history.
  private static let cases: [(reply: [ReplyEvent], back: [String])] = [
    (thought("t", Seal(.anthropic, "EqQ")) + text, ["thinking t anthropic -", "text w"]),
    (
      thought("t", Seal(.openai, id: "rs_1", "gA")) + text, ["thinking t openai rs_1", "text w"]
    ),
    (
      thought("", Seal(.openai, id: "rs_1", "gA")) + text, ["redacted openai rs_1", "text w"]
    ),
    (thought("t", gemini) + call("a", gemini), ["thinking t gemini -", "call a gemini"]),
    (
      call("a", gemini) + call("b"), ["call a gemini", "call b -"]
    ),
    (
      [.open(.redactedThinking(Seal(.anthropic, "Em"))), .close] + text,
      ["redacted anthropic -", "text w"]
    ),
    (
      thought("t", Seal(.anthropic, "1")) + text + thought("u", Seal(.anthropic, "2")) + call("a"),
      ["thinking t anthropic -", "text w", "thinking u anthropic -", "call a -"]
    ),
    (
      thought(
        "t", Seal(.chat, JSONText(#"{"type":"reasoning.text","signature":"s","format":"x"}"#)))
        + text, ["thinking t chat -", "text w"]
    ),
    ([.open(.text), .text("w"), .seal(gemini), .close], ["text w gemini"]),
  ]

  /// What a client keeps of a reply: the message, or the stream put together by index.
  private static func message(_ content: [ReplyEvent], streamed: Bool) throws -> String {
    let events = [.begin(id: nil, model: nil)] + content + [.end(.endOfTurn)]
    guard streamed else {
      let root = try JSONDocument(ChatCodec().encodeReply(events, stage)).root
      let message = try #require(root["choices"]?.elements.first { _ in true }?["message"])
      return String(decoding: message.raw.bytes, as: UTF8.self)
    }
    var encoder = ChatCodec().makeStreamEncoder(stage)
    var wire: [UInt8] = []
    for event in events { encoder.encode([event], into: &wire) }
    #expect(encoder.losses.isEmpty)
    var details: [String] = []
    var calls: [String] = []
    var text = ""
    var extra = ""
    for line in String(decoding: wire, as: UTF8.self).split(separator: "\n\n").dropLast() {
      let chunk = try JSONDocument(String(line.dropFirst(6))).root
      guard let delta = chunk["choices"]?.elements.first(where: { _ in true })?["delta"] else {
        continue
      }
      text += delta["content"]?.string ?? ""
      for detail in delta["reasoning_details"]?.elements.map(\.self) ?? [] {
        details.append(String(decoding: detail.raw.bytes, as: UTF8.self))
      }
      for call in delta["tool_calls"]?.elements.map(\.self) ?? [] where call["id"] != nil {
        calls.append(String(decoding: call.raw.bytes, as: UTF8.self))
      }
      if let own = delta["extra_content"] {
        extra = #","extra_content":"# + String(decoding: own.raw.bytes, as: UTF8.self)
      }
    }
    return #"{"role":"assistant","content":"\#(text)","reasoning_details":["#
      + details.joined(separator: ",") + #"],"tool_calls":["# + calls.joined(separator: ",")
      + "]" + extra + "}"
  }

  private static func line(_ block: Block) -> String {
    let seal = block.seal.map { " \($0.mint) \($0.id?.string ?? "-")" } ?? ""
    return switch block.content {
    case .thinking(let text): "thinking \(text)" + seal
    case .redactedThinking: "redacted" + seal
    case .toolCall(let call): "call \(call.id) \(block.seal?.mint.rawValue ?? "-")"
    case .text(let text): "text \(text)" + (block.seal.map { " \($0.mint)" } ?? "")
    default: "other"
    }
  }

  private static func history(_ message: String) throws -> Conversation {
    try ChatCodec().decodeRequest(
      JSONDocument(#"{"model":"m","messages":[{"role":"user","content":"q"},\#(message)]}"#))
  }

  @Test(arguments: cases.indices, [true, false])
  func `come back as they were, in their places`(index: Int, streamed: Bool) throws {
    let (content, back) = Self.cases[index]
    let turn = try Self.history(Self.message(content, streamed: streamed)).turns[1]
    #expect(turn.blocks.map(Self.line) == back)
    #expect(turn.extras.isEmpty)
    let sent = content.compactMap { event -> Seal? in
      switch event {
      case .seal(let seal), .open(.redactedThinking(let seal)): seal
      case .open(.toolCall(_, _, let seal)): seal
      default: nil
      }
    }
    #expect(turn.blocks.compactMap(\.seal).map(\.mint) == sent.map(\.mint))
    for (seal, original) in zip(turn.blocks.compactMap(\.seal), sent) where seal.mint != .chat {
      #expect(seal == original)
    }
  }

  @Test func `are put together again from the pieces of a stream`() throws {
    let conversation = try Self.history(
      #"{"role":"assistant","content":"","reasoning":"t1t2","reasoning_details":["#
        + #"{"type":"reasoning.text","text":"t1","format":"anthropic-claude-v1","index":0},"#
        + #"{"type":"reasoning.text","text":"t2","format":"anthropic-claude-v1","index":0},"#
        + #"{"type":"reasoning.text","signature":"S","format":"anthropic-claude-v1","index":0},"#
        + #"{"type":"reasoning.encrypted","data":"D","format":"anthropic-claude-v1","index":1}]}"#)
    #expect(
      conversation.turns[1].blocks.map(Self.line)
        == ["thinking t1t2 anthropic -", "redacted anthropic -"])
  }

  @Test func `of a router's calls are found by the call's id`() throws {
    let conversation = try Self.history(
      #"{"role":"assistant","content":null,"reasoning_details":["#
        + #"{"type":"reasoning.encrypted","data":"G","id":"b","format":"google-gemini-v1"}],"#
        + #""tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},"#
        + #"{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]}"#)
    #expect(conversation.turns[1].blocks.map(Self.line) == ["call a -", "call b gemini"])
  }

  /// Sends each seal on, to each kind of server.
  @Test(arguments: [
    ("m", Target.Platform.compatible, ["chat"], ["redacted_thinking", "tool_call_seal"]),
    ("anthropic/c", .compatible, ["anthropic", "chat"], ["redacted_thinking", "tool_call_seal"]),
    ("openai/g", .compatible, ["openai", "chat"], ["redacted_thinking", "tool_call_seal"]),
    ("google/g", .compatible, ["call", "gemini", "chat"], ["redacted_thinking"]),
    ("gpt", .vendor, [], ["redacted_thinking", "tool_call_seal"]),
    ("google/g", .vertex, ["extra"], ["redacted_thinking"]),
  ])
  func `reach the servers that can use them`(
    model: String, platform: Target.Platform, shown: [String], lost: [String]
  ) throws {
    var conversation = Conversation(origin: .anthropic, model: "m")
    let element = #"{"type":"reasoning.encrypted","data":"chatseal","format":"x"}"#
    let seals = [Seal(.anthropic, "anthropicseal"), Seal(.openai, id: "rs", "openaiseal")]
    var blocks = (seals + [Seal(.gemini, "geminiseal"), Seal(.chat, JSONText(element))]).map {
      Block(.redactedThinking, seal: $0)
    }
    blocks.append(
      Block(
        .toolCall(ToolCall(id: "a", name: "f", input: .emptyObject)), seal: Seal(.gemini, "onCall"))
    )
    conversation.turns = [Turn(.user, [Block(.text("q"))]), Turn(.assistant, blocks)]
    let target = Target(model: model, platform: platform)
    let encoded = try ChatCodec().encodeRequest(conversation, for: target)
    let body = String(decoding: encoded.body, as: UTF8.self)
    var found = ["anthropic", "openai", "gemini", "chat"].filter { body.contains($0 + "seal") }
    if body.contains(#""data":"onCall","id":"a","format":"google-gemini-v1""#) {
      found.append("call")
    }
    if body.contains(#""extra_content":{"google":{"thought_signature":"onCall"}}"#) {
      found.append("extra")
    }
    #expect(found.sorted() == shown.sorted())
    #expect(encoded.losses.tags.filter { $0 != "missing_tool_results" } == lost)
  }

  private static let upstream = [
    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"t","#
      + #""reasoning_details":[{"type":"reasoning.text","text":"t","format":"FMT","index":0}]}}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"","reasoning_details":[{"type":"reasoning.text","#
      + #""signature":"S","format":"FMT","index":0}]}}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"w"}}]}"#,
    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","#
      + #""function":{"name":"f","arguments":"{}"},"extra_content":{"google":"#
      + #"{"thought_signature":"G"}}}]},"finish_reason":"tool_calls"}]}"#,
    "[DONE]",
  ]

  @Test(arguments: ["anthropic-claude-v1", "google-gemini-v1", "elsewhere-v1"])
  func `are read from a server's stream, wherever it is cut`(format: String) {
    let wire = Array(
      Self.upstream.map { "data: " + $0.replacing("FMT", with: format) + "\n\n" }.joined().utf8)
    let mint: Seal.Mint =
      format.hasPrefix("a") ? .anthropic : format.hasPrefix("g") ? .gemini : .chat
    for cut in 0...wire.count {
      let events = ChatReading([wire[..<cut], wire[cut...]]).events
      var seen: [String] = []
      for event in events {
        switch event {
        case .thinking(let text): seen.append("thinking \(text)")
        case .seal(let seal): seen.append("seal \(seal.mint)")
        case .text(let text): seen.append("text \(text)")
        case .open(.toolCall(let id, _, let seal)): seen.append("call \(id) \(seal?.value ?? "-")")
        case .close: seen.append("close")
        default: break
        }
      }
      #expect(
        seen == ["thinking t", "seal \(mint)", "close", "text w", "close", "call a G", "close"])
    }
  }

  @Test func `of a server keep the element that it knows`() throws {
    let element = #"{"type":"reasoning.text","text":"t","signature":"S","format":"x","more":[1]}"#
    let reply =
      #"{"choices":[{"message":{"role":"assistant","content":"w","reasoning_details":[\#(element)]}}]}"#
    let events = ChatCodec().decodeReply(Array(reply.utf8))
    let codec = AnthropicCodec()
    let whole = try JSONDocument(codec.encodeReply(events, Self.stage)).root
    let content = try #require(whole["content"]?.raw)
    let history = try codec.decodeRequest(
      JSONDocument(
        #"{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":"#
          + String(decoding: content.bytes, as: UTF8.self) + "}]}"))
    let encoded = try ChatCodec().encodeRequest(history, for: Target(model: "m"))
    let body = String(decoding: encoded.body, as: UTF8.self)
    #expect(
      body.contains(
        #""reasoning_details":[{"type":"reasoning.text","signature":"S","format":"x","#
          + #""more":[1],"text":"t","index":0}]"#))
    #expect(body.contains(#""reasoning_content":"t""#))
  }
}
