internal import Dialects
internal import Transport

/// The public keys of an issuer (RFC 7517), as many as one has who is honest.
struct KeySet: Sendable {
  private struct Entry: Sendable {
    var id: String?
    /// Nil proves every algorithm that fits the key.
    var algorithm: SignatureAlgorithm?
    var key: SignatureKey
  }

  private static let most = 64

  private let entries: [Entry]

  var isEmpty: Bool { entries.isEmpty }

  /// Nothing when it is no set of keys; keys that are not for us are left out.
  init?(_ body: [UInt8]) {
    guard let root = (try? JSONDocument(body))?.root, let list = root["keys"], list.kind == .array
    else { return nil }
    entries = list.elements.prefix(Self.most).compactMap(Self.entry)
  }

  /// The keys that may have signed: the one that is named, or any that fits where none is.
  func keys(named id: String?, for algorithm: SignatureAlgorithm) -> [SignatureKey] {
    entries.filter { entry in
      entry.key.fits(algorithm) && (entry.algorithm ?? algorithm) == algorithm
        && (id == nil || entry.id == id)
    }.map(\.key)
  }

  private static func entry(_ value: JSONValue) -> Entry? {
    if let use = value["use"]?.string, use != "sig" { return nil }
    if let operations = value["key_ops"],
      !operations.elements.contains(where: { $0.string == "verify" })
    {
      return nil
    }
    // One for another algorithm is none of ours, even if its numbers would do.
    let named = value["alg"]?.string
    let algorithm = named.flatMap { SignatureAlgorithm(rawValue: $0) }
    guard named == nil || algorithm != nil, let material = material(value),
      let key = SignatureKey(material), algorithm.map(key.fits) ?? true
    else { return nil }
    return Entry(id: value["kid"]?.string, algorithm: algorithm, key: key)
  }

  private static func material(_ value: JSONValue) -> SignatureKey.Material? {
    func number(_ name: StaticString) -> [UInt8]? {
      guard let text = value[name]?.text, text.bytes.count <= 2048 else { return nil }
      return Base64.decode(text.bytes)
    }
    switch (value["kty"]?.string, value["crv"]?.string) {
    case ("RSA", _):
      guard let modulus = number("n"), let exponent = number("e") else { return nil }
      return .rsa(modulus: modulus, exponent: exponent)
    case ("EC", let curve?):
      guard let x = number("x"), let y = number("y") else { return nil }
      return curve == "P-256" ? .p256(x: x, y: y) : curve == "P-384" ? .p384(x: x, y: y) : nil
    case ("OKP", "Ed25519"?): return number("x").map { .ed25519($0) }
    default: return nil
    }
  }
}
