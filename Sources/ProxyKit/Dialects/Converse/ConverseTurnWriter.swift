/// Writes instructions, turns and their blocks.
struct ConverseTurnWriter {
  private let isOwn: Bool
  private let withTTL: Bool
  private let readsStatus: Bool
  var names: ConverseNames
  private var ids = ConverseNames(stem: "call")

  init(_ conversation: Conversation, _ family: ConverseModelFamily, names: ConverseNames) {
    isOwn = conversation.origin == .converse
    withTTL = isOwn || family != .nova
    readsStatus = isOwn || family.readsResultStatus
    self.names = names
  }

  func write(mark: JSONRaw?, into writer: inout JSONWriter) {
    guard let mark else { return }
    ConverseCachePoint.write(mark, withTTL: withTTL, into: &writer)
  }

  func write(_ instructions: [Instruction], into writer: inout JSONWriter) {
    writer.array { writer in
      for instruction in instructions {
        writer.object { $0.member("text", instruction.text) }
        write(mark: instruction.cacheMark, into: &writer)
      }
    }
  }

  mutating func write(_ turns: [Turn], into writer: inout JSONWriter) {
    writer.array { writer in
      for turn in turns {
        writer.object { writer in
          writer.member("role", word: Self.role(turn.role))
          writer.name("content")
          write(turn.blocks, into: &writer)
          Self.write(turn.extras, into: &writer)
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

  private mutating func write(_ blocks: [Block], into writer: inout JSONWriter) {
    writer.array { writer in
      for block in blocks {
        write(block, into: &writer)
        write(mark: block.cacheMark, into: &writer)
      }
    }
  }

  private mutating func write(_ block: Block, into writer: inout JSONWriter) {
    switch block.content {
    case .unknown(_, let raw): return writer.raw(raw)
    case .text where !block.extras.isEmpty:
      // A text with its citations, as it came.
      return writer.raw(block.extras[0].value)
    default: break
    }
    writer.object { writer in
      switch block.content {
      case .text(let text), .refusal(let text): writer.member("text", text)
      case .thinking(let text): Self.write(thought: text, block.seal, into: &writer)
      case .redactedThinking: Self.write(redacted: block.seal, into: &writer)
      case .image(let media): Self.write(media, "image", block.extras, into: &writer)
      case .audio(let media): Self.write(media, "audio", block.extras, into: &writer)
      case .document(let document): write(document, block.extras, into: &writer)
      case .toolCall(let call): write(call, block.extras, into: &writer)
      case .toolResult(let result): write(result, block.extras, into: &writer)
      case .unknown: break
      }
    }
  }

  private static func write(
    thought text: JSONText, _ seal: Seal?, into writer: inout JSONWriter
  ) {
    writer.name("reasoningContent")
    writer.object { writer in
      writer.name("reasoningText")
      writer.object { writer in
        writer.member("text", text)
        if let seal { writer.member("signature", seal.value) }
      }
    }
  }

  private static func write(redacted seal: Seal?, into writer: inout JSONWriter) {
    writer.name("reasoningContent")
    writer.object { writer in
      writer.member("redactedContent", ConverseRedaction.value(seal) ?? .empty)
    }
  }

  private static func write(
    _ media: Media, _ name: StaticString, _ extras: [Extra], into writer: inout JSONWriter
  ) {
    guard case .base64(let type, let bytes) = media.source else { return }
    writer.name(name)
    writer.object { writer in
      let slash = type.bytes.firstIndex(of: UInt8(ascii: "/")) ?? type.bytes.startIndex - 1
      writer.member("format", JSONText(escaped: type.bytes[(slash + 1)...]))
      writer.name("source")
      writer.object { $0.member("bytes", bytes) }
      write(extras, into: &writer)
    }
  }

  private mutating func write(
    _ document: Document, _ extras: [Extra], into writer: inout JSONWriter
  ) {
    writer.name("document")
    writer.object { writer in
      if case .base64(let type, _) = document.source, let format = ConverseFormat.document(type) {
        writer.member("format", word: format)
      }
      writer.member("name", document.title ?? "document")
      writer.name("source")
      writer.object { writer in
        switch document.source {
        case .base64(_, let bytes): writer.member("bytes", bytes)
        case .text(let text): writer.member("text", text)
        case .blocks(let blocks):
          writer.name("content")
          write(blocks, into: &writer)
        case .url, .file: break
        }
      }
      if let context = document.context { writer.member("context", context) }
      Self.write(extras, into: &writer)
    }
  }

  private mutating func write(
    _ call: ToolCall, _ extras: [Extra], into writer: inout JSONWriter
  ) {
    writer.name("toolUse")
    writer.object { writer in
      writer.member("toolUseId", ids.spelling(of: call.id))
      writer.member("name", names.spelling(of: call.name))
      writer.member("input", isOwn ? call.input : Self.object(call.input))
      Self.write(extras, into: &writer)
    }
  }

  private static func object(_ raw: JSONRaw) -> JSONRaw {
    if raw.bytes.first == UInt8(ascii: "{") { return raw }
    guard let value = try? raw.parsed() else { return .emptyObject }
    return ToolArguments.object(value)
  }

  private mutating func write(
    _ result: ToolResult, _ extras: [Extra], into writer: inout JSONWriter
  ) {
    writer.name("toolResult")
    writer.object { writer in
      writer.member("toolUseId", ids.spelling(of: result.callID))
      writer.name("content")
      write(result.content, into: &writer)
      if result.isError, readsStatus { writer.member("status", word: "error") }
      Self.write(extras, into: &writer)
    }
  }
}
