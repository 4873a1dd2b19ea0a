import Testing

@testable import Dialects

struct `An Anthropic request` {
  static let codec = AnthropicCodec()

  static func decode(_ text: String) throws -> Conversation {
    try codec.decodeRequest(JSONDocument(text))
  }

  static func fixture(_ name: String) throws -> Conversation {
    try codec.decodeRequest(JSONDocument(AnthropicFixtures.bytes("requests", name)))
  }

  @Test(arguments: AnthropicFixtures.requests)
  func `written again says the same`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("requests", name)
    let conversation = try Self.codec.decodeRequest(JSONDocument(bytes))
    let encoded = try Self.codec.encodeRequest(
      conversation, for: Target(model: conversation.model))
    #expect(encoded.losses.isEmpty)
    #expect(plain(try JSONShape(encoded.body)) == plain(try JSONShape(bytes)))
  }

  /// Anthropic's shorthands mean the same as what they stand for.
  private func plain(_ shape: JSONShape) -> JSONShape {
    switch shape {
    case .array(let elements): return .array(elements.map(plain))
    case .object(var members):
      if members["stream"] == .word("false") { members["stream"] = nil }
      return .object(
        members.reduce(into: [:]) { result, member in
          guard case .string = member.value, ["content", "system"].contains(member.key) else {
            result[member.key] = plain(member.value)
            return
          }
          result[member.key] = .array([.object(["type": .string("text"), "text": member.value])])
        })
    default: return shape
    }
  }

  @Test func `of Claude Code keeps everything it says`() throws {
    let conversation = try Self.fixture("claude-code.json")
    #expect(conversation.model == "claude-opus-5-5")
    #expect(conversation.maximumTokens == 128_000 && conversation.wantsStream)
    #expect(conversation.thinking == .adaptive)
    #expect(conversation.effort == "high")
    #expect(conversation.user?.string == #"{"device_id":"d0","session_id":"5b0c"}"#)
    #expect(conversation.instructions.count == 3)
    #expect(conversation.instructions.map { $0.cacheMark != nil } == [false, true, true])
    #expect(
      conversation.turns.map(\.role) == [.user, .system, .assistant, .user, .system, .user, .user])
    #expect(conversation.turns[1].extras.map(\.name) == ["output_config"])
    #expect(
      conversation.extras.map(\.name.string).sorted()
        == [
          "context_management", "output_config", "safeguards", "shiny_new_member", "thinking",
        ])
    #expect(conversation.serviceTier != nil && conversation.showsThinking == true)
  }

  @Test func `keeps tools, deferred, placeholders and the vendor's own`() throws {
    let tools = try Self.fixture("claude-code.json").tools
    #expect(
      tools.map(\.name.string) == ["Read", "WebFetch", "DeferredToolPlaceholder", "web_search"])
    #expect(tools[1].extras.map(\.name) == ["defer_loading", "eager_input_streaming"])
    #expect(tools[2].cacheMark != nil)
    guard case .vendor(let type, .webSearch, let raw) = tools[3].kind else {
      Issue.record("web_search is not a vendor's tool")
      return
    }
    #expect(type == "web_search_20250305")
    #expect(try raw.parsed()["max_uses"]?.integer == 8)
  }

  @Test func `keeps documents, images and references inside results`() throws {
    let turn = try Self.fixture("claude-code.json").turns[3]
    guard case .toolResult(let search) = turn.blocks[0].content,
      case .unknown(let type, _) = search.content[0].content,
      case .toolResult(let read) = turn.blocks[1].content
    else {
      Issue.record("the results are not there")
      return
    }
    #expect(type == "tool_reference" && read.isError && turn.blocks[1].cacheMark != nil)
    guard case .text = read.content[0].content,
      case .document(let document) = read.content[1].content,
      case .base64(let mediaType, _) = document.source, case .image = read.content[2].content
    else {
      Issue.record("text, document and image are not there")
      return
    }
    #expect(mediaType == "application/pdf")
  }

  @Test func `keeps what is beside the words it knows in a block`() throws {
    let blocks = try Self.fixture("classic.json").turns[0].blocks
    #expect(blocks[2].extras.map(\.name) == ["citations"])
    let assistant = try Self.fixture("classic.json").turns[1].blocks
    #expect(assistant[2].extras.map(\.name) == ["citations"])
    guard case .unknown(let type, _) = assistant[0].content else {
      Issue.record("server_tool_use is not carried")
      return
    }
    #expect(type == "server_tool_use")
  }

  @Test func `tells its choice of tools and whether calls may be parallel`() throws {
    func choice(_ text: String) throws -> (ToolChoice?, Bool?) {
      let conversation = try Self.decode(
        #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":\#(text)}"#
      )
      return (conversation.toolChoice, conversation.allowsParallelCalls)
    }
    #expect(try choice(#"{"type":"auto"}"#) == (.automatic, nil))
    #expect(try choice(#"{"type":"any","disable_parallel_tool_use":false}"#) == (.any, true))
    #expect(try choice(#"{"type":"none"}"#) == (ToolChoice.none, nil))
    #expect(
      try choice(#"{"type":"tool","name":"t","disable_parallel_tool_use":true}"#)
        == (.tool("t"), false))
    #expect(try choice("null") == (nil, nil))
  }

  @Test func `counts null as absent`() throws {
    let conversation = try Self.decode(
      #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"system":null,"tools":null,"temperature":null,"thinking":null,"metadata":{"user_id":null},"stop_sequences":null,"stream":null}"#
    )
    #expect(conversation.instructions.isEmpty && conversation.tools.isEmpty)
    #expect(conversation.user == nil && conversation.thinking == nil && !conversation.wantsStream)
  }

  @Test func `spells a tool id of another vendor as that vendor did`() throws {
    let mapped = AnthropicIdentifier.encode("functions.Bash:0").string
    let conversation = try Self.decode(
      #"{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"\#(mapped)","name":"Bash","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(mapped)"}]}]}"#
    )
    guard case .toolCall(let call) = conversation.turns[0].blocks[0].content,
      case .toolResult(let result) = conversation.turns[1].blocks[0].content
    else {
      Issue.record("the call and its result are not there")
      return
    }
    #expect(call.id == "functions.Bash:0" && result.callID == call.id)
  }
}
