/// Serves HTTP/1.1 on a port or a Unix socket, on one or several loops.
package final class HTTPServer: Sendable {
  package init(
    options: ServerOptions, loops: [EventLoop], responder: any HTTPResponder
  ) throws(TransportFailure) {
  }

  package var boundPort: Int {
    0
  }

  package var connectionCount: Int {
    0
  }

  /// Refuses new connections at once; open ones go on until their reply is done.
  package func stopAccepting() {
  }

  /// Ends everything.
  package func close() {
  }
}
