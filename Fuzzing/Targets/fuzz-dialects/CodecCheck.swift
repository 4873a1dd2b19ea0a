@testable internal import Dialects
internal import FuzzSupport

/// What every language promises to every other.
struct CodecCheck: Sendable {
  let dialect: Dialect
  var codec: any DialectCodec { dialect.codec }

  init(_ dialect: Dialect) {
    self.dialect = dialect
  }

  static let stage = ReplyStage(
    model: "m", requestID: "r", createdAt: 1_700_000_000, estimatedInputTokens: 3)

  private static let targets = [
    Target(model: "m"),
    Target(model: "claude-opus-4-1", platform: .vendor, isReasoningModel: true),
    Target(model: "gemini-3-pro", platform: .vertex, acceptsReasoningContent: false),
    Target(model: "us.amazon.nova-pro-v1:0", platform: .bedrock),
  ]

  @Sendable func request(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes) else { return }
    _ = codec.echo(document)
    var cuts = Cuts(of: bytes)
    let target = Self.targets[cuts.next(below: Self.targets.count)]
    if let passed = try? codec.passRequest(document, for: target) { check(passed.body) }
    if let passed = try? codec.passCount(document, for: target) { check(passed) }
    if let asked = try? codec.decodeCount(document) { write(asked, for: target) }
    guard var conversation = try? codec.decodeRequest(document) else { return }
    // Where the path names the model, the caller fills it in.
    if conversation.model.isEmpty { conversation.model = "m" }
    write(conversation, for: target)
  }

  private func write(_ conversation: Conversation, for target: Target) {
    for family in [TokenFamily.openAI, .claude, .gemini] {
      promise(
        RequestTokens.count(conversation, for: family, exactBytes: 1 << 16) >= 0, "tokens")
    }
    for other in Dialect.allCases {
      if let count = try? other.codec.encodeCount(conversation, for: target) { check(count) }
      guard let encoded = try? other.codec.encodeRequest(conversation, for: target) else {
        continue
      }
      let document = check(encoded.body, "for \(other)")
      do {
        _ = try other.codec.decodeRequest(document)
      } catch {
        Breach.found("\(other) refuses its own: \(error.message)\n\(encoded.body.shown)")
      }
    }
  }

  @discardableResult
  func check(_ bytes: [UInt8], _ what: String = "") -> JSONDocument {
    guard let document = try? JSONDocument(bytes) else {
      Breach.found("what is written is no JSON \(what): \(bytes.shown)")
    }
    return document
  }

  @Sendable func reply(_ bytes: [UInt8]) {
    let events = codec.decodeReply(bytes)
    EventOrder.check(events)
    for other in Dialect.allCases {
      var losses = Losses()
      let whole = other.codec.encodeReply(events, Self.stage, losses: &losses)
      check(whole, "for \(other)")
      let again = other.codec.decodeReply(whole)
      EventOrder.check(again)
      compare(events, again, "\(other), whole")
    }
    var losses = Losses()
    check(LegacyCompletion.encodeReply(events, Self.stage, losses: &losses), "legacy")
    _ = codec.decodeCount(bytes)
  }

  /// A reply that ended well ends well in every language.
  private func compare(_ events: [ReplyEvent], _ again: [ReplyEvent], _ what: String) {
    guard case .end = events.last, case .failed(let failure) = again.last else { return }
    Breach.found(
      "\(what): what ended well has failed: \(failure.message)\n"
        + EventText.of(events).joined(separator: "\n"))
  }

  @Sendable func stream(_ text: [UInt8]) {
    let bytes = dialect == .converse ? Self.frames(of: text) : text
    var cuts = Cuts(of: text)
    let pieces = cuts.pieces(of: bytes)
    let whole = events(in: [bytes])
    let cut = events(in: pieces)
    EventOrder.check(whole)
    EventOrder.check(cut)
    promise(EventText.of(whole) == EventText.of(cut), "cut it is other events")
    hideUsage(pieces, whole)
    for other in Dialect.allCases { translate(cut, to: other) }
    var out: [UInt8] = []
    var legacy = LegacyCompletion.makeStreamEncoder(Self.stage)
    legacy.encode(cut, into: &out)
  }

  func events(in pieces: [[UInt8]]) -> [ReplyEvent] {
    var events: [ReplyEvent] = []
    var decoder = codec.makeStreamDecoder(hidingUsage: false)
    for piece in pieces {
      decoder.feed(piece, into: &events)
      _ = decoder.isBetweenEvents
    }
    decoder.finish(into: &events)
    return events
  }

  /// What the client may see says the same, but for usage.
  private func hideUsage(_ given: [[UInt8]], _ whole: [ReplyEvent]) {
    guard case .end = whole.last else { return }
    let pieces = dialect == .chat ? untilTheEnd(given) : given
    var events: [ReplyEvent] = []
    var visible: [UInt8] = []
    var decoder = codec.makeStreamDecoder(hidingUsage: true)
    for piece in pieces {
      decoder.feed(piece, into: &events)
      visible += decoder.takeVisible()
    }
    decoder.finish(into: &events)
    visible += decoder.takeVisible()
    guard dialect == .chat else { return }
    let (seen, said) = (EventText.of(self.events(in: [visible])), EventText.of(whole))
    promise(
      seen.filter(Self.isKept) == said.filter(Self.isKept),
      "without usage it is other events: \(seen) \(said)")
  }

  /// Where each chunk has an id of its own, a stream without some of them begins with another.
  private static func isKept(_ event: String) -> Bool {
    !event.hasPrefix("usage") && !event.hasPrefix("begin")
  }

  /// What comes behind the usage is passed on as it stands, and who cannot see the usage takes it
  /// for a part of the answer: a stranger's own doing, so the stream is ended here as it should be.
  private func untilTheEnd(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var decoder = codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    var before: [[UInt8]] = []
    for piece in pieces {
      for (index, byte) in piece.enumerated() {
        decoder.feed([byte], into: &events)
        guard case .end = events.last else { continue }
        return before + [Array(piece[...index]), Array("\n\ndata: [DONE]\n\n".utf8)]
      }
      before.append(piece)
    }
    return pieces
  }

  private func translate(_ events: [ReplyEvent], to other: Dialect) {
    var encoder = other.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    for event in events {
      encoder.ping(into: &out)
      encoder.encode([event], into: &out)
    }
    let again = CodecCheck(other).events(in: [out])
    EventOrder.check(again)
    compare(events, again, "\(other), streamed")
  }

  /// Lines of a type and a payload as frames; an exception's type has a `!` before it.
  private static func frames(of text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for line in text.split(separator: 0x0A) {
      let parts = line.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
      let isException = parts[0].first == UInt8(ascii: "!")
      let type = isException ? parts[0].dropFirst() : parts[0]
      guard type.count < 1000 else { continue }
      EventStreamWriter.frame(
        [
          (isException ? ":exception-type" : ":event-type", .text(type)),
          (":message-type", .text(Array((isException ? "exception" : "event").utf8)[...])),
        ], payload: parts.count > 1 ? Array(parts[1]) : [], to: &out)
    }
    return out
  }

  @Sendable func failure(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    let statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 424, 429, 500, 502, 503, 529]
    let status = statuses[cuts.next(below: statuses.count)]
    var failure = codec.decodeFailure(status: status, bytes)
    promise((400..<600).contains(failure.status), "a failure of status \(failure.status)")
    for (name, value) in codec.failureFields(failure) {
      promise((name + value).utf8.allSatisfy { $0 >= 0x20 }, "a header of \(value)")
    }
    failure.verbatim = nil
    for other in Dialect.allCases {
      let body = other.codec.encodeFailure(failure, requestID: "r")
      check(body, "for \(other)")
      _ = other.codec.decodeFailure(status: failure.status, body)
    }
  }

  /// The input is the schema of a tool.
  @Sendable static func schema(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes), document.root.kind == .object else { return }
    var body = Array(
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","#
        .utf8)
    body += Array(#""function":{"name":"f","parameters":"#.utf8) + bytes + Array("}}]}".utf8)
    CodecCheck(.chat).request(body)
  }
}
