import Testing

@testable import Dialects

struct `A Gemini request` {
  private static func decode(_ text: String) throws -> Conversation {
    try GeminiCodec().decodeRequest(JSONDocument(text))
  }

  private static func decode(parts: String, role: String = "user") throws -> [Block] {
    try decode(#"{"contents":[{"role":"\#(role)","parts":[\#(parts)]}]}"#).turns[0].blocks
  }

  @Test func `of Gemini CLI becomes a conversation`() throws {
    let conversation = try GeminiFixtures.conversation("gemini-cli")
    #expect(conversation.model.isEmpty && !conversation.wantsStream)
    #expect(conversation.instructions.map(\.text) == ["You are Gemini CLI."])
    #expect(
      conversation.lines == [
        ["user", "text <session_context>linux</session_context>", "text Read both files."],
        [
          "assistant", "text I will. <gemini VEVYVA==>",
          #"call read_file-1 read_file {"file_path":"/a","n":1.5} <gemini U0lHMQ==>"#,
          #"call read_file-2 read_file {"file_path":"/b"}"#,
        ],
        [
          "user", #"result read_file-1 ["text alpha"]"#,
          #"error read_file-2 ["text no such file"]"#,
        ],
        ["assistant", "text Done."],
        ["user", "text Thanks. What is in this picture?", "image image/png iVBORw0KGgo="],
      ])
    #expect(conversation.tools.map(\.name) == ["read_file", "run_shell_command"])
    #expect(conversation.toolChoice == .automatic)
    #expect(conversation.effort == "high" && conversation.showsThinking == true)
    #expect(conversation.extras.isEmpty)
  }

  @Test func `of the Python SDK becomes a conversation`() throws {
    let conversation = try GeminiFixtures.conversation("python-sdk")
    #expect(conversation.instructions.map(\.text) == ["Be brief."])
    #expect(
      conversation.lines == [
        ["user", "text List two people.", "document application/pdf JVBERi0xLjc="]
      ])
    #expect(conversation.maximumTokens == 400 && conversation.stopSequences == ["END"])
    #expect(conversation.thinking == .disabled && conversation.logprobs == 3)
    #expect(conversation.candidates == nil)
    #expect(conversation.sampling.seed?.bytes.elementsEqual("7".utf8) == true)
    let names = conversation.extras.map(\.name.string)
    #expect(
      names == ["safetySettings", "labels", "cachedContent", "serviceTier", "generationConfig"])
    guard case .schema(_, let schema, _) = conversation.format else {
      Issue.record("no schema")
      return
    }
    let expected = #"""
      {"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},
      "age":{"type":["integer","null"],"format":"int32"}},"required":["name"]}}
      """#
    #expect(try JSONShape(Array(schema.bytes)) == JSONShape(Array(expected.utf8)))
  }

  @Test func `without ids pairs results with calls by name and order`() throws {
    let conversation = try GeminiFixtures.conversation("no-ids")
    func ids(_ turn: Int) -> [JSONText] {
      conversation.turns[turn].blocks.compactMap { block in
        switch block.content {
        case .toolCall(let call): call.id
        case .toolResult(let result): result.callID
        default: nil
        }
      }
    }
    let calls = ids(1)
    #expect(Set(calls).count == 3)
    #expect(ids(2) == [calls[2], calls[0], calls[1]])
    #expect(ids(3) == ids(4) && !calls.contains(ids(3)[0]))
    #expect(conversation.turns[4].blocks[0].line.hasSuffix(#"["text x", "image image/jpeg /9j/"]"#))
    let again = try GeminiFixtures.conversation("no-ids")
    #expect(again.lines == conversation.lines)
  }

  @Test func `that repeats an id gets another one for the second call`() throws {
    let turn = #"{"role":"model","parts":[{"functionCall":{"id":"c0","name":"f","args":{}}}]}"#
    let result =
      #"{"role":"user","parts":[{"functionResponse":{"id":"c0","name":"f","response":{}}}]}"#
    let conversation = try Self.decode(
      #"{"contents":[\#(turn),\#(result),\#(turn),\#(result)]}"#)
    let ids = conversation.turns.map { turn -> JSONText? in
      switch turn.blocks[0].content {
      case .toolCall(let call): call.id
      case .toolResult(let result): result.callID
      default: nil
      }
    }
    #expect(ids[0] == "c0" && ids[1] == "c0" && ids[2] == ids[3] && ids[2] != "c0")
  }

  private static let parts: [(json: String, line: String)] = [
    (#"{"text":"a"}"#, "text a"),
    (#"{"text":"a","thought":true,"thoughtSignature":"QQ=="}"#, "thinking a <gemini QQ==>"),
    (#"{"text":"a","thought_signature":"Q\/=="}"#, "text a <gemini Q/==>"),
    (#"{"inlineData":{"mimeType":"audio/wav","data":"UklG"}}"#, "audio audio/wav UklG"),
    (#"{"inline_data":{"mime_type":"image/png","data":"_-8"}}"#, "image image/png /+8="),
    (#"{"inlineData":{"mimeType":"text/csv","data":"YSwi"}}"#, "document text a,\""),
    (#"{"inlineData":{"mimeType":"video/mp4","data":"AA=="}}"#, "document video/mp4 AA=="),
    (#"{"fileData":{"mimeType":"image/png","fileUri":"https://x/y"}}"#, "image url https://x/y"),
    (#"{"fileData":{"fileUri":"gs://b/c.pdf"}}"#, "document file gs://b/c.pdf"),
    (
      #"{"fileData":{"mimeType":"video/*","fileUri":"https://youtu.be/x"}}"#,
      "document file https://youtu.be/x"
    ),
    (#"{"executableCode":{"code":"1"}}"#, "unknown executableCode"),
    (#"{"toolCall":{"toolType":"X"},"thoughtSignature":"QQ=="}"#, "unknown toolCall <gemini QQ==>"),
    (
      #"{"functionResponse":{"id":"i","name":"f","response":{"a":1}}}"#,
      #"result i ["text {\"a\":1}"]"#
    ),
    (
      #"{"functionResponse":{"id":"i","name":"f","response":{"output":{"a":1}}}}"#,
      #"result i ["text {\"a\":1}"]"#
    ),
    (#"{"functionResponse":{"id":"i","name":"f"}}"#, "result i []"),
    (
      #"{"functionResponse":{"id":"i","name":"f","response":{"error":"no"}}}"#,
      #"error i ["text no"]"#
    ),
  ]

  @Test(arguments: parts)
  func `holds parts of every kind`(json: String, line: String) throws {
    #expect(try Self.decode(parts: json).map(\.line) == [line])
  }

  @Test func `puts the pieces of a streamed answer together again`() throws {
    let blocks = try Self.decode(
      #"""
      {"contents":[{"role":"model","parts":[{"text":"Th","thought":true}]},
      {"role":"model","parts":[{"text":"ink","thought":true}]},
      {"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"QQ=="}]},
      {"role":"model","parts":[{"text":"more","thought":true}]},
      {"role":"model","parts":[{"text":"Hel"}]},{"role":"model","parts":[{"text":"lo"}]},
      {"role":"model","parts":[{"text":"","thoughtSignature":"Qg=="}]},
      {"role":"model","parts":[{"text":"!"}]},{"role":"model","parts":[{"text":""}]}]}
      """#
    ).turns
    #expect(blocks.count == 1)
    #expect(
      blocks[0].blocks.map(\.line) == [
        "thinking Think <gemini QQ==>", "thinking more", "text Hello <gemini Qg==>", "text !",
      ])
  }

  @Test func `takes Google's mark of a skipped check for no signature at all`() throws {
    let blocks = try Self.decode(
      parts: #"""
        {"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}
        """#, role: "model")
    #expect(blocks[0].seal == nil)
  }

  private static let choices: [(json: String, choice: ToolChoice?, isWhole: Bool)] = [
    (#"{"mode":"AUTO"}"#, .automatic, true), (#"{"mode":"any"}"#, .any, true),
    (#"{"mode":"NONE"}"#, ToolChoice.none, true), ("{}", nil, true),
    (#"{"mode":"ANY","allowedFunctionNames":["f"]}"#, .tool("f"), true),
    (#"{"mode":"ANY","allowed_function_names":["f","g"]}"#, .any, false),
    (#"{"mode":"VALIDATED"}"#, .automatic, false),
  ]

  @Test(arguments: choices)
  func `chooses among tools`(json: String, choice: ToolChoice?, isWhole: Bool) throws {
    let conversation = try Self.decode(
      #"{"contents":[{"parts":[{"text":"q"}]}],"tool_config":{"function_calling_config":\#(json)}}"#
    )
    #expect(conversation.toolChoice == choice)
    #expect(conversation.extras.isEmpty == isWhole)
  }

  @Test func `names what Google's own tools are for`() throws {
    let conversation = try GeminiFixtures.conversation("search-and-code")
    let purposes = conversation.tools.map { tool -> ServerTool? in
      if case .vendor(_, let purpose, _) = tool.kind { purpose } else { nil }
    }
    #expect(purposes == [.webSearch, .webFetch, .codeExecution])
    #expect(
      conversation.turns[0].blocks[1].extras.map(\.name.string) == ["videoMetadata"])
  }

  private static let refused: [(json: String, parameter: String?)] = [
    ("[]", nil), ("{}", "contents"), (#"{"contents":[]}"#, "contents"),
    (#"{"contents":[{"role":"system","parts":[{"text":"a"}]}]}"#, "contents[0].role"),
    (#"{"contents":[{"parts":[{"text":1}]}]}"#, "contents[0].parts[0].text"),
    (#"{"contents":[{"parts":[{"functionCall":{}}]}]}"#, "contents[0].parts[0].functionCall.name"),
    (
      #"{"contents":[{"parts":[{"inlineData":{"mimeType":"a/b"}}]}]}"#,
      "contents[0].parts[0].inlineData.data"
    ),
    (#"{"contents":[{"parts":[{"text":"a"}]}],"contents":[]}"#, "contents"),
    (
      #"{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"topP":"x"}}"#,
      "generationConfig.topP"
    ),
    (
      #"{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{}]}]}"#,
      "tools[0].functionDeclarations[0].name"
    ),
  ]

  @Test(arguments: refused)
  func `is refused with the place of the fault`(json: String, parameter: String?) {
    let failure = #expect(throws: Failure.self) { try Self.decode(json) }
    #expect(failure?.status == 400 && failure?.parameter == parameter)
  }
}
