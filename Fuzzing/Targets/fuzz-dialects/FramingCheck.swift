internal import Dialects
internal import FuzzSupport

/// Streams give the same in any pieces, and what is written is read again.
enum FramingCheck {
  static func base64(_ bytes: [UInt8]) {
    promise(Base64.decode(Base64.encode(bytes[...])[...]) == bytes, "encoded is not decoded")
    if let plain = Base64.decode(bytes[...]) {
      promise(Base64.decode(Base64.encode(plain[...])[...]) == plain, "decoded is not the same")
    }
  }

  static func events(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    let whole = frames(of: [bytes])
    let cut = frames(of: cuts.pieces(of: bytes))
    promise(whole == cut, "cut it is other events")
  }

  private static func frames(of pieces: [[UInt8]]) -> [String] {
    var framer = SSEFramer()
    var seen: [String] = []
    do {
      for piece in pieces {
        try framer.append(piece)
        while let frame = try framer.next() { seen.append(line(frame)) }
      }
      if let frame = try framer.finish() { seen.append(line(frame)) }
    } catch {
      seen.append(error.reason)
    }
    return seen
  }

  private static func line(_ frame: SSEFrame) -> String {
    Array(frame.event).shown + "|" + Array(frame.data).shown
  }

  static func frames(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    check(bytes, cuts.pieces(of: bytes))
    // A stranger's bytes seldom have the right checksums: the same as headers and payload.
    var framed: [UInt8] = []
    EventStreamWriter.event("chunk", to: &framed) { $0.append(contentsOf: bytes) }
    EventStreamWriter.exception("x", message: bytes.shown, to: &framed)
    var framer = EventStreamFramer()
    framer.append(framed)
    promise((try? framer.next())?.payload == bytes[...], "a frame is not read again")
    check(framed, cuts.pieces(of: framed))
  }

  private static func check(_ bytes: [UInt8], _ pieces: [[UInt8]]) {
    var events: [ReplyEvent] = []
    var decoder = Dialect.converse.codec.makeStreamDecoder(hidingUsage: false)
    for piece in pieces { decoder.feed(piece, into: &events) }
    decoder.finish(into: &events)
    EventOrder.check(events)
    promise(
      EventText.of(events) == EventText.of(CodecCheck(.converse).events(in: [bytes])),
      "cut it is other events")
  }

  /// The input is the payload of each frame, line by line.
  static func invoke(_ bytes: [UInt8]) {
    var framed: [UInt8] = []
    var writer = InvokeFrameWriter()
    try? writer.feed(bytes, into: &framed)
    try? writer.finish(into: &framed)
    for line in bytes.split(separator: 0x0A) {
      EventStreamWriter.event("chunk", to: &framed) { $0.append(contentsOf: line) }
    }
    var cuts = Cuts(of: bytes)
    let (whole, cut) = (decoded([framed]), decoded(cuts.pieces(of: framed)))
    promise(whole == cut, "cut it is other events")
  }

  private static func decoded(_ pieces: [[UInt8]]) -> [String] {
    var events: [ReplyEvent] = []
    var decoder = InvokeReplyDecoder(keepingVisible: true)
    for piece in pieces { decoder.feed(piece, into: &events) }
    decoder.finish(into: &events)
    EventOrder.check(events)
    return EventText.of(events)
  }

  static func array(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    let pieces = cuts.pieces(of: bytes)
    promise(read([bytes]) == read(pieces), "cut it is other elements")
    var written: [UInt8] = []
    var wrapper = StreamWrapper(.jsonArray)
    for piece in pieces { wrapper.wrap(piece, into: &written) }
    wrapper.finish(into: &written)
  }

  private static func read(_ pieces: [[UInt8]]) -> String {
    var reader = JSONArrayReader()
    var out: [UInt8] = []
    do {
      for piece in pieces { try reader.feed(piece, into: &out) }
      try reader.finish()
      return out.shown
    } catch {
      return out.shown + error.reason
    }
  }
}
