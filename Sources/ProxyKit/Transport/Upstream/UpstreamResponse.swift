/// A reply whose head has come and whose body is coming.
package final class UpstreamResponse: Sendable {
  /// What `next` saw.
  package enum Received: Sendable, Equatable {
    case bytes([UInt8])
    case end
    /// Nothing came in time; ask again.
    case silence
  }

  package let status: Int
  package let fields: HTTPFields

  init(status: Int, fields: HTTPFields) {
    self.status = status
    self.fields = fields
  }

  /// Gives what has come since the last call, waiting at most `within` for it.
  package func next(within: Duration) async throws(TransportFailure) -> Received {
    .end
  }

  /// Ends the transfer at once; a `next` that waits throws `.cancelled`.
  package func cancel() {
  }
}
