/// Reads content blocks: unions, each with the one member that says what it is.
enum ConverseBlockReader {
  /// The members of each block that the hub has words for.
  private enum Known {
    static let toolCall: [StaticString] = ["toolUseId", "name", "input"]
    static let toolResult: [StaticString] = ["toolUseId", "content", "status"]
    static let media: [StaticString] = ["format", "source"]
    static let document: [StaticString] = ["format", "name", "source", "context"]
  }

  static func blocks(
    _ content: JSONValue, named name: StaticString
  ) throws(RequestFault) -> [Block] {
    var blocks: [Block] = []
    for (index, element) in content.elements.enumerated() {
      do throws(RequestFault) {
        try read(element, into: &blocks)
      } catch {
        throw error.under(index).under("\(name)")
      }
    }
    return blocks
  }

  private static func read(
    _ element: JSONValue, into blocks: inout [Block]
  ) throws(RequestFault) {
    let (name, value) = try ConverseUnion.member(of: element)
    if name.equals("cachePoint"), let last = blocks.indices.last, blocks[last].cacheMark == nil {
      blocks[last].cacheMark = ConverseCachePoint.mark(value)
      return
    }
    do throws(RequestFault) {
      if let block = try block(name, value, element) {
        blocks.append(block)
      } else {
        blocks.append(Block(.unknown(type: name, element.raw)))
      }
    } catch {
      throw error.under(name.string)
    }
  }

  /// Nil for a block that only this language knows.
  private static func block(
    _ name: JSONText, _ value: JSONValue, _ element: JSONValue
  ) throws(RequestFault) -> Block? {
    if name.equals("text") {
      guard let text = value.text else {
        throw RequestFault("must be a string, not \(value.kind.noun)")
      }
      return Block(.text(text))
    }
    // A result's value that is no text; models read it as text anyway.
    if name.equals("json") { return Block(.text(JSONText(escaping: value.raw.bytes))) }
    guard value.kind == .object else {
      throw RequestFault("must be an object, not \(value.kind.noun)")
    }
    if name.equals("toolUse") { return try toolCall(value) }
    if name.equals("toolResult") { return try toolResult(value) }
    if name.equals("reasoningContent") { return try reasoning(value) }
    if name.equals("image") { return try image(value) }
    if name.equals("document") { return try document(value) }
    if name.equals("audio") { return try audio(value) }
    if name.equals("citationsContent") {
      let texts = value["content"]?.elements.compactMap { $0["text"]?.text } ?? []
      return Block(.text(texts.reduce(.empty, +)), extras: [Extra(name, element.raw)])
    }
    return nil
  }

  /// A call of a tool that the vendor runs stays as it is.
  private static func toolCall(_ value: JSONValue) throws(RequestFault) -> Block? {
    guard value["type"] == nil else { return nil }
    let id = try RequestMembers.text(value, "toolUseId")
    let name = try RequestMembers.text(value, "name")
    guard let input = value["input"] else {
      throw RequestFault("required, and must be an object", at: "input")
    }
    let call = ToolCall(
      id: AnthropicIdentifier.decode(id), name: AnthropicIdentifier.decode(name),
      input: input.raw)
    return Block(
      .toolCall(call), extras: RequestMembers.extras(value, besides: Known.toolCall))
  }

  private static func toolResult(_ value: JSONValue) throws(RequestFault) -> Block? {
    guard value["type"] == nil else { return nil }
    let id = try RequestMembers.text(value, "toolUseId")
    guard let content = try RequestMembers.optionalArray(value, "content") else {
      throw RequestFault("required, and must be an array", at: "content")
    }
    let status = try RequestMembers.optionalText(value, "status")
    let result = ToolResult(
      callID: AnthropicIdentifier.decode(id), content: try blocks(content, named: "content"),
      isError: status?.equals("error") ?? false)
    return Block(
      .toolResult(result), extras: RequestMembers.extras(value, besides: Known.toolResult))
  }

  /// Whichever platform runs a Claude, it signs the same way; others do not sign.
  private static func reasoning(_ value: JSONValue) throws(RequestFault) -> Block? {
    if let data = try RequestMembers.optionalText(value, "redactedContent") {
      return Block(.redactedThinking, seal: Seal(token: data, native: .anthropic))
    }
    guard let thought = try RequestMembers.optionalObject(value, "reasoningText") else {
      return nil
    }
    do throws(RequestFault) {
      var block = Block(.thinking(try RequestMembers.text(thought, "text")))
      if let signature = try RequestMembers.optionalText(thought, "signature"),
        !signature.isEmpty
      {
        block.seal = Seal(token: signature, native: .anthropic)
      }
      return block
    } catch {
      throw error.under("reasoningText")
    }
  }

  /// Nil when the image lies in a bucket, where only Bedrock finds it.
  private static func image(_ value: JSONValue) throws(RequestFault) -> Block? {
    let format = try RequestMembers.text(value, "format")
    guard let bytes = try source(of: value)["bytes"]?.text else { return nil }
    return Block(
      .image(Media(.base64(mediaType: "image/" + format, bytes))),
      extras: RequestMembers.extras(value, besides: Known.media))
  }

  private static func audio(_ value: JSONValue) throws(RequestFault) -> Block? {
    let format = try RequestMembers.text(value, "format")
    guard let bytes = try source(of: value)["bytes"]?.text else { return nil }
    return Block(
      .audio(Media(.base64(mediaType: "audio/" + format, bytes))),
      extras: RequestMembers.extras(value, besides: Known.media))
  }

  private static func document(_ value: JSONValue) throws(RequestFault) -> Block? {
    let title = try RequestMembers.optionalText(value, "name")
    let format = try RequestMembers.optionalText(value, "format")
    let source = try source(of: value)
    let content: Document.Source
    if let bytes = source["bytes"]?.text {
      let type = ConverseFormat.mediaType(ofDocument: format ?? "txt")
      content = .base64(mediaType: type ?? "application/octet-stream", bytes)
    } else if let text = source["text"]?.text {
      content = .text(text)
    } else if let list = source["content"], list.kind == .array {
      content = .blocks(try blocks(list, named: "content"))
    } else {
      return nil
    }
    let context = try RequestMembers.optionalText(value, "context")
    return Block(
      .document(Document(content, title: title, context: context)),
      extras: RequestMembers.extras(value, besides: Known.document))
  }

  private static func source(of value: JSONValue) throws(RequestFault) -> JSONValue {
    guard let source = try RequestMembers.optionalObject(value, "source") else {
      throw RequestFault("required, and must be an object", at: "source")
    }
    return source
  }
}
