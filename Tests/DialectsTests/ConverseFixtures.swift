import FoundationEssentials

@testable import Dialects

/// Files of the Converse language, read from beside the tests.
///
/// A stream is kept as lines, each the type of an event and its payload; an exception has a `!`.
enum ConverseFixtures {
  static let codec = ConverseCodec()
  static let stage = ReplyStage(
    model: "claude", requestID: "r1", createdAt: 7, estimatedInputTokens: 11)

  private static func folder(_ kind: String) -> String {
    let tests = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return "/\(tests)/Fixtures/converse/\(kind)"
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

  static func stream(_ name: String) throws -> [UInt8] {
    frames(String(decoding: try bytes("streams", name), as: UTF8.self))
  }

  /// The frames of such lines.
  static func frames(_ text: String) -> [UInt8] {
    var out: [UInt8] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      let isException = parts[0].hasPrefix("!")
      let type = Array(parts[0].drop { $0 == "!" }.utf8)
      EventStreamWriter.frame(
        [
          (isException ? ":exception-type" : ":event-type", .text(type[...])),
          (":content-type", .text(Array("application/json".utf8)[...])),
          (":message-type", .text(Array((isException ? "exception" : "event").utf8)[...])),
        ], payload: Array(parts[1].utf8), to: &out)
    }
    return out
  }

  /// Frames as such lines.
  static func lines(_ bytes: [UInt8]) throws -> [String] {
    var framer = EventStreamFramer()
    framer.append(bytes)
    var lines: [String] = []
    while let frame = try framer.next() {
      let isException = frame.has(":message-type", "exception")
      let type = frame.text(isException ? ":exception-type" : ":event-type") ?? []
      let name = String(decoding: type, as: UTF8.self)
      lines.append(
        (isException ? "!" : "") + name + " " + String(decoding: frame.payload, as: UTF8.self))
    }
    try framer.finish()
    return lines
  }

  static func events(_ stream: [UInt8]) -> [ReplyEvent] {
    decode([stream[...]], with: codec)
  }

  /// The frames that a client is sent for these events.
  static func written(_ events: [ReplyEvent]) throws -> [String] {
    var encoder = codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    return try lines(out)
  }
}

/// A request, written for a model in Bedrock.
struct ConverseRequest {
  let root: JSONValue
  let losses: [String]
  let toolNames: [String: String]

  init(
    _ json: String, from origin: Dialect,
    model: String = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  ) throws {
    try self.init(origin.codec.decodeRequest(JSONDocument(json)), model: model)
  }

  init(
    _ conversation: Conversation,
    model: String = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  ) throws {
    let target = Target(model: model, platform: .bedrock)
    let encoded = try ConverseFixtures.codec.encodeRequest(conversation, for: target)
    let document = try JSONDocument(encoded.body)
    // What we write, we would accept.
    _ = try ConverseFixtures.codec.decodeRequest(document)
    root = document.root
    losses = encoded.losses.tags
    var names: [String: String] = [:]
    for (name, original) in encoded.toolNames { names[name.string] = original.string }
    toolNames = names
  }

  /// A member as it was written, or `-`.
  subscript(_ path: StaticString...) -> String {
    var value: JSONValue? = root
    for step in path { value = value?[step] }
    return value.map { String(decoding: $0.raw.bytes, as: UTF8.self) } ?? "-"
  }
}
