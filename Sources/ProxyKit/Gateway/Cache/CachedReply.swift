internal import Dialects

/// A reply as its first client read it, to be given again.
struct CachedReply: Sendable {
  /// The reply in one piece, in the client's language.
  let whole: [UInt8]
  /// The stream as it went out, where the upstream's own bytes passed.
  let stream: Stream?
  let losses: Losses
  /// The model that answered.
  let model: String
  let madeAtMs: Int64

  /// Bytes of a stream, and for which streams they stand.
  struct Stream: Sendable {
    let bytes: [UInt8]
    let form: Form
  }

  /// What makes two streams of one reply differ.
  struct Form: Sendable, Equatable {
    let framing: StreamFraming
    let showsUsage: Bool
  }

  /// What it takes of the cache's room.
  var weight: Int { whole.count + (stream?.bytes.count ?? 0) + 512 }
}
