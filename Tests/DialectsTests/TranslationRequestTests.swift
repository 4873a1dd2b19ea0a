import Testing

@testable import Dialects

@Suite struct `An Anthropic request for a Chat server` {
  private static let question = #"{"role":"user","content":"q"}"#

  @Test func `keeps its plain members`() throws {
    let request = try TranslatedRequest(
      #"{"model":"claude","max_tokens":64,"system":"Be brief.","temperature":0.70,"top_p":0.9,"#
        + #""stop_sequences":["END"],"stream":true,"metadata":{"user_id":"u1"},"#
        + #""messages":[{"role":"user","content":[{"type":"text","text":"Hi \"you\""}]}]}"#)
    #expect(
      request.body
        == #"{"model":"gpt","messages":[{"role":"system","content":"Be brief."},"#
        + #"{"role":"user","content":"Hi \"you\""}],"max_tokens":64,"temperature":0.70,"#
        + #""top_p":0.9,"stop":"END","user":"u1","stream":true,"#
        + #""stream_options":{"include_usage":true}}"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `names its limit as the server wants it, once`() throws {
    var target = Target(model: "gpt-5", usesMaximumCompletionTokens: true)
    let newer = try TranslatedRequest(members: #""stream":false"#, for: target)
    #expect(newer["max_completion_tokens"] == "5" && newer["max_tokens"] == nil)
    target = Target(model: "gpt", quirks: [.omitStreamOptions])
    let older = try TranslatedRequest(members: #""stream":true"#, for: target)
    #expect(older["max_tokens"] == "5" && older["max_completion_tokens"] == nil)
    #expect(older["stream_options"] == nil)
  }

  @Test func `for a model that reasons has a developer and no sampling`() throws {
    let request = try TranslatedRequest(
      members: #""system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"#
        + #""temperature":1,"top_p":1,"stop_sequences":["x"],"#
        + #""thinking":{"type":"enabled","budget_tokens":5000}"#,
      for: Target(model: "o4", isReasoningModel: true))
    #expect(request.messages.hasPrefix(#"[{"role":"developer","content":"a\nb"},"#))
    #expect(request["reasoning_effort"] == #""medium""#)
    #expect(request["max_completion_tokens"] == "5")
    #expect(request["temperature"] == nil && request["top_p"] == nil && request["stop"] == nil)
    #expect(request.losses == ["temperature", "top_p", "stop_sequences"])
  }

  @Test(arguments: [
    (#"{"type":"enabled","budget_tokens":3999}"#, #""low""#),
    (#"{"type":"enabled","budget_tokens":4000}"#, #""medium""#),
    (#"{"type":"enabled","budget_tokens":16000}"#, #""high""#), (#"{"type":"adaptive"}"#, nil),
  ])
  func `asks a model that reasons for the effort its budget means`(
    thinking: String, effort: String?
  ) throws {
    let request = try TranslatedRequest(
      members: #""thinking":\#(thinking)"#, for: Target(model: "o4", isReasoningModel: true))
    #expect(request["reasoning_effort"] == effort)
    #expect(request.losses.isEmpty)
  }

  @Test(arguments: [("low", "low", []), ("high", "high", []), ("max", "high", ["effort"])])
  func `asks for the effort that it names`(
    asked: String, sent: String, losses: [String]
  ) throws {
    let request = try TranslatedRequest(
      members: #""thinking":{"type":"adaptive"},"output_config":{"effort":"\#(asked)"}"#,
      for: Target(model: "o4", isReasoningModel: true))
    #expect(request["reasoning_effort"] == "\"\(sent)\"")
    #expect(request.losses == losses)
  }

  @Test(arguments: [
    (#"{"type":"adaptive"}"#, ["thinking_config"]),
    (#"{"type":"enabled","budget_tokens":2000}"#, ["thinking_config"]),
    (#"{"type":"disabled"}"#, []),
  ])
  func `cannot make another model think`(thinking: String, losses: [String]) throws {
    let request = try TranslatedRequest(members: #""thinking":\#(thinking)"#)
    #expect(request["reasoning_effort"] == nil)
    #expect(request.losses == losses)
  }

  @Test(
    arguments: [
      ("[]", nil, []), (#"["a"]"#, #""a""#, []),
      (#"["a","b","c","d"]"#, #"["a","b","c","d"]"#, []),
      (#"["a","b","c","d","e"]"#, #"["a","b","c","d"]"#, ["stop_sequences_truncated"]),
    ] as [(String, String?, [String])])
  func `stops at four sequences at most`(
    given: String, sent: String?, losses: [String]
  ) throws {
    let request = try TranslatedRequest(members: #""stop_sequences":\#(given)"#)
    #expect(request["stop"] == sent)
    #expect(request.losses == losses)
  }

  @Test func `carries images inline and by address`() throws {
    let request = try TranslatedRequest(
      messages: #"{"role":"user","content":[{"type":"text","text":"see"},"#
        + #"{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0"}},"#
        + #"{"type":"image","source":{"type":"url","url":"https://x/y"}},"#
        + #"{"type":"image","source":{"type":"file","file_id":"f1"}}]}"#)
    #expect(
      request.messages
        == #"[{"role":"user","content":[{"type":"text","text":"see"},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0"}},"#
        + #"{"type":"image_url","image_url":{"url":"https://x/y"}},"#
        + #"{"type":"text","text":"[The image with the file id f1 could not be passed on.]"}]}]"#)
    #expect(request.losses == ["image_files"])
  }

  private static let documents =
    #"{"role":"user","content":[{"type":"document","title":"A \"b\"","context":"ctx","#
    + #""source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}},"#
    + #"{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","#
    + #""data":"words"}},{"type":"document","source":{"type":"content","content":["#
    + #"{"type":"text","text":"inner"}]}}]}"#

  @Test func `carries documents where the server takes them`() throws {
    let request = try TranslatedRequest(
      messages: Self.documents, for: Target(model: "gpt", acceptsDocuments: true))
    #expect(
      request.messages
        == #"[{"role":"user","content":[{"type":"text","text":"ctx"},{"type":"file","file":"#
        + #"{"filename":"A \"b\"","file_data":"data:application/pdf;base64,QUJD"}},"#
        + #"{"type":"text","text":"T"},{"type":"text","text":"words"},"#
        + #"{"type":"text","text":"inner"}]}]"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `says which documents it could not carry`() throws {
    let request = try TranslatedRequest(messages: Self.documents)
    #expect(
      request.messages
        == #"[{"role":"user","content":"ctx\n[The document \"A \"b\"\" (application/pdf, "#
        + #"4 base64 characters) could not be passed on.]\nT\nwords\ninner"}]"#)
    #expect(request.losses == ["document_blocks"])
  }

  private static func call(_ id: String, _ input: String = "{}") -> String {
    #"{"type":"tool_use","id":"\#(id)","name":"f","input":\#(input)}"#
  }

  private static func result(_ id: String, _ content: String, _ more: String = "") -> String {
    #"{"type":"tool_result","tool_use_id":"\#(id)","content":\#(content)\#(more)}"#
  }

  private static func sentCall(_ id: String, _ arguments: String = "{}") -> String {
    #"{"id":"\#(id)","type":"function","function":{"name":"f","arguments":"\#(arguments)"}}"#
  }

  private static func sentResult(_ id: String, _ text: String) -> String {
    #"{"role":"tool","tool_call_id":"\#(id)","content":"\#(text)"}"#
  }

  @Test func `puts results first, right behind their calls`() throws {
    let request = try TranslatedRequest(
      messages: Self.question + #",{"role":"assistant","content":[{"type":"text","text":"a"},"#
        + #"{"type":"text","text":"b"},"# + Self.call("t1", #"{"p": "\"x\"\n"}"#) + ","
        + Self.call("t2") + #"]},{"role":"user","content":[{"type":"text","text":"and"},"#
        + Self.result("t2", #""two""#) + #"]},{"role":"system","content":"rule"},"#
        + #"{"role":"user","content":["#
        + Self.result("t1", #"[{"type":"text","text":"o"},{"type":"text","text":"ne"}]"#)
        + "]}")
    #expect(
      request.messages
        == "[" + Self.question + #",{"role":"assistant","content":"ab","tool_calls":["#
        + Self.sentCall("t1", #"{\"p\": \"\\\"x\\\"\\n\"}"#) + "," + Self.sentCall("t2") + "]},"
        + Self.sentResult("t2", "two") + "," + Self.sentResult("t1", #"o\nne"#)
        + #",{"role":"user","content":"and"},{"role":"system","content":"rule"}]"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `marks a failed call and moves its images to the user`() throws {
    let request = try TranslatedRequest(
      messages: Self.question + #",{"role":"assistant","content":["# + Self.call("t1") + ","
        + Self.call("t2") + "," + Self.call("t3") + #"]},{"role":"user","content":["#
        + Self.result("t1", #""bad""#, #","is_error":true"#) + ","
        + Self.result("t2", "[]", #","is_error":true"#) + ","
        + Self.result(
          "t3",
          #"[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ"}}]"#)
        + #",{"type":"text","text":"look"}]}"#)
    #expect(
      request.messages
        == "[" + Self.question + #",{"role":"assistant","content":null,"tool_calls":["#
        + Self.sentCall("t1") + "," + Self.sentCall("t2") + "," + Self.sentCall("t3") + "]},"
        + Self.sentResult("t1", "Error: bad") + ","
        + Self.sentResult("t2", "Error: the tool failed without saying why.") + ","
        + Self.sentResult("t3", "[See the next message of the user.]")
        + #",{"role":"user","content":[{"type":"text","#
        + #""text":"Attached to the result of tool call t3:"},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ"}},"#
        + #"{"type":"text","text":"look"}]}]"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `leaves no call without a result and no result without a call`() throws {
    let request = try TranslatedRequest(
      messages: #"{"role":"user","content":["# + Self.result("gone", #""late""#)
        + #"]},{"role":"assistant","content":["# + Self.call("t1") + "," + Self.call("t2")
        + #"]},{"role":"user","content":["# + Self.result("t2", #""x""#) + ","
        + Self.result("t2", #""again""#) + "]}")
    #expect(
      request.messages
        == #"[{"role":"user","content":"Result of tool call gone:\nlate"},"#
        + #"{"role":"assistant","content":null,"tool_calls":["# + Self.sentCall("t1") + ","
        + Self.sentCall("t2") + "]}," + Self.sentResult("t2", "x") + ","
        + Self.sentResult("t1", "[This call has no result.]")
        + #",{"role":"user","content":"Result of tool call t2:\nagain"}]"#)
    #expect(request.losses == ["orphan_tool_results", "missing_tool_results"])
  }

  @Test func `makes one message of an assistant's consecutive turns`() throws {
    let request = try TranslatedRequest(
      messages: #"{"role":"assistant","content":["# + Self.call("t1")
        + #"]},{"role":"assistant","content":"more"},{"role":"user","content":["#
        + Self.result("t1", #""r""#) + "]}")
    #expect(
      request.messages
        == #"[{"role":"assistant","content":"more","tool_calls":["# + Self.sentCall("t1") + "]},"
        + Self.sentResult("t1", "r") + "]")
  }

  @Test func `says that an answer begun is not gone on with`() throws {
    let request = try TranslatedRequest(
      messages: Self.question + #",{"role":"assistant","content":"Sure,"}"#)
    #expect(request.losses == ["assistant_prefill"])
  }

  private static let thoughts =
    #"{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"\#("s")"},"#
    + #"{"type":"redacted_thinking","data":"z"},{"type":"text","text":"a"}]},"# + question

  @Test func `carries thoughts where the server reads them, their proofs nowhere`() throws {
    let request = try TranslatedRequest(messages: Self.thoughts)
    #expect(
      request.messages
        == #"[{"role":"assistant","content":"a","reasoning_content":"hm"},"# + Self.question + "]")
    #expect(request.losses == ["thinking_signatures", "redacted_thinking"])
    for target in [
      Target(model: "m", acceptsReasoningContent: false), Target(model: "m", platform: .vendor),
    ] {
      let without = try TranslatedRequest(messages: Self.thoughts, for: target)
      #expect(!without.body.contains("hm"))
      #expect(without.losses.contains("thinking_blocks"))
    }
  }

  @Test func `gives OpenAI ids that it accepts, the same for call and result`() throws {
    let ids = ["short-1_A", "functions.Bash:0", String(repeating: "x", count: 41), "toolu_é"]
    let calls = ids.map { Self.call($0) }.joined(separator: ",")
    let results = ids.map { Self.result($0, #""r""#) }.joined(separator: ",")
    let messages =
      #"{"role":"assistant","content":[\#(calls)]},{"role":"user","content":[\#(results)]}"#
    let strict = try TranslatedRequest(
      messages: messages, for: Target(model: "m", platform: .vendor))
    let sent = try #require(strict.root["messages"]).elements.map { $0 }
    let callIDs = sent[0]["tool_calls"]?.elements.compactMap { $0["id"]?.string } ?? []
    let resultIDs = sent.dropFirst().compactMap { $0["tool_call_id"]?.string }
    #expect(callIDs == Array(resultIDs))
    #expect(Set(callIDs).count == ids.count)
    #expect(callIDs[0] == ids[0])
    for id in callIDs {
      #expect(id.utf8.count <= 40)
      #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
    }
    let again = try TranslatedRequest(
      messages: messages, for: Target(model: "m", platform: .vendor))
    #expect(again.body == strict.body)
    let lenient = try TranslatedRequest(messages: messages)
    for id in ids { #expect(lenient.body.contains(#""tool_call_id":"\#(id)""#)) }
  }

  private static let tool = #"{"name":"f","description":"d","input_schema":{"type":"object"}}"#
  private static let sentTool =
    #"{"type":"function","function":{"name":"f","description":"d","#
    + #""parameters":{"type":"object"}}}"#

  @Test(
    arguments: [
      (#"{"type":"auto"}"#, #""auto""#, nil), (#"{"type":"any"}"#, #""required""#, nil),
      (#"{"type":"none"}"#, #""none""#, nil),
      (#"{"type":"tool","name":"f"}"#, #"{"type":"function","function":{"name":"f"}}"#, nil),
      (#"{"type":"auto","disable_parallel_tool_use":true}"#, #""auto""#, "false"),
      (#"{"type":"any","disable_parallel_tool_use":true}"#, #""required""#, "false"),
      (
        #"{"type":"tool","name":"f","disable_parallel_tool_use":true}"#,
        #"{"type":"function","function":{"name":"f"}}"#, "false"
      ),
      (#"{"type":"auto","disable_parallel_tool_use":false}"#, #""auto""#, nil),
    ] as [(String, String, String?)])
  func `chooses among its tools`(choice: String, sent: String, parallel: String?) throws {
    let request = try TranslatedRequest(
      members: #""tools":[\#(Self.tool)],"tool_choice":\#(choice)"#)
    #expect(request["tools"] == "[" + Self.sentTool + "]")
    #expect(request["tool_choice"] == sent)
    #expect(request["parallel_tool_calls"] == parallel)
    #expect(request.losses.isEmpty)
  }

  @Test func `leaves the vendor's tools out, and a choice that needs them`() throws {
    let search = #"{"type":"web_search_20250305","name":"web_search","max_uses":8}"#
    let alone = try TranslatedRequest(
      members: #""tools":[\#(search)],"tool_choice":{"type":"tool","name":"web_search","#
        + #""disable_parallel_tool_use":true}"#)
    #expect(alone["tools"] == nil && alone["tool_choice"] == nil)
    #expect(alone["parallel_tool_calls"] == nil)
    #expect(alone.losses == ["server_tool_web_search_20250305", "tool_choice"])
    let mixed = try TranslatedRequest(
      members: #""tools":[\#(search),\#(Self.tool)],"tool_choice":{"type":"auto"}"#)
    #expect(mixed["tools"] == "[" + Self.sentTool + "]")
    #expect(mixed["tool_choice"] == #""auto""#)
    let none = try TranslatedRequest(members: #""tools":[],"tool_choice":{"type":"auto"}"#)
    #expect(none["tools"] == nil && none["tool_choice"] == nil)
  }

  @Test func `asks for an answer of a form`() throws {
    let request = try TranslatedRequest(
      members: #""output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#)
    #expect(
      request["response_format"]
        == #"{"type":"json_schema","json_schema":{"name":"response","#
        + #""schema":{"type":"object"}}}"#)
  }

  @Test func `names a user in as many characters as fit`() throws {
    let long = String(repeating: "u", count: 150)
    for (target, limit) in [(Target(model: "m"), 128), (Target(model: "m", platform: .vendor), 64)]
    {
      let request = try TranslatedRequest(
        members: #""metadata":{"user_id":"\#(long)"}"#, for: target)
      let again = try TranslatedRequest(members: #""metadata":{"user_id":"\#(long)"}"#, for: target)
      let user = try #require(request["user"])
      #expect(user.utf8.count - 2 <= limit)
      #expect(again["user"] == user)
      #expect(request.losses == ["user_shortened"])
    }
  }
}
