import FoundationEssentials

@testable import Dialects

/// Files of Google's language, read from beside the tests.
enum GeminiFixtures {
  private static func folder(_ kind: String) -> String {
    let tests = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return "/\(tests)/Fixtures/gemini/\(kind)"
  }

  static func names(_ kind: String) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder(kind))
    return (files ?? []).sorted()
  }

  static let streams = names("streams")
  static let requests = names("requests")
  static let replies = names("replies")

  static func bytes(_ kind: String, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder(kind))/\(name)")))
  }

  static func stream(_ name: String) throws -> [UInt8] { try bytes("streams", name + ".sse") }

  static func conversation(_ name: String) throws -> Conversation {
    try GeminiCodec().decodeRequest(JSONDocument(bytes("requests", name + ".json")))
  }

  /// Events in lines, with the seals of calls.
  static func lines(_ events: [ReplyEvent]) -> [String] {
    zip(events, transcript(events)).map { event, line in
      guard case .open(.toolCall(_, _, let seal?)) = event else { return line }
      return "\(line) \(seal.mint) \(seal.value.string)"
    }
  }
}

extension Block {
  /// The block in one line, with its seal.
  var line: String {
    var line = Self.title(content)
    if let seal {
      line += " <\(seal.mint)" + (seal.id.map { " \($0)" } ?? "") + " \(seal.value)>"
    }
    return line
  }

  private static func title(_ content: Content) -> String {
    switch content {
    case .text(let text): "text \(text)"
    case .image(let media): "image \(title(media.source))"
    case .audio(let media): "audio \(title(media.source))"
    case .document(let document):
      switch document.source {
      case .base64(let type, let bytes): "document \(type) \(bytes)"
      case .url(let url): "document url \(url)"
      case .file(let id): "document file \(id)"
      case .text(let text): "document text \(text)"
      case .blocks(let blocks): "document \(blocks.map(\.line))"
      }
    case .toolCall(let call):
      "call \(call.id) \(call.name) \(String(decoding: call.input.bytes, as: UTF8.self))"
    case .toolResult(let result):
      "\(result.isError ? "error" : "result") \(result.callID) \(result.content.map(\.line))"
    case .thinking(let text): "thinking \(text)"
    case .redactedThinking: "redacted"
    case .refusal(let text): "refusal \(text)"
    case .unknown(let type, _): "unknown \(type)"
    }
  }

  private static func title(_ source: Media.Source) -> String {
    switch source {
    case .base64(let type, let bytes): "\(type) \(bytes)"
    case .url(let url): "url \(url)"
    case .file(let id): "file \(id)"
    }
  }
}

extension Conversation {
  /// The blocks of each turn in lines.
  var lines: [[String]] { turns.map { ["\($0.role)"] + $0.blocks.map(\.line) } }
}
