/// Reads a whole reply as the events a stream of it would have given.
enum ConverseReplyDecoder {
  static func decode(_ bytes: [UInt8]) -> [ReplyEvent] {
    guard let root = try? JSONDocument(bytes).root, root.kind == .object else {
      return [.failed(.cut("the upstream's answer is not a JSON object"))]
    }
    guard let content = root["output"]?["message"]?["content"], content.kind == .array else {
      return [.failed(.cut("the upstream's answer holds no message"))]
    }
    var events: [ReplyEvent] = [.begin(id: nil, model: nil)]
    var blocks = ConverseBlockAssembly()
    for block in content.elements { blocks.take(whole: block, into: &events) }
    ConverseStop.recordLosses(of: root, into: &events)
    if let usage = root["usage"] { events.append(.usage(ConverseUsage.read(usage))) }
    var reason = blocks.hasToolCalls ? StopReason.toolCalls : .endOfTurn
    if let word = root["stopReason"]?.text {
      reason = ConverseStop.reason(word, fields: root["additionalModelResponseFields"])
    }
    events.append(.end(reason))
    return events
  }
}
