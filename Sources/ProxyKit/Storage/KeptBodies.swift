/// What a request sent and what it got, kept to be looked at.
package struct KeptBodies: Sendable, Equatable {
  /// The request's id.
  package var id: String
  package var createdAtMs: Int64
  package var request: [UInt8]
  package var reply: [UInt8]

  package init(id: String, createdAtMs: Int64, request: [UInt8], reply: [UInt8]) {
    self.id = id
    self.createdAtMs = createdAtMs
    self.request = request
    self.reply = reply
  }

  /// What it counts for the bounds: its bytes and something for its row.
  var byteCount: Int { request.count + reply.count + id.utf8.count + 256 }
}
