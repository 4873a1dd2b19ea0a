/// Writes turns and their blocks.
enum AnthropicTurnWriter {
  static func write(_ turns: [Turn], into writer: inout JSONWriter) {
    writer.array { writer in
      for turn in turns {
        writer.object { writer in
          writer.member("role", word: role(turn.role))
          writer.name("content")
          write(turn.blocks, into: &writer)
          write(turn.extras, into: &writer)
        }
      }
    }
  }

  private static func role(_ role: Turn.Role) -> StaticString {
    switch role {
    case .user: "user"
    case .assistant: "assistant"
    case .system: "system"
    }
  }

  static func write(_ extras: [Extra], into writer: inout JSONWriter) {
    for extra in extras {
      writer.name(extra.name)
      writer.raw(extra.value)
    }
  }

  static func write(_ instructions: [Instruction], into writer: inout JSONWriter) {
    if let only = instructions.first, instructions.count == 1, only.cacheMark == nil,
      only.extras.isEmpty
    {
      writer.text(only.text)
      return
    }
    writer.array { writer in
      for instruction in instructions {
        writer.object { writer in
          writer.member("type", word: "text")
          writer.member("text", instruction.text)
          write(instruction.extras, into: &writer)
          if let mark = instruction.cacheMark { writer.member("cache_control", mark) }
        }
      }
    }
  }

  private static func write(_ blocks: [Block], into writer: inout JSONWriter) {
    if let only = blocks.first, blocks.count == 1, only.cacheMark == nil, only.extras.isEmpty,
      case .text(let text) = only.content
    {
      writer.text(text)
      return
    }
    writer.array { writer in
      for block in blocks { write(block, into: &writer) }
    }
  }

  private static func write(_ block: Block, into writer: inout JSONWriter) {
    if case .unknown(_, let raw) = block.content {
      writer.raw(raw)
      return
    }
    writer.object { writer in
      write(block.content, seal: block.seal, into: &writer)
      write(block.extras, into: &writer)
      if let mark = block.cacheMark { writer.member("cache_control", mark) }
    }
  }

  private static func write(
    _ content: Block.Content, seal: Seal?, into writer: inout JSONWriter
  ) {
    switch content {
    case .text(let text), .refusal(let text):
      writer.member("type", word: "text")
      writer.member("text", text)
    case .image(let media), .audio(let media):
      writer.member("type", word: "image")
      writer.name("source")
      write(media.source, into: &writer)
    case .document(let document): write(document, into: &writer)
    case .toolCall(let call):
      writer.member("type", word: "tool_use")
      writer.member("id", AnthropicIdentifier.encode(call.id))
      writer.member("name", AnthropicIdentifier.encode(call.name))
      writer.member("input", input(call.input))
    case .toolResult(let result):
      writer.member("type", word: "tool_result")
      writer.member("tool_use_id", AnthropicIdentifier.encode(result.callID))
      if !result.content.isEmpty {
        writer.name("content")
        write(result.content, into: &writer)
      }
      if result.isError { writer.member("is_error", true) }
    case .thinking(let text):
      writer.member("type", word: "thinking")
      writer.member("thinking", text)
      if let seal { writer.member("signature", seal.value) }
    case .redactedThinking:
      writer.member("type", word: "redacted_thinking")
      writer.member("data", seal?.value ?? .empty)
    case .unknown: break
    }
  }

  /// Anthropic takes objects only.
  private static func input(_ raw: JSONRaw) -> JSONRaw {
    if raw.bytes.first == UInt8(ascii: "{") { return raw }
    guard let value = try? raw.parsed() else { return .emptyObject }
    return ToolArguments.object(value)
  }

  private static func write(_ source: Media.Source, into writer: inout JSONWriter) {
    writer.object { writer in
      switch source {
      case .base64(let mediaType, let bytes):
        writer.member("type", word: "base64")
        writer.member("media_type", mediaType)
        writer.member("data", bytes)
      case .url(let url):
        writer.member("type", word: "url")
        writer.member("url", url)
      case .file(let id):
        writer.member("type", word: "file")
        writer.member("file_id", id)
      }
    }
  }

  private static func write(_ document: Document, into writer: inout JSONWriter) {
    writer.member("type", word: "document")
    writer.name("source")
    switch document.source {
    case .base64(let mediaType, let bytes):
      write(Media.Source.base64(mediaType: mediaType, bytes), into: &writer)
    case .url(let url): write(Media.Source.url(url), into: &writer)
    case .file(let id): write(Media.Source.file(id: id), into: &writer)
    case .text(let text):
      writer.object { writer in
        writer.member("type", word: "text")
        writer.member("media_type", word: "text/plain")
        writer.member("data", text)
      }
    case .blocks(let blocks):
      writer.object { writer in
        writer.member("type", word: "content")
        writer.name("content")
        write(blocks, into: &writer)
      }
    }
    if let title = document.title { writer.member("title", title) }
    if let context = document.context { writer.member("context", context) }
  }
}
