import Testing

@testable import Dialects

@Suite struct `A Responses request` {
  private static func decode(_ json: String) throws -> Conversation {
    try Dialect.responses.codec.decodeRequest(JSONDocument(json))
  }

  /// A request with this input and these members.
  private static func decode(input: String, _ members: String = "") throws -> Conversation {
    try decode(#"{"model":"m","input":\#(input)\#(members)}"#)
  }

  private static func encode(
    _ conversation: Conversation, _ target: Target = Target(model: "m")
  ) throws -> (body: String, losses: [String]) {
    let encoded = try Dialect.responses.codec.encodeRequest(conversation, for: target)
    return (String(decoding: encoded.body, as: UTF8.self), encoded.losses.tags)
  }

  private static func fixture(_ name: String) throws -> Conversation {
    let bytes = try ResponsesFixture.bytes("requests/\(name).json")
    return try Dialect.responses.codec.decodeRequest(JSONDocument(bytes))
  }

  @Test(arguments: ResponsesFixture.requests)
  func `is the same when it has been written and read again`(name: String) throws {
    let first = try Self.encode(try Self.fixture(name))
    #expect(first.losses.isEmpty)
    let second = try Self.encode(try Self.decode(first.body))
    #expect(second.body == first.body)
    #expect(second.losses.isEmpty)
  }

  @Test func `of Codex is understood`() throws {
    let conversation = try Self.fixture("codex")
    #expect(
      conversation.instructions.map(\.text.string)
        == ["You are a coding agent.", "<permissions>read only</permissions>"])
    #expect(conversation.turns.map(\.role) == [.user, .assistant, .user, .system, .user])
    let answer = conversation.turns[1].blocks
    guard answer.count == 5, case .thinking(let thought) = answer[0].content,
      case .toolCall(let plain) = answer[2].content,
      case .toolCall(let spaced) = answer[3].content,
      case .toolCall(let free) = answer[4].content
    else {
      Issue.record("The answer is not a thought, a text and three calls.")
      return
    }
    #expect(thought.string == "**Listing**")
    #expect(answer[0].seal == Seal(.openai, id: "rs_c", "gAAAAABo-native"))
    #expect(plain.name.string == "shell")
    #expect(spaced.name.string == "mcp__docs__search")
    #expect(free.name.string == "apply_patch")
    #expect(
      String(decoding: free.input.bytes, as: UTF8.self)
        == #"{"input":"*** Begin Patch\n*** End \"Patch\""}"#)
    #expect(
      conversation.toolForms["mcp__docs__search"]
        == ToolForms.Form(namespace: "mcp__docs", name: "search"))
    #expect(conversation.toolForms["apply_patch"]?.isFreeform == true)
    #expect(
      conversation.tools.map(\.name.string)
        == ["shell", "mcp__docs__search", "apply_patch", "web_search"])
    guard case .vendor(_, .webSearch, _) = conversation.tools[3].kind else {
      Issue.record("The search has no purpose.")
      return
    }
    #expect(conversation.effort == "high" && conversation.showsThinking == true)
    #expect(conversation.verbosity == "low")
    #expect(conversation.cacheKey == "0199-conversation")
    #expect(conversation.wantsStream)
    #expect(conversation.extras.map(\.name.string) == ["client_metadata"])
  }

  @Test func `of Codex is written whole`() throws {
    let (body, _) = try Self.encode(try Self.fixture("codex"))
    let root = try JSONDocument(body).root
    let types = root["input"]?.elements.compactMap { $0["type"]?.string }
    #expect(
      types == [
        "message", "reasoning", "message", "function_call", "function_call", "custom_tool_call",
        "function_call_output", "function_call_output", "custom_tool_call_output", "message",
        "message",
      ])
    #expect(root["store"]?.bool == false)
    #expect(body.contains(#""include":["reasoning.encrypted_content"]"#))
    #expect(body.contains(#""reasoning":{"effort":"high","summary":"auto"}"#))
    #expect(body.contains(#""namespace":"mcp__docs""#))
    #expect(body.contains(#""type":"namespace","name":"mcp__docs","description":"The doc"#))
    #expect(body.contains(#""input":"*** Begin Patch\n*** End \"Patch\"""#))
    #expect(body.contains(#""format":{"type":"grammar","syntax":"lark""#))
    #expect(body.contains(#""encrypted_content":"gAAAAABo-native""#))
    #expect(body.contains(#""phase":"commentary""#))
  }

  @Test(arguments: [
    ("", "input"), (#""previous_response_id":"resp_1","#, "previous_response_id"),
    (#""input":"q","conversation":"conv_1","#, "conversation"),
    (#""input":"q","prompt":{"id":"p"},"#, "prompt"),
    (#""input":"q","background":true,"#, "background"),
    (#""input":[{"type":"item_reference","id":"msg_1"}],"#, "input[0]"),
    (#""input":[{"id":"msg_1"}],"#, "input[0]"), (#""input":[],"#, "input"),
    (#""input":[{"role":"tool","content":"x"}],"#, "input[0].role"),
    (#""input":[{"role":"user"}],"#, "input[0].content"),
    (#""input":[{"type":"function_call","name":"f"}],"#, "input[0].call_id"),
    (#""input":"q","temperature":"hot","#, "temperature"),
    (#""input":"q","max_output_tokens":0,"#, "max_output_tokens"),
    (#""input":"q","tools":{},"#, "tools"),
    (#""input":"q","tools":[{"type":"function"}],"#, "tools[0].name"),
    (#""input":"q","tool_choice":"maybe","#, "tool_choice"), (#""model":"n","#, "model"),
  ])
  func `is refused with the place of its fault`(members: String, parameter: String) throws {
    do {
      _ = try Self.decode("{\(members)\"model\":\"m\"}")
      Issue.record("It was not refused.")
    } catch let failure as Failure {
      #expect(failure.status == 400)
      #expect(failure.parameter == parameter)
      #expect(failure.message.hasSuffix("."))
    }
  }

  @Test func `that is plain text is one turn`() throws {
    let conversation = try Self.decode(input: #""Hi \"you\"""#)
    #expect(conversation.turns.count == 1)
    #expect(conversation.wantsStream == false)
    let (body, losses) = try Self.encode(conversation, Target(model: "gpt"))
    #expect(
      body
        == #"{"model":"gpt","input":[{"type":"message","role":"user","content":"Hi \"you\""}],"#
        + #""store":false,"include":["reasoning.encrypted_content"]}"#)
    #expect(losses.isEmpty)
  }

  @Test(arguments: [
    (#""auto""#, ToolChoice.automatic), (#""required""#, .any), (#""none""#, ToolChoice.none),
    (#"{"type":"function","name":"f"}"#, .tool("f")),
    (#"{"type":"custom","name":"c"}"#, .tool("c")),
    (#"{"type":"web_search_preview"}"#, .tool("web_search_preview")),
  ])
  func `chooses among its tools`(json: String, choice: ToolChoice) throws {
    let tools =
      #","tools":[{"type":"function","name":"f"},{"type":"custom","name":"c"},"#
      + #"{"type":"web_search_preview"}],"tool_choice":"#
    let conversation = try Self.decode(input: #""q""#, tools + json)
    #expect(conversation.toolChoice == choice)
    let (body, losses) = try Self.encode(conversation)
    #expect(body.contains(#""tool_choice":\#(json)"#))
    #expect(losses.isEmpty)
  }

  @Test func `may allow some of its tools only`() throws {
    let conversation = try Self.decode(
      input: #""q""#,
      #","tools":[{"type":"function","name":"a"},{"type":"function","name":"b"},"#
        + #"{"type":"web_search"}],"tool_choice":{"type":"allowed_tools","mode":"required","#
        + #""tools":[{"type":"function","name":"b"},{"type":"web_search"}]}"#)
    #expect(conversation.toolChoice == .any)
    #expect(conversation.tools.map(\.name.string) == ["b", "web_search"])
  }

  @Test func `finds its tools among its input too`() throws {
    let conversation = try Self.decode(
      input: #"[{"type":"additional_tools","role":"developer","tools":["#
        + #"{"type":"function","name":"late"}]},{"role":"user","content":"q"}]"#,
      #","tools":[{"type":"function","name":"early"}]"#)
    #expect(conversation.tools.map(\.name.string) == ["early", "late"])
    #expect(conversation.turns.count == 1)
  }

  @Test func `gives no two tools one name`() throws {
    let long = String(repeating: "n", count: 60)
    let conversation = try Self.decode(
      input: #""q""#,
      #","tools":[{"type":"namespace","name":"a","tools":[{"type":"function","name":"b"},"#
        + #"{"type":"custom","name":"c"}]},{"type":"function","name":"a__b"},"#
        + #"{"type":"namespace","name":"\#(long)","tools":[{"type":"function","name":"xyz1"},"#
        + #"{"type":"function","name":"xyz2"}]}]"#)
    let names = conversation.tools.map(\.name.string)
    #expect(Set(names).count == 5)
    #expect(names.allSatisfy { $0.utf8.count <= 64 })
    #expect(names[1] == "a__c" && names[2] == "a__b")
    #expect(conversation.toolForms[JSONText(names[0])]?.name == "b")
    #expect(conversation.toolForms["a__b"] == nil)
    #expect(
      conversation.toolForms["a__c"]
        == ToolForms.Form(namespace: "a", name: "c", isFreeform: true))
    #expect(conversation.toolForms[JSONText(names[4])]?.name == "xyz2")
  }

  @Test func `gives each seal back to the block it belongs to`() throws {
    let call = Seal(.gemini, "thought:signature")
    let text = Seal(.gemini, "of the text")
    let hidden = Seal(.anthropic, "redacted")
    let shown = Seal(.anthropic, "signature")
    func item(_ token: JSONText, _ summary: String = "") -> String {
      #"{"type":"reasoning","summary":[\#(summary)],"encrypted_content":"\#(token.string)"}"#
    }
    let items = [
      #"{"role":"user","content":"q"}"#, item(shown.token(native: .openai)),
      item(ResponsesSealMark.redacted.token(of: hidden)),
      #"{"role":"assistant","content":"A"}"#, item(ResponsesSealMark.text.token(of: text)),
      item(ResponsesSealMark.call.token(of: call)),
      #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}"#,
      #"{"type":"function_call","call_id":"c2","name":"f","arguments":"{}"}"#,
    ]
    let conversation = try Self.decode(input: "[" + items.joined(separator: ",") + "]")
    let blocks = conversation.turns[1].blocks
    #expect(blocks.map(\.seal) == [shown, hidden, text, call, nil])
    guard blocks.count == 5, case .thinking = blocks[0].content,
      case .redactedThinking = blocks[1].content
    else {
      Issue.record("The thoughts are not what they were.")
      return
    }
  }
}
