/// Reads content: a string, or an array of blocks.
enum AnthropicBlockReader {
  /// The members of each block that the hub has words for.
  private enum Known {
    static let text: [StaticString] = ["type", "text", "cache_control"]
    static let thinking: [StaticString] = ["type", "thinking", "signature", "cache_control"]
    static let redacted: [StaticString] = ["type", "data", "cache_control"]
    static let toolCall: [StaticString] = ["type", "id", "name", "input", "cache_control"]
    static let toolResult: [StaticString] = [
      "type", "tool_use_id", "content", "is_error", "cache_control",
    ]
    static let image: [StaticString] = ["type", "source", "cache_control"]
    static let document: [StaticString] = ["type", "source", "title", "context", "cache_control"]
  }

  static func blocks(
    _ content: JSONValue, named name: StaticString
  ) throws(RequestFault) -> [Block] {
    if let text = content.text { return [Block(.text(text))] }
    guard content.kind == .array else {
      throw RequestFault(
        "must be a string or an array of blocks, not \(content.kind.noun)", at: "\(name)")
    }
    var blocks: [Block] = []
    for (index, element) in content.elements.enumerated() {
      do throws(RequestFault) {
        blocks.append(try block(element))
      } catch {
        throw error.under(index).under("\(name)")
      }
    }
    return blocks
  }

  private static func block(_ value: JSONValue) throws(RequestFault) -> Block {
    try RequestMembers.object(value)
    let type = try RequestMembers.text(value, "type")
    if type.equals("text") {
      return finish(.text(try RequestMembers.text(value, "text")), value, Known.text)
    }
    if type.equals("tool_use") { return try toolCall(value) }
    if type.equals("tool_result") { return try toolResult(value) }
    if type.equals("thinking") {
      let thought = try RequestMembers.text(value, "thinking")
      var block = finish(.thinking(thought), value, Known.thinking)
      if let signature = try RequestMembers.optionalText(value, "signature"), !signature.isEmpty {
        block.seal = Seal(token: signature, native: .anthropic)
      }
      return block
    }
    if type.equals("redacted_thinking") {
      let data = try RequestMembers.text(value, "data")
      var block = finish(.redactedThinking, value, Known.redacted)
      block.seal = Seal(token: data, native: .anthropic)
      return block
    }
    if type.equals("image") { return try image(value, type) }
    if type.equals("document") { return try document(value, type) }
    return Block(.unknown(type: type, value.raw))
  }

  private static func finish(
    _ content: Block.Content, _ value: JSONValue, _ known: [StaticString]
  ) -> Block {
    Block(
      content, cacheMark: value["cache_control"]?.raw,
      extras: RequestMembers.extras(value, besides: known))
  }

  private static func toolCall(_ value: JSONValue) throws(RequestFault) -> Block {
    let id = try RequestMembers.text(value, "id")
    let name = try RequestMembers.text(value, "name")
    guard let input = try RequestMembers.optionalObject(value, "input") else {
      throw RequestFault("required, and must be an object", at: "input")
    }
    let call = ToolCall(
      id: AnthropicIdentifier.decode(id), name: AnthropicIdentifier.decode(name),
      input: input.raw)
    return finish(.toolCall(call), value, Known.toolCall)
  }

  private static func toolResult(_ value: JSONValue) throws(RequestFault) -> Block {
    let id = try RequestMembers.text(value, "tool_use_id")
    var content: [Block] = []
    if let given = value["content"] { content = try blocks(given, named: "content") }
    let result = ToolResult(
      callID: AnthropicIdentifier.decode(id), content: content,
      isError: try RequestMembers.optionalBool(value, "is_error") ?? false)
    return finish(.toolResult(result), value, Known.toolResult)
  }

  private static func image(
    _ value: JSONValue, _ type: JSONText
  ) throws(RequestFault) -> Block {
    let source = try self.source(of: value)
    guard let media = try media(source) else { return Block(.unknown(type: type, value.raw)) }
    return finish(.image(Media(media)), value, Known.image)
  }

  private static func document(
    _ value: JSONValue, _ type: JSONText
  ) throws(RequestFault) -> Block {
    let source = try self.source(of: value)
    guard let content = try documentSource(source) else {
      return Block(.unknown(type: type, value.raw))
    }
    let document = Document(
      content, title: try RequestMembers.optionalText(value, "title"),
      context: try RequestMembers.optionalText(value, "context"))
    return finish(.document(document), value, Known.document)
  }

  private static func source(of value: JSONValue) throws(RequestFault) -> JSONValue {
    guard let source = try RequestMembers.optionalObject(value, "source") else {
      throw RequestFault("required, and must be an object", at: "source")
    }
    return source
  }

  /// Nil when the source is of a type that only Anthropic knows.
  private static func media(_ source: JSONValue) throws(RequestFault) -> Media.Source? {
    do throws(RequestFault) {
      let type = try RequestMembers.text(source, "type")
      if type.equals("base64") {
        return .base64(
          mediaType: try RequestMembers.text(source, "media_type"),
          try RequestMembers.text(source, "data"))
      }
      if type.equals("url") { return .url(try RequestMembers.text(source, "url")) }
      if type.equals("file") { return .file(id: try RequestMembers.text(source, "file_id")) }
      return nil
    } catch {
      throw error.under("source")
    }
  }

  private static func documentSource(
    _ source: JSONValue
  ) throws(RequestFault) -> Document.Source? {
    switch try media(source) {
    case .base64(let mediaType, let bytes): return .base64(mediaType: mediaType, bytes)
    case .url(let url): return .url(url)
    case .file(let id): return .file(id: id)
    case nil: break
    }
    do throws(RequestFault) {
      let type = try RequestMembers.text(source, "type")
      if type.equals("text") { return .text(try RequestMembers.text(source, "data")) }
      guard type.equals("content") else { return nil }
      guard let content = source["content"] else {
        throw RequestFault("required, and must be a string or an array", at: "content")
      }
      return .blocks(try blocks(content, named: "content"))
    } catch {
      throw error.under("source")
    }
  }
}
