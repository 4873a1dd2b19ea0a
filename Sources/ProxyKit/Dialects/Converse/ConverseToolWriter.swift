/// Writes `toolConfig`, and keeps tools, choice and history in agreement.
struct ConverseToolWriter {
  private var tools: [Tool]
  private var choice: ToolChoice?
  private let isOwn: Bool
  private let rest: [Extra]
  /// Whether the request says, in Claude's own words, that calls come one at a time.
  private(set) var forbidsParallelCalls: Bool?

  /// `tools` are those of the conversation, their marks within the budget.
  init(
    _ conversation: Conversation, _ tools: [Tool], _ plan: ConverseTurnPlan,
    _ traits: ConverseModelTraits, for target: Target, losses: inout Losses
  ) {
    isOwn = conversation.origin == .converse
    rest = isOwn ? conversation.extras : []
    self.tools = tools
    choice = conversation.toolChoice
    if choice == ToolChoice.none {
      choice = nil
      if plan.hasToolBlocks { losses.record("tool_choice") } else { self.tools = [] }
    }
    if self.tools.isEmpty, plan.hasToolBlocks { addTools(named: plan.calledTools, losses: &losses) }
    if case .tool(let name)? = choice, !isOwn, !self.tools.contains(where: { $0.name == name }) {
      losses.record("tool_choice")
      choice = nil
    }
    if self.tools.isEmpty, choice == .any, !isOwn { losses.record("tool_choice") }
    settleForcedCall(traits, losses: &losses)
    settleParallelCalls(conversation, traits.family, for: target, losses: &losses)
  }

  /// Tools of the conversation in words of this language.
  static func admitted(
    _ conversation: Conversation, _ traits: ConverseModelTraits, for target: Target,
    losses: inout Losses
  ) -> [Tool] {
    guard conversation.origin != .converse else { return conversation.tools }
    return conversation.tools.compactMap {
      admitted($0, traits, for: target, losses: &losses)
    }
  }

  private static func admitted(
    _ tool: Tool, _ traits: ConverseModelTraits, for target: Target, losses: inout Losses
  ) -> Tool? {
    var tool = tool
    for extra in tool.extras where !extra.value.isNull { losses.record(extra.name.string) }
    tool.extras = []
    switch tool.kind {
    case .function(let description, let schema, let isStrict):
      let isRefused = !traits.takesSchemas || target.quirks.contains(.noStrictTools)
      guard isStrict != nil, isRefused else { return tool }
      if isStrict == true { losses.record("strict") }
      tool.kind = .function(description: description, schema: schema, isStrict: nil)
    case .freeform(let description, let format):
      tool.kind = freeform(description, format)
    case .vendor(let type, let purpose, _):
      guard traits.family == .nova, let name = systemTool(purpose) else {
        losses.record("server_tool_\(type.string)")
        return nil
      }
      tool.kind = .vendor(type: "systemTool", purpose: purpose, name)
    }
    return tool
  }

  /// A function with one string; a grammar can only be described.
  private static func freeform(_ description: JSONText?, _ format: JSONRaw?) -> Tool.Kind {
    var text = description ?? .empty
    if let format {
      if !text.isEmpty { text = text + "\n\n" }
      text = text + "The format of `input`: " + JSONText(escaping: format.bytes)
    }
    let schema: StaticString =
      #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"#
    return .function(
      description: text, schema: JSONRaw(stringLiteral: schema), isStrict: nil)
  }

  private static func systemTool(_ purpose: ServerTool?) -> JSONRaw? {
    switch purpose {
    case .webSearch: JSONRaw(stringLiteral: #"{"systemTool":{"name":"nova_grounding"}}"#)
    case .codeExecution:
      JSONRaw(stringLiteral: #"{"systemTool":{"name":"nova_code_interpreter"}}"#)
    case .webFetch, .fileSearch, nil: nil
    }
  }

  /// Bedrock refuses calls in the history of a request that has no tools.
  private mutating func addTools(named names: [JSONText], losses: inout Losses) {
    guard !isOwn else { return }
    losses.record("tools_added")
    let names = names.isEmpty ? ["tool"] : names
    tools = names.map {
      Tool(name: $0, kind: .function(description: nil, schema: nil, isStrict: nil))
    }
  }

  /// The newest models refuse to be forced.
  private mutating func settleForcedCall(
    _ traits: ConverseModelTraits, losses: inout Losses
  ) {
    guard !isOwn, !traits.takesForcedCalls, choice != nil, choice != .automatic else { return }
    losses.record("tool_choice")
    choice = nil
  }

  private mutating func settleParallelCalls(
    _ conversation: Conversation, _ family: ConverseModelFamily, for target: Target,
    losses: inout Losses
  ) {
    if isOwn {
      forbidsParallelCalls = conversation.allowsParallelCalls.map { !$0 }
      return
    }
    guard conversation.allowsParallelCalls == false, !tools.isEmpty else { return }
    let isFree = choice == nil || choice == .automatic
    let isTold = family == .claude && !target.quirks.contains(.noSerialTools)
    if isTold, isFree, target.traits.anthropic.thinking == .byEffort {
      forbidsParallelCalls = true
    } else {
      losses.record("parallel_tool_calls")
    }
  }

  func write(with turns: inout ConverseTurnWriter, into writer: inout JSONWriter) {
    let rest = self.rest.first { $0.name.equals("toolConfig") }?.value
    guard !tools.isEmpty || (isOwn && (choice != nil || rest != nil)) else { return }
    writer.name("toolConfig")
    writer.object { writer in
      if !tools.isEmpty {
        writer.name("tools")
        writer.array { writer in
          for tool in tools {
            Self.write(tool, named: turns.names.spelling(of: tool.name), into: &writer)
            turns.write(mark: tool.cacheMark, into: &writer)
          }
        }
      }
      writeChoice(with: &turns, into: &writer)
      AnthropicRequestEncoder.write(membersOf: rest, into: &writer)
    }
  }

  private static func write(
    _ tool: Tool, named name: JSONText, into writer: inout JSONWriter
  ) {
    guard case .function(let description, let schema, let isStrict) = tool.kind else {
      if case .vendor(_, _, let raw) = tool.kind { writer.raw(raw) }
      return
    }
    writer.object { writer in
      writer.name("toolSpec")
      writer.object { writer in
        writer.member("name", name)
        if let description, !description.isEmpty { writer.member("description", description) }
        writer.name("inputSchema")
        writer.object { $0.member("json", AnthropicSchema.input(schema)) }
        if let isStrict { writer.member("strict", isStrict) }
        ConverseTurnWriter.write(tool.extras, into: &writer)
      }
    }
  }

  /// What is the default anyway is not said: some models refuse to hear it.
  private func writeChoice(
    with turns: inout ConverseTurnWriter, into writer: inout JSONWriter
  ) {
    guard let choice, isOwn || choice != .automatic else {
      if let raw = rest.first(where: { $0.name.equals("toolChoice") }) {
        writer.member("toolChoice", raw.value)
      }
      return
    }
    writer.name("toolChoice")
    writer.object { writer in
      switch choice {
      case .automatic: writer.member("auto", .emptyObject)
      case .any: writer.member("any", .emptyObject)
      case .tool(let name):
        let name = turns.names.spelling(of: name)
        writer.name("tool")
        writer.object { $0.member("name", name) }
      case .none: break
      }
    }
  }
}
