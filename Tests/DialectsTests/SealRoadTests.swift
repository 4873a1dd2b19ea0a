import Testing

@testable import Dialects

struct `A conversation that goes from vendor to vendor` {
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)

  /// The reply as a client of the language keeps it and sends it back.
  private static func history(
    of events: [ReplyEvent], with client: Dialect
  ) throws -> Conversation {
    let root = try JSONDocument(client.codec.encodeReply(events, stage)).root
    let message =
      switch client {
      case .chat: root["choices"]?.elements.first { _ in true }?["message"]
      default: root
      }
    let content = try #require(message?.raw)
    let answer = String(decoding: content.bytes, as: UTF8.self)
    let kept =
      client == .chat
      ? answer : #"{"role":"assistant","content":\#(try text(root["content"]))}"#
    let results = try results(of: events, client)
    let end = results.isEmpty ? #",{"role":"user","content":"on"}"# : ""
    let request =
      #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"},\#(kept)\#(results)\#(end)]}"#
    return try client.codec.decodeRequest(JSONDocument(request))
  }

  private static func text(_ value: JSONValue?) throws -> String {
    String(decoding: try #require(value).raw.bytes, as: UTF8.self)
  }

  private static func results(
    of events: [ReplyEvent], _ client: Dialect
  ) throws -> String {
    let ids = events.compactMap { event -> JSONText? in
      if case .open(.toolCall(let id, _, _)) = event { id } else { nil }
    }
    if client == .chat {
      return ids.map { #",{"role":"tool","tool_call_id":"\#($0)","content":"r"}"# }.joined()
    }
    let blocks = ids.map {
      #"{"type":"tool_result","tool_use_id":"\#(AnthropicIdentifier.encode($0))","content":"r"}"#
    }
    return blocks.isEmpty
      ? "" : #",{"role":"user","content":[\#(blocks.joined(separator: ","))]}"#
  }

  @Test(arguments: ["thinking.sse", "tools.sse", "text.sse"])
  func `gives Anthropic its own blocks back from a Chat client`(name: String) throws {
    let bytes = try AnthropicFixtures.stream(name)
    let events = decode([bytes[...]], with: AnthropicCodec())
    let conversation = try Self.history(of: events, with: .chat)
    let encoded = try AnthropicCodec().encodeRequest(
      conversation, for: Target(model: "claude-opus-5-5"))
    let messages = try #require(JSONDocument(encoded.body).root["messages"])
    let turn = try #require(messages.elements.first { $0["role"]?.string == "assistant" })
    let whole = try JSONDocument(AnthropicCodec().encodeReply(events, Self.stage)).root
    let original = try #require(whole["content"])
    // A single text is written as a string.
    let sent = turn["content"]?.text == nil ? turn["content"] : nil
    if let sent { #expect(JSONShape(sent) == JSONShape(original)) }
    #expect(encoded.losses.isEmpty)
  }

  /// Blocks of every vendor, as one reply.
  private static let mixed: [ReplyEvent] = [
    .begin(id: nil, model: nil),
    .open(.thinking), .thinking("a"), .seal(Seal(.anthropic, "AA")), .close,
    .open(.thinking), .thinking("o"), .seal(Seal(.openai, id: "rs_1", "OO")), .close,
    .open(.redactedThinking(Seal(.anthropic, "AR"))), .close, .open(.text), .text("w"), .close,
    .open(.toolCall(id: "c", name: "f", seal: Seal(.gemini, "GG"))), .arguments("{}"), .close,
    .end(.toolCalls),
  ]

  @Test(arguments: [Dialect.anthropic, .chat])
  func `shows each vendor its own seals and no other`(client: Dialect) throws {
    let conversation = try Self.history(of: Self.mixed, with: client)
    var foreign = conversation
    // As if read from a third language, so that nothing is passed on as the client's own.
    foreign.origin = client == .chat ? .anthropic : .chat
    let claude = try AnthropicCodec().encodeRequest(foreign, for: Target(model: "claude-opus-5-5"))
    let anthropic = String(decoding: claude.body, as: UTF8.self)
    #expect(anthropic.contains(#""thinking":"a","signature":"AA""#))
    #expect(anthropic.contains(#""data":"AR""#))
    #expect(!anthropic.contains("OO") && !anthropic.contains("GG"))
    #expect(claude.losses.tags.contains("thinking_blocks"))
    #expect(claude.losses.tags.contains("tool_call_seal"))
    let google = try ChatCodec().encodeRequest(
      conversation, for: Target(model: "google/gemini-3", platform: .vertex))
    let gemini = String(decoding: google.body, as: UTF8.self)
    #expect(gemini.contains(#""thought_signature":"GG""#))
    #expect(!gemini.contains(#""AA""#) && !gemini.contains("OO") && !gemini.contains("AR"))
    #expect(google.losses.tags.contains("thinking_signatures"))
    let openai = try ChatCodec().encodeRequest(
      conversation, for: Target(model: "gpt-5", platform: .vendor))
    let chat = String(decoding: openai.body, as: UTF8.self)
    for seal in [#""AA""#, "OO", "AR", "GG", "reasoning"] { #expect(!chat.contains(seal)) }
  }
}
