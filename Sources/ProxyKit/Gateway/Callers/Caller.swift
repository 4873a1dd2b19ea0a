/// Who makes a request, however they proved it.
struct Caller: Sendable {
  enum Proof: Sendable, Equatable {
    /// A key of the configuration.
    case staticKey
    /// A key of the store, by its number.
    case storedKey(Int64)
    /// A token of an issuer that is trusted, by whose it is.
    case token(owner: String)
    /// Nobody needs a key here.
    case openRelay
  }

  let name: String
  let proof: Proof
  let terms: CallerTerms
  /// What it has used of its terms.
  let account: Account

  init(
    name: String, proof: Proof, terms: CallerTerms = .unlimited, in accounts: AccountBook
  ) {
    self.name = name
    self.proof = proof
    self.terms = terms
    account = accounts.account(proof.owner(name))
  }

  /// The name by which what a caller left here is found again, and by nobody else.
  var owner: String { account.owner }

  var keyID: Int64? {
    guard case .storedKey(let id) = proof else { return nil }
    return id
  }
}

extension Caller.Proof {
  func owner(_ name: String) -> String {
    switch self {
    case .staticKey: "name:" + name
    case .storedKey(let id): "key:\(id)"
    case .token(let owner): owner
    case .openRelay: "open"
    }
  }
}
