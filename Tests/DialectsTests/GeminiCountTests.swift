import Testing

@testable import Dialects

struct `Gemini's counter of tokens` {
  private static func conversation() throws -> Conversation {
    try AnthropicCodec().decodeRequest(
      JSONDocument(
        #"{"model":"c","max_tokens":9,"system":"s","messages":[{"role":"user","content":"q"}]}"#))
  }

  @Test func `is asked about a whole request`() throws {
    let asked = try GeminiCount.encodeRequest(
      try Self.conversation(), for: Target(model: "gemini-2.0-flash", platform: .vendor))
    let root = try JSONDocument(asked.body).root
    let whole = try #require(root["generateContentRequest"])
    #expect(whole["model"]?.string == "models/gemini-2.0-flash")
    #expect(whole["systemInstruction"] != nil && whole["contents"] != nil)
    let read = try GeminiCount.decodeRequest(JSONDocument(asked.body))
    #expect(read.lines == [["user", "text q"]] && read.instructions.count == 1)
  }

  @Test func `takes the members where they stand on Vertex`() throws {
    let asked = try GeminiCount.encodeRequest(
      try Self.conversation(), for: Target(model: "g", platform: .vertex))
    let root = try JSONDocument(asked.body).root
    #expect(root["contents"] != nil && root["generateContentRequest"] == nil)
    #expect(try GeminiCount.decodeRequest(JSONDocument(asked.body)).turns.count == 1)
  }

  @Test func `passes a client's own question on, with the upstream's model`() throws {
    let bare = #"{"contents":[{"parts":[{"text":"q"}]}]}"#
    let whole = #"{"generateContentRequest":{"model":"models/mine","contents":[]}}"#
    let codec = Dialect.gemini.codec
    func pass(_ text: String, _ platform: Target.Platform) throws -> String {
      let target = Target(model: "up", platform: platform)
      return String(decoding: try codec.passCount(JSONDocument(text), for: target), as: UTF8.self)
    }
    #expect(try pass(bare, .vendor) == bare)
    #expect(
      try pass(whole, .vendor)
        == #"{"generateContentRequest":{"model":"models/up","contents":[]}}"#)
    #expect(try pass(whole, .vertex) == #"{"contents":[]}"#)
    #expect(codec.decodeCount(codec.encodeCount(5)) == 5)
  }

  @Test func `tells its count`() {
    #expect(GeminiCount.encodeReply(tokens: 31) == Array(#"{"totalTokens":31}"#.utf8))
    #expect(GeminiCount.decodeReply(GeminiCount.encodeReply(tokens: 31)) == 31)
    let reply = #"{"totalTokens":"7","promptTokensDetails":[]}"#
    #expect(GeminiCount.decodeReply(Array(reply.utf8)) == 7)
    #expect(GeminiCount.decodeReply(Array("{}".utf8)) == nil)
    #expect(GeminiCount.decodeReply(Array("x".utf8)) == nil)
  }

  @Test func `stands beside a list of models`() throws {
    let list = GeminiModelEntry.list([
      GeminiModelEntry(name: "a\"b", inputTokenLimit: 10, outputTokenLimit: 2)
    ])
    let models = try JSONDocument(list).root["models"]?.elements.map { $0 } ?? []
    #expect(models.map { $0["name"]?.string } == ["models/a\"b"])
    #expect(models[0]["inputTokenLimit"]?.integer == 10)
    #expect(
      models[0]["supportedGenerationMethods"]?.elements.compactMap(\.string).contains(
        "countTokens") == true)
  }
}
