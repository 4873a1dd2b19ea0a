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
    do throws(RequestFault) {
      return try conversation(document.root)
    } catch {
      throw error.failure
    }
  }

  private func conversation(_ root: JSONValue) throws(RequestFault) -> Conversation {
    guard root.kind == .object else {
      throw RequestFault("the body must be a JSON object, not \(root.kind.noun)")
    }
    try Self.refuseDuplicates(root)
    let model = try RequestMembers.text(root, "model")
    guard !model.isEmpty else {
      throw RequestFault("must name a model, but is empty", at: "model")
    }
    var conversation = Conversation(origin: .anthropic, model: model.string)
    try readLimits(root, into: &conversation)
    conversation.instructions = try Self.instructions(root)
    conversation.turns = try Self.turns(root)
    conversation.tools = try AnthropicToolReader.tools(root)
    conversation.extras = RequestMembers.extras(root, besides: Self.known)
    try AnthropicToolReader.readChoice(root, into: &conversation)
    try Self.readMetadata(root, into: &conversation)
    try Self.readThinking(root, into: &conversation)
    try Self.readOutput(root, into: &conversation)
    return conversation
  }

  /// A vendor may read another of two members of one name than we do.
  static func refuseDuplicates(_ root: JSONValue) throws(RequestFault) {
    // A request has few members; comparing each two costs less than hashing each.
    let names = root.members.map(\.name)
    let mayHaveTwins =
      names.count > 16 || names.indices.contains { names[..<$0].contains(names[$0]) }
    guard mayHaveTwins else { return }
    var seen: Set<JSONText> = []
    for (name, _) in root.members where !seen.insert(name).inserted {
      let shown = String(name.string.prefix(64))
      throw RequestFault("given twice; send it once", at: shown)
    }
  }

  private func readLimits(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    conversation.maximumTokens = try RequestMembers.optionalInteger(root, "max_tokens")
    guard conversation.maximumTokens != nil else {
      throw RequestFault("required; give the most tokens to answer with", at: "max_tokens")
    }
    conversation.sampling.temperature = try RequestMembers.optionalNumber(root, "temperature")
    conversation.sampling.topP = try RequestMembers.optionalNumber(root, "top_p")
    conversation.sampling.topK = try RequestMembers.optionalNumber(root, "top_k")
    conversation.serviceTier = try RequestMembers.optionalText(root, "service_tier")
    conversation.wantsStream = try RequestMembers.optionalBool(root, "stream") ?? false
    guard let sequences = try RequestMembers.optionalArray(root, "stop_sequences") else {
      return
    }
    for (index, sequence) in sequences.elements.enumerated() {
      guard let text = sequence.text else {
        throw RequestFault(
          "must be a string, not \(sequence.kind.noun)", at: "stop_sequences.\(index)")
      }
      conversation.stopSequences.append(text)
    }
  }

  private static func instructions(_ root: JSONValue) throws(RequestFault) -> [Instruction] {
    guard let system = root["system"] else { return [] }
    if let text = system.text { return [Instruction(text: text)] }
    guard system.kind == .array else {
      throw RequestFault(
        "must be a string or an array of text blocks, not \(system.kind.noun)", at: "system")
    }
    var instructions: [Instruction] = []
    for (index, block) in system.elements.enumerated() {
      do throws(RequestFault) {
        instructions.append(try instruction(block))
      } catch {
        throw error.under(index).under("system")
      }
    }
    return instructions
  }

  private static func instruction(_ block: JSONValue) throws(RequestFault) -> Instruction {
    try RequestMembers.object(block)
    let type = try RequestMembers.text(block, "type")
    guard type.equals("text") else {
      throw RequestFault("only text blocks may stand in the system prompt", at: "type")
    }
    return Instruction(
      text: try RequestMembers.text(block, "text"), cacheMark: block["cache_control"]?.raw,
      extras: RequestMembers.extras(block, besides: knownInInstruction))
  }

  private static func turns(_ root: JSONValue) throws(RequestFault) -> [Turn] {
    guard let messages = try RequestMembers.optionalArray(root, "messages") else {
      throw RequestFault("required, and must be an array", at: "messages")
    }
    var turns: [Turn] = []
    for (index, message) in messages.elements.enumerated() {
      do throws(RequestFault) {
        turns.append(try turn(message))
      } catch {
        throw error.under(index).under("messages")
      }
    }
    guard !turns.isEmpty else {
      throw RequestFault("must hold at least one message", at: "messages")
    }
    return turns
  }

  private static func turn(_ message: JSONValue) throws(RequestFault) -> Turn {
    try RequestMembers.object(message)
    let role: Turn.Role
    let name = try RequestMembers.text(message, "role")
    if name.equals("user") {
      role = .user
    } else if name.equals("assistant") {
      role = .assistant
    } else if name.equals("system") {
      role = .system
    } else {
      throw RequestFault("must be `user`, `assistant` or `system`", at: "role")
    }
    guard let content = message["content"] else {
      throw RequestFault("required, and must be a string or an array", at: "content")
    }
    var blocks = try AnthropicBlockReader.blocks(content, named: "content")
    if role == .assistant { AnthropicCallSeals.handOver(in: &blocks) }
    return Turn(
      role, blocks, extras: RequestMembers.extras(message, besides: knownInTurn))
  }

  private static func readMetadata(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let metadata = try RequestMembers.optionalObject(root, "metadata") else { return }
    do throws(RequestFault) {
      conversation.user = try RequestMembers.optionalText(metadata, "user_id")
    } catch {
      throw error.under("metadata")
    }
    conversation.metadata =
      RequestMembers.rest(metadata, named: "metadata", besides: ["user_id"])?.value
  }

  private static func readThinking(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let thinking = try RequestMembers.optionalObject(root, "thinking") else { return }
    do throws(RequestFault) {
      let type = try RequestMembers.text(thinking, "type")
      if type.equals("enabled") {
        guard let budget = try RequestMembers.optionalInteger(thinking, "budget_tokens") else {
          throw RequestFault("required when thinking is enabled", at: "budget_tokens")
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
    if let rest = RequestMembers.rest(thinking, named: "thinking", besides: known) {
      conversation.extras.append(rest)
    }
  }

  private static func readOutput(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    if let format = try RequestMembers.optionalObject(root, "output_format") {
      conversation.format = schema(of: format)
      if conversation.format == nil {
        conversation.extras.append(Extra("output_format", format.raw))
      }
    }
    guard let output = try RequestMembers.optionalObject(root, "output_config") else { return }
    var known: [StaticString] = ["effort"]
    do throws(RequestFault) {
      conversation.effort = try RequestMembers.optionalText(output, "effort")
      if let value = try RequestMembers.optionalObject(output, "format"),
        let format = schema(of: value)
      {
        conversation.format = format
        known.append("format")
      }
    } catch {
      throw error.under("output_config")
    }
    if let rest = RequestMembers.rest(output, named: "output_config", besides: known) {
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
