/// Writes `tools` and `tool_choice`, and keeps the two in agreement.
struct AnthropicToolWriter {
  private let tools: [Tool]
  private let choice: ToolChoice?
  private let allowsParallelCalls: Bool?
  private let names: AnthropicNames

  init(
    _ conversation: Conversation, names: AnthropicNames, refusesForcedCalls: Bool,
    losses: inout Losses
  ) {
    self.names = names
    allowsParallelCalls = conversation.allowsParallelCalls
    guard conversation.origin != .anthropic else {
      tools = conversation.tools
      choice = conversation.toolChoice
      return
    }
    var admitted: [Tool] = []
    for tool in conversation.tools {
      if let tool = Self.admit(tool, beside: admitted, losses: &losses) { admitted.append(tool) }
    }
    tools = admitted
    choice = Self.agreeing(
      conversation.toolChoice, with: admitted, canForce: !refusesForcedCalls, losses: &losses)
  }

  /// The tool of another language as Anthropic has it.
  private static func admit(
    _ tool: Tool, beside others: [Tool], losses: inout Losses
  ) -> Tool? {
    var tool = tool
    for extra in tool.extras { losses.record(extra.name.string) }
    tool.extras = []
    switch tool.kind {
    case .function(let description, let schema, let isStrict):
      if isStrict == true { losses.record("strict") }
      tool.kind = .function(description: description, schema: schema, isStrict: nil)
    case .freeform(let description, let format):
      tool.kind = .function(
        description: FreeText.description(description, format), schema: FreeText.schema,
        isStrict: nil)
    case .vendor(let type, let purpose, let raw):
      guard let own = AnthropicServerTools.tool(for: purpose, raw), let purpose else {
        losses.record("server_tool_\(type.string)")
        return nil
      }
      let name = JSONText(purpose.rawValue)
      // Two tools of one name are refused.
      guard !others.contains(where: { $0.name == name }) else { return nil }
      return Tool(name: name, kind: .vendor(type: type, purpose: purpose, own))
    }
    return tool
  }

  /// A choice of a tool that is not there is refused upstream, and so is any that forces a call
  /// where there are no tools, or by some models.
  private static func agreeing(
    _ choice: ToolChoice?, with tools: [Tool], canForce: Bool, losses: inout Losses
  ) -> ToolChoice? {
    switch choice {
    case .tool(let name)? where !tools.contains { $0.name == name }: break
    case .tool?, .any?:
      if canForce, !tools.isEmpty { return choice }
    case .automatic?, ToolChoice.none?, nil: return choice
    }
    losses.record("tool_choice")
    return .automatic
  }

  func write(rest: JSONRaw?, into writer: inout JSONWriter) {
    guard !tools.isEmpty else { return }
    writer.name("tools")
    writer.array { writer in
      for tool in tools { write(tool, into: &writer) }
    }
    writeChoice(rest: rest, into: &writer)
  }

  private func write(_ tool: Tool, into writer: inout JSONWriter) {
    guard case .function(let description, let schema, let isStrict) = tool.kind else {
      if case .vendor(_, _, let raw) = tool.kind { writer.raw(raw) }
      return
    }
    writer.object { writer in
      writer.member("name", AnthropicIdentifier.encode(names.spelling(of: tool.name)))
      if let description { writer.member("description", description) }
      writer.member("input_schema", AnthropicSchema.input(schema))
      if let isStrict { writer.member("strict", isStrict) }
      AnthropicTurnWriter.write(tool.extras, into: &writer)
      if let mark = tool.cacheMark { writer.member("cache_control", mark) }
    }
  }

  private func writeChoice(rest: JSONRaw?, into writer: inout JSONWriter) {
    let forbidsParallelCalls = allowsParallelCalls.map { !$0 }
    let shown = choice ?? (forbidsParallelCalls == true ? .automatic : nil)
    guard let shown else {
      // A choice of a kind that the hub has no word for.
      if let rest { writer.member("tool_choice", rest) }
      return
    }
    writer.name("tool_choice")
    writer.object { writer in
      switch shown {
      case .automatic: writer.member("type", word: "auto")
      case .any: writer.member("type", word: "any")
      case .none: writer.member("type", word: "none")
      case .tool(let name):
        writer.member("type", word: "tool")
        writer.member("name", AnthropicIdentifier.encode(names.spelling(of: name)))
      }
      if let forbidsParallelCalls, shown != ToolChoice.none {
        writer.member("disable_parallel_tool_use", forbidsParallelCalls)
      }
      AnthropicRequestEncoder.write(membersOf: rest, into: &writer)
    }
  }
}
