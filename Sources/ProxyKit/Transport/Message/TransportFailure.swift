/// Why bytes could not be carried.
package struct TransportFailure: Error, Sendable {
  /// What went wrong, as far as a retry needs to know.
  package enum Kind: Sendable, Equatable {
    case refused
    case unresolvable
    case tls
    case connectTimeout
    case firstByteTimeout
    case idleTimeout
    case reset
    case truncated
    case malformed
    case cancelled
    /// The URL or the address cannot be used at all.
    case address
    /// This machine could not: no descriptors, no memory, a port in use.
    case local
  }

  package var kind: Kind
  /// Safe to show: names the host and the remedy, never a credential or a query.
  package var message: String
  /// Whether it happened before the head of a response had come.
  package var beforeResponse: Bool
  /// Whether the connection had served an earlier request, so that a stale one may be to blame.
  package var onReusedConnection: Bool

  package init(
    _ kind: Kind, _ message: String, beforeResponse: Bool = true, onReusedConnection: Bool = false
  ) {
    self.kind = kind
    self.message = message
    self.beforeResponse = beforeResponse
    self.onReusedConnection = onReusedConnection
  }
}
