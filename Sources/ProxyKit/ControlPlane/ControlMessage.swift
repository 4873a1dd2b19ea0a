/// A control request as HTTP carries it.
package struct ControlMessage: Sendable, Equatable {
  package var method: String
  /// Percent-encoded, without the query.
  package var path: String
  /// Without the question mark; absent when empty.
  package var query: String?
  /// The `If-Match` field, when the change is bound to a generation.
  package var ifMatch: String?
  package var body: [UInt8]

  package init(
    method: String, path: String, query: String? = nil, ifMatch: String? = nil,
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.ifMatch = ifMatch
    self.body = body
  }

  /// The path with its query, as it stands on the request line.
  package var target: String {
    query.map { "\(path)?\($0)" } ?? path
  }
}

/// A control answer as HTTP carries it.
package struct ControlReply: Sendable, Equatable {
  package var status: Int
  package var body: [UInt8]
  /// `"gen-17"`, quotes included.
  package var etag: String?
  /// What a 405 says in `Allow`.
  package var allow: String?

  package init(status: Int, body: [UInt8], etag: String? = nil, allow: String? = nil) {
    self.status = status
    self.body = body
    self.etag = etag
    self.allow = allow
  }

  /// Every header field that belongs to the reply, besides its length.
  package var fields: [(name: String, value: String)] {
    var fields = [
      (name: "Content-Type", value: "application/json"),
      (name: ControlRoutes.apiField, value: "\(ControlAPI.current)"),
      (name: "Cache-Control", value: "no-store"),
    ]
    if let etag { fields.append((name: "ETag", value: etag)) }
    if let allow { fields.append((name: "Allow", value: allow)) }
    return fields
  }
}
