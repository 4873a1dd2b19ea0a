/// Reads a client's request.
struct GeminiRequestDecoder {
  private var conversation = Conversation(origin: .gemini, model: "")

  static func decode(_ root: JSONValue) throws(Failure) -> Conversation {
    try GeminiMembers.object(root, "The body")
    var decoder = GeminiRequestDecoder()
    try decoder.readMembers(of: root)
    return decoder.conversation
  }

  private mutating func readMembers(of root: JSONValue) throws(Failure) {
    var seen: Set<String> = []
    for (name, value) in root.members where !value.isNull {
      let camel = GeminiMembers.camel(name)
      guard seen.insert(camel).inserted else {
        throw .invalid("The member \(name) is there twice.", parameter: camel)
      }
      switch camel {
      case "contents": try readContents(value)
      case "systemInstruction": try readInstruction(value)
      case "tools": conversation.tools = try GeminiToolDecoder.tools(value)
      case "toolConfig": try GeminiToolDecoder.readConfig(value, into: &conversation)
      case "generationConfig": try GeminiConfigDecoder.read(value, into: &conversation)
      // The path names the model.
      case "model": break
      default: conversation.extras.append(Extra(JSONText(camel), value.raw))
      }
    }
    guard !conversation.turns.isEmpty else {
      throw .invalid("contents is missing or empty.", parameter: "contents")
    }
  }

  private mutating func readContents(_ value: JSONValue) throws(Failure) {
    var decoder = GeminiContentDecoder()
    for (index, content) in value.googleList.enumerated() {
      try decoder.take(content, "contents[\(index)]")
    }
    conversation.turns = decoder.finish()
  }

  private mutating func readInstruction(_ value: JSONValue) throws(Failure) {
    let path = "systemInstruction"
    if let text = value.text {
      conversation.instructions = [Instruction(text: text)]
      return
    }
    try GeminiMembers.object(value, path)
    for (index, part) in (value["parts"]?.googleList ?? []).enumerated() {
      let path = "\(path).parts[\(index)]"
      guard let text = part["text"] ?? (part.kind == .string ? part : nil) else {
        throw .invalid("\(path) must be text.", parameter: path)
      }
      let extras = GeminiMembers.extras(part, besides: ["text"])
      conversation.instructions.append(
        Instruction(text: try GeminiMembers.text(text, "\(path).text"), extras: extras))
    }
  }
}
