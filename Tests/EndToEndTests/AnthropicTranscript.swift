import FoundationEssentials
import TestSupport

/// What a client of Anthropic's stream makes of its events, and every rule they broke.
struct AnthropicTranscript: Sendable, Equatable {
  struct Block: Sendable, Equatable {
    var type: String
    var name: String?
    var text = ""
  }

  private(set) var blocks: [Block] = []
  private(set) var stopReason: String?
  private(set) var inputTokens: Int?
  private(set) var outputTokens: Int?
  private(set) var errorType: String?
  private(set) var pings = 0
  private(set) var isFinished = false
  /// Sentences, empty for a stream that every client understands.
  private(set) var breaches: [String] = []

  private var isStarted = false
  private var openBlock: Int?

  init(_ events: [ServerSentEvent]) {
    for event in events { read(event) }
    if openBlock != nil, errorType == nil { breaches.append("a block stayed open") }
  }

  /// Reads events to the proper end of the body, or until the connection is cut; `events` were
  /// read before.
  static func reading(
    _ client: RawHTTPClient, after events: [ServerSentEvent] = []
  ) async throws -> (transcript: AnthropicTranscript, wasCut: Bool) {
    var events = events
    do {
      while let event = try await client.event() { events.append(event) }
    } catch RawHTTPClientFailure.closedEarly {
      return (AnthropicTranscript(events), true)
    }
    return (AnthropicTranscript(events), false)
  }

  private mutating func read(_ event: ServerSentEvent) {
    guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(event.data.utf8)) else {
      breaches.append("no JSON: \(event)")
      return
    }
    if event.name != wire.type { breaches.append("\(event.name ?? "-") names a \(wire.type)") }
    if isFinished { breaches.append("\(wire.type) after the end") }
    if !isStarted, !["message_start", "ping", "error"].contains(wire.type) {
      breaches.append("\(wire.type) before message_start")
    }
    switch wire.type {
    case "message_start": start(wire)
    case "content_block_start": open(wire)
    case "content_block_delta": extend(wire)
    case "content_block_stop": close(wire)
    case "message_delta":
      stopReason = wire.delta?.stop_reason
      outputTokens = wire.usage?.output_tokens ?? outputTokens
      inputTokens = wire.usage?.input_tokens ?? inputTokens
    case "message_stop": isFinished = true
    case "error": errorType = wire.error?.type ?? "untyped"
    case "ping": pings += 1
    default: breaches.append("an unknown event \(wire.type)")
    }
  }

  private mutating func start(_ wire: Wire) {
    if isStarted { breaches.append("a second message_start") }
    isStarted = true
    inputTokens = wire.message?.usage?.input_tokens
    if wire.message?.usage == nil { breaches.append("message_start without usage") }
  }

  private mutating func open(_ wire: Wire) {
    if openBlock != nil { breaches.append("two blocks open at once") }
    if wire.index != blocks.count { breaches.append("block \(wire.index ?? -1) out of order") }
    openBlock = wire.index
    blocks.append(
      Block(type: wire.content_block?.type ?? "untyped", name: wire.content_block?.name))
  }

  private mutating func extend(_ wire: Wire) {
    guard let index = wire.index, index == openBlock, let delta = wire.delta else {
      breaches.append("a delta for a block that is not open")
      return
    }
    let block = blocks[index].type
    switch (block, delta.type) {
    case ("text", "text_delta"): blocks[index].text += delta.text ?? ""
    case ("thinking", "thinking_delta"): blocks[index].text += delta.thinking ?? ""
    case ("thinking", "signature_delta"): break
    case ("tool_use", "input_json_delta"): blocks[index].text += delta.partial_json ?? ""
    default: breaches.append("\(delta.type ?? "-") inside \(block)")
    }
  }

  private mutating func close(_ wire: Wire) {
    if wire.index != openBlock { breaches.append("a stop for a block that is not open") }
    openBlock = nil
  }

  /// The members that are read here, named as the wire names them.
  private struct Wire: Decodable {
    struct Usage: Decodable {
      var input_tokens: Int?
      var output_tokens: Int?
    }

    struct Message: Decodable {
      var usage: Usage?
    }

    struct Start: Decodable {
      var type: String
      var name: String?
    }

    struct Delta: Decodable {
      var type: String?
      var text: String?
      var thinking: String?
      var partial_json: String?
      var stop_reason: String?
    }

    struct Fault: Decodable {
      var type: String
    }

    var type: String
    var index: Int?
    var message: Message?
    var content_block: Start?
    var delta: Delta?
    var usage: Usage?
    var error: Fault?
  }
}
