internal import Dialects
internal import Transport

/// A reply that has proved itself: a success whose first output is there.
enum OpenReply: Sendable {
  case whole(WholeReply)
  case stream(StreamReply)

  var source: any ReplySource {
    switch self {
    case .whole(let reply): reply.source
    case .stream(let reply): reply.source
    }
  }

  var deployment: Deployment {
    switch self {
    case .whole(let reply): reply.deployment
    case .stream(let reply): reply.deployment
    }
  }
}

/// A reply of which everything has come.
struct WholeReply: Sendable {
  let deployment: Deployment
  let source: any ReplySource
  /// The client speaks the upstream's language.
  let passes: Bool
  let bytes: [UInt8]
  let events: [ReplyEvent]
}

/// A reply that is still coming.
struct StreamReply: Sendable {
  let deployment: Deployment
  let source: any ReplySource
  var decoder: any ReplyDecoder
  /// The client speaks the upstream's language, so that the bytes go through as they are.
  let passes: Bool
  let hidesUsage: Bool
  /// What was read before the reply had proved itself.
  var heldEvents: [ReplyEvent] = []
  var heldBytes: [UInt8] = []
  var hasEnded = false
  private(set) var bytesRead = 0

  /// Takes a piece in: appends what it says, returns what a passage shows of it.
  mutating func take(_ piece: [UInt8], into events: inout [ReplyEvent]) -> [UInt8] {
    bytesRead += piece.count
    decoder.feed(piece, into: &events)
    guard passes else { return [] }
    return hidesUsage ? decoder.takeVisible() : piece
  }
}
