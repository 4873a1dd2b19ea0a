import Testing

@testable import Dialects

struct `Tokens of a request` {
  private func conversation(_ blocks: [Block.Content]) -> Conversation {
    var conversation = Conversation(origin: .anthropic, model: "m")
    conversation.turns = [Turn(.user, blocks.map { Block($0) })]
    return conversation
  }

  private func count(_ conversation: Conversation, _ model: String = "gpt-4o") -> Int {
    RequestTokens.count(conversation, for: TokenFamily(model: model))
  }

  @Test func `include every part of it`() {
    let words: JSONText = "Some words that are worth a few tokens, whatever they may mean."
    let raw = JSONRaw(
      Array(#"{"type":"object","properties":{"city":{"type":"string"}}}"#.utf8)[...])
    let least = TokenCounter.count(words)
    let base = count(conversation([]))
    let contents: [(String, Block.Content)] = [
      ("text", .text(words)), ("refusal", .refusal(words)),
      ("thinking", .thinking(words)),
      ("call", .toolCall(ToolCall(id: "i", name: words, input: raw))),
      ("result", .toolResult(ToolResult(callID: "i", content: [Block(.text(words))]))),
      ("document", .document(Document(.text(words)))),
      ("titled", .document(Document(.blocks([]), title: words))),
      ("file", .document(Document(.file(id: "f")))), ("unknown", .unknown(type: "t", raw)),
      ("audio", .audio(Media(.url(words)))), ("image", .image(Media(.url(words)))),
    ]
    for (name, content) in contents {
      #expect(count(conversation([content])) >= base + min(least, 10), "\(name)")
    }
    var sealed = conversation([])
    sealed.turns[0].blocks = [Block(.redactedThinking, seal: Seal(.anthropic, words))]
    #expect(count(sealed) >= base + min(least, 10))
    var whole = conversation([.text(words)])
    let before = count(whole)
    whole.instructions = [Instruction(text: words)]
    let withSystem = count(whole)
    #expect(withSystem >= before + least)
    whole.tools = [
      Tool(name: "f", kind: .function(description: words, schema: raw, isStrict: nil))
    ]
    let withTool = count(whole)
    #expect(withTool >= withSystem + least + TokenCounter.count(raw.bytes))
    whole.tools.append(Tool(name: "g", kind: .vendor(type: "t", purpose: nil, raw)))
    #expect(count(whole) > withTool)
    let withVendorTool = count(whole)
    whole.tools.append(Tool(name: "h", kind: .freeform(description: words, format: nil)))
    #expect(count(whole) >= withVendorTool + least)
    let withFreeform = count(whole)
    whole.format = .schema(name: nil, raw, isStrict: nil)
    #expect(count(whole) > withFreeform)
  }

  /// Figures that the vendors' documentation shows for its examples, or that were measured.
  @Test func `are near what a vendor counts, and not below`() {
    var hello = conversation([.text("Hello, Claude")])
    hello.instructions = [Instruction(text: "You are a scientist")]
    #expect(14...40 ~= count(hello, "claude-opus-5"))

    var weather = conversation([.text("What's the weather like in San Francisco?")])
    let schema =
      #"{"type":"object","properties":{"location":{"type":"string","description":"#
      + #""The city and state, e.g. San Francisco, CA"}},"required":["location"]}"#
    weather.tools = [
      Tool(
        name: "get_weather",
        kind: .function(
          description: "Get the current weather in a given location",
          schema: JSONRaw(Array(schema.utf8)[...]),
          isStrict: nil))
    ]
    #expect(403...800 ~= count(weather, "claude-opus-5"))
  }

  @Test func `grow with the family's tokenizer`() {
    let text = conversation([.text(JSONText(String(repeating: "tokens of a text ", count: 100)))])
    let exact = 400
    #expect(exact..<exact + 30 ~= count(text, "gpt-5"))
    #expect(exact * 5 / 4..<exact * 5 / 4 + 30 ~= count(text, "claude-sonnet-4-5"))
    #expect(exact * 17 / 10..<exact * 17 / 10 + 30 ~= count(text, "claude-sonnet-5"))
    #expect(count(text, "gemini-3-pro") > count(text, "gpt-5"))
    #expect(count(text, "llama-4") > count(text, "gpt-5"))
  }

  @Test func `are no longer exact behind the longest window, but not fewer`() {
    let words = JSONText(String(repeating: "tokens of a text ", count: 1000))
    let twice = conversation([.text(words), .text(words)])
    let family = TokenFamily(model: "gpt-5")
    let exact = RequestTokens.count(twice, for: family)
    #expect(RequestTokens.count(twice, for: family, exactBytes: words.bytes.count * 2) == exact)
    let half = RequestTokens.count(twice, for: family, exactBytes: words.bytes.count)
    #expect(half > exact)
    #expect(RequestTokens.count(twice, for: family, exactBytes: 0) > half)
  }

  @Test func `know newer and older models by their names`() {
    for older in [
      "claude-3-5-sonnet-20241022", "claude-opus-4-20250514", "claude-sonnet-4@20250514",
      "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic/claude-opus-4.6", "claude-opus-4",
      "us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-instant-1.2",
    ] {
      #expect(TokenFamily(model: older) == .claude, "\(older)")
    }
    for newer in [
      "claude-opus-4-7", "claude-opus-4-7-20260416", "claude-opus-4-8", "claude-sonnet-5",
      "claude-sonnet-5-5", "global.anthropic.claude-opus-5-5", "claude-fable-5-1",
      "claude-mythos-preview", "anthropic/claude-opus-4.7", "claude-haiku-5-5",
    ] {
      #expect(TokenFamily(model: newer) == .newerClaude, "\(newer)")
    }
    #expect(TokenFamily(model: "gemini-2.5-pro") == .gemini)
    #expect(TokenFamily(model: "gemini/gemini-3.1-pro-preview") == .newerGemini)
    #expect(TokenFamily(model: "qwen3-coder") == .other)
    #expect(TokenFamily(model: "gpt-oss-120b") == .other)
    #expect(TokenFamily(model: "azure/gpt-4.1").textPercent == 100)
  }
}
