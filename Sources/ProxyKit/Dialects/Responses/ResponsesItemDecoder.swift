/// Reads the input of a request, one item after the other.
///
/// Items of one side that follow one another make one turn, so that a thought, what is said and the
/// calls of one answer stay together.
struct ResponsesItemDecoder {
  private(set) var instructions: [Instruction]
  private(set) var turns: [Turn] = []
  private(set) var tools: ResponsesToolDecoder
  /// The seal of the call that comes next.
  private var callSeal: Seal?

  init(instructions: [Instruction], tools: ResponsesToolDecoder) {
    self.instructions = instructions
    self.tools = tools
  }

  mutating func read(_ input: JSONValue?) throws(Failure) {
    guard let input else {
      throw .invalid("You must provide an input parameter.", parameter: "input")
    }
    if let text = input.text {
      turns = [Turn(.user, [Block(.text(text))])]
      return
    }
    guard input.kind == .array else {
      throw .invalid("input must be a string or a list of items.", parameter: "input")
    }
    for (index, item) in input.elements.enumerated() {
      try take(item, "input[\(index)]")
    }
    guard !turns.isEmpty || !instructions.isEmpty else {
      throw .invalid("input is empty; it must hold at least one item.", parameter: "input")
    }
  }

  private mutating func take(_ item: JSONValue, _ path: @autoclosure () -> String) throws(Failure) {
    guard item.kind == .object else {
      throw .invalid("\(path()) must be an object.", parameter: path())
    }
    guard let type = item["type"]?.text else {
      guard item["role"] == nil else { return try takeMessage(item, path()) }
      if item["id"] != nil { throw Self.reference(path()) }
      throw .invalid("\(path()).type must be a string.", parameter: "\(path()).type")
    }
    // The usual ones, whose names are long for a string.
    if type.equals("function_call_output") { return try takeOutput(item, path()) }
    if type.equals("function_call") { return try takeCall(item, path()) }
    switch type.string {
    case "message": try takeMessage(item, path())
    case "reasoning": try takeReasoning(item, path())
    case "custom_tool_call": try takeCustomCall(item, path())
    case "custom_tool_call_output": try takeOutput(item, path())
    case "item_reference": throw Self.reference(path())
    // Read with the request's own tools.
    case "additional_tools": break
    default: append([Block(.unknown(type: type, item.raw))], Self.owner(of: type.string))
    }
  }

  private static let known: [String] = [
    "message", "reasoning", "function_call", "function_call_output", "custom_tool_call",
    "custom_tool_call_output", "item_reference", "additional_tools",
  ]

  /// Whether a value that the hub has no word for may stand among the items; one of a type that is
  /// known was a part of a message.
  static func isUnknownItem(_ type: JSONText) -> Bool { !known.contains(type.string) }

  /// Whose turn an item is in that the hub has no word for.
  static func owner(of type: String) -> Turn.Role {
    type.hasSuffix("_output") || type == "mcp_approval_response" ? .user : .assistant
  }

  private static func reference(_ path: String) -> Failure {
    .invalid(
      "\(path) refers to an item that is not stored here; send the item itself instead.",
      parameter: path)
  }

  private mutating func append(_ blocks: [Block], _ role: Turn.Role) {
    let end = turns.count - 1
    if end >= 0, turns[end].role == role, turns[end].extras.isEmpty || role == .assistant {
      turns[end].blocks += blocks
    } else {
      turns.append(Turn(role, blocks))
    }
  }

  private mutating func takeMessage(_ item: JSONValue, _ path: @autoclosure () -> String)
    throws(Failure)
  {
    guard let role = item["role"]?.string else {
      throw .invalid("\(path()).role must be a string.", parameter: "\(path()).role")
    }
    let blocks = try ResponsesContentDecoder.blocks(item["content"], "\(path()).content")
    guard let blocks else {
      throw .invalid("\(path()).content is missing.", parameter: "\(path()).content")
    }
    let extras = Self.extras(of: item, but: ["role", "content"])
    switch role {
    case "user": turns.append(Turn(.user, blocks, extras: extras))
    case "assistant": takeAnswer(blocks, extras)
    case "system", "developer": try takeSystem(blocks, extras, "\(path()).content")
    default:
      throw .invalid(
        "\(path()).role is \(role); it must be system, developer, user or assistant.",
        parameter: "\(path()).role")
    }
  }

  private mutating func takeAnswer(_ blocks: [Block], _ extras: [Extra]) {
    let said = blocks.filter { block in
      if case .text(let text) = block.content { !text.isEmpty } else { true }
    }
    let end = turns.count - 1
    // The extras of an answer are those of its message.
    if end >= 0, turns[end].role == .assistant,
      turns[end].extras == extras || !Self.speaks(turns[end])
    {
      turns[end].blocks += said
      turns[end].extras = extras
    } else {
      turns.append(Turn(.assistant, said, extras: extras))
    }
  }

  private static func speaks(_ turn: Turn) -> Bool {
    turn.blocks.contains { block in
      switch block.content {
      case .text, .refusal: true
      default: false
      }
    }
  }

  private mutating func takeSystem(
    _ blocks: [Block], _ extras: [Extra], _ path: @autoclosure () -> String
  ) throws(Failure) {
    guard turns.isEmpty else {
      turns.append(Turn(.system, blocks, extras: extras))
      return
    }
    for block in blocks {
      guard case .text(let text) = block.content else {
        throw .invalid("\(path()) must be text.", parameter: path())
      }
      instructions.append(Instruction(text: text))
    }
  }

  private mutating func takeCall(_ item: JSONValue, _ path: @autoclosure () -> String)
    throws(Failure)
  {
    let id = try Self.callID(item, path())
    let name = try name(of: item, path())
    let input: JSONRaw
    if let arguments = item["arguments"] {
      input = arguments.text.map { ToolArguments.object($0) } ?? ToolArguments.object(arguments)
    } else {
      input = .emptyObject
    }
    takeCall(ToolCall(id: id, name: name, input: input), item, but: "arguments")
  }

  private mutating func takeCustomCall(_ item: JSONValue, _ path: @autoclosure () -> String)
    throws(Failure)
  {
    let id = try Self.callID(item, path())
    let name = try name(of: item, path())
    tools.noteFreeform(name, named: item["name"]?.text ?? name)
    let text = try ChatRequestDecoder.text(item["input"] ?? item, "\(path()).input")
    takeCall(
      ToolCall(id: id, name: name, input: ResponsesFreeform.wrapped(text)), item, but: "input")
  }

  private mutating func takeCall(
    _ call: ToolCall, _ item: JSONValue, but own: StaticString
  ) {
    let extras = Self.extras(of: item, but: ["call_id", "name", "namespace", own])
    append([Block(.toolCall(call), seal: callSeal, extras: extras)], .assistant)
    callSeal = nil
  }

  private mutating func name(of item: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> JSONText
  {
    guard let name = item["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path()).name must be a string that is not empty.", parameter: "\(path()).name")
    }
    return tools.name(name, in: item["namespace"]?.text)
  }

  private mutating func takeOutput(_ item: JSONValue, _ path: @autoclosure () -> String)
    throws(Failure)
  {
    let id = try Self.callID(item, path())
    let content = try Self.output(item["output"], "\(path()).output")
    let known: [StaticString] = ["call_id", "output", "name", "namespace"]
    let block = Block(
      .toolResult(ToolResult(callID: id, content: content)),
      extras: Self.extras(of: item, but: known))
    append([block], .user)
  }

  /// What a tool gave; some clients send an object as it is.
  private static func output(_ value: JSONValue?, _ path: @autoclosure () -> String) throws(Failure)
    -> [Block]
  {
    if let value, value.kind == .object {
      return [Block(.text(JSONText(escaping: value.raw.bytes)))]
    }
    return try ResponsesContentDecoder.blocks(value, path()) ?? []
  }

  private static func callID(_ item: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> JSONText
  {
    guard let id = item["call_id"]?.text, !id.isEmpty else {
      throw .invalid(
        "\(path()).call_id must be a string that is not empty.", parameter: "\(path()).call_id")
    }
    return id
  }

  /// Names and states of items are their server's own and mean nothing to another.
  private static let silent: [StaticString] = ["type", "id", "status"]

  private static func extras(of item: JSONValue, but own: [StaticString]) -> [Extra] {
    item.members(besides: silent, own).compactMap { name, member in
      member.isNull ? nil : Extra(name, member.raw)
    }
  }
}

/// Thoughts, and what their seals belong to.
extension ResponsesItemDecoder {
  private mutating func takeReasoning(_ item: JSONValue, _ path: @autoclosure () -> String)
    throws(Failure)
  {
    let text = try Self.thought(item, path())
    guard let token = item["encrypted_content"]?.text, !token.isEmpty else {
      guard !text.isEmpty else { return }
      return append([Block(.thinking(text))], .assistant)
    }
    var seal = Seal(token: token, native: .openai)
    if seal.mint == .openai, seal.id == nil { seal.id = item["id"]?.text }
    switch ResponsesSealMark.take(from: &seal) {
    case .call: callSeal = seal
    case .text: sealLastText(seal)
    case .redacted: append([Block(.redactedThinking, seal: seal)], .assistant)
    case nil:
      let isHidden = text.isEmpty && seal.mint == .openai
      append([Block(isHidden ? .redactedThinking : .thinking(text), seal: seal)], .assistant)
    }
  }

  private mutating func sealLastText(_ seal: Seal) {
    let end = turns.count - 1
    guard end >= 0, turns[end].role == .assistant,
      let place = turns[end].blocks.lastIndex(where: { block in
        if case .text = block.content { true } else { false }
      })
    else { return }
    turns[end].blocks[place].seal = seal
  }

  /// The summary, or the thought itself where a server shows it.
  private static func thought(_ item: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> JSONText
  {
    for (member, name) in [(item["summary"], "summary"), (item["content"], "content")] {
      let parts = try ResponsesContentDecoder.blocks(member, "\(path()).\(name)") ?? []
      var texts: [JSONText] = []
      for part in parts {
        if case .text(let text) = part.content, !text.isEmpty { texts.append(text) }
      }
      guard let first = texts.first else { continue }
      return texts.dropFirst().reduce(first) { $0 + "\n\n" + $1 }
    }
    return .empty
  }
}
