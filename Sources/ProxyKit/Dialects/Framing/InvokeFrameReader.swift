/// Turns the frames of `InvokeModelWithResponseStream` into the server-sent events that Anthropic
/// itself would have sent.
///
/// A frame holds one event, in base64 inside JSON. What Bedrock adds to an event stays in it.
package struct InvokeFrameReader: Sendable {
  private var framer: EventStreamFramer
  private var tape = JSONTape()

  /// What a frame holds.
  enum Content {
    /// An event of Anthropic's, without anything around it.
    case event([UInt8])
    /// An error, as the server-sent event that Anthropic would have sent.
    case error([UInt8])
  }

  package init(maximumFrame: Int = EventStreamFramer.maximumFrame) {
    framer = EventStreamFramer(maximumFrame: maximumFrame)
  }

  /// Whether the stream stands between two frames.
  package var isBetweenFrames: Bool { framer.isBetweenFrames }

  /// Appends the events that the piece completes.
  package mutating func feed(
    _ piece: [UInt8], into out: inout [UInt8]
  ) throws(BrokenStream) {
    append(piece)
    while let content = try next() { show(content, into: &out) }
  }

  mutating func append(_ piece: [UInt8]) {
    framer.append(piece)
  }

  /// What the next frame holds that is Anthropic's; nil until more bytes arrive.
  mutating func next() throws(BrokenStream) -> Content? {
    while let frame = try framer.next() {
      if let content = try read(frame) { return content }
    }
    return nil
  }

  /// Appends the server-sent event for what a frame holds.
  mutating func show(_ content: Content, into out: inout [UInt8]) {
    switch content {
    case .event(let event): show(event, into: &out)
    case .error(let event): out.append(contentsOf: event)
    }
  }

  /// The stream has ended: it must not have done so inside a frame.
  package mutating func finish() throws(BrokenStream) {
    try framer.finish()
  }

  /// Nil for events of other names, which may come some day and are none of Anthropic's.
  private mutating func read(_ frame: EventStreamFrame) throws(BrokenStream) -> Content? {
    if frame.has(":message-type", "event") {
      guard frame.has(":event-type", "chunk") else { return nil }
      return .event(try readChunk(frame.payload))
    }
    guard frame.text(":message-type") != nil else {
      throw BrokenStream(reason: "a frame does not say what it is")
    }
    return .error(error(frame))
  }

  private mutating func readChunk(
    _ payload: ArraySlice<UInt8>
  ) throws(BrokenStream) -> [UInt8] {
    let text: ArraySlice<UInt8>
    if let usual = Self.usualText(payload.span) {
      let start = payload.startIndex
      text = payload[(start + usual.lowerBound)..<(start + usual.upperBound)]
    } else {
      text = try anyText(payload)
    }
    guard let event = Base64.decode(text) else {
      throw BrokenStream(reason: "the bytes of a chunk are no base64")
    }
    return event
  }

  /// Where the base64 lies in a chunk that is spelt as Bedrock spells it, padding behind it or none.
  private static func usualText(_ payload: borrowing Span<UInt8>) -> Range<Int>? {
    guard payload.begins(with: #"{"bytes":""#) else { return nil }
    var scan = JSONStringScan(at: 10)
    guard (try? scan.run(payload)) != nil, !scan.isEscaped else { return nil }
    let text = 10..<scan.at
    let rest = payload.extracting(scan.at..<payload.count)
    if rest.equals(#""}"#) { return text }
    guard rest.begins(with: #"","p":""#) else { return nil }
    scan = JSONStringScan(at: 7)
    guard (try? scan.run(rest)) != nil, scan.at == rest.count - 2,
      rest[scan.at + 1] == UInt8(ascii: "}")
    else { return nil }
    return text
  }

  private mutating func anyText(
    _ payload: ArraySlice<UInt8>
  ) throws(BrokenStream) -> ArraySlice<UInt8> {
    do {
      try tape.parse(payload)
    } catch {
      throw BrokenStream(reason: "a chunk is no JSON: \(error.reason)")
    }
    guard let index = tape.member("bytes", of: 0, in: payload),
      tape.nodes[index].kind == .string
    else { throw BrokenStream(reason: "a chunk has no bytes") }
    let node = tape.nodes[index]
    let text = payload[Int(node.start)..<Int(node.end)]
    return node.isEscaped ? JSONEscape.resolve(text)[...] : text
  }

  private mutating func show(_ event: [UInt8], into out: inout [UInt8]) {
    if let type = typeRange(event) {
      out.append("event: ")
      out.append(contentsOf: event[type])
      out.append(UInt8(ascii: "\n"))
    }
    out.append("data: ")
    if LineEnd.find(in: event.span, from: 0) != nil {
      out.append(contentsOf: event.onOneLine)
    } else {
      out.append(contentsOf: event)
    }
    out.append("\n\n")
  }

  /// Where the event's type stands: first, as Anthropic writes it, or anywhere.
  private mutating func typeRange(_ event: [UInt8]) -> Range<Int>? {
    let start = 9
    if event.span.begins(with: #"{"type":""#),
      let end = event[start...].firstIndex(where: { !$0.isTypeByte }),
      event[end] == UInt8(ascii: "\"")
    {
      return start..<end
    }
    guard (try? tape.parse(event[...])) != nil,
      let index = tape.member("type", of: 0, in: event[...]), tape.nodes[index].kind == .string
    else { return nil }
    let range = Int(tape.nodes[index].start)..<Int(tape.nodes[index].end)
    return event[range].allSatisfy(\.isTypeByte) ? range : nil
  }

  /// Writes an exception, or an error of the stream itself, as Anthropic's `error` event.
  private func error(_ frame: EventStreamFrame) -> [UInt8] {
    let name = frame.text(":exception-type") ?? frame.text(":error-code") ?? []
    let root = (try? JSONDocument(frame.payload))?.root
    var message =
      root?["message"]?.text ?? root?["Message"]?.text ?? root?["originalMessage"]?.text
    if message == nil, let text = frame.text(":error-message") {
      message = JSONText(String(decoding: text, as: UTF8.self))
    }
    if message == nil {
      let shown = name.isEmpty ? "an error" : String(decoding: name, as: UTF8.self)
      message = JSONText("the stream was broken off with \(shown)")
    }
    var out: [UInt8] = []
    out.append("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"")
    out.append(InvokeFault.type(of: name))
    out.append("\",\"message\":\"")
    out.append(contentsOf: message?.bytes ?? [])
    out.append("\"}}\n\n")
    return out
  }
}

extension UInt8 {
  /// Whether the type of an event may have it, which stands in a line of its own.
  fileprivate var isTypeByte: Bool {
    self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
  }
}
