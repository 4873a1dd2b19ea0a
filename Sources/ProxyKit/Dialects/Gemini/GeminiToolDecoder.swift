/// Reads what a request says about tools.
enum GeminiToolDecoder {
  private static let known: [StaticString] = [
    "name", "description", "parameters", "parametersJsonSchema", "parameters_json_schema",
  ]

  static func tools(_ value: JSONValue) throws(Failure) -> [Tool] {
    var tools: [Tool] = []
    for (index, entry) in value.googleList.enumerated() {
      let path = "tools[\(index)]"
      try GeminiMembers.object(entry, path)
      for (name, member) in entry.members where !member.isNull {
        let camel = GeminiMembers.camel(name)
        guard camel == "functionDeclarations" else {
          tools.append(vendor(camel, member))
          continue
        }
        for (index, function) in member.googleList.enumerated() {
          tools.append(try self.function(function, "\(path).\(camel)[\(index)]"))
        }
      }
    }
    return tools
  }

  private static func function(_ value: JSONValue, _ path: String) throws(Failure) -> Tool {
    try GeminiMembers.object(value, path)
    guard let name = value["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path).name must be a string that is not empty.", parameter: "\(path).name")
    }
    let json = value.google("parametersJsonSchema", "parameters_json_schema")
    let schema = json?.raw ?? value["parameters"].map { GeminiSchemaReader.read($0) }
    return Tool(
      name: name,
      kind: .function(description: value["description"]?.text, schema: schema, isStrict: nil),
      extras: GeminiMembers.extras(value, besides: known))
  }

  /// A tool that Google runs, alone in an entry of its own.
  private static func vendor(_ type: String, _ member: JSONValue) -> Tool {
    let name = JSONText(type)
    let purpose: ServerTool? =
      switch type {
      case "googleSearch", "googleSearchRetrieval", "enterpriseWebSearch": .webSearch
      case "urlContext": .webFetch
      case "codeExecution": .codeExecution
      case "fileSearch": .fileSearch
      default: nil
      }
    let raw = GeminiMembers.object([Extra(name, member.raw)])
    return Tool(name: name, kind: .vendor(type: name, purpose: purpose, raw))
  }

  static func readConfig(
    _ value: JSONValue, into conversation: inout Conversation
  ) throws(Failure) {
    try GeminiMembers.object(value, "toolConfig")
    let calling = value.google("functionCallingConfig", "function_calling_config")
    var isWhole = value.members(besides: ["functionCallingConfig", "function_calling_config"])
      .isEmpty
    if let calling {
      try GeminiMembers.object(calling, "toolConfig.functionCallingConfig")
      let isRead = try readCalling(calling, into: &conversation)
      isWhole = isWhole && isRead
    }
    // What the hub cannot say goes back whole into its own language.
    if !isWhole { conversation.extras.append(Extra("toolConfig", value.raw)) }
  }

  /// True when the hub has words for all of it.
  private static func readCalling(
    _ calling: JSONValue, into conversation: inout Conversation
  ) throws(Failure) -> Bool {
    let path = "toolConfig.functionCallingConfig"
    let known: [StaticString] = ["mode", "allowedFunctionNames", "allowed_function_names"]
    var names: [JSONText] = []
    for name in calling.google("allowedFunctionNames", "allowed_function_names")?.googleList ?? [] {
      names.append(try GeminiMembers.text(name, "\(path).allowedFunctionNames"))
    }
    let isWhole = calling.members(besides: known).isEmpty
    let mode = calling["mode"]?.string?.uppercased() ?? "MODE_UNSPECIFIED"
    switch mode {
    case "AUTO": conversation.toolChoice = .automatic
    case "ANY": conversation.toolChoice = names.count == 1 ? .tool(names[0]) : .any
    case "NONE": conversation.toolChoice = ToolChoice.none
    case "VALIDATED":
      conversation.toolChoice = .automatic
      return false
    case "MODE_UNSPECIFIED": break
    default:
      throw .invalid(
        "\(path).mode is \(mode.prefix(64)); it must be AUTO, ANY, NONE or VALIDATED.",
        parameter: "\(path).mode")
    }
    return isWhole && (names.isEmpty || (mode == "ANY" && names.count == 1))
  }
}
