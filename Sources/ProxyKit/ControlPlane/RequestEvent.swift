/// One line of the stream of finished exchanges.
package enum RequestEvent: Sendable, Equatable {
  case finished(RequestSummary)
  /// The reader was too slow for so many lines; the request log still has them.
  case dropped(Int)
  /// A blank line every fifteen seconds, so that silence means a dead peer.
  case heartbeat
}
