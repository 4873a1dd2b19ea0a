/// Reads a whole message as the events a stream of it would have given.
enum AnthropicReplyDecoder {
  static func decode(_ bytes: [UInt8]) -> [ReplyEvent] {
    guard let root = try? JSONDocument(bytes).root, root.kind == .object else {
      return [.failed(.cut("the upstream's answer is not a JSON object"))]
    }
    if root["type"]?.text?.equals("error") == true {
      return [.failed(AnthropicFailures.inStream(root))]
    }
    guard let content = root["content"], content.kind == .array else {
      return [.failed(.cut("the upstream's answer holds no content"))]
    }
    var events: [ReplyEvent] = [.begin(id: root["id"]?.text, model: root["model"]?.text)]
    var usage: Usage?
    if let reported = root["usage"] {
      var counted = Usage()
      AnthropicUsage.merge(reported, into: &counted)
      usage = counted
      events.append(.usage(counted))
    }
    var blocks = AnthropicBlockAssembly()
    for block in content.elements where block.kind == .object {
      blocks.open(block, into: &events)
      blocks.close(into: &events)
    }
    if let usage { events.append(.usage(usage)) }
    events.append(.end(stop(root, hasToolCalls: blocks.hasToolCalls)))
    return events
  }

  private static func stop(_ root: JSONValue, hasToolCalls: Bool) -> StopReason {
    guard let word = root["stop_reason"]?.text else {
      return hasToolCalls ? .toolCalls : .endOfTurn
    }
    return AnthropicStop.reason(word, sequence: root["stop_sequence"]?.text)
  }
}
