import Testing

@testable import Dialects

struct `Chat's newer words` {
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)

  private static func decode(_ members: String, messages: String = user) throws -> Conversation {
    try ChatCodec().decodeRequest(
      JSONDocument(#"{"model":"m","messages":[\#(messages)],\#(members)}"#))
  }

  private static let user = #"{"role":"user","content":"q"}"#

  private static func encode(
    _ conversation: Conversation, _ target: Target = Target(model: "m")
  ) throws -> (body: String, losses: [String]) {
    let encoded = try ChatCodec().encodeRequest(conversation, for: target)
    return (String(decoding: encoded.body, as: UTF8.self), encoded.losses.tags)
  }

  @Test func `are read into the hub`() throws {
    let conversation = try Self.decode(
      #""n":3,"logprobs":true,"top_logprobs":4,"seed":1,"frequency_penalty":0.5,"#
        + #""presence_penalty":0,"verbosity":"low","service_tier":"flex","prompt_cache_key":"k","#
        + #""metadata":{"a":"b"},"reasoning":{"effort":"high","exclude":true}"#)
    #expect(conversation.candidates == 3 && conversation.logprobs == 4)
    #expect(conversation.sampling.seed != nil && conversation.sampling.frequencyPenalty != nil)
    #expect(conversation.sampling.presencePenalty == nil)
    #expect(conversation.verbosity == "low" && conversation.serviceTier == "flex")
    #expect(conversation.cacheKey == "k" && conversation.metadata != nil)
    #expect(conversation.effort == "high" && conversation.showsThinking == false)
    #expect(conversation.extras.isEmpty)
  }

  @Test func `are asked of a server only where it, and the reply, can carry them`() throws {
    var conversation = Conversation(origin: .anthropic, model: "m")
    conversation.turns = [Turn(.user, [Block(.text("q"))])]
    conversation.logprobs = 0
    conversation.verbosity = "low"
    conversation.serviceTier = "standard_only"
    conversation.cacheKey = "k"
    conversation.metadata = JSONRaw(stringLiteral: #"{"a":"b"}"#)
    let (loose, lost) = try Self.encode(conversation)
    #expect(!loose.contains("service_tier") && !loose.contains("logprobs"))
    #expect(
      lost == ["logprobs", "verbosity", "service_tier", "prompt_cache_key", "metadata"])
    conversation.user = "session"
    var keyless = conversation
    keyless.cacheKey = nil
    let vendor = Target(model: "gpt-5", platform: .vendor)
    let (first, _) = try Self.encode(keyless, vendor)
    keyless.turns.append(Turn(.assistant, [Block(.text("a"))]))
    let (second, _) = try Self.encode(keyless, vendor)
    let key = try JSONDocument(first).root["prompt_cache_key"]?.string
    #expect(key?.hasPrefix("anyllm-") == true)
    #expect(try JSONDocument(second).root["prompt_cache_key"]?.string == key)
    let (strict, losses) = try Self.encode(
      conversation, Target(model: "gpt-5", platform: .vendor, isReasoningModel: true))
    #expect(strict.contains(#""verbosity":"low","service_tier":"default","prompt_cache_key":"k""#))
    #expect(losses == ["logprobs", "metadata"])
  }

  private static let custom =
    #""tools":[{"type":"custom","custom":{"name":"patch","description":"d","format":{"type":"grammar","#
    + #""grammar":{"syntax":"lark","definition":"x"}}}}],"#
    + #""tool_choice":{"type":"custom","custom":{"name":"patch"}}"#

  private static let called =
    user + #",{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"custom","custom":"#
    + #"{"name":"patch","input":"*** \"Begin\"\n"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}"#

  @Test func `hold tools of free text and their calls`() throws {
    let conversation = try Self.decode(Self.custom, messages: Self.called)
    #expect(conversation.toolChoice == .tool("patch"))
    guard case .toolCall(let call) = conversation.turns[1].blocks[0].content else {
      Issue.record("the call was read as something else")
      return
    }
    #expect(call.input == JSONRaw(stringLiteral: #"{"input":"*** \"Begin\"\n"}"#))
    let (same, none) = try Self.encode(conversation)
    #expect(same == #"{"model":"m","messages":[\#(Self.called)],\#(Self.custom)}"#)
    #expect(none.isEmpty)
    var foreign = conversation
    foreign.origin = .anthropic
    let (vendor, _) = try Self.encode(foreign, Target(model: "gpt", platform: .vendor))
    #expect(vendor.contains(#""type":"custom","custom":{"name":"patch","input":"#))
    let (bridged, losses) = try Self.encode(foreign)
    #expect(bridged.contains(#""function":{"name":"patch","arguments":"{\"input\":"#))
    #expect(bridged.contains(#""description":"d\n\nThe input must follow this lark grammar:\nx""#))
    #expect(bridged.contains(#""tool_choice":{"type":"function","function":{"name":"patch"}}"#))
    #expect(losses.isEmpty)
  }

  @Test func `show a client the free text that a function was called with`() throws {
    var stage = Self.stage
    stage.toolForms["patch"] = ToolForms.Form(name: "patch", isFreeform: true)
    let events: [ReplyEvent] = [
      .begin(id: nil, model: nil), .open(.toolCall(id: "c", name: "patch")),
      .arguments(#"{"inp"#), .arguments(#"ut":"a\n\"b\"""#), .arguments("}"), .close,
      .open(.toolCall(id: "d", name: "f")), .arguments("{}"), .close, .end(.toolCalls),
    ]
    let whole = String(decoding: ChatCodec().encodeReply(events, stage), as: UTF8.self)
    #expect(
      whole.contains(
        #"{"id":"c","type":"custom","custom":{"name":"patch","input":"a\n\"b\""}},"#
          + #"{"id":"d","type":"function","function":{"name":"f","arguments":"{}"}}"#))
    var encoder = ChatCodec().makeStreamEncoder(stage)
    var wire: [UInt8] = []
    for event in events { encoder.encode([event], into: &wire) }
    let stream = String(decoding: wire, as: UTF8.self)
    #expect(
      stream.contains(
        #"{"tool_calls":[{"index":0,"id":"c","type":"custom","custom":{"name":"patch","input":""}}]}"#
      ))
    #expect(stream.contains(#"{"tool_calls":[{"index":0,"custom":{"input":"a\n\"b\""}}]}"#))
  }

  @Test func `are read from a server that calls with free text, wherever it is cut`() throws {
    let whole =
      #"{"choices":[{"message":{"tool_calls":[{"id":"c","type":"custom","custom":"#
      + #"{"name":"patch","input":"a\n\"b\""}}]},"finish_reason":"tool_calls"}]}"#
    let expected = ["patch", #"{"input":"a\n\"b\""}"#]
    #expect(Self.call(in: ChatCodec().decodeReply(Array(whole.utf8))) == expected)
    let deltas = [
      #"{"index":0,"id":"c","type":"custom","custom":{"name":"patch","input":""}}"#,
      #"{"index":0,"custom":{"input":"a\n"}}"#, #"{"index":0,"custom":{"input":"\"b\""}}"#,
    ]
    let wire = Array(
      (deltas.map { #"data: {"choices":[{"index":0,"delta":{"tool_calls":[\#($0)]}}]}"# + "\n\n" }
        .joined() + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#
        + "\n\ndata: [DONE]\n\n").utf8)
    for cut in 0...wire.count {
      #expect(Self.call(in: ChatReading([wire[..<cut], wire[cut...]]).events) == expected)
    }
  }

  private static func call(in events: [ReplyEvent]) -> [String] {
    var seen = ["", ""]
    for event in events {
      if case .open(.toolCall(_, let name, _)) = event { seen[0] = name.string }
      if case .arguments(let text) = event { seen[1] += text.string }
    }
    return seen
  }

  @Test func `allow some tools of many`() throws {
    let choice =
      #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[]}}"#
    let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#
    let conversation = try Self.decode(tools + "," + choice)
    #expect(conversation.toolChoice == .any)
    #expect(try Self.encode(conversation).body.contains(choice))
    let foreign = try AnthropicCodec().encodeRequest(conversation, for: Target(model: "m"))
    #expect(
      String(decoding: foreign.body, as: UTF8.self).contains(#""tool_choice":{"type":"any"}"#))
    #expect(foreign.losses.tags == ["tool_choice"])
  }

  @Test(arguments: [("gpt-5-search-api", true), ("gpt-5", false)])
  func `search the web where the model can`(model: String, canSearch: Bool) throws {
    let search = #""web_search_options":{"search_context_size":"low"}"#
    #expect(try Self.encode(try Self.decode(search)).body.contains(search))
    let conversation = try AnthropicCodec().decodeRequest(
      JSONDocument(
        #"{"model":"m","max_tokens":1,"messages":[\#(Self.user)],"tools":[{"type":"#
          + #""web_search_20250305","name":"web_search","user_location":{"type":"approximate","#
          + #""city":"Bern"}}],"tool_choice":{"type":"tool","name":"web_search"}}"#))
    let (body, losses) = try Self.encode(conversation, Target(model: model))
    #expect(
      body.contains(
        #""web_search_options":{"user_location":{"type":"approximate","approximate":{"city":"Bern"}}}"#
      ) == canSearch)
    #expect(!body.contains("tool_choice"))
    #expect(losses.contains("server_tool_web_search_20250305") != canSearch)
    #expect(losses.contains("tool_choice"))
  }

  @Test func `cite, with the passage that a citation speaks for`() throws {
    let reply =
      #"{"choices":[{"message":{"content":"ab","annotations":[{"type":"url_citation","url_citation":"#
      + #"{"start_index":0,"end_index":1,"url":"https://x","title":"T"}}]}}],"usage":{"#
      + #""prompt_tokens":1,"completion_tokens":1,"server_tool_use":{"web_search_requests":2}}}"#
    let events = ChatCodec().decodeReply(Array(reply.utf8))
    let cited = events.compactMap { if case .citation(let cited) = $0 { cited } else { nil } }
    #expect(cited.first?.url == "https://x" && cited.first?.span == 0..<1)
    var foreign = try #require(cited.first)
    foreign.origin = .anthropic
    foreign.span = nil
    let written: [ReplyEvent] = [
      .open(.text), .text(#"a\u00e9\ud83d\ude00b"#), .citation(foreign), .close, .end(.endOfTurn),
    ]
    let annotation =
      #""annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":4,"#
      + #""url":"https://x","title":"T"}}]"#
    let escaped = written.map { event -> ReplyEvent in
      guard case .text = event else { return event }
      return .text(JSONText(escaped: Array(#"a\u00e9\ud83d\ude00b"#.utf8)[...]))
    }
    let whole = String(decoding: ChatCodec().encodeReply(escaped, Self.stage), as: UTF8.self)
    #expect(whole.contains(annotation))
    var encoder = ChatCodec().makeStreamEncoder(Self.stage)
    var wire: [UInt8] = []
    encoder.encode(escaped, into: &wire)
    #expect(String(decoding: wire, as: UTF8.self).contains(annotation))
    #expect(encoder.losses.isEmpty)
    var losses = Losses()
    let message = AnthropicCodec().encodeReply(events, Self.stage, losses: &losses)
    #expect(String(decoding: message, as: UTF8.self).contains(#""url":"https://x","title":"T""#))
    #expect(losses.isEmpty)
  }

  @Test func `say what a reply showed and no other language can`() {
    let reply =
      #"{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1}]}}]}"#
    let events = ChatCodec().decodeReply(Array(reply.utf8))
    var losses = Losses()
    _ = AnthropicCodec().encodeReply(events, Self.stage, losses: &losses)
    #expect(losses.tags == ["logprobs"])
  }
}
