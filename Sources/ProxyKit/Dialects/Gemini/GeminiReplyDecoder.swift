/// Reads a whole reply: one object, or a list of the chunks that a stream would have had.
enum GeminiReplyDecoder {
  static func decode(_ bytes: [UInt8]) -> [ReplyEvent] {
    var tape = JSONTape()
    do {
      try tape.parse(bytes[...])
    } catch {
      return isStream(bytes)
        ? decodeStream(bytes) : [.failed(.brokenGemini("The upstream's answer is not JSON."))]
    }
    let root = ChatNode(tape, bytes[...])
    var assembly = GeminiReplyAssembly()
    var events: [ReplyEvent] = []
    do throws(Failure) {
      if root.kind == .array {
        for chunk in root.elements { try assembly.take(chunk, into: &events) }
      } else {
        try assembly.take(root, into: &events)
      }
    } catch {
      return [.failed(error)]
    }
    assembly.end(into: &events)
    if case .failed(let failure)? = events.last { return [.failed(failure)] }
    return events
  }

  private static func isStream(_ bytes: [UInt8]) -> Bool {
    bytes.drop { $0 <= 0x20 }.starts(with: "data:".utf8)
  }

  private static func decodeStream(_ bytes: [UInt8]) -> [ReplyEvent] {
    var decoder = GeminiStreamDecoder(keepingVisible: false)
    var events: [ReplyEvent] = []
    decoder.feed(bytes, into: &events)
    decoder.finish(into: &events)
    if case .failed(let failure)? = events.last { return [.failed(failure)] }
    return events
  }
}
