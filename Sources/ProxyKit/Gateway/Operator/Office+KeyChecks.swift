internal import ControlPlane
internal import Storage
internal import Transport

extension Office {
  /// Words that stand for something else where a key's name could stand.
  private static let reservedNames = ["export", "import", "undo"]

  /// Refuses a card that this key, or a new one, cannot have.
  func check(_ card: KeyCard, of key: StoredKey?) throws(ControlFailure) {
    try check(card)
    let holder = keys.first {
      $0.name == card.name && $0.revokedAtMs == nil && $0.id != key?.id
    }
    if let holder { throw Self.taken(card.name, by: holder) }
  }

  static func taken(_ name: String, by holder: StoredKey) -> ControlFailure {
    ControlFailure(
      .conflict, "key \(holder.id) has the name `\(name)`",
      hint: "Revoke it first, or choose another name.")
  }

  /// Refuses a card that no key can have: an unusable name, or terms that name what is not there.
  func check(_ card: KeyCard) throws(ControlFailure) {
    let name = card.name
    guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
      !Self.reservedNames.contains(name)
    else {
      throw ControlFailure(
        .invalid, "`\(name)` cannot be a key's name",
        hint: "Use 1 to 64 bytes without spaces and control characters, and none of "
          + "\(Self.reservedNames.joined(separator: ", ")).")
    }
    let settings = house.snapshots.value.settings
    guard !settings.callers.staticKeys.contains(where: { $0.name == name }) else {
      throw ControlFailure(
        .conflict, "the configuration has a key `\(name)`", hint: "Choose another name.")
    }
    guard card.note.utf8.count <= 4096 else {
      throw ControlFailure(
        .invalid, "`note` has \(card.note.utf8.count) bytes", hint: "Send 4096 at most.")
    }
    try check(card.terms, against: settings)
  }

  private func check(_ terms: KeyTerms, against settings: Settings) throws(ControlFailure) {
    let backends = settings.backends.map(\.name)
    for name in terms.backends ?? [] where !backends.contains(name) {
      throw Self.unknown("backend", name, in: "terms.backends", known: backends)
    }
    let routes = settings.routes.map(\.name)
    for name in terms.routes ?? [] where !routes.contains(name) {
      throw Self.unknown("route", name, in: "terms.routes", known: routes)
    }
    let targets = TargetCheck(settings)
    for mapping in terms.mappings {
      do throws(ControlFailure) {
        _ = try targets.target(mapping.target)
      } catch {
        throw ControlFailure(
          .invalid, "\(error.message), in terms.mappings of \(mapping.pattern)", hint: error.hint)
      }
    }
  }

  private static func unknown(
    _ what: String, _ name: String, in place: String, known: [String]
  ) -> ControlFailure {
    let guess = NearestName.to(name, among: known).map { "Did you mean `\($0)`? " } ?? ""
    return ControlFailure(
      .invalid, "there is no \(what) `\(name)`, which \(place) names",
      hint: known.isEmpty
        ? "The configuration has no \(what)s."
        : "\(guess)The \(what)s are: \(known.joined(separator: ", ")).")
  }

  func checkExpiry(_ card: KeyCard) throws(ControlFailure) {
    guard let end = card.expiresAtMs, end <= WallClock.milliseconds() else { return }
    throw ControlFailure(
      .invalid, "the key would have expired already", hint: "Give a later time.")
  }

  /// Refuses a secret that opens, or opened, another key.
  func checkDigest(_ key: StoredKey) throws(ControlFailure) {
    let isKnown = keys.contains {
      $0.id != key.id && ($0.digest == key.digest || $0.previousDigest == key.digest)
        || $0.id == key.id && $0.digest == key.digest
    }
    guard !isKnown else { throw Self.storedBefore }
  }

  static let storedBefore = ControlFailure(
    .conflict, "that secret was stored before", hint: "Choose another secret.")

  /// The stored key that a name, a number or a prefix means.
  func storedKey(
    _ reference: String, evenRevoked: Bool = false
  ) throws(ControlFailure) -> StoredKey {
    let key: StoredKey
    switch try find(reference) {
    case .stored(let found): key = found
    case .fixed(let found):
      throw ControlFailure(
        .invalid, "key `\(found.name)` stands in the configuration",
        hint: "Change it there, then `anyllmctl config reload`.")
    }
    guard key.revokedAtMs == nil || evenRevoked else {
      throw ControlFailure(
        .conflict, "key `\(key.name)` is revoked, which is for good",
        hint: "Make another one: `anyllmctl keys add`.")
    }
    return key
  }

  /// A secret that an operator brought, if it can be one.
  static func checked(_ secret: String?) throws(ControlFailure) -> String? {
    guard let secret else { return nil }
    guard secret.utf8.count >= 16, secret.utf8.count <= 512,
      secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw ControlFailure(
        .invalid, "a key is 16 to 512 visible ASCII characters", hint: "Leave it out to get one.")
    }
    return secret
  }

  static func newSecret() -> String { "sk-vk" + Hex.text(Digest.randomBytes(32)) }

  func digest(of secret: String) -> [UInt8] {
    Digest.hmacSHA256(key: self.secret, Array(secret.utf8))
  }
}
