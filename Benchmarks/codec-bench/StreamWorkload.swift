import Dialects

/// What an upstream sends: how a stream begins, and the chunk that most of it consists of.
struct StreamWorkload {
  enum Kind: String, CaseIterable {
    case text, arguments
  }

  enum Source: String, CaseIterable {
    case anthropic, chat, responses, gemini, converse, invoke

    /// The client language that such a stream passes to as it stands.
    var own: Dialect { Dialect(rawValue: rawValue) ?? .anthropic }

    func makeDecoder(for client: Dialect) -> any ReplyDecoder {
      self == .invoke
        ? InvokeReplyDecoder(keepingVisible: client == own)
        : own.codec.makeStreamDecoder(hidingUsage: false)
    }
  }

  /// The size of a chunk with all that its vendor wraps around it.
  static let size = 300

  let opening: [UInt8]
  let chunk: [UInt8]

  init(_ source: Source, _ kind: Kind) {
    // Arguments are told once they have begun to be an object.
    let isCutCall = kind == .arguments && source != .gemini
    let beginning = isCutCall ? Self.chunk(source, kind, "{") : []
    opening = Self.opening(source, kind) + beginning
    let bare = Self.chunk(source, kind, "").count
    let room = max(16, Self.size - bare)
    let word = kind == .text ? "word " : #"\"k\":1,"#
    let text = String(repeating: word, count: room / word.utf8.count)
    chunk = Self.chunk(source, kind, source == .invoke ? String(text.prefix(room * 3 / 4)) : text)
  }

  private static func chunk(_ source: Source, _ kind: Kind, _ text: String) -> [UInt8] {
    switch source {
    case .anthropic: event("content_block_delta", anthropicDelta(kind, text))
    case .chat: data(chat(#"{\#(chatDelta(kind, text))}"#))
    case .responses: responsesDelta(kind, text)
    case .gemini: data(gemini(kind, text))
    case .converse: frame("contentBlockDelta", converseDelta(kind, text))
    case .invoke: invoke(anthropicDelta(kind, text))
    }
  }

  private static func opening(_ source: Source, _ kind: Kind) -> [UInt8] {
    switch source {
    case .anthropic:
      event("message_start", anthropicStart) + event("content_block_start", anthropicBlock(kind))
    case .chat:
      data(chat(#"{"role":"assistant","content":""}"#))
        + (kind == .text ? [] : data(chat(#"{"tool_calls":[{"index":0,\#(call)}]}"#)))
    case .responses: responsesOpening(kind)
    case .gemini: []
    case .converse:
      frame("messageStart", #"{"role":"assistant"}"#)
        + (kind == .text
          ? []
          : frame(
            "contentBlockStart",
            #"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"call_1","name":"look"}}}"#))
    case .invoke: invoke(anthropicStart) + invoke(anthropicBlock(kind))
    }
  }

  private static func data(_ json: String) -> [UInt8] { Array("data: \(json)\n\n".utf8) }

  private static func event(_ name: String, _ json: String) -> [UInt8] {
    Array("event: \(name)\ndata: \(json)\n\n".utf8)
  }

  private static func frame(_ type: StaticString, _ json: String) -> [UInt8] {
    var out: [UInt8] = []
    EventStreamWriter.event(type, to: &out) { $0.append(contentsOf: json.utf8) }
    return out
  }

  private static func invoke(_ json: String) -> [UInt8] {
    var text: [UInt8] = []
    Base64.append(Array(json.utf8)[...], to: &text)
    return frame("chunk", #"{"bytes":"\#(String(decoding: text, as: UTF8.self))"}"#)
  }
}

/// The words of the vendors.
extension StreamWorkload {
  private static let call =
    #""id":"call_1","type":"function","function":{"name":"look","arguments":""}"#

  private static let anthropicStart =
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
    + #""model":"m","content":[],"stop_reason":null,"stop_sequence":null,"#
    + #""usage":{"input_tokens":9,"output_tokens":1}}}"#

  private static func anthropicBlock(_ kind: Kind) -> String {
    let block =
      kind == .text
      ? #"{"type":"text","text":""}"#
      : #"{"type":"tool_use","id":"toolu_1","name":"look","input":{}}"#
    return #"{"type":"content_block_start","index":0,"content_block":\#(block)}"#
  }

  private static func anthropicDelta(_ kind: Kind, _ text: String) -> String {
    let delta =
      kind == .text
      ? #""text_delta","text":"\#(text)""# : #""input_json_delta","partial_json":"\#(text)""#
    return #"{"type":"content_block_delta","index":0,"delta":{"type":\#(delta)}}"#
  }

  private static func chat(_ delta: String) -> String {
    #"{"id":"chatcmpl-BmXk2pQ7vY1aZ9","object":"chat.completion.chunk","created":1763730000,"#
      + #""model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"#
      + #""fp_a1b2c3d4e5","choices":[{"index":0,"delta":\#(delta),"#
      + #""logprobs":null,"finish_reason":null}],"usage":null}"#
  }

  private static func chatDelta(_ kind: Kind, _ text: String) -> String {
    kind == .text
      ? #""content":"\#(text)""#
      : #""tool_calls":[{"index":0,"function":{"arguments":"\#(text)"}}]"#
  }

  private static func responsesOpening(_ kind: Kind) -> [UInt8] {
    let item =
      kind == .text
      ? #"{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}"#
      : #"{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","#
        + #""call_id":"call_1","name":"look"}"#
    return event(
      "response.created",
      #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"m"}}"#)
      + event(
        "response.output_item.added",
        #"{"type":"response.output_item.added","sequence_number":1,"output_index":0,"#
          + #""item":\#(item)}"#)
  }

  private static func responsesDelta(_ kind: Kind, _ text: String) -> [UInt8] {
    let name =
      kind == .text ? "response.output_text.delta" : "response.function_call_arguments.delta"
    let part = kind == .text ? #","content_index":0"# : ""
    let end = kind == .text ? #","logprobs":[]"# : ""
    return event(
      name,
      #"{"type":"\#(name)","sequence_number":7,"item_id":"msg_68a1f0c2d3","output_index":0\#(part),"#
        + #""delta":"\#(text)"\#(end),"obfuscation":"aB3xY9"}"#)
  }

  /// Arguments come whole, in a call of their own.
  private static func gemini(_ kind: Kind, _ text: String) -> String {
    let plain = text.replacing(#"\""#, with: "").prefix(60)
    let part =
      kind == .text
      ? #"{"text":"\#(text)"}"# : #"{"functionCall":{"name":"look","args":{"path":"\#(plain)"}}}"#
    return #"{"candidates":[{"content":{"parts":[\#(part)],"role":"model"},"index":0}],"#
      + #""usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":40,"totalTokenCount":49},"#
      + #""modelVersion":"gemini-2.5-flash","responseId":"a1b2c3d4e5f6"}"#
  }

  private static func converseDelta(_ kind: Kind, _ text: String) -> String {
    let delta = kind == .text ? #""text":"\#(text)""# : #""toolUse":{"input":"\#(text)"}"#
    return #"{"contentBlockIndex":0,"delta":{\#(delta)},"p":"abcdefghijkl"}"#
  }
}
