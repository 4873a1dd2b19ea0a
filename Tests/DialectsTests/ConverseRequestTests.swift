import Testing

@testable import Dialects

struct `A Converse request` {
  private static let codec = ConverseFixtures.codec

  private static func decode(_ json: String) throws -> Conversation {
    try codec.decodeRequest(JSONDocument(json))
  }

  @Test(arguments: ConverseFixtures.requests)
  func `comes back the same to its own language`(name: String) throws {
    let bytes = try ConverseFixtures.bytes("requests", name)
    let conversation = try Self.codec.decodeRequest(JSONDocument(bytes))
    let target = Target(model: "anthropic.claude-sonnet-4-5-20250929-v1:0", platform: .bedrock)
    let encoded = try Self.codec.encodeRequest(conversation, for: target)
    #expect(try JSONShape(encoded.body) == JSONShape(bytes))
    #expect(encoded.losses.isEmpty)
    #expect(encoded.toolNames.isEmpty)
    let passed = try Self.codec.passRequest(JSONDocument(bytes), for: target)
    #expect(passed.body == bytes)
    #expect(passed.losses.isEmpty)
    #expect(!passed.hidesUsage)
  }

  @Test func `is understood in the hub's words`() throws {
    let plain = try Self.codec.decodeRequest(
      JSONDocument(ConverseFixtures.bytes("requests", "plain.json")))
    #expect(plain.model.isEmpty)
    #expect(!plain.wantsStream)
    #expect(plain.maximumTokens == 512)
    #expect(plain.stopSequences == ["END"])
    #expect(plain.instructions.first?.text == "Be brief.")
    #expect(
      plain.instructions.first?.cacheMark
        == JSONRaw(stringLiteral: #"{"type":"ephemeral","ttl":"1h"}"#))
    #expect(plain.serviceTier == "flex")
    #expect(plain.metadata == JSONRaw(stringLiteral: #"{"team":"a"}"#))
    let tools = try Self.codec.decodeRequest(
      JSONDocument(ConverseFixtures.bytes("requests", "tools.json")))
    #expect(tools.thinking == .budget(2000))
    #expect(tools.sampling.topK == JSONRaw(stringLiteral: "40"))
    #expect(tools.toolChoice == .automatic)
    #expect(
      tools.turns[1].blocks.map { $0.seal?.mint } == [
        .anthropic, .anthropic, nil, nil, nil,
      ])
    guard case .toolResult(let result) = tools.turns[2].blocks[1].content else {
      Issue.record("no result")
      return
    }
    #expect(result.isError)
    #expect(tools.turns[2].blocks[1].cacheMark != nil)
    let structured = try Self.codec.decodeRequest(
      JSONDocument(ConverseFixtures.bytes("requests", "structured.json")))
    #expect(structured.effort == "high")
    #expect(structured.thinking == .adaptive)
    #expect(structured.toolChoice == .tool("f"))
    guard case .schema(let name, let schema, nil)? = structured.format else {
      Issue.record("no schema")
      return
    }
    #expect(name == "person")
    #expect(try schema.parsed()["properties"]?["name"] != nil)
  }

  @Test(arguments: [
    ("[]", "the body must be a JSON object"),
    ("{}", "messages: required"),
    (#"{"messages":[]}"#, "messages: must hold at least one message"),
    (#"{"messages":[{"role":"tool","content":[]}]}"#, "messages.0.role: must be"),
    (#"{"messages":[{"role":"user","content":"x"}]}"#, "messages.0.content: must be an array"),
    (#"{"messages":[{"role":"user","content":[{"text":5}]}]}"#, "messages.0.content.0.text:"),
    (
      #"{"messages":[{"role":"user","content":[{"text":"a","image":{}}]}]}"#,
      "messages.0.content.0: must have one member only"
    ),
    (#"{"messages":[{"role":"user","content":[{}]}]}"#, "messages.0.content.0: must have a member"),
    (
      #"{"messages":[{"role":"user","content":[{"toolResult":{"content":[]}}]}]}"#,
      "messages.0.content.0.toolResult.toolUseId: required"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"text":"a"}]}],"system":[{"cachePoint":{}}]}"#,
      "system.0.cachePoint: must follow"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":{"maxTokens":-1}}"#,
      "inferenceConfig.maxTokens: must be a whole number"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f"}}]}}"#,
      "toolConfig.tools.0.toolSpec.inputSchema: required"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"text":"a"}]}],"messages":[]}"#,
      "messages: given twice"
    ),
  ])
  func `that is none is refused, and where`(json: String, reason: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.decode(json) }
    #expect(failure?.message.hasPrefix(reason) == true, "\(failure?.message ?? "")")
    #expect(failure?.status == 400)
  }

  @Test func `passes without the thoughts that its model would refuse`() throws {
    let foreign = Seal(.openai, id: "rs_1", "enc").token(native: .anthropic)
    let wrapped = Seal(.anthropic, "RW13S0FoZ0I=").token(native: nil)
    func thought(_ signature: String) -> String {
      #"{"reasoningContent":{"reasoningText":{"text":"t"\#(signature)}}}"#
    }
    let own = #"{"reasoningContent":{"redactedContent":"\#(wrapped)"}}"#
    let json =
      #"{"messages": [{"role":"user","content":[{"text":"q"}]}, {"role":"assistant","content":["#
      + thought(#","signature":"\#(foreign)""#) + ", " + own + "," + thought("") + ", "
      + thought(#","signature":"RXFS""#) + #",{"text":"a"}]},{"role":"assistant","content":["#
      + thought(#","signature":"\#(foreign)""#) + "]}]}"
    let document = try JSONDocument(json)
    let claude = try Self.codec.passRequest(document, for: Target(model: "eu.anthropic.claude-x"))
    #expect(
      String(decoding: claude.body, as: UTF8.self)
        == #"{"messages": [{"role":"user","content":[{"text":"q"}]}, {"role":"assistant","#
        + #""content":[{"reasoningContent":{"redactedContent":"RW13S0FoZ0I="}}, "#
        + thought(#","signature":"RXFS""#)
        + #",{"text":"a"}]},{"role":"assistant","content":[{"text":"(A thought was left out.)"}]}]}"#
    )
    #expect(claude.losses.tags == ["thinking_blocks"])
    let other = try Self.codec.passRequest(document, for: Target(model: "us.deepseek.r1-v1:0"))
    let kept = try JSONDocument(other.body).root["messages"]?.elements.map { message in
      message["content"]?.elements.count { _ in true } ?? 0
    }
    #expect(kept == [1, 3, 1])
    #expect(throws: Failure.self) {
      try Self.codec.passRequest(JSONDocument("[]"), for: Target(model: "x"))
    }
  }
}

struct `A question how many tokens` {
  @Test func `a Converse request has is read and written`() throws {
    let body = try ConverseFixtures.bytes("requests", "tools.json")
    let asked = ConverseCount.write(converse: body)
    guard case .converse(let request) = try ConverseCount.read(JSONDocument(asked)) else {
      Issue.record("no Converse request")
      return
    }
    #expect(
      request.root.members.map(\.name.string) == [
        "messages", "toolConfig", "additionalModelRequestFields",
      ])
    #expect(try ConverseFixtures.codec.decodeRequest(request).turns.count == 3)
  }

  @Test func `a Messages body has is read and written`() throws {
    let body = Array(
      #"{"anthropic_version":"bedrock-2023-05-31","messages":[],"max_tokens":1}"#.utf8)
    let asked = ConverseCount.write(invokeModel: body)
    guard case .invokeModel(let request) = try ConverseCount.read(JSONDocument(asked)) else {
      Issue.record("no Messages body")
      return
    }
    #expect(Array(request.bytes) == body)
  }

  @Test(arguments: [
    "{}", "[]", #"{"input":{}}"#, #"{"input":{"converse":[]}}"#,
    #"{"input":{"invokeModel":{"body":"§"}}}"#, #"{"input":{"invokeModel":{"body":"e3s="}}}"#,
  ])
  func `that is none is refused`(json: String) {
    #expect(throws: Failure.self) { try ConverseCount.read(JSONDocument(json)) }
  }

  @Test func `has a number for an answer`() {
    #expect(ConverseCount.tokens(in: ConverseCount.reply(tokens: 123)) == 123)
    #expect(ConverseCount.tokens(in: Array(#"{"message":"no"}"#.utf8)) == nil)
    #expect(ConverseCount.tokens(in: Array("5".utf8)) == nil)
  }

  @Test func `is asked about models that are listed`() throws {
    let root = try JSONDocument(ConverseProfiles.list(["claude-a", "gpt \"b\""])).root
    let profiles = try #require(root["inferenceProfileSummaries"]).elements.map { $0 }
    #expect(profiles.map { $0["inferenceProfileId"]?.string } == ["claude-a", "gpt \"b\""])
    for member: StaticString in [
      "inferenceProfileName", "inferenceProfileArn", "models", "status", "type",
    ] {
      #expect(profiles.allSatisfy { $0[member] != nil })
    }
  }
}
