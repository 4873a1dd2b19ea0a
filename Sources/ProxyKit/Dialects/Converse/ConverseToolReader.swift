/// Reads `toolConfig`.
enum ConverseToolReader {
  static func read(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let config = try RequestMembers.optionalObject(root, "toolConfig") else { return }
    do throws(RequestFault) {
      try readTools(config, into: &conversation.tools)
      try readChoice(config, into: &conversation)
    } catch {
      throw error.under("toolConfig")
    }
    let rest = RequestMembers.rest(
      config, named: "toolConfig", besides: ["tools", "toolChoice"])
    if let rest { conversation.extras.append(rest) }
  }

  private static func readTools(
    _ config: JSONValue, into tools: inout [Tool]
  ) throws(RequestFault) {
    guard let list = try RequestMembers.optionalArray(config, "tools") else { return }
    for (index, element) in list.elements.enumerated() {
      do throws(RequestFault) {
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

  private static func tool(_ value: JSONValue) throws(RequestFault) -> Tool {
    do throws(RequestFault) {
      try RequestMembers.object(value)
      let name = try RequestMembers.text(value, "name")
      guard !name.isEmpty else {
        throw RequestFault("must name the tool, but is empty", at: "name")
      }
      guard let schema = try RequestMembers.optionalObject(value, "inputSchema") else {
        throw RequestFault("required, and must be an object", at: "inputSchema")
      }
      return Tool(
        name: AnthropicIdentifier.decode(name),
        kind: .function(
          description: try RequestMembers.optionalText(value, "description"),
          schema: try RequestMembers.optionalObject(schema, "json")?.raw,
          isStrict: try RequestMembers.optionalBool(value, "strict")),
        extras: RequestMembers.extras(
          value, besides: ["name", "description", "inputSchema", "strict"]))
    } catch {
      throw error.under("toolSpec")
    }
  }

  private static func readChoice(
    _ config: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let choice = try RequestMembers.optionalObject(config, "toolChoice") else { return }
    do throws(RequestFault) {
      let (name, value) = try ConverseUnion.member(of: choice)
      if name.equals("auto") {
        conversation.toolChoice = .automatic
      } else if name.equals("any") {
        conversation.toolChoice = .any
      } else if name.equals("tool") {
        try RequestMembers.object(value, at: "tool")
        conversation.toolChoice = .tool(
          AnthropicIdentifier.decode(try RequestMembers.text(value, "name")))
      } else {
        conversation.extras.append(Extra("toolChoice", choice.raw))
      }
    } catch {
      throw error.under("toolChoice")
    }
  }
}
