@testable import Dialects

/// Reads a stream in pieces.
struct ChatReading {
  var events: [ReplyEvent] = []
  var visible: [UInt8] = []

  init(_ pieces: [ArraySlice<UInt8>], hidingUsage: Bool = false) {
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: hidingUsage)
    for piece in pieces {
      decoder.feed(Array(piece), into: &events)
      visible += decoder.takeVisible()
    }
    decoder.finish(into: &events)
    visible += decoder.takeVisible()
  }

  init(_ bytes: [UInt8], hidingUsage: Bool = false) {
    self.init([bytes[...]], hidingUsage: hidingUsage)
  }

  var lines: String { ChatEventText.lines(events) }
}
