/// Sends requests to upstreams from one loop and keeps their connections.
package final class UpstreamClient: Sendable {
  private let loop: EventLoop

  package init(loop: EventLoop) {
    self.loop = loop
  }

  /// Sends a request and waits for the head of its reply; `cancellation` holds until the end.
  package func send(
    _ request: UpstreamRequest, cancellation: Cancellation = Cancellation()
  ) async throws(TransportFailure) -> UpstreamResponse {
    throw TransportFailure(.local, "not connected")
  }

  /// Ends all transfers and closes all connections.
  package func close() {
  }
}
