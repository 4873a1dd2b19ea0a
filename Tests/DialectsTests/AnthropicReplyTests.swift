import Testing

@testable import Dialects

struct `A whole Anthropic reply` {
  static let codec = AnthropicCodec()
  static let stage = ReplyStage(
    model: "claude-x", requestID: "a/b", createdAt: 0, estimatedInputTokens: 99)

  @Test(arguments: AnthropicFixtures.replies)
  func `read and written again says the same`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("replies", name)
    let events = Self.codec.decodeReply(bytes)
    let again = Self.codec.encodeReply(events, Self.stage)
    let before = try JSONDocument(bytes).root
    let after = try JSONDocument(again).root
    for member in ["content", "stop_reason", "stop_sequence", "role", "type"] as [StaticString] {
      #expect(
        before.member(member).map { JSONShape($0) } == after.member(member).map { JSONShape($0) })
    }
    for count in [
      "input_tokens", "output_tokens", "cache_creation_input_tokens",
      "cache_read_input_tokens", "cache_creation",
    ] as [StaticString] {
      #expect(
        before["usage"]?[count].map { JSONShape($0) }
          == after["usage"]?[count].map { JSONShape($0) })
    }
    #expect(after["id"]?.string == "msg_a-b" && after["model"]?.string == "claude-x")
  }

  @Test func `gives the events that a stream of it would have given`() throws {
    let events = Self.codec.decodeReply(try AnthropicFixtures.bytes("replies", "tools.json"))
    #expect(
      transcript(events)
        == [
          "begin msg_01XyZ claude-opus-5-5", "usage 25 4096 1000 200 57 0", "open thinking",
          "thinking Hm", "seal anthropic EqQB", "close", "open text", "text I'll look.", "close",
          "open call toolu_01A Read",
          "arguments {\n    \"file_path\": \"/tmp/ü\",\n    \"n\": 1.0\n   }", "close",
          "open call toolu_01B T", "close", "usage 25 4096 1000 200 57 0", "end toolCalls",
        ])
  }

  @Test func `with nothing in it has empty content`() throws {
    let reply = Self.codec.encodeReply([.begin(id: nil, model: nil), .end(.endOfTurn)], Self.stage)
    #expect(
      String(decoding: reply, as: UTF8.self) == """
        {"id":"msg_a-b","type":"message","role":"assistant","model":"claude-x","content":[],\
        "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":99,\
        "cache_creation_input_tokens":0,"cache_read_input_tokens":0,\
        "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},\
        "output_tokens":0}}
        """)
  }

  @Test func `joins pieces, leaves empty text out and always signs a thought`() throws {
    let reply = Self.codec.encodeReply(
      [
        .begin(id: nil, model: nil), .open(.thinking), .thinking("a"), .thinking("b"), .close,
        .open(.text), .close, .open(.text), .text("c"), .text("d"), .close, .open(.refusal),
        .text("no"), .close, .usage(Usage(input: 1, output: 2, reasoning: 1)), .end(.endOfTurn),
      ], Self.stage)
    let root = try JSONDocument(reply).root
    #expect(
      root["content"].map { JSONShape($0).description } == """
        [{signature: '', thinking: 'ab', type: 'thinking'}, {text: 'cd', type: 'text'}, \
        {text: 'no', type: 'text'}]
        """)
    #expect(root["stop_reason"]?.string == "refusal")
    #expect(root["usage"]?["output_tokens_details"]?["thinking_tokens"]?.integer == 1)
  }

  @Test(arguments: [
    ("", "{}"), ("  \n", "{}"), (#"{"a": 1.0}"#, #"{"a": 1.0}"#),
    (#" {"a":{"b":[]}} "#, #"{"a":{"b":[]}}"#),
    ("7", #"{"_raw":7}"#), (#""s""#, #"{"_raw":"s"}"#), ("[1]", #"{"_raw":[1]}"#),
    ("null", #"{"_raw":null}"#), ("{\"a\":", #"{"_raw_error":"{\"a\":"}"#),
    ("```json\n{\"a\":1}\n```", #"{"a":1}"#), ("```\n{\"a\":1}\n```", #"{"a":1}"#),
    ("```JSON  \n{\"a\":1}\n```  ", #"{"a":1}"#), ("```tool {\"a\":1}", #"{"a":1}"#),
    ("```json\n```", "{}"), (#"{"code":"```js\nx\n```"}"#, #"{"code":"```js\nx\n```"}"#),
  ])
  func `gives arguments as an object, whatever the model wrote`(
    written: String, expected: String
  ) throws {
    let reply = Self.codec.encodeReply(
      [
        .begin(id: nil, model: nil), .open(.toolCall(id: "i", name: "n")),
        .arguments(JSONText(written)), .close, .end(.toolCalls),
      ], Self.stage)
    let input = try JSONDocument(reply).root["content"]?.elements.map { $0 }.first?["input"]
    #expect(input.map { String(decoding: $0.raw.bytes, as: UTF8.self) } == expected)
  }

  @Test(arguments: ["", "{", "[]", "<html>", "{}", #"{"content":"x"}"#])
  func `that is none is a failure`(text: String) {
    let events = Self.codec.decodeReply(Array(text.utf8))
    guard case .failed(let failure)? = events.first, events.count == 1 else {
      Issue.record("taken for a reply")
      return
    }
    #expect(failure.kind == .cut && failure.retry == .sameDeployment)
  }

  @Test func `that is an error inside a 200 is a failure`() {
    let body = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
    #expect(
      transcript(Self.codec.decodeReply(Array(body.utf8))) == ["failed overloaded 529 Overloaded"])
  }

  @Test func `that failed on its way is told as an error`() throws {
    let reply = Self.codec.encodeReply(
      [.begin(id: nil, model: nil), .failed(.cut("gone"))], Self.stage)
    #expect(try JSONDocument(reply).root["error"]?["message"]?.string == "gone")
  }
}
