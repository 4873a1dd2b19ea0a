/// Who is at the other end of a connection.
package enum Peer: Sendable, Equatable {
  case ip(String, port: Int)
  case unix(uid: UInt32, pid: Int32)
}

/// What a client says before its body.
package struct RequestHead: Sendable {
  package var method: String
  /// As the client wrote it: undecoded, without the query.
  package var path: String
  /// What stands after the first `?`, undecoded.
  package var query: String?
  package var fields: HTTPFields
  package var peer: Peer
  package var isTLS: Bool

  package init(
    method: String, path: String, query: String? = nil, fields: HTTPFields = HTTPFields(),
    peer: Peer, isTLS: Bool = false
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.peer = peer
    self.isTLS = isTLS
  }
}
