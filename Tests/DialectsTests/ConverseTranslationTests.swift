import Testing

@testable import Dialects

struct `A request of another language, written for Bedrock` {
  private static let question = #"{"role":"user","content":"q"}"#

  private static func anthropic(
    _ messages: String, _ members: String = "", model: String? = nil
  ) throws -> ConverseRequest {
    let json = #"{"model":"c","max_tokens":5000,"messages":[\#(messages)]\#(members)}"#
    guard let model else { return try ConverseRequest(json, from: .anthropic) }
    return try ConverseRequest(json, from: .anthropic, model: model)
  }

  private static func chat(
    _ messages: String, _ members: String = "", model: String? = nil
  ) throws -> ConverseRequest {
    let json = #"{"model":"c","messages":[\#(messages)]\#(members)}"#
    guard let model else { return try ConverseRequest(json, from: .chat) }
    return try ConverseRequest(json, from: .chat, model: model)
  }

  @Test func `keeps text, instructions and limits`() throws {
    let fromAnthropic = try Self.anthropic(
      #"{"role":"user","content":"A \"b\" 東京"}"#,
      #","system":"Be brief.","temperature":0.3,"stop_sequences":["END"," "],"stream":true"#)
    #expect(
      fromAnthropic["messages"] == #"[{"role":"user","content":[{"text":"A \"b\" 東京"}]}]"#)
    #expect(fromAnthropic["system"] == #"[{"text":"Be brief."}]"#)
    #expect(
      fromAnthropic["inferenceConfig"]
        == #"{"maxTokens":5000,"temperature":0.3,"stopSequences":["END"]}"#)
    #expect(fromAnthropic.losses == ["stop_sequences_blank"])
    let fromChat = try Self.chat(
      #"{"role":"system","content":"Be brief."},{"role":"user","content":"q"}"#,
      #","temperature":1.7,"stop":"END""#)
    #expect(fromChat["system"] == #"[{"text":"Be brief."}]"#)
    #expect(fromChat["inferenceConfig"] == #"{"temperature":1,"stopSequences":["END"]}"#)
    #expect(fromChat.losses == ["temperature_clamped"])
  }

  @Test func `keeps the order of thoughts, calls and results`() throws {
    let request = try Self.anthropic(
      Self.question
        + #",{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"RXFS"},"#
        + #"{"type":"redacted_thinking","data":"RW13S0FoZ0I="},{"type":"text","text":"x"},"#
        + #"{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}},"#
        + #"{"type":"tool_use","id":"toolu_2","name":"f","input":{}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":["#
        + #"{"type":"text","text":"r"},{"type":"image","source":{"type":"base64","#
        + #""media_type":"image/png","data":"iVBO"}}]},{"type":"tool_result","#
        + #""tool_use_id":"toolu_2","is_error":true,"content":"bad"},"#
        + #"{"type":"text","text":"go on"}]}"#,
      #","thinking":{"type":"enabled","budget_tokens":2000},"tools":[{"name":"f","#
        + #""description":"d","input_schema":{"type":"object"}}]"#)
    #expect(
      request["messages"]
        == #"[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":["#
        + #"{"reasoningContent":{"reasoningText":{"text":"t","signature":"RXFS"}}},"#
        + #"{"reasoningContent":{"redactedContent":"RW13S0FoZ0I="}},{"text":"x"},"#
        + #"{"toolUse":{"toolUseId":"toolu_1","name":"f","input":{"a":1}}},"#
        + #"{"toolUse":{"toolUseId":"toolu_2","name":"f","input":{}}}]},{"role":"user","#
        + #""content":[{"toolResult":{"toolUseId":"toolu_1","content":[{"text":"r"},"#
        + #"{"image":{"format":"png","source":{"bytes":"iVBO"}}}]}},"#
        + #"{"toolResult":{"toolUseId":"toolu_2","content":[{"text":"bad"}],"status":"error"}},"#
        + #"{"text":"go on"}]}]"#)
    #expect(
      request["additionalModelRequestFields"]
        == #"{"thinking":{"type":"enabled","budget_tokens":2000}}"#)
    #expect(
      request["toolConfig"]
        == #"{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":"#
        + #"{"type":"object"}}}}]}"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `gathers Chat's results in one turn, each call with one`() throws {
    func call(_ id: String) -> String {
      #"{"id":"\#(id)","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}"#
    }
    let request = try Self.chat(
      Self.question
        + #",{"role":"assistant","content":"","tool_calls":["# + call("Bash:0") + ","
        + call("call_2") + #"]},{"role":"user","content":"and?"},"#
        + #"{"role":"tool","tool_call_id":"Bash:0","content":""},"#
        + #"{"role":"tool","tool_call_id":"gone","content":"lost"}"#,
      #","tools":[{"type":"function","function":{"name":"f"}}]"#)
    let turns = try #require(request.root["messages"]).elements.map { $0 }
    #expect(turns.map { $0["role"]?.string } == ["user", "assistant", "user"])
    let calls = try #require(turns[1]["content"]).elements.map { $0 }
    let ids = calls.map { $0["toolUse"]?["toolUseId"]?.string ?? "" }
    #expect(ids[1] == "call_2")
    #expect(ids[0].hasPrefix("Bash_0_") && ConverseNames.isAccepted(JSONText(ids[0])))
    let answers = try #require(turns[2]["content"]).elements.map { $0 }
    #expect(
      answers.map { $0["toolResult"]?["toolUseId"]?.string } == [ids[0], ids[1], nil, nil, nil])
    #expect(
      answers[0]["toolResult"]?["content"]?.elements.map { $0["text"]?.string } == [
        "(no output)"
      ])
    #expect(
      answers[2...].map { $0["text"]?.string } == ["and?", "Result of tool call gone:", "lost"])
    #expect(request.losses == ["orphan_tool_results", "missing_tool_results"])
  }

  @Test func `has tools whenever its history has calls`() throws {
    let history =
      Self.question
      + #",{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f.x","input":{}}]},"#
      + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"r"}]}"#
    let without = try Self.anthropic(history)
    let names = without.toolNames.keys.map { $0 }
    #expect(without.toolNames.values.map { $0 } == ["f.x"])
    #expect(names.count == 1 && names[0].hasPrefix("f_x_"))
    #expect(
      without["toolConfig"]
        == #"{"tools":[{"toolSpec":{"name":"\#(names[0])","inputSchema":{"json":{"type":"object"}}}}]}"#
    )
    #expect(without.losses == ["tools_added"])
    let tools = #","tools":[{"name":"g","input_schema":{"type":"object"}}],"#
    let forbidden = try Self.anthropic(history, tools + #""tool_choice":{"type":"none"}"#)
    #expect(forbidden["toolConfig"].contains(#""name":"g""#))
    #expect(forbidden["toolConfig", "toolChoice"] == "-")
    #expect(forbidden.losses == ["tool_choice"])
    let unneeded = try Self.anthropic(Self.question, tools + #""tool_choice":{"type":"none"}"#)
    #expect(unneeded["toolConfig"] == "-")
    #expect(unneeded.losses.isEmpty)
  }

  @Test(arguments: [
    (#""auto""#, "-", []), (#""required""#, #"{"any":{}}"#, []),
    (#"{"type":"function","function":{"name":"a.b"}}"#, #"{"tool":{"name":"a_b_"#, []),
    (#"{"type":"function","function":{"name":"x"}}"#, "-", ["tool_choice"]),
  ])
  func `chooses among tools`(choice: String, expected: String, losses: [String]) throws {
    let request = try Self.chat(
      Self.question,
      #","tools":[{"type":"function","function":{"name":"a.b"}}],"tool_choice":\#(choice)"#)
    #expect(request["toolConfig", "toolChoice"].hasPrefix(expected))
    #expect(request.losses == losses)
    #expect(request.toolNames.values.map { $0 } == ["a.b"])
  }

  @Test func `spells names that Bedrock refuses, no two alike`() throws {
    let long = String(repeating: "n", count: 65)
    let names = ["a.b", "a/b", "a_b", long, "ü", "a b"]
    let tools = names.map { #"{"type":"function","function":{"name":"\#($0)"}}"# }
    let request = try Self.chat(Self.question, #","tools":[\#(tools.joined(separator: ","))]"#)
    let written = try #require(request.root["toolConfig"]?["tools"]).elements
      .compactMap { $0["toolSpec"]?["name"]?.text }
    #expect(written.allSatisfy(ConverseNames.isAccepted))
    #expect(Set(written).count == names.count)
    #expect(written[2] == "a_b")
    #expect(request.toolNames.count == names.count - 1)
    for (name, original) in zip(written, names) where name != "a_b" {
      #expect(request.toolNames[name.string] == original)
    }
  }

  @Test func `marks what shall be cached, four times at most`() throws {
    let mark = #""cache_control":{"type":"ephemeral"}"#
    let long = #""cache_control":{"type":"ephemeral","ttl":"1h"}"#
    func text(_ text: String) -> String { #"{"type":"text","text":"\#(text)",\#(mark)}"# }
    let messages =
      #"{"role":"user","content":["# + text("a") + "," + text("b") + "," + text("c")
      + "]}"
    let members =
      #","system":[{"type":"text","text":"s",\#(long)}],"tools":[{"name":"f","#
      + #""input_schema":{"type":"object"},\#(mark)}]"#
    let claude = try Self.anthropic(messages, members)
    #expect(
      claude["system"] == #"[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}]"#)
    #expect(
      claude["messages"]
        == #"[{"role":"user","content":[{"text":"a"},{"text":"b"},"#
        + #"{"cachePoint":{"type":"default"}},{"text":"c"},{"cachePoint":{"type":"default"}}]}]"#)
    #expect(claude["toolConfig"].contains(#"{"cachePoint":{"type":"default"}}]"#))
    #expect(claude.losses == ["cache_control"])
    let nova = try Self.anthropic(messages, members, model: "us.amazon.nova-pro-v1:0")
    #expect(nova["system"] == #"[{"text":"s"},{"cachePoint":{"type":"default"}}]"#)
    #expect(!nova["toolConfig"].contains("cachePoint"))
    let llama = try Self.anthropic(messages, members, model: "us.meta.llama3-3-70b-instruct-v1:0")
    #expect(!llama["messages"].contains("cachePoint"))
    #expect(llama.losses == ["cache_control"])
  }

  @Test func `gives back seals to Claude only`() throws {
    let own = Seal(.anthropic, "RXFS")
    let foreign = Seal(.gemini, "g")
    var conversation = Conversation(origin: .chat, model: "c")
    conversation.turns = [
      Turn(.user, [Block(.text("q"))]),
      Turn(
        .assistant,
        [
          Block(.thinking("a"), seal: own), Block(.thinking("b"), seal: foreign),
          Block(.redactedThinking, seal: own), Block(.redactedThinking, seal: foreign),
          Block(.text("x")),
        ]),
      Turn(.user, [Block(.text("r"))]),
    ]
    let claude = try ConverseRequest(conversation)
    #expect(
      claude["messages"].contains(
        #"[{"reasoningContent":{"reasoningText":{"text":"a","signature":"RXFS"}}},"#
          + #"{"reasoningContent":{"redactedContent":"RXFS"}},{"text":"x"}]"#))
    #expect(claude.losses == ["thinking_blocks"])
    let nova = try ConverseRequest(conversation, model: "amazon.nova-pro-v1:0")
    #expect(!nova["messages"].contains("reasoningContent"))
    #expect(nova.losses == ["thinking_blocks"])
  }

  @Test func `gives documents names, and a text beside them`() throws {
    func document(_ title: String, _ source: String) -> String {
      #"{"type":"document","title":"\#(title)","source":\#(source)}"#
    }
    let pdf = #"{"type":"base64","media_type":"application/pdf","data":"JVBE"}"#
    let request = try Self.anthropic(
      #"{"role":"user","content":["# + document("Q1_report.pdf", pdf) + ","
        + document("Q1_report.pdf", pdf) + ","
        + document("a  b", #"{"type":"text","media_type":"text/plain","data":"x\ny"}"#) + "]}")
    #expect(
      request["messages"]
        == #"[{"role":"user","content":[{"document":{"format":"pdf","name":"Q1-report-pdf","#
        + #""source":{"bytes":"JVBE"}}},{"document":{"format":"pdf","name":"Q1-report-pdf-2","#
        + #""source":{"bytes":"JVBE"}}},{"document":{"format":"txt","name":"a b","#
        + #""source":{"bytes":"eAp5"}}},{"text":"Document: Q1-report-pdf"}]}]"#)
    #expect(request.losses == ["document_name", "document_text_added"])
    let cited = try Self.anthropic(
      #"{"role":"user","content":[{"type":"text","text":"q"},{"type":"document","title":"t","#
        + #""source":{"type":"text","media_type":"text/plain","data":"x"},"#
        + #""citations":{"enabled":true}}]}"#)
    #expect(
      cited["messages"].contains(
        #"{"document":{"name":"t","source":{"text":"x"},"citations":{"enabled":true}}}"#))
    #expect(cited.losses.isEmpty)
  }

  @Test func `tells the model what it cannot see`() throws {
    let request = try Self.chat(
      #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.example/i"}},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/bmp;base64,Qk0="}},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/"}},"#
        + #"{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},"#
        + #"{"type":"file","file":{"file_id":"file-1"}}]}"#)
    let texts = try #require(request.root["messages"]).elements.flatMap { turn in
      turn["content"]?.elements.map { $0["text"]?.string ?? "-" } ?? []
    }
    #expect(
      texts == [
        "[The image at https://a.example/i was left out: it cannot be sent to this model]",
        "[An image of type image/bmp was left out: it cannot be sent to this model]", "-",
        "[A sound was left out: it cannot be sent to this model]",
        "[A document with the file id file-1 was left out: it cannot be sent to this model]",
      ])
    #expect(request["messages"].contains(#"{"format":"jpeg","source":{"bytes":"/9j/"}}"#))
    #expect(request.losses == ["image_urls", "image_format", "audio", "document_blocks"])
  }

  @Test(arguments: [
    (
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      #"{"thinking":{"type":"enabled","budget_tokens":2048}}"#, "-"
    ),
    (
      "us.anthropic.claude-opus-4-7-v1", #"{"thinking":{"type":"adaptive"}}"#,
      #"{"effort":"medium"}"#
    ),
    (
      "us.amazon.nova-2-lite-v1:0",
      #"{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}"#, "-"
    ),
    ("openai.gpt-oss-120b-1:0", #"{"reasoning_effort":"medium"}"#, "-"),
  ])
  func `thinks in the words of its model`(
    model: String, fields: String, output: String
  ) throws {
    let request = try Self.chat(Self.question, #","reasoning_effort":"medium""#, model: model)
    #expect(request["additionalModelRequestFields"] == fields)
    #expect(request["outputConfig"] == output)
    #expect(request.losses.isEmpty)
  }

  @Test func `does not think where its model cannot`() throws {
    let request = try Self.chat(
      Self.question, #","reasoning_effort":"high","top_k":5,"seed":1"#,
      model: "mistral.mistral-large-2402-v1:0")
    #expect(request["additionalModelRequestFields"] == "-")
    #expect(request.losses.contains("thinking_config"))
    #expect(request.losses.contains("top_k"))
    #expect(request.losses.contains("seed"))
  }

  @Test(arguments: [
    (100, 5000, #"{"type":"enabled","budget_tokens":1024}"#, []),
    (9000, 5000, #"{"type":"enabled","budget_tokens":4999}"#, []),
    (2000, 1024, "-", ["thinking_config"]),
  ])
  func `keeps a budget for thinking within its bounds`(
    budget: Int, limit: Int, expected: String, losses: [String]
  ) throws {
    let request = try ConverseRequest(
      #"{"model":"c","max_tokens":\#(limit),"messages":[\#(Self.question)],"#
        + #""thinking":{"type":"enabled","budget_tokens":\#(budget)}}"#, from: .anthropic)
    #expect(request["additionalModelRequestFields", "thinking"] == expected)
    #expect(request.losses == losses)
  }

  @Test func `has a limit for thinking and answer together`() throws {
    let request = try Self.chat(
      Self.question, #","reasoning_effort":"high","temperature":0.2"#)
    #expect(request["inferenceConfig"] == #"{"maxTokens":8192}"#)
    #expect(request.losses == ["temperature"])
  }

  @Test func `asks for an answer by schema`() throws {
    let request = try Self.chat(
      Self.question,
      #","response_format":{"type":"json_schema","json_schema":{"name":"p","schema":{"type":"#
        + #""object","properties":{"n":{"type":"integer","minimum":1}}}}}"#)
    let format = try #require(request.root["outputConfig"]?["textFormat"])
    #expect(format["type"]?.string == "json_schema")
    let own = try #require(format["structure"]?["jsonSchema"])
    #expect(own["name"]?.string == "p")
    let schema = try JSONDocument(try #require(own["schema"]?.string)).root
    #expect(schema["additionalProperties"]?.bool == false)
    #expect(schema["properties"]?["n"]?["minimum"] == nil)
    let loose = try Self.chat(Self.question, #","response_format":{"type":"json_object"}"#)
    #expect(loose["outputConfig"] == "-")
    #expect(loose.losses == ["response_format"])
  }

  @Test func `names its user and its tier in words that Bedrock takes`() throws {
    let request = try Self.anthropic(
      Self.question, #","metadata":{"user_id":"user_a-1"}"#)
    #expect(request["requestMetadata"] == #"{"user_id":"user_a-1"}"#)
    let odd = try Self.anthropic(Self.question, #","metadata":{"user_id":"{\"a\":1}"}"#)
    #expect(odd["requestMetadata"] == "-")
    #expect(odd.losses == ["user"])
    var conversation = Conversation(origin: .chat, model: "c")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    for (tier, expected, losses) in [
      ("auto", "-", []), ("flex", #"{"type":"flex"}"#, []), ("scale", "-", ["service_tier"]),
    ] as [(String, String, [String])] {
      conversation.serviceTier = JSONText(tier)
      let request = try ConverseRequest(conversation)
      #expect(request["serviceTier"] == expected)
      #expect(request.losses == losses)
    }
  }

  @Test func `begins with the user and alternates`() throws {
    let request = try Self.chat(
      #"{"role":"assistant","content":"a"},{"role":"user","content":"b"},"#
        + #"{"role":"system","content":"s"},{"role":"user","content":" \n"},"#
        + #"{"role":"assistant","content":"c \n"}"#)
    #expect(
      request["messages"]
        == #"[{"role":"user","content":[{"text":"(The conversation begins.)"}]},"#
        + #"{"role":"assistant","content":[{"text":"a"}]},{"role":"user","content":["#
        + #"{"text":"b"},{"text":"<system>\ns\n</system>"}]},"#
        + #"{"role":"assistant","content":[{"text":"c"}]}]"#)
    #expect(request.losses == ["system_role", "first_turn_added"])
  }

  @Test func `has free-text tools as functions, and no tools of other vendors`() throws {
    var conversation = Conversation(origin: .chat, model: "c")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    conversation.allowsParallelCalls = false
    conversation.tools = [
      Tool(
        name: "patch",
        kind: .freeform(
          description: "Patches.", format: JSONRaw(stringLiteral: #"{"type":"grammar"}"#))),
      Tool(
        name: "web_search",
        kind: .vendor(type: "web_search_20250305", purpose: .webSearch, .emptyObject)),
    ]
    let claude = try ConverseRequest(conversation)
    let spec = try #require(claude.root["toolConfig"]?["tools"]?.elements.map { $0 })
    #expect(spec.count == 1)
    #expect(
      spec[0]["toolSpec"]?["description"]?.string
        == #"Patches.\#n\#nThe format of `input`: {"type":"grammar"}"#)
    #expect(
      spec[0]["toolSpec"]?["inputSchema"]?["json"]?["required"]?.elements.map(\.string)
        == ["input"])
    #expect(claude.losses == ["server_tool_web_search_20250305", "parallel_tool_calls"])
    let nova = try ConverseRequest(conversation, model: "amazon.nova-premier-v1:0")
    #expect(nova["toolConfig"].contains(#"{"systemTool":{"name":"nova_grounding"}}"#))
    let opus = try ConverseRequest(conversation, model: "anthropic.claude-opus-4-7-v1")
    #expect(
      opus["additionalModelRequestFields"]
        == #"{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}"#)
  }
}
