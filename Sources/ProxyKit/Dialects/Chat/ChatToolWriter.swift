/// Writes tools and what was said about choosing among them, so that the two agree.
struct ChatToolWriter {
  private let conversation: Conversation
  private let isSameLanguage: Bool
  private(set) var losses = Losses()

  init(_ conversation: Conversation) {
    self.conversation = conversation
    isSameLanguage = conversation.origin == .chat
  }

  mutating func write(into writer: inout JSONWriter) {
    let tools = conversation.tools.filter { canSay($0) }
    guard !tools.isEmpty else {
      switch conversation.toolChoice {
      case .any, .tool: losses.record("tool_choice")
      case .automatic, ToolChoice.none?, nil: break
      }
      return
    }
    writer.name("tools")
    writer.array { for tool in tools { write(tool, into: &$0) } }
    writeChoice(among: tools, into: &writer)
    switch conversation.allowsParallelCalls {
    case false: writer.member("parallel_tool_calls", false)
    case true where isSameLanguage: writer.member("parallel_tool_calls", true)
    default: break
    }
  }

  private mutating func canSay(_ tool: Tool) -> Bool {
    guard case .vendor(let type, _, _) = tool.kind, !isSameLanguage else { return true }
    losses.record("server_tool_\(type.string)")
    return false
  }

  private mutating func write(_ tool: Tool, into writer: inout JSONWriter) {
    guard case .function(let description, let schema, let isStrict) = tool.kind else {
      if case .vendor(_, _, let raw) = tool.kind { writer.raw(raw) }
      return
    }
    if !isSameLanguage {
      if tool.cacheMark != nil { losses.record("cache_control") }
      for extra in tool.extras where !extra.value.bytes.elementsEqual("null".utf8) {
        losses.record(extra.name.string)
      }
    }
    writer.object {
      $0.member("type", "function")
      $0.name("function")
      $0.object {
        $0.member("name", tool.name)
        if let description { $0.member("description", description) }
        if let schema { $0.member("parameters", schema) }
        if let isStrict { $0.member("strict", isStrict) }
      }
      if isSameLanguage {
        if let mark = tool.cacheMark { $0.member("cache_control", mark) }
        $0.chat(tool.extras)
      }
    }
  }

  private mutating func writeChoice(among tools: [Tool], into writer: inout JSONWriter) {
    switch conversation.toolChoice {
    case nil: break
    case .automatic: writer.member("tool_choice", "auto")
    case .any: writer.member("tool_choice", "required")
    case ToolChoice.none?: writer.member("tool_choice", "none")
    case .tool(let name):
      guard isSameLanguage || tools.contains(where: { $0.name == name }) else {
        losses.record("tool_choice")
        return
      }
      writer.name("tool_choice")
      writer.object {
        $0.member("type", "function")
        $0.name("function")
        $0.object { $0.member("name", name) }
      }
    }
  }
}
