/// Reads a whole reply.
enum ChatReplyDecoder {
  static func decode(_ bytes: [UInt8]) -> [ReplyEvent] {
    var tape = JSONTape()
    do {
      try tape.parse(bytes[...])
    } catch {
      if isStream(bytes) { return decodeStream(bytes) }
      return [.failed(.brokenChat("The upstream's answer is not JSON."))]
    }
    do {
      return try decode(ChatNode(tape, bytes[...]))
    } catch {
      return [.failed(error)]
    }
  }

  private static func decode(_ root: ChatNode) throws(Failure) -> [ReplyEvent] {
    if root.kind == .array || root["error"] != nil
      || root["object"]?.text?.equals("error") == true
    {
      throw ChatFailureDecoder.decode(root)
    }
    guard let choices = root["choices"],
      let choice = choices.elements.first(where: { ($0["index"]?.integer ?? 0) == 0 })
        ?? choices.elements.first(where: { _ in true })
    else { throw .brokenChat("The upstream's answer has no choice in it.") }
    if choice["error"] != nil { throw ChatFailureDecoder.decode(choice) }
    guard let message = choice["message"] ?? choice["delta"] else {
      throw .brokenChat("The upstream's answer has no message in it.")
    }
    var events: [ReplyEvent] = []
    events.reserveCapacity(8)
    var assembly = ChatReplyAssembly()
    assembly.id = root["id"]?.someText
    assembly.model = root["model"]?.someText
    assembly.createdAt = root["created"]?.integer ?? 0
    assembly.begin(into: &events)
    try ChatMessageReader.read(message, isWhole: true, into: &assembly, &events)
    try assembly.close(into: &events)
    if let logprobs = choice["logprobs"] {
      let odds = ChatOdds.read(logprobs)
      if !odds.isEmpty { events.append(.odds(odds)) }
    }
    if let counted = root["usage"], let usage = Usage(chat: counted) {
      events.append(.usage(usage))
    }
    switch ChatFinish(choice["finish_reason"]?.someText, hasCalls: assembly.hasCalls) {
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
    var decoder = ChatStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    decoder.feed(bytes, into: &events)
    decoder.finish(into: &events)
    if case .failed(let failure)? = events.last { return [.failed(failure)] }
    return events
  }
}
