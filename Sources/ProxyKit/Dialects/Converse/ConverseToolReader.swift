/// Reads `toolConfig`.
enum ConverseToolReader {
  static func read(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    guard let config = try AnthropicMembers.optionalObject(root, "toolConfig") else { return }
    do throws(AnthropicFault) {
      try readTools(config, into: &conversation.tools)
      try readChoice(config, into: &conversation)
    } catch {
      throw error.under("toolConfig")
    }
    let rest = AnthropicMembers.rest(
      config, named: "toolConfig", besides: ["tools", "toolChoice"])
    if let rest { conversation.extras.append(rest) }
  }

  private static func readTools(
    _ config: JSONValue, into tools: inout [Tool]
  ) throws(AnthropicFault) {
    guard let list = try AnthropicMembers.optionalArray(config, "tools") else { return }
    for (index, element) in list.elements.enumerated() {
      do throws(AnthropicFault) {
        let (name, value) = try ConverseUnion.member(of: element)
        if name.equals("toolSpec") {
          tools.append(try tool(value))
        } else if name.equals("cachePoint"), let last = tools.indices.last,
          tools[last].cacheMark == nil
        {
          tools[last].cacheMark = ConverseCachePoint.mark(value)
        } else {
          tools.append(vendorTool(name, value, element))
        }
      } catch {
        throw error.under(index).under("tools")
      }
    }
  }

  private static func vendorTool(
    _ name: JSONText, _ value: JSONValue, _ element: JSONValue
  ) -> Tool {
    let own = value["name"]?.text ?? name
    let purpose: ServerTool? =
      own.equals("nova_grounding")
      ? .webSearch : own.equals("nova_code_interpreter") ? .codeExecution : nil
    return Tool(name: own, kind: .vendor(type: name, purpose: purpose, element.raw))
  }

  private static func tool(_ value: JSONValue) throws(AnthropicFault) -> Tool {
    do throws(AnthropicFault) {
      try AnthropicMembers.object(value)
      let name = try AnthropicMembers.text(value, "name")
      guard !name.isEmpty else {
        throw AnthropicFault("must name the tool, but is empty", at: "name")
      }
      guard let schema = try AnthropicMembers.optionalObject(value, "inputSchema") else {
        throw AnthropicFault("required, and must be an object", at: "inputSchema")
      }
      return Tool(
        name: AnthropicIdentifier.decode(name),
        kind: .function(
          description: try AnthropicMembers.optionalText(value, "description"),
          schema: try AnthropicMembers.optionalObject(schema, "json")?.raw,
          isStrict: try AnthropicMembers.optionalBool(value, "strict")),
        extras: AnthropicMembers.extras(
          value, besides: ["name", "description", "inputSchema", "strict"]))
    } catch {
      throw error.under("toolSpec")
    }
  }

  private static func readChoice(
    _ config: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    guard let choice = try AnthropicMembers.optionalObject(config, "toolChoice") else { return }
    do throws(AnthropicFault) {
      let (name, value) = try ConverseUnion.member(of: choice)
      if name.equals("auto") {
        conversation.toolChoice = .automatic
      } else if name.equals("any") {
        conversation.toolChoice = .any
      } else if name.equals("tool") {
        try AnthropicMembers.object(value, at: "tool")
        conversation.toolChoice = .tool(
          AnthropicIdentifier.decode(try AnthropicMembers.text(value, "name")))
      } else {
        conversation.extras.append(Extra("toolChoice", choice.raw))
      }
    } catch {
      throw error.under("toolChoice")
    }
  }
}
