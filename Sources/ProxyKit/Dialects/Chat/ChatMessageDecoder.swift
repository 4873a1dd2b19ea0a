/// Reads the messages of a request, one after the other.
struct ChatMessageDecoder {
  private(set) var instructions: [Instruction] = []
  private(set) var turns: [Turn] = []
  private(set) var count = 0
  private var isLastTurnResults = false
  /// Calls of before there were ids, to be paired with their results by name.
  private var legacyCalls: [(name: JSONText, id: JSONText)] = []

  mutating func take(_ message: JSONValue) throws(Failure) {
    let path = "messages[\(count)]"
    count += 1
    guard message.kind == .object else {
      throw .invalid("\(path) must be an object.", parameter: path)
    }
    guard let role = message["role"]?.string else {
      throw .invalid("\(path).role must be a string.", parameter: "\(path).role")
    }
    switch role {
    case "system", "developer": try takeSystem(message, path)
    case "user":
      let blocks = try ChatContentDecoder.blocks(message["content"], "\(path).content")
      guard let blocks else {
        throw .invalid("\(path).content is missing.", parameter: "\(path).content")
      }
      append(Turn(.user, blocks, extras: extras(of: message, but: ["role", "content"])))
    case "assistant": try takeAssistant(message, path)
    case "tool", "function": try takeResult(message, path, isLegacy: role == "function")
    default:
      throw .invalid(
        "\(path).role is \(role); it must be system, developer, user, assistant, tool or function.",
        parameter: "\(path).role")
    }
  }

  private mutating func append(_ turn: Turn, isResults: Bool = false) {
    turns.append(turn)
    isLastTurnResults = isResults
  }

  private mutating func takeSystem(_ message: JSONValue, _ path: String) throws(Failure) {
    let blocks = try ChatContentDecoder.blocks(message["content"], "\(path).content")
    guard let blocks else {
      throw .invalid("\(path).content is missing.", parameter: "\(path).content")
    }
    let extras = extras(of: message, but: ["role", "content"])
    guard turns.isEmpty else {
      return append(Turn(.system, blocks, extras: extras))
    }
    for block in blocks {
      guard case .text(let text) = block.content else {
        throw .invalid("\(path).content must be text.", parameter: "\(path).content")
      }
      instructions.append(
        Instruction(text: text, cacheMark: block.cacheMark, extras: block.extras + extras))
    }
  }

  private mutating func takeAssistant(_ message: JSONValue, _ path: String) throws(Failure) {
    var blocks: [Block] = []
    let thoughts = ChatHistoryThoughts(message)
    let content = try ChatContentDecoder.blocks(message["content"], "\(path).content") ?? []
    blocks += content.filter { block in
      if case .text(let text) = block.content { !text.isEmpty } else { true }
    }
    if let seal = ChatGoogleSeal.read(message["extra_content"]), let last = blocks.indices.last {
      blocks[last].seal = seal
    }
    if let refusal = message["refusal"]?.text, !refusal.isEmpty {
      blocks.append(Block(.refusal(refusal)))
    }
    if let calls = message["tool_calls"] {
      guard calls.kind == .array else {
        throw .invalid("\(path).tool_calls must be a list.", parameter: "\(path).tool_calls")
      }
      for (index, call) in calls.elements.enumerated() {
        var block = try toolCall(call, "\(path).tool_calls[\(index)]")
        if block.seal == nil, case .toolCall(let called) = block.content {
          block.seal = thoughts.callSeals[called.id]
        }
        blocks.append(block)
      }
    }
    if let call = message["function_call"] { blocks.append(try legacyCall(call, path)) }
    var known: [StaticString] = [
      "role", "content", "reasoning_content", "reasoning", "reasoning_details", "refusal",
      "tool_calls",
      "function_call",
    ]
    if ChatGoogleSeal.isAll(of: message["extra_content"]) { known.append("extra_content") }
    append(
      Turn(
        .assistant, thoughts.merged(with: blocks), extras: extras(of: message, but: known)))
  }

  private func toolCall(_ call: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Block
  {
    guard call.kind == .object, let id = call["id"]?.text else {
      throw .invalid("\(path()).id must be a string.", parameter: "\(path()).id")
    }
    if let custom = call["custom"], let name = custom["name"]?.text, !name.isEmpty {
      let input = FreeText.wrapped(custom["input"]?.text ?? .empty)
      return Block(
        .toolCall(ToolCall(id: id, name: name, input: input)),
        extras: extras(of: call, but: ["id", "type", "custom", "index"]))
    }
    if let type = call["type"]?.text, !type.equals("function") {
      return Block(.unknown(type: type, call.raw))
    }
    guard let name = call["function"]?["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path()).function.name must be a string that is not empty.",
        parameter: "\(path()).function.name")
    }
    let input = Self.input(call["function"]?["arguments"])
    var known: [StaticString] = ["id", "type", "function", "index"]
    if ChatGoogleSeal.isAll(of: call["extra_content"]) { known.append("extra_content") }
    return Block(
      .toolCall(ToolCall(id: id, name: name, input: input)),
      seal: ChatGoogleSeal.read(call["extra_content"]), extras: extras(of: call, but: known))
  }

  private mutating func legacyCall(
    _ call: JSONValue, _ path: String
  ) throws(Failure) -> Block {
    guard let name = call["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path).function_call.name must be a string that is not empty.",
        parameter: "\(path).function_call.name")
    }
    var seed = Fingerprint()
    seed.take(name)
    seed.take(count)
    let id = JSONText("call_" + seed.hexadecimal)
    legacyCalls.append((name, id))
    return Block(.toolCall(ToolCall(id: id, name: name, input: Self.input(call["arguments"]))))
  }

  private static func input(_ arguments: JSONValue?) -> JSONRaw {
    guard let arguments else { return .emptyObject }
    guard let text = arguments.text else { return ToolArguments.object(arguments) }
    return ToolArguments.object(text)
  }

  /// Results that follow one another make one turn.
  private mutating func takeResult(
    _ message: JSONValue, _ path: String, isLegacy: Bool
  ) throws(Failure) {
    let content = try ChatContentDecoder.blocks(message["content"], "\(path).content") ?? []
    let id: JSONText
    if isLegacy {
      let name = try ChatRequestDecoder.text(message["name"] ?? message, "\(path).name")
      if let index = legacyCalls.firstIndex(where: { $0.name == name }) {
        id = legacyCalls.remove(at: index).id
      } else {
        id = name
      }
    } else {
      guard let own = message["tool_call_id"]?.text else {
        throw .invalid(
          "\(path).tool_call_id must be a string.", parameter: "\(path).tool_call_id")
      }
      id = own
    }
    let known: [StaticString] =
      isLegacy ? ["role", "content", "name"] : ["role", "content", "tool_call_id"]
    let block = Block(
      .toolResult(ToolResult(callID: id, content: content)),
      extras: extras(of: message, but: known))
    if isLastTurnResults, !turns.isEmpty {
      turns[turns.count - 1].blocks.append(block)
    } else {
      append(Turn(.user, [block]), isResults: true)
    }
  }

  private func extras(of value: JSONValue, but known: [StaticString]) -> [Extra] {
    value.members(besides: known).compactMap { name, member in
      member.isNull || name.equals("role") ? nil : Extra(name, member.raw)
    }
  }
}
