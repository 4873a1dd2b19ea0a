/// Reads a whole reply.
enum ResponsesReplyDecoder {
  static func decode(_ bytes: [UInt8]) -> [ReplyEvent] {
    var tape = JSONTape()
    do {
      try tape.parse(bytes[...])
    } catch {
      if isStream(bytes) { return decodeStream(bytes) }
      return [.failed(ResponsesFailures.broken("The upstream's answer is not JSON."))]
    }
    do {
      return try decode(ChatNode(tape, bytes[...]))
    } catch {
      return [.failed(error)]
    }
  }

  private static func decode(_ root: ChatNode) throws(Failure) -> [ReplyEvent] {
    guard root.kind == .object else {
      throw ResponsesFailures.broken("The upstream's answer is not a JSON object.")
    }
    // An event of a stream, alone.
    if let response = root["response"], response.kind == .object { return try decode(response) }
    if root["error"] != nil || root["type"]?.text?.equals("error") == true {
      throw ResponsesFailures.read(root)
    }
    guard root["output"]?.kind == .array else {
      throw ResponsesFailures.broken("The upstream's answer has no output in it.")
    }
    var events: [ReplyEvent] = []
    var assembly = ResponsesReplyAssembly()
    assembly.id = root["id"]?.someText
    assembly.model = root["model"]?.someText
    assembly.begin(into: &events)
    try assembly.complete(response: root, into: &events)
    if let counted = root["usage"],
      let usage = Usage(responses: counted, searches: assembly.searches)
    {
      events.append(.usage(usage))
    }
    switch ResponsesEnding(root, hasCalls: assembly.hasCalls) {
    case .end(let reason): events.append(.end(reason))
    case .failed(let failure): throw failure
    }
    return events
  }

  private static func isStream(_ bytes: [UInt8]) -> Bool {
    let start = bytes.drop { $0 <= 0x20 }
    return start.starts(with: "data:".utf8) || start.starts(with: "event:".utf8)
      || start.first == UInt8(ascii: ":")
  }

  /// Some servers stream whether or not they were asked to.
  private static func decodeStream(_ bytes: [UInt8]) -> [ReplyEvent] {
    var decoder = ResponsesStreamDecoder(keepingVisible: false)
    var events: [ReplyEvent] = []
    decoder.feed(bytes, into: &events)
    decoder.finish(into: &events)
    if case .failed(let failure)? = events.last { return [.failed(failure)] }
    return events
  }
}
