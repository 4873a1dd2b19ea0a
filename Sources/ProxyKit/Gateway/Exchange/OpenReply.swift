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
  /// What comes is wrapped as the client wants it and shown as it comes; otherwise the decoder says what of it is shown.
  let showsPieces: Bool
  /// Names that the upstream could not take, with the client's own.
  let toolNames: [JSONText: JSONText]
  /// What was read before the reply had proved itself.
  var heldEvents: [ReplyEvent] = []
  var heldBytes: [UInt8] = []
  var hasEnded = false
  private(set) var bytesRead = 0

  /// Takes a piece in: appends what it says, returns what a passage shows of it.
  mutating func take(_ piece: [UInt8], into events: inout [ReplyEvent]) -> [UInt8] {
    bytesRead += piece.count
    let known = events.count
    decoder.feed(piece, into: &events)
    guard passes else {
      events.rename(toolNames, from: known)
      if let place = deployment.target.place { events.place(seals: place, from: known) }
      return []
    }
    return showsPieces ? piece : decoder.takeVisible()
  }
}

extension [ReplyEvent] {
  /// Gives tools back the names that the client knows them by.
  mutating func rename(_ names: [JSONText: JSONText], from start: Int) {
    guard !names.isEmpty else { return }
    for at in start..<count {
      guard case .open(.toolCall(let id, let name, let seal)) = self[at], let own = names[name]
      else { continue }
      self[at] = .open(.toolCall(id: id, name: own, seal: seal))
    }
  }

  /// Notes on OpenAI's seals where they were made.
  mutating func place(seals place: JSONText, from start: Int) {
    for at in start..<count {
      switch self[at] {
      case .seal(var seal) where seal.mint == .openai:
        seal.place = place
        self[at] = .seal(seal)
      case .open(.redactedThinking(var seal)) where seal.mint == .openai:
        seal.place = place
        self[at] = .open(.redactedThinking(seal))
      default: break
      }
    }
  }
}
