/// Reads a Converse request; its path names the model and says whether to stream.
struct ConverseRequestDecoder {
  private static let known: [StaticString] = [
    "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields",
    "requestMetadata", "serviceTier", "outputConfig",
  ]
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
    try AnthropicRequestDecoder.refuseDuplicates(root)
    var conversation = Conversation(origin: .converse, model: "")
    conversation.extras = RequestMembers.extras(root, besides: Self.known)
      .filter { !$0.value.isNull }
    try Self.readSystem(root, into: &conversation)
    conversation.turns = try Self.turns(root)
    try Self.readInference(root, into: &conversation)
    try ConverseToolReader.read(root, into: &conversation)
    try ConverseFieldReader.read(root, into: &conversation)
    try ConverseFieldReader.readOutput(root, into: &conversation)
    conversation.metadata = try RequestMembers.optionalObject(root, "requestMetadata")?.raw
    try Self.readTier(root, into: &conversation)
    return conversation
  }

  private static func readSystem(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let system = try RequestMembers.optionalArray(root, "system") else { return }
    for (index, block) in system.elements.enumerated() {
      do throws(RequestFault) {
        try readSystem(block: block, into: &conversation)
      } catch {
        throw error.under(index).under("system")
      }
    }
    // What is guarded is told its own language as it came, and any other as plain text.
    if system.elements.contains(where: { $0["guardContent"] != nil }) {
      conversation.extras.append(Extra("guardContent", system.raw))
    }
  }

  private static func readSystem(
    block: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    let (name, value) = try ConverseUnion.member(of: block)
    if name.equals("text") {
      guard let text = value.text else {
        throw RequestFault("must be a string, not \(value.kind.noun)", at: "text")
      }
      conversation.instructions.append(Instruction(text: text))
    } else if name.equals("cachePoint") {
      let last = conversation.instructions.indices.last
      guard let last, conversation.instructions[last].cacheMark == nil else {
        throw RequestFault("must follow the text that it marks", at: "cachePoint")
      }
      conversation.instructions[last].cacheMark = ConverseCachePoint.mark(value)
    } else if name.equals("guardContent") {
      conversation.instructions.append(Instruction(text: value["text"]?["text"]?.text ?? .empty))
    } else {
      throw RequestFault("only text, guardContent and cachePoint may stand here", at: name.string)
    }
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
      throw RequestFault("must be `user` or `assistant`", at: "role")
    }
    guard let content = try RequestMembers.optionalArray(message, "content") else {
      throw RequestFault("required, and must be an array", at: "content")
    }
    var blocks = try ConverseBlockReader.blocks(content, named: "content")
    if role == .assistant { AnthropicCallSeals.handOver(in: &blocks) }
    return Turn(
      role, blocks,
      extras: RequestMembers.extras(message, besides: knownInTurn))
  }

  private static func readInference(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let inference = try RequestMembers.optionalObject(root, "inferenceConfig") else {
      return
    }
    do throws(RequestFault) {
      conversation.maximumTokens = try RequestMembers.optionalInteger(inference, "maxTokens")
      conversation.sampling.temperature = try RequestMembers.optionalNumber(
        inference, "temperature")
      conversation.sampling.topP = try RequestMembers.optionalNumber(inference, "topP")
      if let list = try RequestMembers.optionalArray(inference, "stopSequences") {
        for (index, sequence) in list.elements.enumerated() {
          guard let text = sequence.text else {
            throw RequestFault(
              "must be a string, not \(sequence.kind.noun)", at: "stopSequences.\(index)")
          }
          conversation.stopSequences.append(text)
        }
      }
    } catch {
      throw error.under("inferenceConfig")
    }
    let rest = RequestMembers.rest(
      inference, named: "inferenceConfig",
      besides: ["maxTokens", "temperature", "topP", "stopSequences"])
    if let rest { conversation.extras.append(rest) }
  }

  private static func readTier(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let tier = try RequestMembers.optionalObject(root, "serviceTier") else { return }
    do throws(RequestFault) {
      conversation.serviceTier = try RequestMembers.text(tier, "type")
    } catch {
      throw error.under("serviceTier")
    }
  }
}

extension JSONRaw {
  /// Whether it is JSON's null.
  var isNull: Bool { bytes.elementsEqual("null".utf8) }
}
