/// Reads a Messages request.
struct AnthropicRequestDecoder {
  private static let known: [StaticString] = [
    "model", "max_tokens", "messages", "system", "temperature", "top_p", "top_k",
    "stop_sequences", "stream", "tools", "tool_choice", "metadata", "thinking", "output_config",
    "output_format", "service_tier",
  ]

  private static let knownInInstruction: [StaticString] = ["type", "text", "cache_control"]
  private static let knownInTurn: [StaticString] = ["role", "content"]

  func decode(_ document: JSONDocument) throws(Failure) -> Conversation {
    do throws(AnthropicFault) {
      return try conversation(document.root)
    } catch {
      throw error.failure
    }
  }

  private func conversation(_ root: JSONValue) throws(AnthropicFault) -> Conversation {
    guard root.kind == .object else {
      throw AnthropicFault("the body must be a JSON object, not \(root.kind.noun)")
    }
    try Self.refuseDuplicates(root)
    let model = try AnthropicMembers.text(root, "model")
    guard !model.isEmpty else {
      throw AnthropicFault("must name a model, but is empty", at: "model")
    }
    var conversation = Conversation(origin: .anthropic, model: model.string)
    try readLimits(root, into: &conversation)
    conversation.instructions = try Self.instructions(root)
    conversation.turns = try Self.turns(root)
    conversation.tools = try AnthropicToolReader.tools(root)
    conversation.extras = AnthropicMembers.extras(root, besides: Self.known)
    try AnthropicToolReader.readChoice(root, into: &conversation)
    try Self.readMetadata(root, into: &conversation)
    try Self.readThinking(root, into: &conversation)
    try Self.readOutput(root, into: &conversation)
    return conversation
  }

  /// A vendor may read another of two members of one name than we do.
  static func refuseDuplicates(_ root: JSONValue) throws(AnthropicFault) {
    // A request has few members; comparing each two costs less than hashing each.
    let names = root.members.map(\.name)
    let mayHaveTwins =
      names.count > 16 || names.indices.contains { names[..<$0].contains(names[$0]) }
    guard mayHaveTwins else { return }
    var seen: Set<JSONText> = []
    for (name, _) in root.members where !seen.insert(name).inserted {
      let shown = String(name.string.prefix(64))
      throw AnthropicFault("given twice; send it once", at: shown)
    }
  }

  private func readLimits(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    conversation.maximumTokens = try AnthropicMembers.optionalInteger(root, "max_tokens")
    guard conversation.maximumTokens != nil else {
      throw AnthropicFault("required; give the most tokens to answer with", at: "max_tokens")
    }
    conversation.sampling.temperature = try AnthropicMembers.optionalNumber(root, "temperature")
    conversation.sampling.topP = try AnthropicMembers.optionalNumber(root, "top_p")
    conversation.sampling.topK = try AnthropicMembers.optionalNumber(root, "top_k")
    conversation.serviceTier = try AnthropicMembers.optionalText(root, "service_tier")
    conversation.wantsStream = try AnthropicMembers.optionalBool(root, "stream") ?? false
    guard let sequences = try AnthropicMembers.optionalArray(root, "stop_sequences") else {
      return
    }
    for (index, sequence) in sequences.elements.enumerated() {
      guard let text = sequence.text else {
        throw AnthropicFault(
          "must be a string, not \(sequence.kind.noun)", at: "stop_sequences.\(index)")
      }
      conversation.stopSequences.append(text)
    }
  }

  private static func instructions(_ root: JSONValue) throws(AnthropicFault) -> [Instruction] {
    guard let system = root["system"] else { return [] }
    if let text = system.text { return [Instruction(text: text)] }
    guard system.kind == .array else {
      throw AnthropicFault(
        "must be a string or an array of text blocks, not \(system.kind.noun)", at: "system")
    }
    var instructions: [Instruction] = []
    for (index, block) in system.elements.enumerated() {
      do throws(AnthropicFault) {
        instructions.append(try instruction(block))
      } catch {
        throw error.under(index).under("system")
      }
    }
    return instructions
  }

  private static func instruction(_ block: JSONValue) throws(AnthropicFault) -> Instruction {
    try AnthropicMembers.object(block)
    let type = try AnthropicMembers.text(block, "type")
    guard type.equals("text") else {
      throw AnthropicFault("only text blocks may stand in the system prompt", at: "type")
    }
    return Instruction(
      text: try AnthropicMembers.text(block, "text"), cacheMark: block["cache_control"]?.raw,
      extras: AnthropicMembers.extras(block, besides: knownInInstruction))
  }

  private static func turns(_ root: JSONValue) throws(AnthropicFault) -> [Turn] {
    guard let messages = try AnthropicMembers.optionalArray(root, "messages") else {
      throw AnthropicFault("required, and must be an array", at: "messages")
    }
    var turns: [Turn] = []
    for (index, message) in messages.elements.enumerated() {
      do throws(AnthropicFault) {
        turns.append(try turn(message))
      } catch {
        throw error.under(index).under("messages")
      }
    }
    guard !turns.isEmpty else {
      throw AnthropicFault("must hold at least one message", at: "messages")
    }
    return turns
  }

  private static func turn(_ message: JSONValue) throws(AnthropicFault) -> Turn {
    try AnthropicMembers.object(message)
    let role: Turn.Role
    let name = try AnthropicMembers.text(message, "role")
    if name.equals("user") {
      role = .user
    } else if name.equals("assistant") {
      role = .assistant
    } else if name.equals("system") {
      role = .system
    } else {
      throw AnthropicFault("must be `user`, `assistant` or `system`", at: "role")
    }
    guard let content = message["content"] else {
      throw AnthropicFault("required, and must be a string or an array", at: "content")
    }
    var blocks = try AnthropicBlockReader.blocks(content, named: "content")
    if role == .assistant { AnthropicCallSeals.handOver(in: &blocks) }
    return Turn(
      role, blocks, extras: AnthropicMembers.extras(message, besides: knownInTurn))
  }

  private static func readMetadata(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    guard let metadata = try AnthropicMembers.optionalObject(root, "metadata") else { return }
    do throws(AnthropicFault) {
      conversation.user = try AnthropicMembers.optionalText(metadata, "user_id")
    } catch {
      throw error.under("metadata")
    }
    conversation.metadata =
      AnthropicMembers.rest(metadata, named: "metadata", besides: ["user_id"])?.value
  }

  private static func readThinking(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    guard let thinking = try AnthropicMembers.optionalObject(root, "thinking") else { return }
    do throws(AnthropicFault) {
      let type = try AnthropicMembers.text(thinking, "type")
      if type.equals("enabled") {
        guard let budget = try AnthropicMembers.optionalInteger(thinking, "budget_tokens") else {
          throw AnthropicFault("required when thinking is enabled", at: "budget_tokens")
        }
        conversation.thinking = .budget(budget)
      } else if type.equals("disabled") {
        conversation.thinking = .disabled
      } else if type.equals("adaptive") {
        conversation.thinking = .adaptive
      } else {
        conversation.extras.append(Extra("thinking", thinking.raw))
        return
      }
    } catch {
      throw error.under("thinking")
    }
    var known: [StaticString] = ["type", "budget_tokens"]
    if let display = thinking["display"]?.text {
      conversation.showsThinking = !display.equals("omitted")
      if display.equals("omitted") || display.equals("summarized") { known.append("display") }
    }
    if let rest = AnthropicMembers.rest(thinking, named: "thinking", besides: known) {
      conversation.extras.append(rest)
    }
  }

  private static func readOutput(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(AnthropicFault) {
    if let format = try AnthropicMembers.optionalObject(root, "output_format") {
      conversation.format = schema(of: format)
      if conversation.format == nil {
        conversation.extras.append(Extra("output_format", format.raw))
      }
    }
    guard let output = try AnthropicMembers.optionalObject(root, "output_config") else { return }
    var known: [StaticString] = ["effort"]
    do throws(AnthropicFault) {
      conversation.effort = try AnthropicMembers.optionalText(output, "effort")
      if let value = try AnthropicMembers.optionalObject(output, "format"),
        let format = schema(of: value)
      {
        conversation.format = format
        known.append("format")
      }
    } catch {
      throw error.under("output_config")
    }
    if let rest = AnthropicMembers.rest(output, named: "output_config", besides: known) {
      conversation.extras.append(rest)
    }
  }

  private static func schema(of format: JSONValue) -> OutputFormat? {
    guard let type = format["type"]?.text, type.equals("json_schema"),
      let schema = format["schema"], schema.kind == .object
    else { return nil }
    return .schema(name: nil, schema.raw, isStrict: nil)
  }
}
