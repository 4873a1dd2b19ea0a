import Testing

@testable import Dialects

struct `A request of another language, written for Anthropic` {
  static let codec = AnthropicCodec()

  static func conversation(_ turns: [Turn]) -> Conversation {
    var conversation = Conversation(origin: .chat, model: "client-name")
    conversation.turns = turns
    return conversation
  }

  static let hello = Turn(.user, [Block(.text("hello"))])

  static func encode(
    _ conversation: Conversation, model: String = "claude-sonnet-4-5"
  ) throws -> (root: JSONValue, losses: [String]) {
    let target = Target(model: model, defaultMaximumTokens: 4096)
    let encoded = try codec.encodeRequest(conversation, for: target)
    let document = try JSONDocument(encoded.body)
    // What we write, we would accept.
    _ = try codec.decodeRequest(document)
    return (document.root, encoded.losses.tags)
  }

  static func shape(_ value: JSONValue?) -> String {
    value.map { JSONShape($0).description } ?? "-"
  }

  static func messages(_ turns: [Turn]) throws -> (String, [String]) {
    let (root, losses) = try encode(conversation(turns))
    return (shape(root["messages"]), losses)
  }

  @Test func `names the target's model and has a limit`() throws {
    let (root, losses) = try Self.encode(Self.conversation([Self.hello]))
    #expect(
      JSONShape(root).description
        == "{max_tokens: 4096, messages: [{content: 'hello', role: 'user'}], model: 'claude-sonnet-4-5'}"
    )
    #expect(losses.isEmpty)
  }

  @Test func `merges turns so that roles alternate, results of tools first`() throws {
    let (messages, losses) = try Self.messages([
      Turn(.user, [Block(.text("a"))]), Turn(.user, [Block(.text("b"))]),
      Turn(
        .assistant,
        [
          Block(.toolCall(ToolCall(id: "1", name: "f", input: .emptyObject))),
          Block(.toolCall(ToolCall(id: "2", name: "f", input: .emptyObject))),
        ]),
      Turn(.user, [Block(.text("also"))]),
      Turn(.user, [Block(.toolResult(ToolResult(callID: "1", content: [Block(.text("x"))])))]),
      Turn(
        .user,
        [Block(.toolResult(ToolResult(callID: "2", content: [], isError: true)))]),
    ])
    #expect(
      messages == """
        [{content: [{text: 'a', type: 'text'}, {text: 'b', type: 'text'}], role: 'user'}, \
        {content: [{id: '1', input: {}, name: 'f', type: 'tool_use'}, \
        {id: '2', input: {}, name: 'f', type: 'tool_use'}], role: 'assistant'}, \
        {content: [{content: 'x', tool_use_id: '1', type: 'tool_result'}, \
        {is_error: true, tool_use_id: '2', type: 'tool_result'}, \
        {text: 'also', type: 'text'}], role: 'user'}]
        """)
    #expect(losses.isEmpty)
  }

  @Test func `holds no empty text`() throws {
    let call = Block(.toolCall(ToolCall(id: "1", name: "f", input: .emptyObject)))
    let (messages, _) = try Self.messages([
      Turn(.user, [Block(.text("")), Block(.text(" \n\t")), Block(.text("\\ x"))]),
      Turn(.assistant, [Block(.text("")), call]), Turn(.user, [Block(.text(""))]),
      Turn(.user, [Block(.toolResult(ToolResult(callID: "1", content: [Block(.text(""))])))]),
      Turn(.assistant, [Block(.text(""))]),
    ])
    #expect(
      messages == """
        [{content: '\\ x', role: 'user'}, \
        {content: [{id: '1', input: {}, name: 'f', type: 'tool_use'}], role: 'assistant'}, \
        {content: [{tool_use_id: '1', type: 'tool_result'}], role: 'user'}]
        """)
  }

  @Test func `begins with a user and ends without white space`() throws {
    let (messages, losses) = try Self.messages([
      Turn(.assistant, [Block(.text("Welcome"))]), Self.hello,
      Turn(.assistant, [Block(.text("The answer is: \n "))]),
    ])
    #expect(
      messages == """
        [{content: '(The conversation begins.)', role: 'user'}, \
        {content: 'Welcome', role: 'assistant'}, {content: 'hello', role: 'user'}, \
        {content: 'The answer is:', role: 'assistant'}]
        """)
    #expect(losses == ["first_turn_added"])
  }

  @Test func `has instructions before the first turn, and in place afterwards`() throws {
    var conversation = Self.conversation([
      Turn(.system, [Block(.text("early"))]), Self.hello,
      Turn(.system, [Block(.text("late"))]), Turn(.assistant, [Block(.text("hi"))]),
    ])
    conversation.instructions = [Instruction(text: "first"), Instruction(text: "")]
    let (root, losses) = try Self.encode(conversation)
    #expect(
      Self.shape(root["system"])
        == "[{text: 'first', type: 'text'}, {text: 'early', type: 'text'}]")
    #expect(
      Self.shape(root["messages"]) == """
        [{content: [{text: 'hello', type: 'text'}, \
        {text: '<system>\nlate\n</system>', type: 'text'}], role: 'user'}, \
        {content: 'hi', role: 'assistant'}]
        """)
    #expect(losses == ["system_role"])
  }

  @Test func `drops thoughts that nobody signed, and forges no signature`() throws {
    let (messages, losses) = try Self.messages([
      Self.hello,
      Turn(
        .assistant,
        [
          Block(.thinking("unsigned")),
          Block(.thinking("foreign"), seal: Seal(.openai, "gAAA")),
          Block(.thinking("signed"), seal: Seal(.anthropic, "EqQB")),
          Block(.redactedThinking, seal: Seal(.anthropic, "EmwK")), Block(.text("answer")),
        ]), Self.hello,
    ])
    #expect(messages.contains("{signature: 'EqQB', thinking: 'signed', type: 'thinking'}"))
    #expect(messages.contains("{data: 'EmwK', type: 'redacted_thinking'}"))
    #expect(!messages.contains("unsigned") && !messages.contains("empty"))
    #expect(losses == ["thinking_blocks"])
  }

  @Test func `spells ids and names in Anthropic's alphabet, pairs kept`() throws {
    var conversation = Self.conversation([
      Self.hello,
      Turn(
        .assistant,
        [Block(.toolCall(ToolCall(id: "Bash:0", name: "my.tool", input: .emptyObject)))]),
      Turn(.user, [Block(.toolResult(ToolResult(callID: "Bash:0", content: [])))]),
    ])
    conversation.tools = [
      Tool(name: "my.tool", kind: .function(description: nil, schema: nil, isStrict: nil))
    ]
    conversation.toolChoice = .tool("my.tool")
    let (root, losses) = try Self.encode(conversation)
    let text = Self.shape(root["messages"])
    #expect(text.contains("id: 'anyllm_Bash_3a0'") && text.contains("name: 'anyllm_my_2etool'"))
    #expect(text.contains("tool_use_id: 'anyllm_Bash_3a0'"))
    #expect(
      Self.shape(root["tools"])
        == "[{input_schema: {type: 'object'}, name: 'anyllm_my_2etool'}]")
    #expect(Self.shape(root["tool_choice"]) == "{name: 'anyllm_my_2etool', type: 'tool'}")
    #expect(losses.isEmpty)
  }

  @Test(arguments: [
    (#"{"a":1}"#, "{a: 1}"), ("[1]", "{_raw: [1]}"), (#""text""#, "{_raw: 'text'}"),
    ("null", "{_raw: null}"),
  ])
  func `gives a tool's input as an object`(input: String, expected: String) throws {
    let raw = JSONRaw(Array(input.utf8)[...])
    let call = Turn(.assistant, [Block(.toolCall(ToolCall(id: "1", name: "f", input: raw)))])
    let (messages, _) = try Self.messages([Self.hello, call])
    #expect(messages.contains("input: \(expected)"))
  }

  @Test func `keeps tools and the choice among them in agreement`() throws {
    var conversation = Self.conversation([Self.hello])
    conversation.tools = [
      Tool(name: "grammar", kind: .vendor(type: "custom", purpose: nil, .emptyObject)),
      Tool(
        name: "f",
        kind: .function(
          description: "d", schema: JSONRaw(stringLiteral: "{\"properties\":{}}"), isStrict: true)),
    ]
    conversation.toolChoice = .tool("grammar")
    conversation.allowsParallelCalls = false
    let (root, losses) = try Self.encode(conversation)
    #expect(
      Self.shape(root["tools"])
        == "[{description: 'd', input_schema: {properties: {}, type: 'object'}, name: 'f'}]")
    #expect(
      Self.shape(root["tool_choice"]) == "{disable_parallel_tool_use: true, type: 'auto'}")
    #expect(losses == ["server_tool_custom", "strict", "tool_choice"])
    conversation.tools = []
    #expect(try Self.encode(conversation).root["tool_choice"] == nil)
  }

  @Test func `forbids parallel calls also without a choice`() throws {
    var conversation = Self.conversation([Self.hello])
    conversation.tools = [
      Tool(name: "f", kind: .function(description: nil, schema: nil, isStrict: nil))
    ]
    conversation.allowsParallelCalls = false
    #expect(
      Self.shape(try Self.encode(conversation).root["tool_choice"])
        == "{disable_parallel_tool_use: true, type: 'auto'}")
    conversation.allowsParallelCalls = true
    #expect(try Self.encode(conversation).root["tool_choice"] == nil)
  }

  @Test(arguments: [
    ("claude-sonnet-4-5", "1.7", "1", ["temperature_clamped"]),
    ("claude-sonnet-4-5", "0.70", "0.70", []), ("claude-opus-4-7", "0.7", "-", ["temperature"]),
    ("claude-opus-5-5", "1.7", "-", ["temperature"]),
  ])
  func `samples as the model allows`(
    model: String, temperature: String, expected: String, tags: [String]
  ) throws {
    var conversation = Self.conversation([Self.hello])
    conversation.sampling.temperature = JSONRaw(Array(temperature.utf8)[...])
    let (root, losses) = try Self.encode(conversation, model: model)
    #expect(Self.shape(root["temperature"]) == expected)
    #expect(losses == tags)
  }

  @Test func `does not sample in two ways at once`() throws {
    var conversation = Self.conversation([Self.hello])
    conversation.sampling.temperature = JSONRaw(stringLiteral: "0.5")
    conversation.sampling.topP = JSONRaw(stringLiteral: "0.9")
    let (root, losses) = try Self.encode(conversation)
    #expect(root["temperature"] != nil && root["top_p"] == nil)
    #expect(losses == ["top_p"])
  }

  struct Effort: Sendable {
    var model: String
    var effort: JSONText
    var limit: Int?
    var thinking: String
    var output: String
    var maximum: Int
    var losses: [String] = []
  }

  @Test(arguments: [
    Effort(
      model: "claude-sonnet-4-5", effort: "low", thinking: "{budget_tokens: 1024, type: 'enabled'}",
      output: "-", maximum: 5120),
    Effort(
      model: "claude-3-7-sonnet-20250219", effort: "max",
      thinking: "{budget_tokens: 16384, type: 'enabled'}", output: "-", maximum: 20480),
    Effort(
      model: "claude-sonnet-4-5", effort: "high", limit: 3000,
      thinking: "{budget_tokens: 2999, type: 'enabled'}", output: "-", maximum: 3000),
    Effort(
      model: "claude-sonnet-4-5", effort: "high", limit: 900, thinking: "-", output: "-",
      maximum: 900, losses: ["reasoning_effort"]),
    Effort(
      model: "claude-3-5-haiku-20241022", effort: "high", thinking: "-", output: "-", maximum: 4096,
      losses: ["reasoning_effort"]),
    Effort(
      model: "claude-sonnet-4-5", effort: "none", thinking: "-", output: "-", maximum: 4096),
    Effort(
      model: "claude-opus-5-5", effort: "minimal", thinking: "{type: 'adaptive'}",
      output: "{effort: 'low'}", maximum: 4096),
    Effort(
      model: "us.anthropic.claude-opus-4-6-v1:0", effort: "xhigh", thinking: "{type: 'adaptive'}",
      output: "{effort: 'high'}", maximum: 4096, losses: ["effort"]),
    Effort(
      model: "my-alias", effort: "strange", thinking: "-", output: "-", maximum: 4096,
      losses: ["reasoning_effort"]),
  ])
  func `thinks with the effort that was asked for`(_ wish: Effort) throws {
    var conversation = Self.conversation([Self.hello])
    conversation.effort = wish.effort
    conversation.maximumTokens = wish.limit
    let (root, losses) = try Self.encode(conversation, model: wish.model)
    #expect(Self.shape(root["thinking"]) == wish.thinking)
    #expect(Self.shape(root["output_config"]) == wish.output)
    #expect(root["max_tokens"]?.integer == wish.maximum)
    #expect(losses == wish.losses)
  }

  @Test func `does not think where Anthropic would refuse it`() throws {
    var conversation = Self.conversation([Self.hello])
    conversation.effort = "high"
    conversation.tools = [
      Tool(name: "f", kind: .function(description: nil, schema: nil, isStrict: nil))
    ]
    conversation.toolChoice = .any
    #expect(try Self.encode(conversation).root["thinking"] == nil)
    conversation.toolChoice = nil
    conversation.turns.append(
      Turn(
        .assistant, [Block(.toolCall(ToolCall(id: "1", name: "f", input: .emptyObject)))]))
    conversation.turns.append(
      Turn(.user, [Block(.toolResult(ToolResult(callID: "1", content: [])))]))
    let (root, losses) = try Self.encode(conversation)
    #expect(root["thinking"] == nil && losses == ["reasoning_effort"])
    let thought = Block(.thinking("t"), seal: Seal(.anthropic, "s"))
    conversation.turns[1].blocks.insert(thought, at: 0)
    #expect(try Self.encode(conversation).root["thinking"] != nil)
  }

  @Test func `answers in the schema that was asked for`() throws {
    var conversation = Self.conversation([Self.hello])
    let schema = """
      {"type":"object","properties":{"n":{"type":"integer","minimum":1,"maximum":9,"description":"a number"},\
      "list":{"type":"array","maxItems":3,"items":{"type":"object","properties":{}}},\
      "minimum":{"anyOf":[{"type":"string","minLength":2},{"type":"null"}]}},"required":["n"],\
      "additionalProperties":true}
      """
    conversation.format = .schema(name: "answer", JSONRaw(Array(schema.utf8)[...]), isStrict: true)
    let (root, losses) = try Self.encode(conversation)
    #expect(
      Self.shape(root["output_config"]?["format"]) == """
        {schema: {additionalProperties: false, properties: {\
        list: {description: '(maxItems: 3)', items: {additionalProperties: false, \
        properties: {}, type: 'object'}, type: 'array'}, \
        minimum: {anyOf: [{description: '(minLength: 2)', type: 'string'}, {type: 'null'}]}, \
        n: {description: 'a number (minimum: 1, maximum: 9)', type: 'integer'}}, \
        required: ['n'], type: 'object'}, type: 'json_schema'}
        """)
    #expect(losses.isEmpty)
    conversation.format = .anyObject
    #expect(try Self.encode(conversation).losses == ["response_format"])
  }

  @Test func `records members by name that Anthropic has no word for`() throws {
    func raw(_ text: StaticString) -> JSONRaw { JSONRaw(stringLiteral: text) }
    var conversation = Self.conversation([Self.hello])
    conversation.extras = [
      Extra("logprobs", raw("null")), Extra("logit_bias", raw("{}")),
      Extra("cache_control", raw("{\"type\":\"ephemeral\"}")),
      Extra("Strange\r\nHeader: x", raw("1")),
    ]
    conversation.turns[0].extras = [Extra("name", raw("\"me\""))]
    conversation.sampling.seed = raw("7")
    conversation.sampling.frequencyPenalty = raw("1")
    conversation.sampling.presencePenalty = raw("1")
    conversation.verbosity = "low"
    conversation.cacheKey = "k"
    conversation.logprobs = 0
    let (root, losses) = try Self.encode(conversation)
    #expect(
      losses == [
        "name", "logit_bias", "strange__header__x", "seed", "frequency_penalty",
        "presence_penalty", "verbosity", "prompt_cache_key", "logprobs",
      ])
    #expect(Self.shape(root["cache_control"]) == "{type: 'ephemeral'}")
    #expect(root["seed"] == nil && root["logprobs"] == nil)
  }

  @Test func `shows media, and says what it leaves out`() throws {
    let picture = Media(.base64(mediaType: "image/png", "iVBO"), detail: "high")
    let (messages, losses) = try Self.messages([
      Turn(
        .user,
        [
          Block(.image(picture)), Block(.image(Media(.url("https://e.com/a.png")))),
          Block(.image(Media(.file(id: "file-1")))),
          Block(.audio(Media(.base64(mediaType: "audio/wav", "AAAA")))),
          Block(.document(Document(.base64(mediaType: "application/pdf", "JVBE"), title: "T"))),
          Block(.document(Document(.base64(mediaType: "text/csv", "YQ=="), title: "t.csv"))),
          Block(.unknown(type: "video", .emptyObject)),
        ])
    ])
    #expect(
      messages == """
        [{content: [{source: {data: 'iVBO', media_type: 'image/png', type: 'base64'}, type: 'image'}, \
        {source: {type: 'url', url: 'https://e.com/a.png'}, type: 'image'}, \
        {text: '[image with the file id file-1 was left out: it cannot be sent to this model]', type: 'text'}, \
        {text: '[audio of type audio/wav was left out: it cannot be sent to this model]', type: 'text'}, \
        {source: {data: 'JVBE', media_type: 'application/pdf', type: 'base64'}, title: 'T', type: 'document'}, \
        {text: '[t.csv of type text/csv was left out: it cannot be sent to this model]', type: 'text'}], \
        role: 'user'}]
        """)
    #expect(losses == ["image_detail", "image_files", "audio", "document_blocks", "video"])
  }

  @Test func `carries stop sequences, user and stream`() throws {
    var conversation = Self.conversation([Self.hello])
    conversation.stopSequences = ["END", "\n"]
    conversation.user = "u-1"
    conversation.wantsStream = true
    let (root, losses) = try Self.encode(conversation)
    #expect(Self.shape(root["stop_sequences"]) == "['END']")
    #expect(Self.shape(root["metadata"]) == "{user_id: 'u-1'}")
    #expect(root["stream"]?.bool == true)
    #expect(losses == ["stop_sequences_blank"])
  }
}
