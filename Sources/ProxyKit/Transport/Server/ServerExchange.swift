/// One request and its reply, as the server sees them.
package final class ServerExchange: Sendable {
  package let head: RequestHead
  package let loop: EventLoop

  init(head: RequestHead, loop: EventLoop) {
    self.head = head
    self.loop = loop
  }

  /// Reads the whole body; its bytes count against `budget` until the exchange ends.
  package func readBody(
    limit: Int, budget: ByteBudget
  ) async throws(BodyFailure) -> [UInt8] {
    []
  }

  /// Sends a whole reply, exactly once; before the body was read it also ends the connection.
  ///
  /// Length, transfer coding and connection fields are the server's own: those in `fields` are
  /// left out.
  package func respond(status: Int, fields: HTTPFields, body: [UInt8]) {
  }

  /// Begins a reply whose length is not known.
  package func startStreaming(status: Int, fields: HTTPFields) {
  }

  /// Queues bytes of a streamed reply; several per wake-up become one write.
  package func send(_ bytes: [UInt8]) {
  }

  /// Waits while `limit` bytes or more are queued and the client is there.
  package func waitUntilDrained(below limit: Int) async {
  }

  /// Ends a streamed reply well.
  package func finish() {
  }

  /// Ends a reply so that the client sees that it was cut.
  package func abort() {
  }

  package var isClientGone: Bool {
    false
  }

  /// Has `action` run on the loop when the client leaves, or at once when it has left.
  package func onClientGone(_ action: @escaping @Sendable () -> Void) {
  }
}
