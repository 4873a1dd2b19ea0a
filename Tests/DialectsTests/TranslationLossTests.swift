import Testing

@testable import Dialects

@Suite struct `What a translation cannot carry` {
  /// A request in which every value is a word of its own.
  private static let rich = #"""
    {"model":"claude-x","max_tokens":4321,"stream":true,"temperature":0.123,"top_p":0.456,
    "top_k":789,"stop_sequences":["halt1","halt2","halt3","halt4","halt5"],
    "metadata":{"user_id":"user77","other_meta":"m1"},"service_tier":"auto",
    "container":"box1","context_management":{"edits":[]},"safeguards":[{"type":"s1"}],
    "thinking":{"type":"adaptive","display":"omitted"},
    "output_config":{"effort":"high","task_budget":9,
    "format":{"type":"json_schema","schema":{"title":"form1"}}},
    "system":[{"type":"text","text":"sys1","cache_control":{"type":"ephemeral"}},
    {"type":"text","text":"sys2","later_member":1}],
    "tools":[{"name":"tool1","description":"desc1","input_schema":{"title":"schema1"},
    "strict":true,"defer_loading":true,"eager_input_streaming":true,
    "cache_control":{"type":"ephemeral"}},{"type":"bash_20250124","name":"bash"}],
    "tool_choice":{"type":"tool","name":"tool1","disable_parallel_tool_use":true,"x_choice":1},
    "messages":[
    {"role":"user","content":[{"type":"text","text":"text1","citations":[]},
    {"type":"image","source":{"type":"base64","media_type":"image/webp","data":"SU1H"}},
    {"type":"image","source":{"type":"file","file_id":"file1"}},
    {"type":"document","title":"title1","context":"context1","citations":{"enabled":true},
    "source":{"type":"base64","media_type":"application/pdf","data":"UERG"}},
    {"type":"document","source":{"type":"url","url":"https://doc1"}},
    {"type":"search_result","title":"found1"}]},
    {"role":"system","content":"mid1","output_config":{"effort":"low"}},
    {"role":"assistant","content":[
    {"type":"thinking","thinking":"thought1","signature":"proof1"},
    {"type":"redacted_thinking","data":"redacted1"},
    {"type":"text","text":"answer1"},
    {"type":"server_tool_use","id":"srv1","name":"web_search","input":{}},
    {"type":"tool_use","id":"call1","name":"tool1","input":{"key1":"value1"},
    "caller":{"type":"direct"}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"call1","is_error":true,
    "cache_control":{"type":"ephemeral"},"content":[{"type":"text","text":"result1"},
    {"type":"tool_reference","tool_name":"ref1"},
    {"type":"image","source":{"type":"url","url":"https://pic1"}}]},
    {"type":"tool_result","tool_use_id":"call9","content":"orphan1"}]}]}
    """#

  /// Every member of the request, and what shows that it is not gone: a piece of the body or the
  /// name of a loss.
  private static let account: [(member: String, body: String?, loss: String?)] = [
    ("max_tokens", #""max_tokens":4321"#, nil), ("stream", #""stream":true"#, nil),
    ("temperature", #""temperature":0.123"#, nil), ("top_p", #""top_p":0.456"#, nil),
    ("top_k", nil, "top_k"), ("stop 1–4", #"["halt1","halt2","halt3","halt4"]"#, nil),
    ("stop 5", nil, "stop_sequences_truncated"), ("user_id", #""user":"user77""#, nil),
    ("metadata", nil, "metadata"), ("service_tier", nil, "service_tier"),
    ("container", nil, "container"), ("context_management", nil, "context_management"),
    ("safeguards", nil, "safeguards"), ("thinking", nil, "thinking_config"),
    ("effort", nil, "thinking_config"),
    ("task_budget", nil, "output_config"), ("format", #""schema":{"title":"form1"}"#, nil),
    ("system", "sys1", nil), ("system 2", "sys2", nil), ("system.later", nil, "later_member"),
    ("cache_control", nil, "cache_control"), ("tool", #""name":"tool1""#, nil),
    ("description", "desc1", nil), ("schema", #""parameters":{"title":"schema1"}"#, nil),
    ("strict", #""strict":true"#, nil), ("defer_loading", nil, "defer_loading"),
    ("eager_input_streaming", nil, "eager_input_streaming"),
    ("bash", nil, "server_tool_bash_20250124"),
    ("tool_choice", #""tool_choice":{"type":"function","function":{"name":"tool1"}}"#, nil),
    ("parallel", #""parallel_tool_calls":false"#, nil), ("x_choice", nil, "tool_choice"),
    ("text", "text1", nil), ("citations", nil, "citations"),
    ("image", "data:image/webp;base64,SU1H", nil), ("image file", "file1", "image_files"),
    ("document", "application/pdf, 4 base64", "document_blocks"), ("title", "title1", nil),
    ("context", "context1", nil), ("document url", "https://doc1", "document_blocks"),
    ("search_result", "found1", "search_result"),
    ("mid system", #"{"role":"system","content":"mid1"}"#, nil),
    ("its output_config", nil, "output_config"), ("thought", "thought1", nil),
    ("signature", nil, "thinking_signatures"), ("redacted", nil, "redacted_thinking"),
    ("answer", "answer1", nil), ("server_tool_use", nil, "server_tool_use"),
    ("call id", #""id":"call1""#, nil), ("input", #"{\"key1\":\"value1\"}"#, nil),
    ("caller", nil, "caller"), ("result", "Error: result1", nil),
    ("tool_reference", "ref1", "tool_reference"), ("image in result", "https://pic1", nil),
    ("orphan", "orphan1", "orphan_tool_results"),
  ]

  @Test func `is named, and nothing else is lost`() throws {
    let request = try TranslatedRequest(Self.rich)
    for (member, body, loss) in Self.account {
      if let body { #expect(request.body.contains(body), "\(member)") }
      if let loss { #expect(request.losses.contains(loss), "\(member)") }
    }
    let named = Set(Self.account.compactMap(\.loss))
    #expect(Set(request.losses).subtracting(named).isEmpty)
  }

  @Test func `shows nowhere in the body`() throws {
    let request = try TranslatedRequest(Self.rich)
    for word in [
      "proof1", "redacted1", "cache_control", "box1", "omitted", "halt5", "789", "defer_loading",
    ] {
      #expect(!request.body.contains(word), "\(word)")
    }
  }

  @Test func `is nothing when the request is its own language's`() throws {
    let json =
      #"{"model":"m","messages":[{"role":"system","content":"s"},"#
      + #"{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"e"}},"#
      + #"{"type":"later","x":[1]}],"name":"bob"},"#
      + #"{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","#
      + #""function":{"name":"f","arguments":"{\"a\":1}"},"extra_content":{"g":1}}]},"#
      + #"{"role":"tool","tool_call_id":"t","content":"r"},"#
      + #"{"role":"assistant","content":"x","reasoning_content":"hm"}],"#
      + #""tools":[{"type":"function","function":{"name":"f","parameters":{}}},"#
      + #"{"type":"custom","custom":{"name":"c"}}],"tool_choice":"auto","#
      + #""parallel_tool_calls":true,"max_tokens":3,"temperature":1,"top_k":4,"#
      + #""frequency_penalty":0.5,"presence_penalty":-1,"seed":1,"stop":"z","#
      + #""reasoning_effort":"xhigh","response_format":{"type":"json_object"},"user":"u","#
      + #""n":2,"logprobs":true,"top_logprobs":3,"verbosity":"low","service_tier":"flex","#
      + #""prompt_cache_key":"k","metadata":{"k":"v"},"logit_bias":{"1":2}}"#
    let request = try TranslatedRequest(Array(json.utf8), from: .chat, for: Target(model: "m"))
    #expect(request.losses.isEmpty)
    #expect(request.body == json)
  }
}
