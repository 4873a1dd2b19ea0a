import Testing

@testable import Dialects

struct `A session between Gemini and another language` {
  private static let stage = ReplyStage(model: "m", requestID: "r1", createdAt: 7)

  /// The reply as its client keeps it for the next request.
  private static func kept(
    _ events: [ReplyEvent], by client: Dialect, streamed: Bool
  ) throws -> String {
    var events = events
    if streamed {
      var encoder = client.codec.makeStreamEncoder(stage)
      var out: [UInt8] = []
      for event in events { encoder.encode([event], into: &out) }
      events = decode([out[...]], with: client.codec)
    }
    let root = try JSONDocument(client.codec.encodeReply(events, stage)).root
    let message: JSONValue? =
      switch client {
      case .anthropic: root["content"]
      case .gemini: root["candidates"]?.elements.first { _ in true }?["content"]
      case .responses: root["output"]
      case .converse: root["output"]?["message"]
      default: root["choices"]?.elements.first { _ in true }?["message"]
      }
    return String(decoding: try #require(message).raw.bytes, as: UTF8.self)
  }

  /// The next request of a client that kept an answer and ran its calls.
  private static func next(_ kept: String, ids: [String], from client: Dialect) throws
    -> Conversation
  {
    let body: String
    switch client {
    case .anthropic:
      let results = ids.map { #"{"type":"tool_result","tool_use_id":"\#($0)","content":"ok"}"# }
      let user = results.isEmpty ? #""go on""# : "[\(results.joined(separator: ","))]"
      body = #"""
        {"model":"m","max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2000},
        "messages":[{"role":"user","content":"q"},{"role":"assistant","content":\#(kept)},
        {"role":"user","content":\#(user)}]}
        """#
    case .gemini:
      let results = ids.map {
        #"{"functionResponse":{"id":"\#($0)","name":"f","response":{"output":"ok"}}}"#
      }
      let parts = results.isEmpty ? #"{"text":"go on"}"# : results.joined(separator: ",")
      body =
        #"{"contents":[{"parts":[{"text":"q"}]},\#(kept),{"role":"user","parts":[\#(parts)]}]}"#
    case .converse:
      let results = ids.map {
        #"{"toolResult":{"toolUseId":"\#($0)","content":[{"text":"ok"}]}}"#
      }
      let user = results.isEmpty ? #"{"text":"go on"}"# : results.joined(separator: ",")
      body = #"""
        {"messages":[{"role":"user","content":[{"text":"q"}]},\#(kept),
        {"role":"user","content":[\#(user)]}]}
        """#
    case .responses:
      let results = ids.map {
        #"{"type":"function_call_output","call_id":"\#($0)","output":"ok"}"#
      }
      let user = results.isEmpty ? [#"{"role":"user","content":"go on"}"#] : results
      body =
        #"{"model":"m","input":[{"role":"user","content":"q"},\#(kept.dropFirst().dropLast()),\#(user.joined(separator: ","))]}"#
    default:
      let results = ids.map { #"{"role":"tool","tool_call_id":"\#($0)","content":"ok"}"# }
      let user = results.isEmpty ? [#"{"role":"user","content":"go on"}"#] : results
      body =
        #"{"model":"m","messages":[{"role":"user","content":"q"},\#(kept),\#(user.joined(separator: ","))]}"#
    }
    return try client.codec.decodeRequest(JSONDocument(body))
  }

  @Test(arguments: [("40.0", "40"), ("4e1", "40"), ("40", "40"), ("0.5", "0.5")])
  func `has the numbers whole that others want so`(written: String, sent: String) throws {
    let body =
      #"{"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"topK":\#(written),"#
      + #""maxOutputTokens":64.0,"temperature":1.0}}"#
    let conversation = try GeminiCodec().decodeRequest(JSONDocument(body))
    let target = Target(model: "claude-sonnet-4-5", platform: .vendor)
    let root = try JSONDocument(AnthropicCodec().encodeRequest(conversation, for: target).body).root
    let members = ["top_k", "max_tokens", "temperature"].map { name in
      root.members.first { $0.name.string == name }.map {
        String(decoding: $0.value.raw.bytes, as: UTF8.self)
      }
    }
    #expect(members == [sent, "64", "1.0"])
  }

  private static func ids(_ events: [ReplyEvent]) -> [String] {
    events.compactMap { event in
      if case .open(.toolCall(let id, _, _)) = event { id.string } else { nil }
    }
  }

  /// The model's parts as they go to Gemini again.
  private static func parts(_ conversation: Conversation) throws -> JSONShape {
    let target = Target(model: "gemini-3-pro-preview", platform: .vendor)
    let encoded = try GeminiCodec().encodeRequest(conversation, for: target)
    #expect(!encoded.losses.tags.contains("thought_signature_skipped"))
    let contents = try JSONDocument(encoded.body).root["contents"]?.elements.map { $0 } ?? []
    #expect(contents.map { $0["role"]?.string } == ["user", "model", "user"])
    return JSONShape(try #require(contents[1]["parts"]))
  }

  private static let calls = #"""
    [{"text":"I will look."},
    {"functionCall":{"id":"fc_1","name":"read_file","args":{"path":"a.txt","limit":10}},
    "thoughtSignature":"Q0FMTFNJRw=="},
    {"functionCall":{"id":"fc_2","name":"read_file","args":{"path":"b \"q\".txt"}}}]
    """#

  @Test(arguments: [Dialect.anthropic, .chat, .gemini, .responses, .converse], [true, false])
  func `gives Gemini the signatures of its calls back`(client: Dialect, streamed: Bool) throws {
    let events = decode([try GeminiFixtures.stream("calls")[...]], with: GeminiCodec())
    let kept = try Self.kept(events, by: client, streamed: streamed)
    let conversation = try Self.next(kept, ids: Self.ids(events), from: client)
    #expect(try Self.parts(conversation) == JSONShape(Array(Self.calls.utf8)))
  }

  @Test(arguments: [true, false])
  func `gives Gemini a signature that came alone back`(streamed: Bool) throws {
    let events = decode([try GeminiFixtures.stream("lonely-signature")[...]], with: GeminiCodec())
    for client in [Dialect.anthropic, .gemini] {
      let kept = try Self.kept(events, by: client, streamed: streamed)
      let conversation = try Self.next(kept, ids: Self.ids(events), from: client)
      let seals = conversation.turns[1].blocks.compactMap(\.seal)
      #expect(seals == [Seal(.gemini, "TE9ORQ==")], "\(client)")
    }
  }

  @Test(arguments: ["thinking.sse", "tools.sse"], [true, false])
  func `gives Claude its thoughts back from a Gemini client`(name: String, streamed: Bool) throws {
    let anthropic = AnthropicCodec()
    let events = decode([try AnthropicFixtures.stream(name)[...]], with: anthropic)
    let direct = try Self.kept(events, by: .anthropic, streamed: false)
    let kept = try Self.kept(events, by: .gemini, streamed: streamed)
    let conversation = try Self.next(kept, ids: Self.ids(events), from: .gemini)
    let encoded = try anthropic.encodeRequest(
      conversation, for: Target(model: "claude-sonnet-4-5", platform: .vendor))
    let messages = try JSONDocument(encoded.body).root["messages"]?.elements.map { $0 } ?? []
    let content = try #require(messages[1]["content"])
    // A lone text may stand without its block.
    let shown =
      content.kind == .string
      ? #"[{"type":"text","text":\#(content.raw.bytes.text)}]"# : content.raw.bytes.text
    #expect(try JSONShape(Array(shown.utf8)) == JSONShape(Array(direct.utf8)))
  }

  @Test(arguments: GeminiFixtures.streams, [Dialect.anthropic, .chat])
  func `tells a Gemini reply to clients of other languages`(name: String, client: Dialect) throws {
    let bytes = try GeminiFixtures.bytes("streams", name)
    let events = decode([bytes[...]], with: GeminiCodec())
    var encoder = client.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    let told = TranslationFold(decode([out[...]], with: client.codec))
    let said = TranslationFold(events)
    if case .failed? = events.last { return }
    #expect(told.texts + told.refusals == said.texts + said.refusals)
    #expect(told.calls == said.calls)
    #expect(told.usage?.output == said.usage?.output)
    #expect(told.usage?.wholeInput == said.usage?.wholeInput)
  }

  @Test(arguments: ChatFixture.streams)
  func `tells a Chat reply to a Gemini client`(name: String) throws {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    let events = decode([bytes[...]], with: ChatCodec())
    var encoder = GeminiCodec().makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    let again = decode([out[...]], with: GeminiCodec())
    switch (events.last, again.last) {
    case (.failed?, .failed?): return
    case (.end?, .end?): break
    default: Issue.record("another ending")
    }
    let told = TranslationFold(again)
    let said = TranslationFold(events)
    #expect(told.texts == said.texts + said.refusals && told.thoughts == said.thoughts)
    #expect(told.calls.count == said.calls.count)
    for (told, said) in zip(told.calls, said.calls) {
      // A call without arguments has an empty object; one that was cut short says so.
      #expect(told == said || said.hasSuffix(" ") || told.contains("_raw_error"))
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
