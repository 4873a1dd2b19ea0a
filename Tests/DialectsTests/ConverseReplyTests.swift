import Testing

@testable import Dialects

struct `A whole Converse reply` {
  private static let codec = ConverseFixtures.codec

  private static func read(_ name: String) throws -> [String] {
    transcript(codec.decodeReply(try ConverseFixtures.bytes("replies", name)))
  }

  @Test func `with a text is read`() throws {
    #expect(
      try Self.read("text.json") == [
        "begin - -", "open text", "text Hello \"you\" 東京\n", "close", "usage 11 3 6 4 7 0",
        "end endOfTurn",
      ])
  }

  @Test func `with thoughts and calls is read`() throws {
    #expect(
      try Self.read("tools.json") == [
        "begin - -", "open thinking", "thinking Hm.", "seal anthropic RXFSA+Zg==", "close",
        "open redacted RW13S0FoZ0I=", "close", "open text", "text Two.", "close",
        "open call tooluse_a1 weather", "arguments {\"city\":\"Paris\"}", "close",
        "open call tooluse_b2 now", "close", "usage 400 0 0 0 60 0", "end toolCalls",
      ])
  }

  @Test func `with citations and what only Bedrock knows is read`() throws {
    let events = try Self.read("cited.json")
    #expect(
      events[1...4].map { String($0.prefix(13)) } == [
        "open text", "text It rains", "citation {\"ti", "close",
      ])
    #expect(events[5].hasPrefix("open unknown toolUse {\"toolUse\":{\"toolUseId\":\"srv_1\""))
    #expect(
      events[6...] == [
        "close", "lost image_output", "lost trace", "usage 1 0 0 0 2 0",
        "end stopSequence END",
      ])
  }

  @Test(arguments: [
    ("end_turn", "endOfTurn", "end_turn"), ("tool_use", "toolCalls", "tool_use"),
    ("max_tokens", "maximumTokens", "max_tokens"),
    ("stop_sequence", "stopSequence -", "stop_sequence"),
    ("guardrail_intervened", "refusal", "content_filtered"),
    ("content_filtered", "refusal", "content_filtered"),
    ("malformed_model_output", "other malformed_model_output", "malformed_model_output"),
    ("malformed_tool_use", "other malformed_tool_use", "malformed_tool_use"),
    (
      "model_context_window_exceeded", "contextExceeded", "model_context_window_exceeded"
    ),
    ("some_day", "other some_day", "end_turn"),
  ])
  func `says why it ended`(word: String, meaning: String, again: String) throws {
    let reply = """
      {"output":{"message":{"role":"assistant","content":[{"text":"a"}]}},"stopReason":"\(word)"}
      """
    let events = Self.codec.decodeReply(Array(reply.utf8))
    #expect(transcript(events).last == "end \(meaning)")
    let root = try JSONDocument(Self.codec.encodeReply(events, ConverseFixtures.stage)).root
    #expect(root["stopReason"]?.string == again)
  }

  @Test(arguments: ["text.json", "tools.json"])
  func `is written as it was read`(name: String) throws {
    let bytes = try ConverseFixtures.bytes("replies", name)
    let events = Self.codec.decodeReply(bytes)
    let again = Self.codec.encodeReply(events, ConverseFixtures.stage)
    #expect(transcript(Self.codec.decodeReply(again)) == transcript(events))
    let old = try JSONDocument(bytes).root
    let new = try JSONDocument(again).root
    #expect(new["output"].map { JSONShape($0) } == old["output"].map { JSONShape($0) })
    #expect(new["stopReason"]?.string == old["stopReason"]?.string)
    for member: StaticString in ["inputTokens", "outputTokens", "totalTokens"] {
      #expect(new["usage"]?[member]?.integer == old["usage"]?[member]?.integer)
    }
    #expect(new["metrics"]?["latencyMs"]?.integer == 0)
  }

  @Test func `keeps citations, and the blocks of its own language`() throws {
    let events = Self.codec.decodeReply(try ConverseFixtures.bytes("replies", "cited.json"))
    var losses = Losses()
    let root = try JSONDocument(
      Self.codec.encodeReply(events, ConverseFixtures.stage, losses: &losses)
    ).root
    let old = try JSONDocument(ConverseFixtures.bytes("replies", "cited.json")).root
    let content = root["output"]?["message"]?["content"]?.elements.map { JSONShape($0) }
    let before = old["output"]?["message"]?["content"]?.elements.map { JSONShape($0) }
    #expect(content == before.map { Array($0.dropLast()) })
    #expect(losses.tags == ["image_output", "trace"])
  }

  @Test(arguments: [
    ("", "the upstream's answer is not a JSON object"),
    ("[]", "the upstream's answer is not a JSON object"),
    (#"{"message":"x"}"#, "the upstream's answer holds no message"),
    (#"{"output":{"message":{"content":"x"}}}"#, "the upstream's answer holds no message"),
  ])
  func `that is none fails`(body: String, reason: String) {
    #expect(transcript(Self.codec.decodeReply(Array(body.utf8))) == ["failed cut 502 \(reason)"])
  }

  @Test func `carries the seals of others so that a client can give them back`() throws {
    let foreign = Seal(.openai, id: "rs_1", "gAAA_b-c")
    let odd = Seal(.anthropic, "no base64!")
    let body = Self.codec.encodeReply(
      [
        .begin(id: nil, model: nil), .open(.thinking), .thinking("hm"), .seal(foreign), .close,
        .open(.redactedThinking(foreign)), .close, .open(.redactedThinking(odd)), .close,
        .end(.endOfTurn),
      ], ConverseFixtures.stage)
    let message = try #require(JSONDocument(body).root["output"]?["message"])
    // As boto3 has it: bytes, decoded and encoded again.
    for block in message.elements {
      let data = try #require(block["reasoningContent"]?["redactedContent"]?.text)
      #expect(Base64.decode(data.bytes).map { Base64.encode($0[...]) } == Array(data.bytes))
    }
    let request = #"{"messages":[\#(String(decoding: message.raw.bytes, as: UTF8.self))]}"#
    let turn = try #require(
      Self.codec.decodeRequest(JSONDocument(request)).turns.first)
    #expect(turn.blocks.map(\.seal) == [foreign, foreign, odd])
  }
}

struct `A failure in Bedrock` {
  private static let codec = ConverseFixtures.codec

  @Test(arguments: [
    (400, "ValidationException", "messages: x", "bad_request 400 never"),
    (
      400, "ValidationException", "Input is too long for requested model.",
      "context_length 400 never"
    ),
    (
      400, nil, "The model returned the following errors: prompt is too long: 9 > 8",
      "context_length 400 never"
    ),
    (400, "ValidationException", "too many total text bytes: 9", "context_length 400 never"),
    (
      429, "ThrottlingException:http://internal.amazon.com/coral/", "slow",
      "rate_limit 429 sameDeployment"
    ),
    (429, "ModelNotReadyException", "warming", "overloaded 429 sameDeployment"),
    (503, "ServiceUnavailableException", "x", "overloaded 503 sameDeployment"),
    (500, "InternalServerException", "x", "upstream_5xx 500 sameDeployment"),
    (424, "ModelErrorException", "x", "upstream_5xx 502 sameDeployment"),
    (408, "ModelTimeoutException", "x", "timeout 408 sameDeployment"),
    (403, "AccessDeniedException", "x", "permission 403 otherDeployment"),
    (403, "UnrecognizedClientException", "x", "auth 403 otherDeployment"),
    (404, "ResourceNotFoundException", "x", "not_found 404 otherDeployment"),
    (400, "ServiceQuotaExceededException", "x", "rate_limit 429 otherDeployment"),
    (403, nil, "x", "permission 403 otherDeployment"),
    (
      400, "ValidationException", "The provided model identifier is invalid.",
      "not_found 404 otherDeployment"
    ),
    (
      403, nil, "The security token included in the request is invalid.",
      "auth 403 otherDeployment"
    ),
    (502, nil, "x", "upstream_5xx 502 sameDeployment"),
  ])
  func `is known by its exception, or by its status`(
    status: Int, exception: String?, message: String, expected: String
  ) {
    let body = Array("{\"message\":\"\(message)\"}".utf8)
    let failure = ConverseFailures.decode(status: status, exception: exception, body)
    #expect("\(failure.kind.rawValue) \(failure.status) \(failure.retry)" == expected)
    #expect(failure.message == message)
    #expect(Self.codec.encodeFailure(failure, requestID: "r") == body)
    if let exception {
      let name = String(exception.prefix { $0 != ":" })
      #expect(ConverseFailures.exceptionName(for: failure) == name)
    }
  }

  @Test func `of other words is said in Bedrock's`() throws {
    let anthropic = AnthropicFailures.decode(
      status: 400,
      Array(
        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#
          .utf8))
    #expect(
      String(decoding: Self.codec.encodeFailure(anthropic, requestID: "r"), as: UTF8.self)
        == #"{"message":"Input is too long for requested model. prompt is too long: 9 tokens > 8 maximum"}"#
    )
    #expect(ConverseFailures.exceptionName(for: anthropic) == "ValidationException")
    let names: [(Failure.Kind, String)] = [
      (.authentication, "UnrecognizedClientException"), (.permission, "AccessDeniedException"),
      (.notFound, "ResourceNotFoundException"), (.billing, "ServiceQuotaExceededException"),
      (.rateLimited, "ThrottlingException"), (.timeout, "ModelTimeoutException"),
      (.overloaded, "ServiceUnavailableException"), (.unreachable, "ServiceUnavailableException"),
      (.cut, "ModelStreamErrorException"), (.upstream, "InternalServerException"),
      (.internal, "InternalServerException"), (.invalidRequest, "ValidationException"),
    ]
    for (kind, name) in names {
      let failure = Failure(kind, origin: .proxy, status: 500, "x", code: "some_code")
      #expect(ConverseFailures.exceptionName(for: failure) == name)
    }
  }

  @Test func `without words has some`() {
    for body in ["", "<html>", "[]", "{}"] {
      let failure = Self.codec.decodeFailure(status: 500, Array(body.utf8))
      #expect(failure.message == "the upstream answered 500 without saying why")
      #expect(failure.verbatim == nil)
    }
  }

  @Test func `in a stream is read from its frame's headers`() {
    var out: [UInt8] = []
    EventStreamWriter.frame(
      [
        (":message-type", .text(Array("error".utf8)[...])),
        (":error-code", .text(Array("InternalFailure".utf8)[...])),
        (":error-message", .text(Array("went wrong".utf8)[...])),
      ], payload: [], to: &out)
    #expect(transcript(ConverseFixtures.events(out)) == ["failed upstream 500 went wrong"])
    let stream = ConverseFixtures.frames(
      """
      !modelStreamErrorException {"message":"m","originalStatusCode":424,"originalMessage":"o"}
      """)
    #expect(transcript(ConverseFixtures.events(stream)) == ["failed upstream 502 m"])
    let overflow = ConverseFixtures.frames(
      """
      !validationException {"message":"Input is too long for requested model."}
      """)
    #expect(
      transcript(ConverseFixtures.events(overflow))
        == ["failed contextOverflow 400 Input is too long for requested model."])
  }
}
