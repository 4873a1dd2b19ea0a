/// Reads what a request says about tools.
enum ChatToolDecoder {
  static func tools(_ value: JSONValue) throws(Failure) -> [Tool] {
    guard value.kind == .array else {
      throw .invalid("tools must be a list.", parameter: "tools")
    }
    var tools: [Tool] = []
    for (index, element) in value.elements.enumerated() {
      tools.append(try tool(element, "tools[\(index)]"))
    }
    return tools
  }

  /// Reads `functions`, which came before `tools`.
  static func functions(_ value: JSONValue) throws(Failure) -> [Tool] {
    guard value.kind == .array else {
      throw .invalid("functions must be a list.", parameter: "functions")
    }
    var tools: [Tool] = []
    for (index, element) in value.elements.enumerated() {
      tools.append(try function(element, [], nil, "functions[\(index)]"))
    }
    return tools
  }

  private static func tool(_ value: JSONValue, _ path: String) throws(Failure) -> Tool {
    guard value.kind == .object else {
      throw .invalid("\(path) must be an object.", parameter: path)
    }
    let type = value["type"]?.text ?? "function"
    if type.equals("custom"), let tool = custom(value) { return tool }
    guard type.equals("function") else {
      let name = value["custom"]?["name"]?.text ?? value["name"]?.text ?? type
      return Tool(name: name, kind: .vendor(type: type, purpose: nil, value.raw))
    }
    guard let own = value["function"] else {
      throw .invalid("\(path).function is missing.", parameter: "\(path).function")
    }
    var extras: [Extra] = []
    for (name, member) in value.members {
      if name.equals("type") || name.equals("function") || name.equals("cache_control") { continue }
      if !member.isNull { extras.append(Extra(name, member.raw)) }
    }
    return try function(own, extras, value["cache_control"]?.raw, "\(path).function")
  }

  /// Reads a tool of free text; nil when it is one of some other kind.
  private static func custom(_ value: JSONValue) -> Tool? {
    guard let own = value["custom"], let name = own["name"]?.text, !name.isEmpty else { return nil }
    let others = value.members(besides: ["type", "custom"])
    return Tool(
      name: name,
      kind: .freeform(description: own["description"]?.text, format: own["format"]?.raw),
      extras: others.map { Extra($0.name, $0.value.raw) })
  }

  private static func function(
    _ value: JSONValue, _ extras: [Extra], _ cacheMark: JSONRaw?, _ path: String
  ) throws(Failure) -> Tool {
    guard value.kind == .object else {
      throw .invalid("\(path) must be an object.", parameter: path)
    }
    guard let name = value["name"]?.text, !name.isEmpty else {
      throw .invalid("\(path).name must be a string that is not empty.", parameter: "\(path).name")
    }
    let parameters = value["parameters"]
    if let parameters, parameters.kind != .object {
      throw .invalid("\(path).parameters must be an object.", parameter: "\(path).parameters")
    }
    return Tool(
      name: name,
      kind: .function(
        description: value["description"]?.text, schema: parameters?.raw,
        isStrict: value["strict"]?.bool),
      cacheMark: cacheMark, extras: extras)
  }

  /// Whether the choice says more than the hub has words for.
  static func isSpecial(choice: JSONValue) -> Bool {
    guard let type = choice["type"]?.text else { return false }
    return !type.equals("function") && !type.equals("custom")
  }

  /// Nil when the choice is one that only its own language knows.
  static func choice(_ value: JSONValue) throws(Failure) -> ToolChoice? {
    if let word = value.string {
      switch word {
      case "auto": return .automatic
      case "none": return ToolChoice.none
      case "required", "any": return .any
      default:
        throw .invalid(
          "tool_choice must be auto, none, required or a tool.", parameter: "tool_choice")
      }
    }
    guard value.kind == .object, let type = value["type"]?.string else {
      throw .invalid("tool_choice must be a string or an object.", parameter: "tool_choice")
    }
    if type == "custom", let name = value["custom"]?["name"]?.text { return .tool(name) }
    if type == "allowed_tools", let allowed = value["allowed_tools"] {
      return allowed["mode"]?.text?.equals("required") == true ? .any : .automatic
    }
    guard type == "function" else { return nil }
    guard let name = value["function"]?["name"]?.text else {
      throw .invalid(
        "tool_choice.function.name is missing.", parameter: "tool_choice.function.name")
    }
    return .tool(name)
  }

  /// Reads `function_call`, which came before `tool_choice`.
  static func functionChoice(_ value: JSONValue) throws(Failure) -> ToolChoice {
    if value.text?.equals("auto") == true { return .automatic }
    if value.text?.equals("none") == true { return .none }
    guard let name = value["name"]?.text else {
      throw .invalid(
        "function_call must be auto, none or an object with a name.", parameter: "function_call")
    }
    return .tool(name)
  }
}
