/// The bytes that the codecs are measured with.
enum Workload {
  /// A Chat chunk of 300 bytes with its frame, as OpenAI sends it.
  static let chatChunk = padded(to: 300) { padding in
    #"data: {"id":"chatcmpl-BmXk2pQ7vY1aZ9","object":"chat.completion.chunk","created":1763730000,"#
      + #""model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"#
      + #""fp_a1b2c3d4e5","choices":[{"index":0,"delta":{"content":" \#(padding)"},"#
      + #""logprobs":null,"finish_reason":null}],"usage":null}"# + "\n\n"
  }

  /// Chunks like it whose ends differ.
  static let paddedChunks = (0..<8).map { number in
    Array(chatChunk.dropLast(3)) + Array(#","obfuscation":"a\#(number)"}"#.utf8)
      + Array("\n\n".utf8)
  }

  /// An Anthropic delta of 300 bytes with its frame.
  static let anthropicChunk = padded(to: 300) { padding in
    "event: content_block_delta\n"
      + #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","#
      + #""text":" \#(padding)"}}"# + "\n\n"
  }

  static let chatOpening = Array(
    (#"data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":"#
      + #"[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"# + "\n\n")
      .utf8)

  static let anthropicOpening = Array(
    ("event: message_start\n"
      + #"data: {"type":"message_start","message":{"id":"msg_1","type":"message","#
      + #""role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"#
      + #""usage":{"input_tokens":9,"output_tokens":1}}}"# + "\n\n"
      + "event: content_block_start\n"
      + #"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
      + "\n\n").utf8)

  /// 60 messages, 20 tools, about 80 KB.
  static let request = Array(
    (#"{"model":"claude-sonnet-4-5","max_tokens":32000,"stream":true,"temperature":1,"#
      + #""thinking":{"type":"adaptive"},"metadata":{"user_id":"user_1"},"system":[{"type":"text","#
      + #""text":"\#(prose(6000))","cache_control":{"type":"ephemeral"}}],"messages":["#
      + (0..<20).map(exchange).joined(separator: ",") + #"],"tools":["#
      + (0..<20).map(tool).joined(separator: ",") + "]}").utf8)

  /// Three messages: a question, a call, its result.
  private static func exchange(_ number: Int) -> String {
    #"{"role":"user","content":[{"type":"text","text":"\#(prose(700))"}]},"#
      + #"{"role":"assistant","content":[{"type":"text","text":"I will look."},{"type":"tool_use","#
      + #""id":"toolu_\#(number)","name":"tool_\#(number)","input":{"path":"/src/\#(number).c","#
      + #""text":"\#(prose(300))"}}]},"#
      + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_\#(number)","#
      + #""content":[{"type":"text","text":"\#(prose(1000))"}]}]}"#
  }

  private static func tool(_ number: Int) -> String {
    #"{"name":"tool_\#(number)","description":"\#(prose(900))","input_schema":{"$schema":"#
      + #""https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"path":"#
      + #"{"type":"string","description":"\#(prose(80))"},"text":{"type":"string"}},"#
      + #""required":["path"],"additionalProperties":false}}"#
  }

  private static func prose(_ count: Int) -> String {
    let words = #"The quick brown fox said \"no\" and left.\n"#
    return String(repeating: words, count: count / words.count + 1)
  }

  private static func padded(to count: Int, _ make: (String) -> String) -> [UInt8] {
    let missing = count - make("").utf8.count
    return Array(make(String(repeating: "word ", count: missing / 5 + 1).prefix(missing) + "").utf8)
  }
}
