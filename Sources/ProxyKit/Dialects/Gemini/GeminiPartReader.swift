/// Reads one part as a block.
enum GeminiPartReader {
  static let textMembers: [StaticString] = [
    "text", "thought", "thoughtSignature", "thought_signature",
  ]
  private static let mediaMembers: [StaticString] = [
    "inlineData", "inline_data", "fileData", "file_data", "thoughtSignature", "thought_signature",
    "thought",
  ]
  private static let callMembers: [StaticString] = [
    "functionCall", "function_call", "thoughtSignature", "thought_signature", "thought",
  ]
  private static let resultMembers: [StaticString] = [
    "functionResponse", "function_response", "thoughtSignature", "thought_signature", "thought",
  ]

  static func block(
    _ part: JSONValue, _ path: @autoclosure () -> String, _ pairs: inout GeminiCallPairs
  ) throws(Failure) -> Block {
    if let text = part.text { return Block(.text(text)) }
    try GeminiMembers.object(part, path())
    let seal = GeminiSeal.read(part)
    if let text = part["text"] {
      let text = try GeminiMembers.text(text, "\(path()).text")
      let isThought = part["thought"]?.bool == true
      return Block(
        isThought ? .thinking(text) : .text(text), seal: seal,
        extras: GeminiMembers.extras(part, besides: textMembers))
    }
    if let call = part.google("functionCall", "function_call") {
      var block = try self.call(call, "\(path()).functionCall", &pairs)
      block.seal = seal
      block.extras += GeminiMembers.extras(part, besides: callMembers)
      return block
    }
    if let result = part.google("functionResponse", "function_response") {
      var block = try self.result(result, "\(path()).functionResponse", &pairs)
      block.extras += GeminiMembers.extras(part, besides: resultMembers)
      return block
    }
    if var block = try GeminiMediaReader.block(part, path()) {
      block.seal = seal
      block.extras += GeminiMembers.extras(part, besides: mediaMembers)
      return block
    }
    let type = part.members(besides: textMembers).first?.name ?? "part"
    return Block(.unknown(type: type, part.raw), seal: seal)
  }

  private static func call(
    _ call: JSONValue, _ path: @autoclosure () -> String, _ pairs: inout GeminiCallPairs
  ) throws(Failure) -> Block {
    try GeminiMembers.object(call, path())
    guard let name = call["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path()).name must be a string that is not empty.", parameter: "\(path()).name")
    }
    let id = pairs.call(name, call["id"]?.text)
    let input = call["args"].map { ToolArguments.object($0) } ?? .emptyObject
    return Block(
      .toolCall(ToolCall(id: id, name: name, input: input)),
      extras: GeminiMembers.extras(call, besides: ["id", "name", "args"]))
  }

  private static func result(
    _ result: JSONValue, _ path: @autoclosure () -> String, _ pairs: inout GeminiCallPairs
  ) throws(Failure) -> Block {
    try GeminiMembers.object(result, path())
    guard let name = result["name"]?.text ?? result["id"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path()).name must be a string that is not empty.", parameter: "\(path()).name")
    }
    let id = pairs.result(name, result["id"]?.text)
    var (content, isError) = output(result["response"])
    for (index, part) in (result["parts"]?.googleList ?? []).enumerated() {
      let place = "\(path()).parts[\(index)]"
      try GeminiMembers.object(part, place)
      content.append(
        try GeminiMediaReader.block(part, place) ?? Block(.unknown(type: "parts", part.raw)))
    }
    return Block(
      .toolResult(ToolResult(callID: id, content: content, isError: isError)),
      extras: GeminiMembers.extras(result, besides: ["id", "name", "response", "parts"]))
  }

  /// What the tool said: the text of `output` or `error` alone, else the whole as JSON.
  private static func output(_ response: JSONValue?) -> ([Block], isError: Bool) {
    guard let response else { return ([], false) }
    if let text = response.text { return ([Block(.text(text))], false) }
    var rest = response.members
    if let (name, value) = rest.next(), rest.isEmpty {
      let isError = name.equals("error")
      if isError || name.equals("output") {
        if let text = value.text { return (text.isEmpty ? [] : [Block(.text(text))], isError) }
        return ([Block(.text(JSONText(escaping: value.raw.bytes)))], isError)
      }
    }
    guard !response.members.isEmpty || response.kind != .object else { return ([], false) }
    return ([Block(.text(JSONText(escaping: response.raw.bytes)))], response["error"] != nil)
  }
}
