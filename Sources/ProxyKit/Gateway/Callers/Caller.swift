/// Who makes a request, however they proved it.
struct Caller: Sendable, Equatable {
  enum Proof: Sendable, Equatable {
    /// A key of the configuration.
    case staticKey
    /// A key of the store, by its number.
    case storedKey(Int64)
    /// Nobody needs a key here.
    case openRelay
  }

  var name: String
  var proof: Proof

  /// The name by which what a caller left here is found again, and by nobody else.
  var owner: String {
    switch proof {
    case .staticKey: "name:" + name
    case .storedKey(let id): "key:\(id)"
    case .openRelay: "open"
    }
  }

  var keyID: Int64? {
    guard case .storedKey(let id) = proof else { return nil }
    return id
  }
}
