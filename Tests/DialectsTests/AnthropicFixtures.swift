import FoundationEssentials

@testable import Dialects

/// Files of the Anthropic language, read from beside the tests.
enum AnthropicFixtures {
  private static func folder(_ kind: String) -> String {
    let tests = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return "/\(tests)/Fixtures/anthropic/\(kind)"
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

  static func stream(_ name: String) throws -> [UInt8] { try bytes("streams", name) }
}

/// Events in lines that can be compared and read.
func transcript(_ events: [ReplyEvent]) -> [String] {
  events.map { event in
    switch event {
    case .begin(let id, let model): "begin \(id?.string ?? "-") \(model?.string ?? "-")"
    case .open(let block): "open \(title(block))"
    case .text(let text): "text \(text.string)"
    case .thinking(let text): "thinking \(text.string)"
    case .seal(let seal): "seal \(seal.mint) \(seal.value.string)"
    case .lost(let tag): "lost \(tag)"
    case .odds(let odds): "odds " + odds.map(\.said.text.string).joined(separator: "|")
    case .arguments(let text): "arguments \(text.string)"
    case .citation(let cited):
      "citation \(String(decoding: cited.raw.bytes, as: UTF8.self))"
    case .close: "close"
    case .usage(let usage):
      "usage \(usage.input) \(usage.cacheRead) \(usage.cacheWrite5m) \(usage.cacheWrite1h) "
        + "\(usage.output) \(usage.reasoning)"
    case .end(let reason): "end \(title(reason))"
    case .failed(let failure): "failed \(failure.kind) \(failure.status) \(failure.message)"
    }
  }
}

private func title(_ block: ReplyBlock) -> String {
  switch block {
  case .text: "text"
  case .thinking: "thinking"
  case .redactedThinking(let seal): "redacted \(seal.value.string)"
  case .refusal: "refusal"
  case .toolCall(let id, let name, _): "call \(id.string) \(name.string)"
  case .unknown(let type, let raw):
    "unknown \(type.string) \(String(decoding: raw.bytes, as: UTF8.self))"
  }
}

private func title(_ reason: StopReason) -> String {
  switch reason {
  case .stopSequence(let sequence): "stopSequence \(sequence?.string ?? "-")"
  case .other(let word): "other \(word.string)"
  default: "\(reason)"
  }
}

/// Reads a stream in the given pieces, to its end.
func decode(_ pieces: [ArraySlice<UInt8>], with codec: some DialectCodec) -> [ReplyEvent] {
  var decoder = codec.makeStreamDecoder(hidingUsage: false)
  var events: [ReplyEvent] = []
  for piece in pieces { decoder.feed(Array(piece), into: &events) }
  decoder.finish(into: &events)
  return events
}

/// JSON by its meaning: members without order, numbers by their text.
indirect enum JSONShape: Equatable, CustomStringConvertible {
  case object([String: JSONShape])
  case array([JSONShape])
  case string(String)
  case word(String)

  init(_ bytes: [UInt8]) throws {
    self.init(try JSONDocument(bytes).root)
  }

  init(_ value: JSONValue) {
    switch value.kind {
    case .object:
      var members: [String: JSONShape] = [:]
      for (name, member) in value.members { members[name.string] = JSONShape(member) }
      self = .object(members)
    case .array: self = .array(value.elements.map { JSONShape($0) })
    case .string: self = .string(value.string ?? "")
    default: self = .word(String(decoding: value.raw.bytes, as: UTF8.self))
    }
  }

  var description: String {
    switch self {
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        .joined(separator: ", ") + "}"
    case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .string(let string): "'\(string)'"
    case .word(let word): word
    }
  }
}

/// A seeded source of numbers, so that a failure can be repeated.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
