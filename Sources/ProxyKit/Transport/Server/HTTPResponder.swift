/// What answers the requests a server receives.
package protocol HTTPResponder: Sendable {
  /// Answers one request; runs on the loop of its connection.
  func respond(to exchange: ServerExchange) async
}
