internal import ControlPlane
internal import Dialects
internal import Storage
internal import Transport

/// Every key that opens the gateway, in memory; part of a snapshot and therefore immutable.
///
/// A key is found by its digest, so that neither a look-up's time nor a dump of the memory tells
/// anything of the secrets.
struct KeyRing: Sendable {
  private struct Entry: Sendable {
    var caller: Caller
    var expiresAtMs: Int64?
    var isRevoked = false
    var isPaused = false
  }

  private let secret: HMACKey
  private let entries: [SHA256Digest: Entry]
  /// Keys whose callers sign, by what they call themselves.
  private let pairs: [String: (caller: Caller, secret: Secret)]
  /// Whoever needs no key; nil where everybody needs one.
  private let anybody: Caller?
  /// The terms of stored keys by their text: many keys have the same, and reading them takes longer
  /// than all else here.
  private let terms: [String: CallerTerms]
  private let defaultBackend: String

  /// - Parameter former: The ring before this one, whose terms are taken over where they are the
  ///   same.
  init(
    secret: [UInt8], callers: Settings.Callers, stored: [StoredKey], defaultBackend: String = "",
    accounts: AccountBook = AccountBook(), former: KeyRing? = nil
  ) {
    let secret = HMACKey(secret)
    let known = former.flatMap { $0.defaultBackend == defaultBackend ? $0.terms : nil } ?? [:]
    var terms: [String: CallerTerms] = [:]
    var entries: [SHA256Digest: Entry] = [:]
    entries.reserveCapacity(stored.count + callers.staticKeys.count)
    for key in stored {
      let own =
        terms[key.terms] ?? known[key.terms]
        ?? CallerTerms(stored: key.terms, defaultBackend: defaultBackend)
      terms[key.terms] = own
      var entry = Entry(
        caller: Caller(name: key.name, proof: .storedKey(key.id), terms: own, in: accounts),
        expiresAtMs: key.expiresAtMs, isRevoked: key.revokedAtMs != nil,
        isPaused: key.pausedAtMs != nil)
      if let digest = SHA256Digest(key.digest) { entries[digest] = entry }
      guard let end = key.previousUntilMs, let old = key.previousDigest.flatMap(SHA256Digest.init)
      else { continue }
      entry.expiresAtMs = min(end, key.expiresAtMs ?? end)
      entries[old] = entry
    }
    var pairs: [String: (caller: Caller, secret: Secret)] = [:]
    for key in callers.staticKeys {
      let caller = Caller(
        name: key.name, proof: .staticKey,
        terms: CallerTerms(key.terms, defaultBackend: defaultBackend), in: accounts)
      if let id = key.accessKeyID {
        pairs[id] = (caller, key.secret)
      } else {
        entries[secret.digest(of: key.secret.reveal())] = Entry(caller: caller)
      }
    }
    self.secret = secret
    self.entries = entries
    self.pairs = pairs
    self.terms = terms
    self.defaultBackend = defaultBackend
    anybody =
      callers.admitsUnknownCallers(storedKeys: stored.count)
      ? Caller(
        name: "open", proof: .openRelay,
        terms: CallerTerms(callers.openTerms, defaultBackend: defaultBackend), in: accounts)
      : nil
  }

  /// Finds the caller by the credential in the headers; the body is not read before this.
  func admit(_ head: RequestHead, nowMs: Int64) throws(Failure) -> Admission {
    if let signed = try admitSigned(head, nowMs: nowMs) { return signed }
    return Admission(try caller(of: head, nowMs: nowMs))
  }

  private func admitSigned(_ head: RequestHead, nowMs: Int64) throws(Failure) -> Admission? {
    do throws(SigV4Refusal) {
      guard let claim = try SigV4Claim(head) else { return nil }
      guard let pair = pairs[claim.accessKeyID] else {
        if anybody != nil { return nil }
        throw SigV4Refusal(
          code: "UnrecognizedClientException",
          message: "this access key is not known; `keys` with access_key_id and secret name it")
      }
      try claim.check(nowSeconds: nowMs / 1000, regions: [], services: ["bedrock"])
      return Admission(pair.caller, claiming: claim, by: pair.secret)
    } catch {
      throw Failure(error)
    }
  }

  private func caller(of head: RequestHead, nowMs: Int64) throws(Failure) -> Caller {
    let credential = Self.credential(of: head)
    if let credential {
      let digest = secret.digest(of: credential)
      if let entry = entries[digest] {
        if entry.isRevoked { throw Self.refusal("this key has been revoked") }
        if let end = entry.expiresAtMs, end <= nowMs { throw Self.refusal("this key has expired") }
        if entry.isPaused {
          throw Self.refusal("this key is paused; `anyllmctl keys resume` lets it in again")
        }
        return entry.caller
      }
    }
    if let anybody { return anybody }
    guard credential != nil else {
      throw Self.refusal(
        "no key was given; send it as `x-api-key` or as `Authorization: Bearer …`")
    }
    throw Self.refusal("this key is not known; `anyllmctl keys add NAME` makes one")
  }

  /// Whether a credential is, or was, one of those that open the gate.
  func isOurs(_ credential: String) -> Bool {
    entries[secret.digest(of: credential)] != nil
      || pairs.contains { $0.value.secret == Secret(credential) }
  }

  /// What a client shows to be let in, wherever its language has it.
  static func credential(of head: RequestHead) -> String? {
    credential(in: head.fields) ?? QueryText.value(of: "key", in: head.query)
  }

  /// The headers in which clients of all languages carry their key.
  static func credential(in fields: HTTPFields) -> String? {
    for name in [OwnCredentials.gateField, "x-api-key", "x-goog-api-key", "api-key"] {
      if let value = fields.first(name), !value.isEmpty { return value }
    }
    guard let header = fields.first("authorization"), header.utf8.count > 7,
      String(header.prefix(7)).equalsIgnoringCase("bearer ")
    else { return nil }
    let token = header.dropFirst(7).drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }

  private static func refusal(_ message: String) -> Failure {
    Failure(
      .authentication, origin: .client, status: 401, message, code: "invalid_api_key")
  }
}
