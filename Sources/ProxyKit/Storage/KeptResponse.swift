/// A response that a client may come back to, and whose it is.
package struct KeptResponse: Sendable, Equatable {
  package enum Place: Sendable, Equatable {
    /// The backend of this name has kept it; here is only noted that it has.
    case backend(String)
    /// The items it was made from, as a JSON array, and the response object.
    case here(input: [UInt8], response: [UInt8])
  }

  package var id: String
  /// Who made it; nobody else finds it.
  package var owner: String
  package var createdAtMs: Int64
  package var place: Place

  package init(id: String, owner: String, createdAtMs: Int64, place: Place) {
    self.id = id
    self.owner = owner
    self.createdAtMs = createdAtMs
    self.place = place
  }

  /// What it counts for the bounds: its bytes and something for its row.
  var byteCount: Int {
    let content =
      switch place {
      case .backend(let name): name.utf8.count
      case .here(let input, let response): input.count + response.count
      }
    return content + id.utf8.count + owner.utf8.count + 512
  }
}
