/// Writes tools and what was said about choosing among them, so that the two agree.
struct ChatToolWriter {
  private let conversation: Conversation
  private let target: Target
  private let names: ToolNames?
  private let isSameLanguage: Bool
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target, names: ToolNames?) {
    self.conversation = conversation
    self.target = target
    self.names = names
    isSameLanguage = conversation.origin == .chat
  }

  mutating func write(into writer: inout JSONWriter) {
    writeWebSearch(into: &writer)
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
    case false where target.quirks.contains(.noSerialTools): losses.record("parallel_tool_calls")
    case false: writer.member("parallel_tool_calls", false)
    case true where isSameLanguage: writer.member("parallel_tool_calls", true)
    default: break
    }
  }

  /// Web search is no tool here but a member of the request.
  private mutating func writeWebSearch(into writer: inout JSONWriter) {
    for tool in conversation.tools {
      guard case .vendor(let type, .webSearch?, let raw) = tool.kind else { continue }
      if isSameLanguage {
        if type.equals("web_search_options") { return writer.member("web_search_options", raw) }
      } else if ChatWebSearch.isKnown(to: target.model) {
        return ChatWebSearch.write(raw, into: &writer)
      }
    }
  }

  private mutating func canSay(_ tool: Tool) -> Bool {
    guard case .vendor(let type, let purpose, _) = tool.kind else { return true }
    if isSameLanguage { return !type.equals("web_search_options") }
    if purpose == .webSearch, ChatWebSearch.isKnown(to: target.model) { return false }
    losses.record("server_tool_\(type.string)")
    return false
  }

  private mutating func write(_ tool: Tool, into writer: inout JSONWriter) {
    if case .vendor(_, _, let raw) = tool.kind { return writer.raw(raw) }
    if !isSameLanguage {
      if tool.cacheMark != nil { losses.record("cache_control") }
      for extra in tool.extras where !extra.value.bytes.elementsEqual("null".utf8) {
        losses.record(extra.name.string)
      }
    }
    let shown = names?.spelling(of: tool.name) ?? tool.name
    writer.object {
      switch tool.kind {
      case .freeform(let description, let format)
      where ChatFreeform.isKnown(to: target, conversation):
        $0.member("type", word: "custom")
        $0.name("custom")
        $0.object {
          $0.member("name", shown)
          if let description { $0.member("description", description) }
          if let format { $0.member("format", ChatFreeform.nested(format)) }
        }
      case .freeform(let description, let format):
        $0.member("type", word: "function")
        $0.name("function")
        $0.object {
          $0.member("name", shown)
          $0.member("description", FreeText.description(description, format))
          $0.member("parameters", FreeText.schema)
        }
      case .function(let description, let schema, let isStrict):
        $0.member("type", word: "function")
        $0.name("function")
        $0.object {
          $0.member("name", shown)
          if let description { $0.member("description", description) }
          if let schema { $0.member("parameters", schema) }
          if let isStrict { writeStrict(isStrict, into: &$0) }
        }
      case .vendor: break
      }
      if isSameLanguage {
        if let mark = tool.cacheMark { $0.member("cache_control", mark) }
        $0.chat(tool.extras)
      }
    }
  }

  private mutating func writeStrict(_ isStrict: Bool, into writer: inout JSONWriter) {
    guard target.quirks.contains(.noStrictTools) else { return writer.member("strict", isStrict) }
    if isStrict { losses.record("strict") }
  }

  private mutating func writeChoice(among tools: [Tool], into writer: inout JSONWriter) {
    // A choice of a kind that the hub has no word for is written with the other extras.
    if isSameLanguage, conversation.extras.contains(where: { $0.name.equals("tool_choice") }) {
      return
    }
    switch conversation.toolChoice {
    case nil: break
    case .automatic: writer.member("tool_choice", word: "auto")
    case .any: writer.member("tool_choice", word: "required")
    case ToolChoice.none?: writer.member("tool_choice", word: "none")
    case .tool(let name):
      let chosen = tools.first { $0.name == name }
      guard isSameLanguage || chosen != nil else { return losses.record("tool_choice") }
      let shown = names?.spelling(of: name) ?? name
      var isCustom = false
      if case .freeform? = chosen?.kind {
        isCustom = ChatFreeform.isKnown(to: target, conversation)
      }
      writer.name("tool_choice")
      writer.object {
        $0.member("type", word: isCustom ? "custom" : "function")
        if isCustom { $0.name("custom") } else { $0.name("function") }
        $0.object { $0.member("name", shown) }
      }
    }
  }
}
