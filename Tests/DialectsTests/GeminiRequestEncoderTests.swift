import Testing

@testable import Dialects

/// A request of some language, written for Gemini.
struct GeminiWritten {
  let body: String
  let losses: [String]
  let root: JSONValue
  let toolNames: [JSONText: JSONText]

  init(
    _ conversation: Conversation, model: String = "gemini-3-pro-preview",
    platform: Target.Platform = .vendor
  ) throws {
    let target = Target(model: model, platform: platform)
    let encoded = try GeminiCodec().encodeRequest(conversation, for: target)
    body = String(decoding: encoded.body, as: UTF8.self)
    losses = encoded.losses.tags
    toolNames = encoded.toolNames
    root = try JSONDocument(encoded.body).root
  }

  init(
    _ json: String, from origin: Dialect = .anthropic, model: String = "gemini-3-pro-preview",
    platform: Target.Platform = .vendor
  ) throws {
    try self.init(
      origin.codec.decodeRequest(JSONDocument(json)), model: model, platform: platform)
  }

  /// An Anthropic request with these messages and members.
  init(
    messages: String, _ members: String = "", model: String = "gemini-3-pro-preview",
    platform: Target.Platform = .vendor
  ) throws {
    try self.init(
      #"{"model":"c","max_tokens":8000,"messages":[\#(messages)]\#(members)}"#, model: model,
      platform: platform)
  }

  subscript(_ name: StaticString) -> String? {
    root[name].map { String(decoding: $0.raw.bytes, as: UTF8.self) }
  }

  var contents: String { self["contents"] ?? "" }
  var config: JSONShape? { root["generationConfig"].map { JSONShape($0) } }
}

private func shape(_ json: String) throws -> JSONShape { try JSONShape(Array(json.utf8)) }

struct `A request written for Gemini` {
  @Test(arguments: GeminiFixtures.requests)
  func `says in its own language what it said before`(name: String) throws {
    let file = String(name.dropLast(5))
    let conversation = try GeminiFixtures.conversation(file)
    let written = try GeminiWritten(conversation)
    let again = try GeminiCodec().decodeRequest(JSONDocument(written.body))
    // Results stand in the order of their calls.
    #expect(again.lines.map { $0.sorted() } == conversation.lines.map { $0.sorted() })
    #expect(again.instructions.map(\.text) == conversation.instructions.map(\.text))
    #expect(again.tools.map(\.name) == conversation.tools.map(\.name))
    #expect(again.toolChoice == conversation.toolChoice)
    #expect(again.thinking == conversation.thinking && again.effort == conversation.effort)
    #expect(again.logprobs == conversation.logprobs)
    #expect(
      Set(again.extras.map(\.name.string)) == Set(conversation.extras.map(\.name.string)))
    #expect(written.losses.filter { $0 != "thought_signature_skipped" }.isEmpty)
  }

  @Test func `of Anthropic's keeps text, images, PDFs, calls and results`() throws {
    let written = try GeminiWritten(
      messages: #"""
        {"role":"user","content":[{"type":"text","text":"Look"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"SU1H"}},
        {"type":"document","title":"t","source":{"type":"base64","media_type":"application/pdf",
        "data":"UERG"}}]},
        {"role":"assistant","content":[{"type":"text","text":"ok"},
        {"type":"tool_use","id":"t1","name":"read","input":{"p":1}},
        {"type":"tool_use","id":"t2","name":"read","input":{"p":2}}]},
        {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"t2","content":"two","is_error":true},
        {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"one"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"UEc="}}]},
        {"type":"text","text":"and?"}]}
        """#, #","system":[{"type":"text","text":"S1"},{"type":"text","text":"S2"}]"#)
    #expect(
      try shape(written["systemInstruction"] ?? "")
        == shape(#"{"parts":[{"text":"S1"},{"text":"S2"}]}"#))
    #expect(
      try shape(written.contents)
        == shape(
          #"""
          [{"role":"user","parts":[{"text":"Look"},
          {"inlineData":{"mimeType":"image/png","data":"SU1H"}},
          {"inlineData":{"mimeType":"application/pdf","data":"UERG"}}]},
          {"role":"model","parts":[{"text":"ok"},
          {"functionCall":{"id":"t1","name":"read","args":{"p":1}},
          "thoughtSignature":"skip_thought_signature_validator"},
          {"functionCall":{"id":"t2","name":"read","args":{"p":2}}}]},
          {"role":"user","parts":[
          {"functionResponse":{"id":"t1","name":"read","response":{"output":"one"},
          "parts":[{"inlineData":{"mimeType":"image/png","data":"UEc="}}]}},
          {"functionResponse":{"id":"t2","name":"read","response":{"error":"two"}}},
          {"text":"and?"}]}]
          """#))
    #expect(written.losses == ["thought_signature_skipped"])
  }

  @Test func `puts images of results behind them for models that want it so`() throws {
    let written = try GeminiWritten(
      messages: #"""
        {"role":"user","content":"q"},
        {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"shot","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"UEc="}}]}]}
        """#, model: "gemini-2.5-pro")
    #expect(
      written.contents.contains(
        #"{"text":"Attached to the result of the call of shot:"},{"inlineData":{"mimeType":"image/png","data":"UEc="}}"#
      ))
    #expect(!written.body.contains("thoughtSignature"))
  }

  @Test func `answers calls without a result and moves results without a call`() throws {
    let written = try GeminiWritten(
      messages: #"""
        {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"gone","content":"x"}]}
        """#)
    #expect(
      written.losses == [
        "missing_tool_results", "orphan_tool_results", "first_turn_added",
        "thought_signature_skipped",
      ])
    #expect(written.contents.contains(#"{"error":"This call has no result."}"#))
    #expect(written.contents.contains(#"{"text":"Result of tool call gone:"},{"text":"x"}"#))
    #expect(written.contents.hasPrefix(#"[{"role":"user""#))
  }

  @Test func `gives Google its own seals back and nobody else's`() throws {
    var conversation = Conversation(origin: .anthropic, model: "")
    func call(_ id: JSONText) -> Block.Content {
      .toolCall(ToolCall(id: id, name: "f", input: .emptyObject))
    }
    func result(_ id: JSONText) -> Block {
      Block(.toolResult(ToolResult(callID: id, content: [])))
    }
    conversation.turns = [
      Turn(.user, [Block(.text("q"))]),
      Turn(
        .assistant,
        [
          Block(.thinking("mine"), seal: Seal(.gemini, "QQ==")),
          Block(.thinking("other"), seal: Seal(.anthropic, "sig")),
          Block(.redactedThinking, seal: Seal(.anthropic, "red")),
          Block(.thinking(.empty), seal: Seal(.gemini, "Tk8=")),
          Block(.text("t"), seal: Seal(.gemini, "VA==")),
          Block(call("a"), seal: Seal(.gemini, "Qg==")), Block(call("b")),
        ]),
      Turn(.user, [result("a"), result("b")]),
      Turn(.assistant, [Block(call("c"), seal: Seal(.openai, id: "rs", "x")), Block(call("d"))]),
      Turn(.user, [result("c"), result("d")]),
    ]
    let written = try GeminiWritten(conversation)
    let parts = try #require(written.root["contents"]?.elements.map { $0 }[1]["parts"])
    #expect(
      try JSONShape(parts)
        == shape(
          #"""
          [{"text":"mine","thought":true,"thoughtSignature":"QQ=="},
          {"text":"","thoughtSignature":"Tk8="},{"text":"t","thoughtSignature":"VA=="},
          {"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"Qg=="},
          {"functionCall":{"id":"b","name":"f","args":{}}}]
          """#))
    let marks = written.contents.split(separator: "skip_thought_signature_validator").count - 1
    #expect(marks == 1)
    #expect(
      written.losses == [
        "thinking_blocks", "redacted_thinking", "thinking_signatures", "thought_signature_skipped",
      ])
  }

  @Test func `marks unsigned calls of the current turn alone`() throws {
    let written = try GeminiWritten(
      messages: #"""
        {"role":"user","content":"one"},
        {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"x"}]},
        {"role":"assistant","content":"done"},{"role":"user","content":"two"}
        """#)
    #expect(!written.body.contains("skip_thought") && written.losses.isEmpty)
  }

  private static let thinking: [(members: String, model: String, config: String?)] = [
    (
      #""thinking":{"type":"enabled","budget_tokens":50000}"#, "gemini-2.5-pro",
      #"{"thinkingBudget":32768,"includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"enabled","budget_tokens":50}"#, "gemini-2.5-pro",
      #"{"thinkingBudget":128,"includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"enabled","budget_tokens":2000}"#, "gemini-2.5-flash",
      #"{"thinkingBudget":2000,"includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"enabled","budget_tokens":20}"#, "gemini-2.5-flash-lite",
      #"{"thinkingBudget":512,"includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"adaptive"}"#, "gemini-2.5-flash",
      #"{"thinkingBudget":-1,"includeThoughts":true}"#
    ),
    (#""thinking":{"type":"disabled"}"#, "gemini-2.5-flash", #"{"thinkingBudget":0}"#),
    (#""thinking":{"type":"disabled"}"#, "gemini-2.5-pro", #"{"thinkingBudget":128}"#),
    (#""thinking":{"type":"adaptive"}"#, "gemini-3-pro-preview", #"{"includeThoughts":true}"#),
    (
      #""thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}"#,
      "gemini-3.1-pro-preview", #"{"thinkingLevel":"MEDIUM","includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}"#,
      "gemini-3-pro-preview", #"{"thinkingLevel":"HIGH","includeThoughts":true}"#
    ),
    (
      #""thinking":{"type":"enabled","budget_tokens":2000}"#, "gemini-3-flash-preview",
      #"{"thinkingLevel":"LOW","includeThoughts":true}"#
    ),
    (#""thinking":{"type":"disabled"}"#, "gemini-3.5-flash", #"{"thinkingLevel":"MINIMAL"}"#),
    (#""thinking":{"type":"disabled"}"#, "gemini-3.1-pro-preview", #"{"thinkingLevel":"LOW"}"#),
    (#""thinking":{"type":"adaptive"}"#, "gemini-2.0-flash", nil),
    (#""top_k":1"#, "gemini-3-pro-preview", nil),
    (
      #""output_config":{"effort":"max"}"#, "publishers/google/models/gemini-flash-latest",
      #"{"thinkingLevel":"HIGH"}"#
    ),
  ]

  @Test(arguments: thinking)
  func `thinks as the model can`(members: String, model: String, config: String?) throws {
    let written = try GeminiWritten(
      messages: #"{"role":"user","content":"q"}"#, "," + members, model: model)
    let shown = written.root["generationConfig"]?["thinkingConfig"].map { JSONShape($0) }
    #expect(try shown == config.map { try shape($0) })
  }

  @Test func `does not think at all about a short answer`() throws {
    let written = try GeminiWritten(
      #"{"model":"c","max_tokens":100,"messages":[{"role":"user","content":"q"}]}"#,
      model: "gemini-2.5-flash")
    #expect(
      try written.config
        == shape(
          #"{"maxOutputTokens":100,"thinkingConfig":{"thinkingBudget":0}}"#))
  }

  @Test func `keeps within Google's limits`() throws {
    let written = try GeminiWritten(
      #"""
      {"model":"c","max_tokens":128000,"messages":[{"role":"user","content":"q"}],
      "temperature":0.50,"top_p":0.9,"top_k":40,"stop_sequences":["1","2","3","4","5","6"]}
      """#)
    #expect(
      try written.config
        == shape(
          #"""
          {"maxOutputTokens":65535,"stopSequences":["1","2","3","4","5"],"temperature":0.50,
          "topP":0.9,"topK":40}
          """#))
    #expect(written.losses == ["max_tokens_clamped", "stop_sequences_truncated"])
  }

  private static let schema =
    #"{"type":"object","properties":{"a":{"type":["string","null"]}},"additionalProperties":false}"#
  private static let subset =
    #"{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}"#

  private static let platforms:
    [(model: String, platform: Target.Platform, takesJSONSchema: Bool)] = [
      ("gemini-2.5-pro", .vendor, true), ("gemini-3-flash-preview", .vertex, true),
      ("gemini-2.0-flash", .vendor, false), ("gemini-1.5-pro", .vertex, false),
      ("gemini-3-pro-preview", .compatible, false),
    ]

  @Test(arguments: platforms)
  func `tells tools and forms as the server takes them`(
    model: String, platform: Target.Platform, takesJSONSchema: Bool
  ) throws {
    let tool = #"{"name":"f","description":"d","input_schema":\#(Self.schema)}"#
    let tools = try GeminiWritten(
      messages: #"{"role":"user","content":"q"}"#, #","tools":[\#(tool)]"#, model: model,
      platform: platform)
    let parameters =
      takesJSONSchema
      ? #""parametersJsonSchema":\#(Self.schema)"# : #""parameters":\#(Self.subset)"#
    #expect(
      try shape(tools["tools"] ?? "")
        == shape(
          #"[{"functionDeclarations":[{"name":"f","description":"d",\#(parameters)}]}]"#))
    let format = #"{"format":{"type":"json_schema","schema":\#(Self.schema)}}"#
    let form = try GeminiWritten(
      messages: #"{"role":"user","content":"q"}"#, #","output_config":\#(format)"#, model: model,
      platform: platform)
    let told = form.root["generationConfig"]
    #expect(told?["responseMimeType"]?.string == "application/json")
    #expect((told?["responseJsonSchema"] != nil) == takesJSONSchema)
    #expect((told?["responseSchema"] != nil) == !takesJSONSchema)
  }

  @Test func `drops the form beside tools where the model refuses both`() throws {
    let members = #"""
      ,"tools":[{"name":"f","input_schema":{"type":"object"}}],
      "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}
      """#
    let old = try GeminiWritten(
      messages: #"{"role":"user","content":"q"}"#, members, model: "gemini-2.5-pro")
    #expect(old.losses == ["response_format"] && !old.body.contains("responseMimeType"))
    let new = try GeminiWritten(messages: #"{"role":"user","content":"q"}"#, members)
    #expect(new.losses.isEmpty && new.body.contains("responseMimeType"))
  }

  @Test func `spells names of functions in Google's alphabet, each its own way`() throws {
    let long = String(repeating: "n", count: 80)
    func tool(_ name: String) -> String { #"{"name":"\#(name)","input_schema":{"type":"object"}}"# }
    let tools = [tool("a b"), tool("a/b"), tool("a_b"), tool("9x"), tool(long), tool("mcp.x:y-z")]
    let written = try GeminiWritten(
      messages: #"""
        {"role":"user","content":"q"},
        {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"a b","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}
        """#,
      #","tools":[\#(tools.joined(separator: ","))],"tool_choice":{"type":"tool","name":"a b"}"#)
    let declared = try #require(written.root["tools"]?.elements.first { _ in true })
    let names = declared["functionDeclarations"]?.elements.compactMap { $0["name"]?.string } ?? []
    #expect(Set(names).count == 6 && names.allSatisfy { $0.utf8.count <= 64 })
    #expect(names[2] == "a_b" && names[3].hasPrefix("t") && names[5] == "mcp.x:y-z")
    #expect(written.toolNames.count == 4)
    for (spelling, original) in written.toolNames {
      #expect(names.contains(spelling.string), "\(original)")
    }
    #expect(written.toolNames[JSONText(names[0])] == "a b")
    let config = written.root["toolConfig"]?["functionCallingConfig"]
    #expect(config?["mode"]?.string == "ANY")
    #expect(config?["allowedFunctionNames"]?.elements.map(\.string) == [names[0]])
    #expect(written.contents.contains(#""name":"\#(names[0])","args""#))
  }

  @Test func `of Chat keeps sampling, choice and audio`() throws {
    let written = try GeminiWritten(
      #"""
      {"model":"g","max_tokens":3000,"temperature":1.5,
      "messages":[{"role":"system","content":"S"},{"role":"user","content":[
      {"type":"text","text":"hear"},
      {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
      {"type":"image_url","image_url":{"url":"https://x/y.webp"}}]},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
      "function":{"name":"f","arguments":"{\"a\":1}"}}]},
      {"role":"tool","tool_call_id":"c1","content":"r"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{}}}],
      "tool_choice":"required"}
      """#, from: .chat)
    #expect(written.contents.contains(#"{"inlineData":{"mimeType":"audio/wav","data":"UklG"}}"#))
    #expect(
      written.contents.contains(
        #"{"fileData":{"mimeType":"image/webp","fileUri":"https://x/y.webp"}}"#))
    #expect(
      written["tools"] == #"[{"functionDeclarations":[{"name":"f"}]}]"#)
    #expect(written.root["toolConfig"]?["functionCallingConfig"]?["mode"]?.string == "ANY")
    #expect(written.losses == ["thought_signature_skipped"])
  }

  @Test func `says what it cannot fetch`() throws {
    let message =
      #"{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]}"#
    let written = try GeminiWritten(messages: message, model: "gemini-2.0-flash")
    #expect(written.losses == ["image_urls"])
    #expect(written.contents.contains("[image (https://x/y.png) was left out"))
    #expect(try GeminiWritten(messages: message, platform: .vertex).losses.isEmpty)
  }

  @Test func `tells instructions in mid-conversation as the user's`() throws {
    let written = try GeminiWritten(
      messages: #"{"role":"user","content":"q"},{"role":"system","content":"now"}"#)
    #expect(written.contents.contains(#"{"text":"<system>\nnow\n</system>"}"#))
    #expect(written.losses == ["system_role"])
  }

  @Test func `lets Google search where another vendor's search was asked for`() throws {
    var conversation = Conversation(origin: .anthropic, model: "")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    conversation.tools = [
      Tool(
        name: "web_search",
        kind: .vendor(type: "web_search_20250305", purpose: .webSearch, .emptyObject))
    ]
    #expect(try GeminiWritten(conversation)["tools"] == #"[{"googleSearch":{}}]"#)
    conversation.tools.append(
      Tool(name: "f", kind: .freeform(description: "d", format: nil)))
    let both = try GeminiWritten(conversation)
    #expect(both.losses == ["server_tool_web_search_20250305"])
    #expect(both.body.contains(#""input":{"type":"string"}"#))
  }
}
