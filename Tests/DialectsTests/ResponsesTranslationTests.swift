import Testing

@testable import Dialects

/// A request in one language, written in another.
struct ResponsesTranslation {
  let body: String
  let losses: [String]
  let root: JSONValue
  let conversation: Conversation

  init(
    _ json: String, from origin: Dialect, to other: Dialect, for target: Target = Target(model: "m")
  ) throws {
    conversation = try origin.codec.decodeRequest(JSONDocument(json))
    let encoded = try other.codec.encodeRequest(conversation, for: target)
    body = String(decoding: encoded.body, as: UTF8.self)
    losses = encoded.losses.tags
    root = try JSONDocument(encoded.body).root
  }

  /// A Messages request with these messages, for a Responses server.
  init(
    messages: String, _ members: String = "", for target: Target = Target(model: "m")
  ) throws {
    try self.init(
      #"{"model":"claude","max_tokens":50,"messages":[\#(messages)]\#(members)}"#,
      from: .anthropic, to: .responses, for: target)
  }

  subscript(_ name: StaticString) -> String? {
    root[name].map { String(decoding: $0.raw.bytes, as: UTF8.self) }
  }

  var input: String { self["input"] ?? "" }
}

@Suite struct `An Anthropic request for a Responses server` {
  private static let question = #"{"role":"user","content":"q"}"#
  private static let vendor = Target(model: "gpt-5.1", platform: .vendor, isReasoningModel: true)

  @Test func `keeps its plain members`() throws {
    let request = try ResponsesTranslation(
      messages: #"{"role":"user","content":[{"type":"text","text":"Hi \"you\""}]}"#,
      #","system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"temperature":0.70,"#
        + #""top_p":0.9,"stream":true,"metadata":{"user_id":"u1"}"#)
    #expect(
      request.body
        == #"{"model":"m","instructions":"a\nb","input":[{"type":"message","role":"user","#
        + #""content":"Hi \"you\""}],"max_output_tokens":50,"temperature":0.70,"top_p":0.9,"#
        + #""user":"u1","store":false,"stream":true}"#)
    #expect(request.losses.isEmpty)
  }

  @Test(arguments: [Target(model: "m"), vendor])
  func `gives instructions in the middle as input`(target: Target) throws {
    let chat =
      #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","#
      + #""content":"a"},{"role":"system","content":[{"type":"text","text":"x"},"#
      + #"{"type":"text","text":"y"}]},{"role":"user","content":"r"}]}"#
    let request = try ResponsesTranslation(chat, from: .chat, to: .responses, for: target)
    let role = target.isStrict ? "developer" : "system"
    #expect(
      request.input.contains(
        #""role":"\#(role)","content":[{"type":"input_text","text":"x"},{"type":"input_text","text":"y"}]"#
      ))
  }

  @Test func `tells the model of a recording that OpenAI does not hear`() throws {
    let chat =
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","#
      + #""input_audio":{"data":"AAAA","format":"wav"}},{"type":"text","text":"?"}]}]}"#
    let request = try ResponsesTranslation(chat, from: .chat, to: .responses)
    #expect(request.input.contains("[A recording could not be passed on.]"))
    #expect(!request.input.contains("input_audio") && request.losses == ["audio"])
  }

  @Test func `for a model that reasons asks for thoughts and leaves out sampling`() throws {
    let request = try ResponsesTranslation(
      messages: Self.question,
      #","temperature":1,"stop_sequences":["x"],"thinking":{"type":"enabled","budget_tokens":5000}"#,
      for: Self.vendor)
    #expect(request["reasoning"] == #"{"effort":"medium","summary":"auto"}"#)
    #expect(request["include"] == #"["reasoning.encrypted_content"]"#)
    #expect(request["temperature"] == nil && request["stop"] == nil)
    #expect(request.losses == ["temperature", "stop_sequences"])
  }

  @Test func `keeps thoughts, text, calls and results in their order`() throws {
    let seal = Seal(.openai, id: "rs_1", "gAAAA").token(native: .anthropic).string
    let request = try ResponsesTranslation(
      messages: Self.question + ","
        + #"{"role":"assistant","content":["#
        + #"{"type":"thinking","thinking":"**Plan**","signature":"\#(seal)"},"#
        + #"{"type":"redacted_thinking","data":"\#(seal)"},"#
        + #"{"type":"text","text":"I look."},"#
        + #"{"type":"tool_use","id":"call_a","name":"f","input":{"x":"\"1\""}},"#
        + #"{"type":"tool_use","id":"call_b","name":"g","input":{}}]},"#
        + #"{"role":"user","content":["#
        + #"{"type":"tool_result","tool_use_id":"call_a","content":[{"type":"text","text":"1"},"#
        + #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iV"}}]},"#
        + #"{"type":"tool_result","tool_use_id":"call_b","is_error":true,"content":"no"},"#
        + #"{"type":"text","text":"go on"}]}"#, for: Self.vendor)
    #expect(
      request.input
        == #"[{"type":"message","role":"user","content":"q"},"#
        + #"{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"**Plan**"}],"#
        + #""encrypted_content":"gAAAA"},"#
        + #"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"},"#
        + #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look.","#
        + #""annotations":[]}]},"#
        + #"{"type":"function_call","call_id":"call_a","name":"f","arguments":"{\"x\":\"\\\"1\\\"\"}"},"#
        + #"{"type":"function_call","call_id":"call_b","name":"g","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"call_a","output":[{"type":"input_text","text":"1"},"#
        + #"{"type":"input_image","image_url":"data:image/png;base64,iV","detail":"auto"}]},"#
        + #"{"type":"function_call_output","call_id":"call_b","output":"Error: no"},"#
        + #"{"type":"message","role":"user","content":"go on"}]"#)
    #expect(request.losses.isEmpty)
  }

  @Test func `shows no vendor what another one sealed`() throws {
    let messages =
      Self.question
      + #",{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"EqSig"},"#
      + #"{"type":"redacted_thinking","data":"EqHidden"},{"type":"text","text":"A"}]},"#
      + Self.question
    let strict = try ResponsesTranslation(messages: messages, for: Self.vendor)
    #expect(!strict.body.contains("EqSig") && !strict.body.contains("EqHidden"))
    #expect(!strict.body.contains("\"reasoning\",\""))
    #expect(strict.losses == ["thinking_signatures", "thinking_blocks", "redacted_thinking"])
    let compatible = try ResponsesTranslation(messages: messages)
    #expect(compatible.input.contains(#""content":[{"type":"reasoning_text","text":"t"}]"#))
    #expect(!compatible.body.contains("EqSig") && !compatible.body.contains("EqHidden"))
    #expect(compatible.losses == ["thinking_signatures", "redacted_thinking"])
  }

  @Test func `makes up for what a call or a result lacks`() throws {
    let request = try ResponsesTranslation(
      messages: Self.question
        + #",{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"lost"}]}"#)
    let outputs = request.root["input"]?.elements.filter {
      $0["type"]?.string == "function_call_output"
    }
    #expect(outputs?.map { $0["call_id"]?.string } == ["a"])
    #expect(request.input.contains("Result of tool call b:"))
    #expect(request.losses == ["missing_tool_results", "orphan_tool_results"])
  }

  @Test func `gives long ids and names a spelling that fits, the same wherever they stand`() throws
  {
    let id = String(repeating: "i", count: 70)
    let name = String(repeating: "n", count: 70)
    let json =
      #"{"model":"claude","max_tokens":50,"messages":["# + Self.question
      + #",{"role":"assistant","content":[{"type":"tool_use","id":"\#(id)","name":"\#(name)","#
      + #""input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","#
      + #""content":"r"}]}],"tools":[{"name":"\#(name)","input_schema":{"type":"object"}}],"#
      + #""tool_choice":{"type":"tool","name":"\#(name)"}}"#
    let conversation = try Dialect.anthropic.codec.decodeRequest(JSONDocument(json))
    let encoded = try Dialect.responses.codec.encodeRequest(conversation, for: Self.vendor)
    let root = try JSONDocument(encoded.body).root
    let items = root["input"]?.elements.map { $0 } ?? []
    let ids = items.compactMap { $0["call_id"]?.string }
    #expect(ids.count == 2 && Set(ids).count == 1)
    #expect(ids.allSatisfy { $0.utf8.count <= 64 })
    let spelling = try #require(root["tools"]?.elements.map { $0 }.first?["name"]?.text)
    #expect(spelling.bytes.count <= 64)
    #expect(items.compactMap { $0["name"]?.text } == [spelling])
    #expect(root["tool_choice"]?["name"]?.text == spelling)
    #expect(encoded.toolNames[spelling]?.string == name)
  }

  @Test func `carries documents and tools`() throws {
    let request = try ResponsesTranslation(
      messages: #"{"role":"user","content":[{"type":"document","title":"a.pdf","source":"#
        + #"{"type":"base64","media_type":"application/pdf","data":"JVBE"}},"#
        + #"{"type":"document","source":{"type":"url","url":"https://x.test/b.pdf"}},"#
        + #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"T"}}]}"#,
      #","tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"#
        + #""tool_choice":{"type":"any","disable_parallel_tool_use":true}"#, for: Self.vendor)
    #expect(
      request.input
        == #"[{"type":"message","role":"user","content":["#
        + #"{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"},"#
        + #"{"type":"input_file","file_url":"https://x.test/b.pdf"},"#
        + #"{"type":"input_text","text":"T"}]}]"#)
    #expect(
      request["tools"]
        == #"[{"type":"function","name":"f","description":"d","#
        + #""parameters":{"type":"object"},"strict":false}]"#)
    #expect(request["tool_choice"] == #""required""#)
    #expect(request["parallel_tool_calls"] == "false")
    #expect(request.losses.isEmpty)
  }

  @Test func `asks for no fewer tokens than are accepted`() throws {
    let request = try ResponsesTranslation(
      #"{"model":"claude","max_tokens":1,"messages":[{"role":"user","content":"quota"}]}"#,
      from: .anthropic, to: .responses)
    #expect(request["max_output_tokens"] == "16")
    #expect(request.losses == ["max_tokens"])
  }
}

@Suite struct `A Responses request for another server` {
  /// A tool on free text, its call and its result.
  private static let freeform =
    #"{"model":"m","input":[{"role":"user","content":"q"},{"type":"custom_tool_call","#
    + #""call_id":"c1","name":"patch","input":"a \"b\""},{"type":"custom_tool_call_output","#
    + #""call_id":"c1","output":"ok"}],"tools":[{"type":"custom","name":"patch","#
    + #""description":"Edits.","format":{"type":"grammar","syntax":"lark","definition":"x: /y/"}}]}"#

  /// The same request as if it came in another language.
  private static func foreign(for target: Target) throws -> EncodedRequest {
    var conversation = try Dialect.responses.codec.decodeRequest(JSONDocument(freeform))
    conversation.origin = .chat
    return try Dialect.responses.codec.encodeRequest(conversation, for: target)
  }

  @Test func `keeps free text for OpenAI`() throws {
    let encoded = try Self.foreign(for: Target(model: "m", platform: .vendor))
    let body = String(decoding: encoded.body, as: UTF8.self)
    #expect(
      body.contains(#""type":"custom_tool_call","call_id":"c1","name":"patch","input":"a \"b\"""#))
    #expect(body.contains(#""type":"custom_tool_call_output","call_id":"c1""#))
    #expect(body.contains(#"{"type":"custom","name":"patch","description":"Edits.","format":{"#))
    #expect(encoded.losses.isEmpty)
  }

  @Test func `wraps free text for servers that may not know it`() throws {
    let encoded = try Self.foreign(for: Target(model: "m"))
    let body = String(decoding: encoded.body, as: UTF8.self)
    #expect(
      body.contains(
        #""type":"function_call","call_id":"c1","name":"patch","arguments":"{\"input\":\"a "#))
    #expect(body.contains(#""type":"function_call_output","call_id":"c1""#))
    #expect(body.contains(#"Edits.\n\nThe input must follow this lark grammar:\nx: /y/"#))
    #expect(body.contains(#""required":["input"]},"strict":false}"#))
  }

  @Test func `of Codex reaches Anthropic`() throws {
    let json = try ResponsesFixture.text("requests/codex.json")
    let request = try ResponsesTranslation(
      json, from: .responses, to: .anthropic, for: Target(model: "claude-sonnet-4-5"))
    let messages = request.root["messages"]?.elements.map { $0 } ?? []
    #expect(messages.compactMap { $0["role"]?.string } == ["user", "assistant", "user"])
    let blocks = messages[1]["content"]?.elements.compactMap { $0["type"]?.string }
    #expect(blocks == ["text", "tool_use", "tool_use", "tool_use"])
    let results = messages[2]["content"]?.elements.compactMap { $0["type"]?.string }
    #expect(results?.prefix(3) == ["tool_result", "tool_result", "tool_result"])
    #expect(request.body.contains(#""name":"mcp__docs__search""#))
    #expect(!request.body.contains("gAAAAABo-native"))
    #expect(request.losses.contains("thinking_blocks"))
  }

  @Test func `of Codex reaches a Chat server`() throws {
    let json = try ResponsesFixture.text("requests/codex.json")
    let request = try ResponsesTranslation(json, from: .responses, to: .chat)
    let roles = request.root["messages"]?.elements.compactMap { $0["role"]?.string }
    #expect(
      roles == [
        "system", "user", "assistant", "tool", "tool", "tool", "user", "system", "user",
      ])
    #expect(!request.body.contains("gAAAAABo-native"))
    #expect(request["stream"] == "true")
  }

  @Test func `of Chat keeps what it says`() throws {
    let request = try ResponsesTranslation(
      #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":["#
        + #"{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://x.test/a","#
        + #""detail":"low"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","#
        + #""type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"#
        + #"{"role":"tool","tool_call_id":"c1","content":"one"}],"max_completion_tokens":99,"#
        + #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"#
        + #""strict":true}},"tools":[{"type":"function","function":{"name":"f"}}]}"#,
      from: .chat, to: .responses)
    #expect(request["instructions"] == #""S""#)
    #expect(
      request.input
        == #"[{"type":"message","role":"user","content":[{"type":"input_text","text":"see"},"#
        + #"{"type":"input_image","image_url":"https://x.test/a","detail":"low"}]},"#
        + #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},"#
        + #"{"type":"function_call_output","call_id":"c1","output":"one"}]"#)
    #expect(request["max_output_tokens"] == "99")
    #expect(
      request["text"]
        == #"{"format":{"type":"json_schema","name":"n","schema":{},"strict":true}}"#)
    #expect(request.losses.isEmpty)
  }
}
