/// Turns the frames of `InvokeModelWithResponseStream` into the server-sent events that Anthropic
/// itself would have sent.
///
/// A frame holds one event, in base64 inside JSON. What Bedrock adds to an event stays in it.
package struct InvokeFrameReader: Sendable {
  private var framer: EventStreamFramer
  private var tape = JSONTape()
  /// The event of one frame; kept for its room.
  private var event: [UInt8] = []

  package init(maximumFrame: Int = EventStreamFramer.maximumFrame) {
    framer = EventStreamFramer(maximumFrame: maximumFrame)
  }

  /// Whether the stream stands between two frames.
  package var isBetweenFrames: Bool { framer.isBetweenFrames }

  /// Appends the events that the piece completes.
  package mutating func feed(
    _ piece: [UInt8], into out: inout [UInt8]
  ) throws(BrokenStream) {
    framer.append(piece)
    while let frame = try framer.next() { try read(frame, into: &out) }
  }

  /// The stream has ended: it must not have done so inside a frame.
  package mutating func finish() throws(BrokenStream) {
    try framer.finish()
  }

  private mutating func read(
    _ frame: EventStreamFrame, into out: inout [UInt8]
  ) throws(BrokenStream) {
    if frame.has(":message-type", "event") {
      // Events of other names may come some day and are none of Anthropic's.
      guard frame.has(":event-type", "chunk") else { return }
      try readChunk(frame.payload)
      appendEvent(to: &out)
    } else if frame.text(":message-type") != nil {
      appendError(frame, to: &out)
    } else {
      throw BrokenStream(reason: "a frame does not say what it is")
    }
  }

  /// Leaves the event in `event`.
  private mutating func readChunk(_ payload: ArraySlice<UInt8>) throws(BrokenStream) {
    event.removeAll(keepingCapacity: true)
    let text: ArraySlice<UInt8>
    if let usual = Self.usualText(payload.span) {
      let start = payload.startIndex
      text = payload[(start + usual.lowerBound)..<(start + usual.upperBound)]
    } else {
      text = try anyText(payload)
    }
    guard Base64.append(decoding: text, to: &event) else {
      throw BrokenStream(reason: "the bytes of a chunk are no base64")
    }
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

  private mutating func appendEvent(to out: inout [UInt8]) {
    if let type = typeRange() {
      out.append("event: ")
      out.append(contentsOf: event[type])
      out.append(UInt8(ascii: "\n"))
    }
    out.append("data: ")
    if LineEnd.find(in: event.span, from: 0) != nil { event = event.onOneLine }
    out.append(contentsOf: event)
    out.append("\n\n")
  }

  /// Where the event's type stands: first, as Anthropic writes it, or anywhere.
  private mutating func typeRange() -> Range<Int>? {
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
  private func appendError(_ frame: EventStreamFrame, to out: inout [UInt8]) {
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
    out.append("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"")
    out.append(InvokeFault.type(of: name))
    out.append("\",\"message\":\"")
    out.append(contentsOf: message?.bytes ?? [])
    out.append("\"}}\n\n")
  }
}

extension UInt8 {
  /// Whether the type of an event may have it, which stands in a line of its own.
  fileprivate var isTypeByte: Bool {
    self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
  }
}
