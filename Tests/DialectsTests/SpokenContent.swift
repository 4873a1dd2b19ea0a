@testable import Dialects

/// What a conversation says, whatever the blocks and turns it is said in.
struct SpokenContent: Equatable {
  private(set) var instructions = ""
  private(set) var lines: [String] = []
  private var numbers: [JSONText: Int] = [:]

  init(_ conversation: Conversation) {
    instructions = conversation.instructions.map(\.text.string).joined(separator: "\n")
    for turn in conversation.turns { add(turn.blocks, as: "\(turn.role)") }
    lines.append("tools " + conversation.tools.map(\.name.string).sorted().joined(separator: ","))
  }

  static func == (left: SpokenContent, right: SpokenContent) -> Bool {
    left.instructions == right.instructions && left.lines == right.lines
  }

  private mutating func add(_ blocks: [Block], as role: String) {
    for block in blocks {
      switch block.content {
      case .text(let text): say("\(role) says ", text.string.filter { $0 != "\n" })
      case .image(let media): lines.append("\(role) shows \(Self.words(of: media))")
      case .toolCall(let call):
        lines.append(
          "\(role) calls \(number(of: call.id)) \(call.name) \(Self.words(of: call.input))")
      case .toolResult(let result):
        lines.append("result of \(number(of: result.callID)) \(result.isError)")
        add(result.content, as: "result")
      default: lines.append("\(role) has \(block.content)")
      }
    }
  }

  /// Some languages have one text where others have several.
  private mutating func say(_ prefix: String, _ text: String) {
    if let last = lines.last, last.hasPrefix(prefix) {
      lines[lines.count - 1] += text
    } else {
      lines.append(prefix + text)
    }
  }

  /// Ids are the vendor's own; which call is meant is what counts.
  private mutating func number(of id: JSONText) -> Int {
    if let known = numbers[id] { return known }
    numbers[id] = numbers.count
    return numbers.count - 1
  }

  private static func words(of media: Media) -> String {
    switch media.source {
    case .base64(let type, let bytes): "\(type) \(bytes)"
    case .url(let url): "\(url)"
    case .file(let id): "\(id)"
    }
  }

  private static func words(of input: JSONRaw) -> String {
    String(decoding: input.bytes, as: UTF8.self)
  }
}
