import Testing

@testable import Dialects

struct `A Converse client of other models` {
  private static func request(
    _ name: String, for dialect: Dialect
  ) throws -> (root: JSONValue, losses: [String]) {
    let bytes = try ConverseFixtures.bytes("requests", name)
    var conversation = try ConverseFixtures.codec.decodeRequest(JSONDocument(bytes))
    conversation.model = "m"
    let encoded = try dialect.codec.encodeRequest(
      conversation, for: Target(model: "claude-sonnet-4-5", platform: .vendor))
    return (try JSONDocument(encoded.body).root, encoded.losses.tags)
  }

  private static func shape(_ value: JSONValue?) -> String {
    value.map { JSONShape($0).description } ?? "-"
  }

  @Test func `reaches Anthropic with its thoughts, calls and marks`() throws {
    let (root, losses) = try Self.request("tools.json", for: .anthropic)
    let turns = try #require(root["messages"]).elements.map { $0 }
    #expect(
      Self.shape(turns[0]["content"])
        == "[{cache_control: {type: 'ephemeral'}, text: 'Weather in Paris and Rome?', type: 'text'}]"
    )
    let types = turns[1]["content"]?.elements.map { $0["type"]?.string }
    #expect(types == ["thinking", "redacted_thinking", "text", "tool_use", "tool_use"])
    let thought = turns[1]["content"]?.elements.first { _ in true }
    #expect(thought?["signature"]?.string == "RXFSA+Zg==")
    let results = try #require(turns[2]["content"]).elements.map { $0 }
    #expect(results.map { $0["tool_use_id"]?.string } == ["tooluse_a1", "tooluse_b2"])
    #expect(results.map { $0["is_error"]?.bool } == [nil, true])
    #expect(
      Self.shape(results[1]["cache_control"]) == "{ttl: '5m', type: 'ephemeral'}")
    #expect(Self.shape(root["thinking"]) == "{budget_tokens: 2000, type: 'enabled'}")
    #expect(root["max_tokens"]?.integer == 4000)
    let tools = root["tools"]?.elements.compactMap { $0["type"]?.string } ?? []
    #expect(tools.contains { $0.hasPrefix("web_search") })
    #expect(losses.contains("additionalmodelrequestfields"))
  }

  @Test func `reaches Chat with its text, calls and images`() throws {
    let (root, losses) = try Self.request("tools.json", for: .chat)
    let messages = try #require(root["messages"]).elements.map { $0 }
    #expect(
      messages.map { $0["role"]?.string } == ["user", "assistant", "tool", "tool", "user"])
    let calls = messages[1]["tool_calls"]?.elements.map { $0["function"]?["arguments"]?.string }
    #expect(calls == [#"{"city":"Paris","n":1.50}"#, "{}"])
    #expect(messages[3]["content"]?.string == "Error: no such city")
    #expect(Self.shape(messages[4]).contains("data:image/png;base64,iVBORw0K"))
    #expect(losses.contains("thinking_blocks"))
  }

  @Test func `gets its documents and its schema across`() throws {
    let (media, _) = try Self.request("media.json", for: .anthropic)
    let blocks = try #require(media["messages"]?.elements.first { _ in true }?["content"])
    let document = try #require(blocks.elements.first { $0["type"]?.string == "document" })
    #expect(document["source"]?["media_type"]?.string == "application/pdf")
    #expect(document["title"]?.string == "Report 2024 (final)")
    #expect(document["context"]?.string == "A report.")
    let (chat, _) = try Self.request("structured.json", for: .chat)
    let format = try #require(chat["response_format"]?["json_schema"])
    #expect(format["name"]?.string == "person")
    #expect(format["schema"]?["properties"]?["name"] != nil)
  }

  @Test(arguments: AnthropicFixtures.streams)
  func `sees Anthropic's stream`(name: String) throws {
    let events = decode([try AnthropicFixtures.stream(name)[...]], with: AnthropicCodec())
    try Self.check(events)
  }

  @Test(arguments: ChatFixture.streams)
  func `sees Chat's stream`(name: String) throws {
    let bytes = try ChatFixture.bytes("streams/\(name).sse")
    try Self.check(decode([bytes[...]], with: Dialect.chat.codec))
  }

  /// What is written says the same, in frames whose blocks count up.
  private static func check(_ events: [ReplyEvent]) throws {
    let lines = try ConverseFixtures.written(events)
    let bytes = ConverseFixtures.frames(lines.joined(separator: "\n"))
    let again = ConverseFixtures.events(bytes)
    guard case .end? = events.last else {
      guard case .failed? = again.last else {
        Issue.record("a failure became an end")
        return
      }
      return
    }
    let before = TranslationFold(events)
    let after = TranslationFold(again)
    #expect(after.texts + after.thoughts == before.texts + before.refusals + before.thoughts)
    #expect(after.calls == before.calls)
    #expect(
      after.usage?.wholeInput == (before.usage ?? Usage(input: 11)).wholeInput
        || before.usage == Usage(input: 5))
    var next = 0
    var isOpen = false
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts[0].hasPrefix("contentBlock") else { continue }
      #expect(try JSONDocument(String(parts[1])).root["contentBlockIndex"]?.integer == next)
      if parts[0] == "contentBlockStart" { #expect(!isOpen) }
      isOpen = parts[0] != "contentBlockStop"
      if !isOpen { next += 1 }
    }
    #expect(!isOpen)
    #expect(lines.last?.hasPrefix("metadata ") == true)
  }
}

struct `A reply from Bedrock` {
  @Test(arguments: ["text.frames", "tools.frames", "cited.frames"])
  func `says the same to clients of other languages`(name: String) throws {
    let events = ConverseFixtures.events(try ConverseFixtures.stream(name))
    let before = TranslationFold(events)
    for dialect in [Dialect.anthropic, .chat] {
      var encoder = dialect.codec.makeStreamEncoder(ConverseFixtures.stage)
      var out: [UInt8] = []
      encoder.encode(events, into: &out)
      let after = TranslationFold(decode([out[...]], with: dialect.codec))
      #expect(after.texts == before.texts)
      #expect(after.usage == before.usage || dialect == .chat)
      if dialect == .anthropic {
        // What Bedrock runs itself is told as a block that nobody else knows.
        #expect(after.calls == before.calls)
        #expect(after.thoughts == before.thoughts)
      }
      #expect(after.end == before.end || name == "cited.frames")
    }
  }

  @Test func `brings a Claude's signature to Anthropic's clients as it is`() throws {
    let events = ConverseFixtures.events(try ConverseFixtures.stream("tools.frames"))
    let body = AnthropicCodec().encodeReply(events, ConverseFixtures.stage)
    let content = try #require(JSONDocument(body).root["content"]).elements.map { $0 }
    #expect(content[0]["signature"]?.string == "RXFSA+Zgkk==")
    #expect(content[1]["data"]?.string == "RW13S0FoZ0I=")
    #expect(content[3]["input"].map { JSONShape($0).description } == "{city: 'Paris'}")
  }

  @Test func `brings its failures to clients of other languages`() throws {
    let failure = ConverseFailures.decode(
      status: 400, exception: "ValidationException",
      Array(#"{"message":"Input is too long for requested model."}"#.utf8))
    let anthropic = try JSONDocument(AnthropicCodec().encodeFailure(failure, requestID: "r")).root
    #expect(anthropic["error"]?["type"]?.string == "invalid_request_error")
    #expect(anthropic["error"]?["message"]?.string?.hasPrefix("prompt is too long") == true)
    let throttled = ConverseFailures.decode(
      status: 429, exception: "ThrottlingException", Array(#"{"message":"slow"}"#.utf8))
    let chat = try JSONDocument(
      Dialect.chat.codec.encodeFailure(throttled, requestID: "r")
    ).root
    #expect(chat["error"]?["type"]?.string == "rate_limit_error")
  }
}
