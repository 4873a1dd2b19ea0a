internal import Dialects
internal import FuzzSupport
@testable internal import Gateway
internal import Transport

/// What strangers write to be let in, or to seem to be somebody else.
enum IdentityCheck {
  /// A token is taken apart or refused; nothing in it is believed.
  static func token(_ bytes: [UInt8]) {
    let text = bytes.shown
    _ = WebToken.looksLike(text)
    guard let token = try? WebToken(text) else { return }
    promise(
      text.utf8.elementsEqual(
        token.message + [UInt8(ascii: ".")] + Base64.urlText(token.signature).utf8),
      "\(text) has two spellings")
    var issuer = Settings.Issuer(issuer: "i", audiences: [])
    issuer.groupsClaim = "a.b"
    _ = try? VerifiedToken(token.claims, for: issuer, nowSeconds: 1_700_000_000)
  }

  /// A set of keys of an issuer; none is made of what is no key.
  static func keys(_ bytes: [UInt8]) {
    guard let keys = KeySet(bytes) else { return }
    for algorithm in SignatureAlgorithm.allCases {
      for key in keys.keys(named: nil, for: algorithm) {
        promise(
          !key.proves([UInt8](repeating: 0, count: 64), of: [1], by: algorithm),
          "nothing proves something")
      }
    }
  }

  /// A header of a proxy; where it guards, only who is named may call.
  static func forwarded(_ bytes: [UInt8]) {
    guard let inside = try? AddressRange("10.0.0.0/8") else { return }
    var policy = NetworkPolicy()
    policy.allow = [inside]
    let fields = HTTPFields([("x-forwarded-for", bytes.shown)])
    for trust in [
      NetworkPolicy.Trust.nobody, .depth(1, from: []), .depth(3, from: []),
      .proxies([inside]),
    ] {
      policy.trust = trust
      guard let client = try? policy.check(.ip("10.0.0.1", port: 1), fields) else { continue }
      promise(
        NetworkAddress(client).map(inside.contains) == true, "\(client) is let in by \(trust)")
    }
  }

  /// A network or an address, in whatever spelling; what it shows of itself means the same.
  static func network(_ bytes: [UInt8]) {
    let text = bytes.shown
    if let range = try? AddressRange(text) {
      promise((try? AddressRange(range.description)) == range, "\(range) is another")
    }
    guard let address = NetworkAddress(host: text) else { return }
    promise(NetworkAddress(address.description) == address, "\(address) is another")
    promise(
      AddressPolicy.publicOnly.refusal(of: address) != nil
        || AddressPolicy.noMetadata.refusal(of: address) == nil,
      "\(address) is public and not")
  }

  /// A request with words for the cache: what is left of it says nothing to the cache.
  static func cache(_ bytes: [UInt8]) {
    guard let body = (try? JSONDocument(bytes))?.root, body.kind == .object else { return }
    _ = try? CacheControls(body, [:])
    let surroundings = CacheKey.Surroundings(
      scope: "s", dialect: .chat, model: "m", targets: [])
    let key = CacheKey(surroundings, body)
    guard let removed = CacheControls.removed(from: body) else { return }
    guard let rest = (try? JSONDocument(removed))?.root else {
      Breach.found("\(removed.shown) is no JSON")
    }
    promise(CacheControls.removed(from: rest) == nil, "the cache's words are still there")
    let isWhole = body.member("cache").map { $0.kind == .object || $0.isNull } ?? true
    if isWhole { promise(CacheKey(surroundings, rest) == key, "it has become another request") }
  }
}
