/// Reads a client's request.
struct ChatRequestDecoder {
  private var conversation: Conversation

  static func decode(_ document: JSONDocument) throws(Failure) -> Conversation {
    let root = document.root
    guard root.kind == .object else {
      throw .invalid("The body must be a JSON object.")
    }
    guard let model = root["model"] else {
      throw .invalid("You must provide a model parameter.", parameter: "model")
    }
    guard let name = model.string, !name.isEmpty else {
      throw .invalid("The model must be a string that is not empty.", parameter: "model")
    }
    var decoder = ChatRequestDecoder(conversation: Conversation(origin: .chat, model: name))
    decoder.conversation.wantsStreamUsage = false
    try decoder.readMembers(of: root)
    try decoder.readMessages(root["messages"])
    return decoder.conversation
  }

  private mutating func readMembers(of root: JSONValue) throws(Failure) {
    var seen: Set<JSONText> = []
    for (name, value) in root.members {
      let plain = JSONText(escaped: name.unescaped[...])
      guard seen.insert(plain).inserted else {
        throw .invalid("The member \(name) is there twice.", parameter: name.string)
      }
      guard !value.isNull else { continue }
      if try readLimits(name.string, value) { continue }
      if try readTools(name.string, value) { continue }
      if try readWishes(name.string, value) { continue }
      switch name.string {
      case "model", "messages": break
      case "stream": conversation.wantsStream = try Self.bool(value, "stream")
      case "stream_options": try readStreamOptions(value)
      case "user": conversation.user = try Self.text(value, "user")
      case "reasoning_effort": conversation.effort = try Self.text(value, "reasoning_effort")
      case "reasoning" where readReasoning(value): break
      case "response_format": try readFormat(value)
      case "web_search_options":
        conversation.tools.append(
          Tool(
            name: "web_search",
            kind: .vendor(type: "web_search_options", purpose: .webSearch, value.raw)))
      default: conversation.extras.append(Extra(name, value.raw))
      }
    }
  }

  /// Reads what bounds and shapes the sampling.
  private mutating func readLimits(
    _ name: String, _ value: JSONValue
  ) throws(Failure) -> Bool {
    switch name {
    case "max_completion_tokens": conversation.maximumTokens = try Self.count(value, name)
    case "max_tokens":
      let limit = try Self.count(value, name)
      // The newer name wins, wherever it stands.
      if value.document.root["max_completion_tokens"] == nil {
        conversation.maximumTokens = limit
      }
    case "temperature": conversation.sampling.temperature = try Self.number(value, name)
    case "top_p": conversation.sampling.topP = try Self.number(value, name)
    case "top_k": conversation.sampling.topK = try Self.number(value, name)
    case "stop": try readStop(value)
    case "seed": conversation.sampling.seed = try Self.number(value, name)
    case "frequency_penalty" where value.double == 0: break
    case "frequency_penalty":
      conversation.sampling.frequencyPenalty = try Self.number(value, name)
    case "presence_penalty" where value.double == 0: break
    case "presence_penalty":
      conversation.sampling.presencePenalty = try Self.number(value, name)
    default: return false
    }
    return true
  }

  /// Reads what else the client wishes of the reply and its price.
  private mutating func readWishes(
    _ name: String, _ value: JSONValue
  ) throws(Failure) -> Bool {
    switch name {
    case "n":
      let count = try Self.count(value, name)
      if count > 1 { conversation.candidates = count }
    case "logprobs":
      if try Self.bool(value, name) {
        conversation.logprobs = value.document.root["top_logprobs"]?.integer ?? 0
      }
    // Told with `logprobs`, and refused without it.
    case "top_logprobs" where value.document.root["logprobs"]?.bool == true: break
    case "verbosity": conversation.verbosity = try Self.text(value, name)
    case "service_tier": conversation.serviceTier = try Self.text(value, name)
    case "prompt_cache_key": conversation.cacheKey = try Self.text(value, name)
    case "metadata" where value.kind == .object: conversation.metadata = value.raw
    default: return false
    }
    return true
  }

  private mutating func readTools(
    _ name: String, _ value: JSONValue
  ) throws(Failure) -> Bool {
    switch name {
    case "tools": conversation.tools += try ChatToolDecoder.tools(value)
    case "functions": conversation.tools += try ChatToolDecoder.functions(value)
    case "tool_choice":
      conversation.toolChoice = try ChatToolDecoder.choice(value)
      if ChatToolDecoder.isSpecial(choice: value) {
        conversation.extras.append(Extra("tool_choice", value.raw))
      }
    case "function_call": conversation.toolChoice = try ChatToolDecoder.functionChoice(value)
    case "parallel_tool_calls":
      conversation.allowsParallelCalls = try Self.bool(value, name)
    default: return false
    }
    return true
  }

  private mutating func readStop(_ value: JSONValue) throws(Failure) {
    if let text = value.text {
      conversation.stopSequences = [text]
      return
    }
    guard value.kind == .array else {
      throw .invalid("stop must be a string or a list of strings.", parameter: "stop")
    }
    for element in value.elements {
      conversation.stopSequences.append(try Self.text(element, "stop"))
    }
  }

  private mutating func readStreamOptions(_ value: JSONValue) throws(Failure) {
    guard value.kind == .object else {
      throw .invalid("stream_options must be an object.", parameter: "stream_options")
    }
    if let asked = value["include_usage"] {
      conversation.wantsStreamUsage = try Self.bool(asked, "stream_options.include_usage")
    }
  }

  /// Reads a router's `reasoning`; false when it says more than the hub has words for.
  private mutating func readReasoning(_ value: JSONValue) -> Bool {
    let known: [StaticString] = ["effort", "max_tokens", "exclude", "enabled"]
    guard value.kind == .object, value.members(besides: known).isEmpty else { return false }
    if let effort = value["effort"]?.text { conversation.effort = effort }
    if let budget = value["max_tokens"]?.integer, budget > 0 {
      conversation.thinking = .budget(budget)
    } else if let isEnabled = value["enabled"]?.bool {
      conversation.thinking = isEnabled ? .adaptive : .disabled
    }
    if let isHidden = value["exclude"]?.bool { conversation.showsThinking = !isHidden }
    return true
  }

  private mutating func readFormat(_ value: JSONValue) throws(Failure) {
    let name = "response_format"
    guard value.kind == .object, let type = value["type"]?.string else {
      throw .invalid("response_format must be an object with a type.", parameter: name)
    }
    switch type {
    case "text": break
    case "json_object": conversation.format = .anyObject
    case "json_schema":
      guard let format = value["json_schema"], format.kind == .object else {
        throw .invalid("json_schema must be an object.", parameter: "\(name).json_schema")
      }
      guard let schema = format["schema"] else {
        conversation.format = .anyObject
        return
      }
      conversation.format = .schema(
        name: format["name"]?.text, schema.raw, isStrict: format["strict"]?.bool)
    default: conversation.extras.append(Extra("response_format", value.raw))
    }
  }

  private mutating func readMessages(_ value: JSONValue?) throws(Failure) {
    guard let value else {
      throw .invalid("You must provide a messages parameter.", parameter: "messages")
    }
    guard value.kind == .array else {
      throw .invalid("messages must be a list.", parameter: "messages")
    }
    var decoder = ChatMessageDecoder()
    for message in value.elements { try decoder.take(message) }
    guard decoder.count > 0 else {
      throw .invalid(
        "messages is empty; it must hold at least one message.", parameter: "messages")
    }
    for tool in conversation.tools {
      guard case .freeform = tool.kind else { continue }
      conversation.toolForms[tool.name] = ToolForms.Form(name: tool.name, isFreeform: true)
    }
    conversation.instructions = decoder.instructions
    conversation.turns = decoder.turns
  }
}

/// Values of one kind, or a refusal that names the parameter.
extension ChatRequestDecoder {
  static func text(
    _ value: JSONValue, _ parameter: @autoclosure () -> String
  ) throws(Failure) -> JSONText {
    guard let text = value.text else {
      throw .invalid("\(parameter()) must be a string.", parameter: parameter())
    }
    return text
  }

  static func bool(_ value: JSONValue, _ parameter: String) throws(Failure) -> Bool {
    guard let bool = value.bool else {
      throw .invalid("\(parameter) must be true or false.", parameter: parameter)
    }
    return bool
  }

  static func number(_ value: JSONValue, _ parameter: String) throws(Failure) -> JSONRaw {
    guard value.kind == .number else {
      throw .invalid("\(parameter) must be a number.", parameter: parameter)
    }
    return value.raw
  }

  static func count(_ value: JSONValue, _ parameter: String) throws(Failure) -> Int {
    guard let count = value.integer, count > 0 else {
      throw .invalid("\(parameter) must be a whole number above zero.", parameter: parameter)
    }
    return count
  }
}
