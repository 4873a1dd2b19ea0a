/// Writes `tools` and `tool_choice`, and keeps the two in agreement.
struct AnthropicToolWriter {
  private let tools: [Tool]
  private let choice: ToolChoice?
  private let allowsParallelCalls: Bool?
  private let added: [JSONRaw]

  /// `added` are tools that other members of the request stand for.
  init(_ conversation: Conversation, adding added: [JSONRaw], losses: inout Losses) {
    let isForeign = conversation.origin != .anthropic
    var admitted: [Tool] = []
    for var tool in conversation.tools {
      if isForeign {
        guard case .function(let description, let schema, let isStrict) = tool.kind else {
          losses.record("server_tool_\(Self.type(of: tool))")
          continue
        }
        if isStrict == true { losses.record("strict") }
        for extra in tool.extras { losses.record(extra.name.string) }
        tool.extras = []
        tool.kind = .function(description: description, schema: schema, isStrict: nil)
      }
      admitted.append(tool)
    }
    tools = admitted
    self.added = added
    allowsParallelCalls = conversation.allowsParallelCalls
    choice = Self.agreeing(
      conversation.toolChoice, with: admitted, isForeign: isForeign, losses: &losses)
  }

  private static func type(of tool: Tool) -> String {
    if case .vendor(let type, _, _) = tool.kind { type.string } else { "function" }
  }

  /// A choice of a tool that is not there is refused upstream.
  private static func agreeing(
    _ choice: ToolChoice?, with tools: [Tool], isForeign: Bool, losses: inout Losses
  ) -> ToolChoice? {
    guard isForeign, case .tool(let name)? = choice, !tools.contains(where: { $0.name == name })
    else { return choice }
    losses.record("tool_choice")
    return .automatic
  }

  func write(rest: JSONRaw?, into writer: inout JSONWriter) {
    guard !tools.isEmpty || !added.isEmpty else { return }
    writer.name("tools")
    writer.array { writer in
      for tool in tools { write(tool, into: &writer) }
      for tool in added { writer.raw(tool) }
    }
    writeChoice(rest: rest, into: &writer)
  }

  private func write(_ tool: Tool, into writer: inout JSONWriter) {
    guard case .function(let description, let schema, let isStrict) = tool.kind else {
      if case .vendor(_, _, let raw) = tool.kind { writer.raw(raw) }
      return
    }
    writer.object { writer in
      writer.member("name", AnthropicIdentifier.encode(tool.name))
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
        writer.member("name", AnthropicIdentifier.encode(name))
      }
      if let forbidsParallelCalls, shown != ToolChoice.none {
        writer.member("disable_parallel_tool_use", forbidsParallelCalls)
      }
      AnthropicRequestEncoder.write(membersOf: rest, into: &writer)
    }
  }
}
