/// Reads `tools` and `tool_choice`.
enum AnthropicToolReader {
  private static let known: [StaticString] = [
    "name", "type", "description", "input_schema", "strict", "cache_control",
  ]

  static func tools(_ root: JSONValue) throws(RequestFault) -> [Tool] {
    guard let list = try RequestMembers.optionalArray(root, "tools") else { return [] }
    var tools: [Tool] = []
    for (index, value) in list.elements.enumerated() {
      do throws(RequestFault) {
        tools.append(try tool(value))
      } catch {
        throw error.under(index).under("tools")
      }
    }
    return tools
  }

  private static func tool(_ value: JSONValue) throws(RequestFault) -> Tool {
    try RequestMembers.object(value)
    let type = try RequestMembers.optionalText(value, "type")
    if let type, !type.equals("custom") {
      return Tool(
        name: try RequestMembers.optionalText(value, "name") ?? type,
        kind: .vendor(
          type: type, purpose: AnthropicServerTools.purpose(of: type), value.raw))
    }
    let name = try RequestMembers.text(value, "name")
    guard !name.isEmpty else {
      throw RequestFault("must name the tool, but is empty", at: "name")
    }
    guard let schema = try RequestMembers.optionalObject(value, "input_schema") else {
      throw RequestFault("required; `{\"type\":\"object\"}` will do", at: "input_schema")
    }
    return Tool(
      name: AnthropicIdentifier.decode(name),
      kind: .function(
        description: try RequestMembers.optionalText(value, "description"),
        schema: schema.raw, isStrict: try RequestMembers.optionalBool(value, "strict")),
      cacheMark: value["cache_control"]?.raw,
      extras: RequestMembers.extras(value, besides: known))
  }

  static func readChoice(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let choice = try RequestMembers.optionalObject(root, "tool_choice") else { return }
    do throws(RequestFault) {
      try readChoice(of: choice, into: &conversation)
    } catch {
      throw error.under("tool_choice")
    }
  }

  private static func readChoice(
    of choice: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    let type = try RequestMembers.text(choice, "type")
    if type.equals("auto") {
      conversation.toolChoice = .automatic
    } else if type.equals("any") {
      conversation.toolChoice = .any
    } else if type.equals("none") {
      conversation.toolChoice = ToolChoice.none
    } else if type.equals("tool") {
      conversation.toolChoice = .tool(
        AnthropicIdentifier.decode(try RequestMembers.text(choice, "name")))
    } else {
      conversation.extras.append(Extra("tool_choice", choice.raw))
      return
    }
    if let forbids = try RequestMembers.optionalBool(choice, "disable_parallel_tool_use") {
      conversation.allowsParallelCalls = !forbids
    }
    if let rest = RequestMembers.rest(
      choice, named: "tool_choice", besides: ["type", "name", "disable_parallel_tool_use"])
    {
      conversation.extras.append(rest)
    }
  }
}
