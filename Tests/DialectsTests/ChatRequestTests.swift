import Testing

@testable import Dialects

@Suite struct `A Chat client's request` {
  private static func decode(_ json: String) throws -> Conversation {
    try Dialect.chat.codec.decodeRequest(JSONDocument(json))
  }

  /// A request with these messages.
  private static func decode(messages: String) throws -> Conversation {
    try decode(#"{"model":"m","messages":[\#(messages)]}"#)
  }

  private static func failure(_ json: String) throws -> Failure? {
    do {
      _ = try Dialect.chat.codec.decodeRequest(JSONDocument(json))
      return nil
    } catch let failure as Failure {
      return failure
    }
  }

  @Test func `is read with all its members`() throws {
    let conversation = try Self.decode(
      #"{"model":"gpt","messages":[{"role":"user","content":"hi"}],"max_tokens":9,"#
        + #""max_completion_tokens":10,"temperature":0.50,"top_p":1,"top_k":3,"stop":["a","b"],"#
        + #""stream":true,"stream_options":{"include_usage":true},"user":"u","n":1,"seed":7,"#
        + #""reasoning_effort":"high","parallel_tool_calls":false,"logit_bias":null,"#
        + #""response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{},"#
        + #""strict":true}}}"#)
    #expect(conversation.origin == .chat)
    #expect(conversation.model == "gpt")
    #expect(conversation.maximumTokens == 10)
    #expect(conversation.sampling.temperature == JSONRaw(stringLiteral: "0.50"))
    #expect(conversation.sampling.topK == JSONRaw(stringLiteral: "3"))
    #expect(conversation.stopSequences == ["a", "b"])
    #expect(conversation.wantsStream)
    #expect(conversation.wantsStreamUsage)
    #expect(conversation.user == "u")
    #expect(conversation.effort == "high")
    #expect(conversation.allowsParallelCalls == false)
    #expect(conversation.sampling.seed == JSONRaw(stringLiteral: "7"))
    #expect(conversation.extras.isEmpty && conversation.candidates == nil)
    guard case .schema(let name, let schema, let isStrict)? = conversation.format else {
      Issue.record("no schema")
      return
    }
    #expect(name == "s")
    #expect(schema == .emptyObject)
    #expect(isStrict == true)
  }

  @Test func `does not see usage in a stream unless it asks`() throws {
    let conversation = try Self.decode(messages: #"{"role":"user","content":""}"#)
    #expect(!conversation.wantsStreamUsage)
    #expect(!conversation.wantsStream)
    #expect(conversation.maximumTokens == nil)
  }

  @Test func `has instructions before its turns and in the middle of them`() throws {
    let conversation = try Self.decode(
      messages: #"{"role":"system","content":"a"},{"role":"developer","content":[{"type":"text","#
        + #""text":"b","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"c"},"#
        + #"{"role":"system","content":"d"}"#)
    #expect(conversation.instructions.map(\.text) == ["a", "b"])
    #expect(conversation.instructions[1].cacheMark != nil)
    #expect(conversation.turns.map(\.role) == [.user, .system])
  }

  @Test func `may hold images, sound and files`() throws {
    let conversation = try Self.decode(
      messages: #"{"role":"user","name":"bob","content":["#
        + #"{"type":"image_url","image_url":{"url":"data:image\/png;base64,AB\/=","detail":"low"}},"#
        + #"{"type":"image_url","image_url":{"url":"https://x/y.png"}},"#
        + #"{"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}},"#
        + #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,Qg=="}},"#
        + #"{"type":"file","file":{"file_id":"f1"}},{"type":"later","x":1}]}"#)
    let turn = conversation.turns[0]
    #expect(turn.extras.map(\.name) == ["name"])
    guard case .image(let inline) = turn.blocks[0].content,
      case .base64(let type, let bytes) = inline.source,
      case .image(let remote) = turn.blocks[1].content, case .url(let url) = remote.source,
      case .audio(let audio) = turn.blocks[2].content,
      case .base64(let sound, _) = audio.source,
      case .document(let file) = turn.blocks[3].content,
      case .base64(let kind, let content) = file.source,
      case .document(let uploaded) = turn.blocks[4].content,
      case .file(let id) = uploaded.source,
      case .unknown(let later, let raw) = turn.blocks[5].content
    else {
      Issue.record("a part was read as something else")
      return
    }
    #expect(type == "image/png" && bytes.string == "AB/=" && inline.detail == "low")
    #expect(url == "https://x/y.png")
    #expect(sound == "audio/wav")
    #expect(kind == "application/pdf" && content == "Qg==" && file.title == "a.pdf")
    #expect(id == "f1")
    #expect(later == "later" && raw == JSONRaw(stringLiteral: #"{"type":"later","x":1}"#))
  }

  @Test func `has calls and their results, which make one turn`() throws {
    let conversation = try Self.decode(
      messages: #"{"role":"assistant","content":"","reasoning_content":"hm","tool_calls":["#
        + #"{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"#
        + #""extra_content":{"s":1}},"#
        + #"{"id":"2","type":"function","function":{"name":"g","arguments":"oops"}}]},"#
        + #"{"role":"tool","tool_call_id":"1","content":"one"},"#
        + #"{"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"two"}]},"#
        + #"{"role":"user","content":"go on"}"#)
    #expect(conversation.turns.map(\.role) == [.assistant, .user, .user])
    let answer = conversation.turns[0].blocks
    guard answer.count == 3, case .thinking(let thought) = answer[0].content,
      case .toolCall(let first) = answer[1].content, case .toolCall(let second) = answer[2].content
    else {
      Issue.record("the answer was read as something else")
      return
    }
    #expect(thought == "hm" && answer[0].seal == nil)
    #expect(first.input == JSONRaw(stringLiteral: #"{"a":1}"#))
    #expect(answer[1].extras.map(\.name) == ["extra_content"])
    #expect(second.input == JSONRaw(stringLiteral: #"{"_raw_error":"oops"}"#))
    let results = conversation.turns[1].blocks.compactMap { block in
      if case .toolResult(let result) = block.content { result } else { nil }
    }
    #expect(results.map(\.callID) == ["1", "2"])
  }

  @Test func `pairs functions of the old kind by their names`() throws {
    let conversation = try Self.decode(
      messages:
        #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},"#
        + #"{"role":"function","name":"f","content":"1"},"#
        + #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},"#
        + #"{"role":"function","name":"f","content":"2"}"#)
    var calls: [JSONText] = []
    var results: [JSONText] = []
    for block in conversation.turns.flatMap(\.blocks) {
      if case .toolCall(let call) = block.content { calls.append(call.id) }
      if case .toolResult(let result) = block.content { results.append(result.callID) }
    }
    #expect(calls.count == 2 && Set(calls).count == 2)
    #expect(results == calls)
  }

  @Test func `offers tools and chooses among them`() throws {
    let conversation = try Self.decode(
      #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":["#
        + #"{"type":"function","function":{"name":"f","description":"d","parameters":{"a":1},"#
        + #""strict":true}},{"type":"custom","custom":{"name":"c"}}],"#
        + #""functions":[{"name":"old"}],"tool_choice":{"type":"function","#
        + #""function":{"name":"f"}}}"#)
    #expect(conversation.tools.map(\.name) == ["f", "c", "old"])
    #expect(conversation.toolChoice == .tool("f"))
    guard case .function(let description, let schema, let isStrict) = conversation.tools[0].kind,
      case .freeform(let purpose, let format) = conversation.tools[1].kind
    else {
      Issue.record("a tool was read as something else")
      return
    }
    #expect(description == "d" && isStrict == true)
    #expect(schema == JSONRaw(stringLiteral: #"{"a":1}"#))
    #expect(purpose == nil && format == nil)
    #expect(conversation.toolForms["c"]?.isFreeform == true)
    #expect(conversation.toolForms["f"] == nil)
  }

  @Test(arguments: [
    (#""auto""#, ToolChoice.automatic), (#""none""#, .none), (#""required""#, .any),
  ])
  func `chooses in a word`(word: String, choice: ToolChoice) throws {
    let conversation = try Self.decode(
      #"{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":\#(word)}"#)
    #expect(conversation.toolChoice == choice)
  }

  private static let user = #"{"role":"user","content":"x"}"#

  @Test(
    arguments: [
      ("[]", nil), (#"{"messages":[]}"#, "model"), (#"{"model":7,"messages":[]}"#, "model"),
      (#"{"model":"","messages":[]}"#, "model"), (#"{"model":"m"}"#, "messages"),
      (#"{"model":"m","messages":[]}"#, "messages"), (#"{"model":"m","messages":"x"}"#, "messages"),
      (#"{"model":"m","messages":[3]}"#, "messages[0]"),
      (#"{"model":"m","messages":[{"content":"x"}]}"#, "messages[0].role"),
      (#"{"model":"m","messages":[{"role":"wizard"}]}"#, "messages[0].role"),
      (#"{"model":"m","messages":[{"role":"user"}]}"#, "messages[0].content"),
      (#"{"model":"m","messages":[{"role":"user","content":3}]}"#, "messages[0].content"),
      (#"{"model":"m","messages":[{"role":"user","content":[{}]}]}"#, "messages[0].content[0]"),
      (
        #"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
        "messages[0].content[0].text"
      ),
      (
        #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
        "messages[0].content[0].image_url.url"
      ),
      (
        #"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]}"#,
        "messages[0].tool_calls[0].function.name"
      ),
      (
        #"{"model":"m","messages":[{"role":"assistant","tool_calls":[{}]}]}"#,
        "messages[0].tool_calls[0].id"
      ),
      (#"{"model":"m","messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id"),
      (#"{"model":"m","messages":[\#(user)],"max_tokens":0}"#, "max_tokens"),
      (#"{"model":"m","messages":[\#(user)],"max_tokens":1.5}"#, "max_tokens"),
      (#"{"model":"m","messages":[\#(user)],"temperature":"1"}"#, "temperature"),
      (#"{"model":"m","messages":[\#(user)],"stream":"yes"}"#, "stream"),
      (#"{"model":"m","messages":[\#(user)],"stream_options":1}"#, "stream_options"),
      (#"{"model":"m","messages":[\#(user)],"stop":[1]}"#, "stop"),
      (#"{"model":"m","messages":[\#(user)],"tools":{}}"#, "tools"),
      (#"{"model":"m","messages":[\#(user)],"tools":[{"type":"function"}]}"#, "tools[0].function"),
      (
        #"{"model":"m","messages":[\#(user)],"tools":[{"function":{"name":""}}]}"#,
        "tools[0].function.name"
      ),
      (#"{"model":"m","messages":[\#(user)],"tool_choice":"maybe"}"#, "tool_choice"),
      (#"{"model":"m","messages":[\#(user)],"response_format":"json"}"#, "response_format"),
      (#"{"model":"m","messages":[\#(user)],"model":"other"}"#, "model"),
      (#"{"model":"m","messages":[\#(user)],"str\u0065am":true,"stream":false}"#, "stream"),
    ] as [(String, String?)])
  func `is refused with the name of what is wrong`(json: String, parameter: String?) throws {
    let failure = try #require(try Self.failure(json))
    #expect(failure.kind == .invalidRequest)
    #expect(failure.status == 400)
    #expect(failure.origin == .client)
    #expect(failure.parameter == parameter)
  }
}
