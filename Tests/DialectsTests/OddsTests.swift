import Testing

@testable import Dialects

@Suite struct `The odds of tokens` {
  private static let stage = ReplyStage(model: "m", requestID: "r", createdAt: 0)

  private static let chatOdds =
    #"{"content":[{"token":"Gr","logprob":-0.25,"bytes":[71,114],"top_logprobs":["#
    + #"{"token":"Gr","logprob":-0.25,"bytes":[71,114]},{"token":"H","logprob":-3.5,"bytes":[72]}]},"#
    + #"{"token":"üß","logprob":-1e-05,"bytes":[195,188,195,159],"top_logprobs":[]}],"refusal":null}"#
  private static let geminiOdds =
    #"{"chosenCandidates":[{"token":"Gr","logProbability":-0.25},{"token":"üß","#
    + #""logProbability":-1e-05}],"topCandidates":[{"candidates":[{"token":"Gr","#
    + #""logProbability":-0.25},{"token":"H","logProbability":-3.5}]},{"candidates":[]}]}"#

  private static let chatReply =
    #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"#
    + #""message":{"role":"assistant","content":"Grüß"},"logprobs":\#(chatOdds),"#
    + #""finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
  private static let geminiReply =
    #"{"candidates":[{"content":{"parts":[{"text":"Grüß"}],"role":"model"},"finishReason":"STOP","#
    + #""logprobsResult":\#(geminiOdds),"index":0}],"usageMetadata":{"promptTokenCount":1,"#
    + #""candidatesTokenCount":2}}"#

  private static func chatChunk(_ choice: String) -> String {
    #"data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":["#
      + #"{"index":0,\#(choice)}]}"# + "\n\n"
  }

  private static let chatStream =
    chatChunk(#""delta":{"role":"assistant","content":"Grüß"},"logprobs":\#(chatOdds)"#)
    + chatChunk(#""delta":{},"logprobs":null,"finish_reason":"stop""#) + "data: [DONE]\n\n"
  private static let geminiStream = "data: \(geminiReply)\n\n"

  private static func chat(in bytes: [UInt8]) throws -> String? {
    let root = try JSONDocument(bytes).root
    return root["choices"]?.elements.first { _ in true }?["logprobs"].map(text)
  }

  private static func gemini(in bytes: [UInt8]) throws -> String? {
    let root = try JSONDocument(bytes).root
    return root["candidates"]?.elements.first { _ in true }?["logprobsResult"].map(text)
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.raw.bytes, as: UTF8.self)
  }

  @Test func `come whole from either language to either`() throws {
    for (dialect, reply) in [(Dialect.chat, Self.chatReply), (.gemini, Self.geminiReply)] {
      let events = dialect.codec.decodeReply(Array(reply.utf8))
      var losses = Losses()
      let chat = Dialect.chat.codec.encodeReply(events, Self.stage, losses: &losses)
      #expect(try Self.chat(in: chat) == Self.chatOdds)
      let gemini = Dialect.gemini.codec.encodeReply(events, Self.stage, losses: &losses)
      #expect(try Self.gemini(in: gemini) == Self.geminiOdds)
      #expect(losses.isEmpty)
    }
  }

  @Test(arguments: [Dialect.chat, .gemini])
  func `come streamed from either language, wherever the network cuts it`(
    dialect: Dialect
  ) throws {
    let bytes = Array((dialect == .chat ? Self.chatStream : Self.geminiStream).utf8)
    for cut in bytes.indices {
      let events = decode([bytes[..<cut], bytes[cut...]], with: dialect.codec)
      let told = events.compactMap { if case .odds(let odds) = $0 { odds } else { nil } }
      #expect(told.count == 1 && told.first?.map(\.said.text.string) == ["Gr", "üß"])
    }
    let events = decode([bytes[...]], with: dialect.codec)
    for client in [Dialect.chat, .gemini] {
      var encoder = client.codec.makeStreamEncoder(Self.stage)
      var out: [UInt8] = []
      encoder.encode(events, into: &out)
      let odds = client == .chat ? Self.chatOdds : Self.geminiOdds
      #expect(String(decoding: out, as: UTF8.self).contains(odds))
      #expect(encoder.losses.isEmpty)
      let again = decode([out[...]], with: client.codec)
      #expect(transcript(again).contains("odds Gr|üß") && !again.isFailed)
    }
  }

  @Test(arguments: [Dialect.anthropic, .responses, .converse])
  func `are a loss where the language has no place for them`(client: Dialect) throws {
    let events = Dialect.chat.codec.decodeReply(Array(Self.chatReply.utf8))
    var losses = Losses()
    _ = client.codec.encodeReply(events, Self.stage, losses: &losses)
    var encoder = client.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    #expect(losses.tags == ["logprobs"] && encoder.losses.tags == ["logprobs"])
  }

  @Test func `are asked for in the upstream's words`() throws {
    let chat = try Dialect.chat.codec.decodeRequest(
      JSONDocument(
        #"{"model":"m","messages":[{"role":"user","content":"q"}],"logprobs":true,"top_logprobs":3}"#
      ))
    let gemini = try Dialect.gemini.codec.decodeRequest(
      JSONDocument(
        #"{"contents":[{"parts":[{"text":"q"}]}],"#
          + #""generationConfig":{"responseLogprobs":true,"logprobs":3}}"#))
    for conversation in [chat, gemini] {
      let toChat = try Dialect.chat.codec.encodeRequest(conversation, for: Target(model: "m"))
      let body = try JSONDocument(toChat.body).root
      #expect(body["logprobs"]?.bool == true && body["top_logprobs"]?.integer == 3)
      let toGemini = try Dialect.gemini.codec.encodeRequest(
        conversation, for: Target(model: "gemini-2.5-flash", platform: .vendor))
      let config = try JSONDocument(toGemini.body).root["generationConfig"]
      #expect(config?["responseLogprobs"]?.bool == true && config?["logprobs"]?.integer == 3)
      #expect(toChat.losses.isEmpty && toGemini.losses.isEmpty)
      for dialect in [Dialect.anthropic, .responses, .converse] {
        let other = try dialect.codec.encodeRequest(conversation, for: Target(model: "m"))
        #expect(other.losses.tags.contains("logprobs"))
      }
    }
  }

  @Test(arguments: Dialect.allCases)
  func `of several answers are asked for in the same language only`(target: Dialect) throws {
    let chat = try Dialect.chat.codec.decodeRequest(
      JSONDocument(#"{"model":"m","messages":[{"role":"user","content":"q"}],"n":3}"#))
    let gemini = try Dialect.gemini.codec.decodeRequest(
      JSONDocument(
        #"{"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"candidateCount":3}}"#))
    for (conversation, name) in [(chat, "n"), (gemini, "generationConfig.candidateCount")] {
      guard conversation.origin != target else {
        let encoded = try target.codec.encodeRequest(conversation, for: Target(model: "m"))
        #expect(encoded.losses.isEmpty)
        #expect(String(decoding: encoded.body, as: UTF8.self).contains(":3"))
        continue
      }
      let failure = #expect(throws: Failure.self) {
        _ = try target.codec.encodeRequest(conversation, for: Target(model: "m"))
      }
      #expect(failure?.status == 400 && failure?.parameter == name)
      #expect(failure?.message.contains("ask for one") == true)
    }
  }
}
