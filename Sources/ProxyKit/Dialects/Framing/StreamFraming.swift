/// What is wrapped around the stream of a language.
package enum StreamFraming: Sendable, Equatable {
  /// The language's own stream, as it stands.
  case bare
  /// Anthropic's events inside AWS frames, as Bedrock's invoke streams them.
  case invokeFrames
  /// Gemini's events as the elements of one growing JSON array.
  case jsonArray

  /// The media type of a wrapped stream of the dialect.
  package func contentType(of dialect: Dialect) -> String {
    switch self {
    case .invokeFrames: "application/vnd.amazon.eventstream"
    case .jsonArray: "application/json; charset=utf-8"
    case .bare:
      dialect == .converse
        ? "application/vnd.amazon.eventstream" : "text/event-stream; charset=utf-8"
    }
  }
}

/// Wraps a language's own stream for its client.
package struct StreamWrapper: Sendable {
  private enum Writer: Sendable {
    case bare
    case frames(InvokeFrameWriter)
    case array(JSONArrayWriter)
  }

  private var writer: Writer

  package init(_ framing: StreamFraming) {
    writer =
      switch framing {
      case .bare: .bare
      case .invokeFrames: .frames(InvokeFrameWriter())
      case .jsonArray: .array(JSONArrayWriter())
      }
  }

  package var isBare: Bool { if case .bare = writer { true } else { false } }

  /// Wraps what the piece completes; a stream that is no stream of its language stops there.
  package mutating func wrap(_ piece: [UInt8], into out: inout [UInt8]) {
    switch writer {
    case .bare: out.append(contentsOf: piece)
    case .frames(var frames):
      writer = .bare
      try? frames.feed(piece, into: &out)
      writer = .frames(frames)
    case .array(var array):
      writer = .bare
      try? array.feed(piece, into: &out)
      writer = .array(array)
    }
  }

  /// Writes what ends a stream that came to its end.
  package mutating func finish(into out: inout [UInt8]) {
    switch writer {
    case .bare: break
    case .frames(var frames): try? frames.finish(into: &out)
    case .array(var array): try? array.finish(into: &out)
    }
    writer = .bare
  }
}

/// Reads a stream that came in frames, and shows it as its language's own.
package struct InvokeReplyDecoder: ReplyDecoder {
  private var reader = InvokeFrameReader()
  private var inner = AnthropicStreamDecoder(keepingVisible: false)
  private let keepsVisible: Bool
  private var visible: [UInt8] = []
  private var isBroken = false
  /// The reply has its end, whatever becomes of the frames behind it.
  private var hasEnded = false

  /// Only a stream that passes to its client has to be kept for it.
  package init(keepingVisible: Bool) {
    keepsVisible = keepingVisible
  }

  package var isBetweenEvents: Bool { reader.isBetweenFrames }

  package mutating func takeVisible() -> [UInt8] {
    let taken = visible
    visible = []
    return taken
  }

  package mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent]) {
    guard !isBroken else { return }
    do throws(BrokenStream) {
      reader.append(piece)
      while let content = try reader.next() { take(content, into: &events) }
    } catch {
      isBroken = true
      guard !hasEnded else { return }
      events.append(.failed(.cut("The upstream's frames are broken: \(error.reason).")))
    }
  }

  private mutating func take(
    _ content: InvokeFrameReader.Content, into events: inout [ReplyEvent]
  ) {
    if keepsVisible { reader.show(content, into: &visible) }
    switch content {
    case .event(let event): inner.take(event[...], into: &events)
    case .error(let event): inner.feed(event, into: &events)
    }
    switch events.last {
    case .end, .failed: hasEnded = true
    default: break
    }
  }

  package mutating func finish(into events: inout [ReplyEvent]) {
    guard !isBroken else { return }
    do {
      try reader.finish()
      inner.finish(into: &events)
    } catch {
      if !hasEnded {
        events.append(.failed(.cut("The upstream's stream ended inside a frame.")))
      }
    }
  }
}
