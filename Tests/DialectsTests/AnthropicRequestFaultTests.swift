import Testing

@testable import Dialects

struct `A faulty Anthropic request` {
  private static func failure(_ text: String) -> Failure? {
    #expect(throws: Failure.self) { try AnthropicCodec().decodeRequest(JSONDocument(text)) }
  }

  /// The members of a request that is sound but for the one given.
  private static func request(_ member: String, without: String = "") -> String {
    let sound = [
      "model": #""m""#, "max_tokens": "1", "messages": #"[{"role":"user","content":"x"}]"#,
    ]
    let name = member.prefix { $0 != ":" }.filter { $0 != "\"" }
    var members = sound.filter { $0.key != name && $0.key != without }.map {
      "\"\($0.key)\":\($0.value)"
    }
    if !member.isEmpty { members.append(member) }
    return "{\(members.sorted().joined(separator: ","))}"
  }

  @Test(arguments: [
    (#""model":5"#, "model"), (#""model":"""#, "model"), (#""max_tokens":"5""#, "max_tokens"),
    (#""max_tokens":1.5"#, "max_tokens"), (#""max_tokens":-1"#, "max_tokens"),
    (#""messages":{}"#, "messages"), (#""messages":[]"#, "messages"),
    (#""messages":["x"]"#, "messages.0"), (#""messages":[{"content":"x"}]"#, "messages.0.role"),
    (#""messages":[{"role":"tool","content":"x"}]"#, "messages.0.role"),
    (#""messages":[{"role":7,"content":"x"}]"#, "messages.0.role"),
    (#""messages":[{"role":"user"}]"#, "messages.0.content"),
    (#""messages":[{"role":"user","content":null}]"#, "messages.0.content"),
    (#""messages":[{"role":"user","content":{}}]"#, "messages.0.content"),
    (#""messages":[{"role":"user","content":[7]}]"#, "messages.0.content.0"),
    (#""messages":[{"role":"user","content":[{}]}]"#, "messages.0.content.0.type"),
    (#""messages":[{"role":"user","content":[{"type":"text"}]}]"#, "messages.0.content.0.text"),
    (
      #""messages":[{"role":"user","content":"x"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image"}]}]"#,
      "messages.1.content.1.source"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}]"#,
      "messages.0.content.0.source.media_type"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"image","source":{}}]}]"#,
      "messages.0.content.0.source.type"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"document","source":{"type":"content"}}]}]"#,
      "messages.0.content.0.source.content"
    ),
    (
      #""messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b"}]}]"#,
      "messages.0.content.0.input"
    ),
    (
      #""messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":[]}]}]"#,
      "input"
    ),
    (
      #""messages":[{"role":"assistant","content":[{"type":"tool_use","name":"b","input":{}}]}]"#,
      "messages.0.content.0.id"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"tool_result"}]}]"#,
      "messages.0.content.0.tool_use_id"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":1}]}]}]"#,
      "messages.0.content.0.content.0.text"
    ),
    (
      #""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":"no"}]}]"#,
      "messages.0.content.0.is_error"
    ),
    (
      #""messages":[{"role":"assistant","content":[{"type":"thinking","signature":"s"}]}]"#,
      "messages.0.content.0.thinking"
    ),
    (#""system":5"#, "system"), (#""system":["x"]"#, "system.0"),
    (#""system":[{"type":"image"}]"#, "system.0.type"),
    (#""system":[{"type":"text"}]"#, "system.0.text"), (#""temperature":"hot""#, "temperature"),
    (#""top_p":[]"#, "top_p"), (#""top_k":{}"#, "top_k"), (#""stream":1"#, "stream"),
    (#""stop_sequences":"x""#, "stop_sequences"), (#""stop_sequences":[1]"#, "stop_sequences.0"),
    (#""tools":{}"#, "tools"), (#""tools":[1]"#, "tools.0"), (#""tools":[{}]"#, "tools.0.name"),
    (#""tools":[{"name":""}]"#, "tools.0.name"),
    (#""tools":[{"name":"a"}]"#, "tools.0.input_schema"),
    (#""tools":[{"name":"a","input_schema":"{}"}]"#, "tools.0.input_schema"),
    (#""tools":[{"name":"a","input_schema":{},"strict":1}]"#, "tools.0.strict"),
    (#""tool_choice":"auto""#, "tool_choice"), (#""tool_choice":{}"#, "tool_choice.type"),
    (#""tool_choice":{"type":"tool"}"#, "tool_choice.name"), (#""metadata":"x""#, "metadata"),
    (#""metadata":{"user_id":5}"#, "metadata.user_id"), (#""thinking":true"#, "thinking"),
    (#""thinking":{}"#, "thinking.type"),
    (#""thinking":{"type":"enabled"}"#, "thinking.budget_tokens"),
    (#""output_config":[]"#, "output_config"),
    (#""output_config":{"effort":3}"#, "output_config.effort"),
  ])
  func `is refused with the place of its fault`(member: String, place: String) throws {
    let failure = try #require(Self.failure(Self.request(member)))
    #expect(failure.status == 400 && failure.kind == .invalidRequest)
    #expect(failure.origin == .client && failure.retry == .never)
    let parameter = try #require(failure.parameter)
    #expect(parameter.hasSuffix(place))
    #expect(failure.message.hasPrefix("\(parameter): "))
  }

  @Test(arguments: ["model", "max_tokens", "messages"])
  func `is refused without a required member`(name: String) throws {
    let failure = try #require(Self.failure(Self.request("", without: name)))
    #expect(failure.parameter == name && failure.message.contains("required"))
  }

  @Test(arguments: ["[]", "\"x\"", "null", "7"])
  func `is refused when it is no object`(text: String) throws {
    let failure = try #require(Self.failure(text))
    #expect(failure.message.hasPrefix("the body must be a JSON object"))
  }

  @Test(arguments: [
    #"{"model":"m","model":"n","max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#,
    #"{"model":"m","mo\u0064el":"n","max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#,
    #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"zz":1,"zz":2}"#,
  ])
  func `is refused when a member is given twice`(text: String) throws {
    let failure = try #require(Self.failure(text))
    #expect(failure.message.hasSuffix("given twice; send it once"))
  }

  @Test func `is described in Anthropic's shape`() throws {
    let failure = try #require(Self.failure(Self.request(#""max_tokens":null"#)))
    let body = try JSONDocument(AnthropicCodec().encodeFailure(failure, requestID: "req_7")).root
    #expect(body["type"]?.string == "error")
    #expect(body["error"]?["type"]?.string == "invalid_request_error")
    #expect(body["error"]?["message"]?.string?.hasPrefix("max_tokens: required") == true)
    #expect(body["request_id"]?.string == "req_7")
  }
}
