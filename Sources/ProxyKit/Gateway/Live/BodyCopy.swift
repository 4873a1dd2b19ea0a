internal import Storage
internal import Synchronization

/// What one exchange was asked and what it answers, copied for a caller whose bodies are kept.
final class BodyCopy: Sendable {
  private let request: [UInt8]
  private let mostBytes: Int
  private let reply = Mutex<[UInt8]>([])

  init(request: [UInt8], mostBytes: Int) {
    self.request = Array(request.prefix(mostBytes))
    self.mostBytes = mostBytes
  }

  /// Takes in a piece of the reply as its client gets it; what is too much is cut off.
  func take(_ piece: [UInt8]) {
    reply.withLock { reply in
      reply.append(contentsOf: piece.prefix(max(0, mostBytes - reply.count)))
    }
  }

  func kept(as id: String, atMs: Int64) -> KeptBodies {
    KeptBodies(id: id, createdAtMs: atMs, request: request, reply: reply.withLock { $0 })
  }
}
