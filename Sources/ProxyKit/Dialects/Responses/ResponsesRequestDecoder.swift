/// Reads a client's request.
struct ResponsesRequestDecoder {
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
    var decoder = ResponsesRequestDecoder(
      conversation: Conversation(origin: .responses, model: name))
    try decoder.readMembers(of: root)
    var tools = ResponsesToolDecoder()
    try tools.read(root)
    var items = ResponsesItemDecoder(instructions: decoder.conversation.instructions, tools: tools)
    try items.read(root["input"])
    decoder.take(items)
    try decoder.readChoice(root["tool_choice"], items.tools)
    return decoder.conversation
  }

  private mutating func take(_ items: ResponsesItemDecoder) {
    conversation.instructions = items.instructions
    conversation.turns = items.turns
    conversation.tools = items.tools.tools
    conversation.toolForms = items.tools.forms
  }

  private mutating func readChoice(
    _ value: JSONValue?, _ tools: ResponsesToolDecoder
  ) throws(Failure) {
    guard let value else { return }
    switch try ResponsesToolChoice(value, tools) {
    case .choice(let choice): conversation.toolChoice = choice
    case .among(let names, let choice):
      conversation.toolChoice = choice
      conversation.tools.removeAll { !names.contains($0.name) }
    case .unknown: conversation.extras.append(Extra("tool_choice", value.raw))
    }
  }

  private mutating func readMembers(of root: JSONValue) throws(Failure) {
    var seen: Set<JSONText> = []
    for (name, value) in root.members {
      guard seen.insert(name).inserted else {
        throw .invalid("The member \(name) is there twice.", parameter: name.string)
      }
      guard !value.isNull else { continue }
      let word = name.string
      if try readLimits(word, value) { continue }
      if try readStored(word, value) { continue }
      if try readNames(word, value) { continue }
      switch word {
      case "model", "input", "tools", "tool_choice": break
      case "instructions": try readInstructions(value)
      case "parallel_tool_calls":
        conversation.allowsParallelCalls = try ChatRequestDecoder.bool(value, word)
      case "reasoning": try readReasoning(value)
      case "text": try readText(value)
      case "include": try readInclude(value)
      case "stream": conversation.wantsStream = try ChatRequestDecoder.bool(value, word)
      case "stream_options": try readStreamOptions(value)
      case "truncation" where value.text?.equals("disabled") == true: break
      default: conversation.extras.append(Extra(name, value.raw))
      }
    }
  }

  private mutating func readLimits(
    _ name: String, _ value: JSONValue
  ) throws(Failure) -> Bool {
    switch name {
    case "max_output_tokens":
      conversation.maximumTokens = try ChatRequestDecoder.count(value, name)
    case "temperature":
      conversation.sampling.temperature = try ChatRequestDecoder.number(value, name)
    case "top_p": conversation.sampling.topP = try ChatRequestDecoder.number(value, name)
    case "top_logprobs":
      guard let count = value.integer, count >= 0 else {
        throw .invalid("top_logprobs must be a whole number.", parameter: name)
      }
      if count > 0 { conversation.logprobs = count }
    default: return false
    }
    return true
  }

  /// Reads what refers to a store: the gateway has put in its place what it keeps itself.
  private func readStored(_ name: String, _ value: JSONValue) throws(Failure) -> Bool {
    switch name {
    case "store": _ = try ChatRequestDecoder.bool(value, name)
    case "background":
      guard try ChatRequestDecoder.bool(value, name) == false else {
        throw .invalid(
          "This model cannot be asked in the background; leave background out.", parameter: name)
      }
    case "previous_response_id", "conversation", "prompt":
      throw .invalid(
        "\(name) refers to something that is not stored here; send the whole input instead.",
        parameter: name)
    default: return false
    }
    return true
  }

  private mutating func readNames(
    _ name: String, _ value: JSONValue
  ) throws(Failure) -> Bool {
    switch name {
    case "user": conversation.user = try ChatRequestDecoder.text(value, name)
    case "safety_identifier":
      let identifier = try ChatRequestDecoder.text(value, name)
      // The newer name gives way where a request has both: it says the same.
      if value.document.root["user"] == nil { conversation.user = identifier }
    case "service_tier": conversation.serviceTier = try ChatRequestDecoder.text(value, name)
    case "prompt_cache_key": conversation.cacheKey = try ChatRequestDecoder.text(value, name)
    case "metadata":
      guard value.kind == .object else {
        throw .invalid("metadata must be an object.", parameter: name)
      }
      if !value.members.isEmpty { conversation.metadata = value.raw }
    default: return false
    }
    return true
  }

  private mutating func readInstructions(_ value: JSONValue) throws(Failure) {
    let text = try ChatRequestDecoder.text(value, "instructions")
    if !text.isEmpty { conversation.instructions = [Instruction(text: text)] }
  }

  private mutating func readReasoning(_ value: JSONValue) throws(Failure) {
    guard value.kind == .object else {
      throw .invalid("reasoning must be an object.", parameter: "reasoning")
    }
    conversation.showsThinking = false
    for (name, member) in value.members where !member.isNull {
      switch name.string {
      case "effort":
        conversation.effort = try ChatRequestDecoder.text(member, "reasoning.effort")
      case "summary", "generate_summary":
        let style = try ChatRequestDecoder.text(member, "reasoning.summary")
        conversation.showsThinking = !style.equals("none")
        if style.equals("auto") || style.equals("none") { continue }
        conversation.extras.append(Extra("reasoning.summary", member.raw))
      default: conversation.extras.append(Extra("reasoning." + name, member.raw))
      }
    }
  }

  private mutating func readText(_ value: JSONValue) throws(Failure) {
    guard value.kind == .object else {
      throw .invalid("text must be an object.", parameter: "text")
    }
    for (name, member) in value.members where !member.isNull {
      switch name.string {
      case "format": try readFormat(member)
      case "verbosity":
        conversation.verbosity = try ChatRequestDecoder.text(member, "text.verbosity")
      default: conversation.extras.append(Extra("text." + name, member.raw))
      }
    }
  }

  private mutating func readFormat(_ value: JSONValue) throws(Failure) {
    guard value.kind == .object, let type = value["type"]?.string else {
      throw .invalid("text.format must be an object with a type.", parameter: "text.format")
    }
    switch type {
    case "text": break
    case "json_object": conversation.format = .anyObject
    case "json_schema":
      guard let schema = value["schema"], schema.kind == .object else {
        throw .invalid(
          "text.format.schema must be an object.", parameter: "text.format.schema")
      }
      conversation.format = .schema(
        name: value["name"]?.text, schema.raw, isStrict: value["strict"]?.bool)
      if let said = value["description"] {
        conversation.extras.append(Extra("text.format.description", said.raw))
      }
    default: conversation.extras.append(Extra("text.format", value.raw))
    }
  }

  private mutating func readInclude(_ value: JSONValue) throws(Failure) {
    guard value.kind == .array else {
      throw .invalid("include must be a list.", parameter: "include")
    }
    let hasMore = value.elements.contains {
      $0.text?.equals("reasoning.encrypted_content") != true
    }
    if hasMore { conversation.extras.append(Extra("include", value.raw)) }
  }

  private mutating func readStreamOptions(_ value: JSONValue) throws(Failure) {
    guard value.kind == .object else {
      throw .invalid("stream_options must be an object.", parameter: "stream_options")
    }
    // Obfuscation makes up for what the sizes of encrypted pieces tell; we never add any.
    let others = value.members(besides: ["include_obfuscation", "include_usage"])
    if !others.isEmpty { conversation.extras.append(Extra("stream_options", value.raw)) }
  }
}
