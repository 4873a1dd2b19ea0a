import Dialects

/// The bytes that the codecs are measured with.
enum Workload {
  /// Chat chunks whose ends differ.
  static let paddedChunks = (0..<8).map { number in
    Array(StreamWorkload(.chat, .text).chunk.dropLast(3))
      + Array(#","obfuscation":"a\#(number)"}"#.utf8) + Array("\n\n".utf8)
  }

  /// The request in the words of another language.
  static func request(in dialect: Dialect) throws -> [UInt8] {
    let conversation = try Dialect.anthropic.codec.decodeRequest(JSONDocument(request))
    guard dialect != .anthropic else { return request }
    return try dialect.codec.encodeRequest(conversation, for: target(dialect)).body
  }

  /// A usual model of the language's own vendor.
  static func target(_ dialect: Dialect) -> Target {
    switch dialect {
    case .anthropic: Target(model: "claude-sonnet-4-5", platform: .vendor)
    case .chat: Target(model: "gpt-4o-mini", platform: .vendor)
    case .responses: Target(model: "gpt-5", platform: .vendor, isReasoningModel: true)
    case .gemini: Target(model: "gemini-2.5-flash", platform: .vendor)
    case .converse:
      Target(model: "anthropic.claude-sonnet-4-5-20250929-v1:0", platform: .bedrock)
    }
  }

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
}
