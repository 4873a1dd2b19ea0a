/// The forms of `tool_choice`.
enum ResponsesToolChoice {
  case choice(ToolChoice)
  /// The model may only know some of the tools.
  case among(Set<JSONText>, ToolChoice)
  /// A choice that only its own language knows.
  case unknown

  init(_ value: JSONValue, _ tools: ResponsesToolDecoder) throws(Failure) {
    if let word = value.string {
      self = .choice(try Self.mode(word, "tool_choice"))
      return
    }
    guard value.kind == .object, let type = value["type"]?.string else {
      throw .invalid("tool_choice must be a string or an object.", parameter: "tool_choice")
    }
    switch type {
    case "function", "custom":
      guard let name = Self.name(of: value, tools) else {
        throw .invalid("tool_choice.name is missing.", parameter: "tool_choice.name")
      }
      self = .choice(.tool(name))
    case "allowed_tools":
      guard let list = value["tools"], list.kind == .array else {
        throw .invalid("tool_choice.tools must be a list.", parameter: "tool_choice.tools")
      }
      let mode = try Self.mode(value["mode"]?.string ?? "auto", "tool_choice.mode")
      let names = list.elements.compactMap { Self.name(of: $0, tools) ?? $0["type"]?.text }
      self = .among(Set(names), mode)
    default:
      // A tool that the vendor runs is named by its type.
      let isThere = tools.tools.contains { $0.name.string == type }
      self = isThere && value["server_label"] == nil ? .choice(.tool(JSONText(type))) : .unknown
    }
  }

  private static func mode(
    _ word: String, _ parameter: String
  ) throws(Failure) -> ToolChoice {
    switch word {
    case "auto": return .automatic
    case "none": return ToolChoice.none
    case "required", "any": return .any
    default:
      throw .invalid(
        "\(parameter) must be auto, none, required or a tool.", parameter: parameter)
    }
  }

  /// The plain name of the tool that an object names.
  private static func name(
    of value: JSONValue, _ tools: ResponsesToolDecoder
  ) -> JSONText? {
    guard let name = value["name"]?.text else { return nil }
    var tools = tools
    return tools.name(name, in: value["namespace"]?.text)
  }
}
