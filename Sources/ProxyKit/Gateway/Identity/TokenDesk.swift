internal import Dialects
internal import Synchronization
internal import Transport

/// Checks tokens against the issuers that the settings name; their keys stay across reloads.
///
/// A token that was found good is remembered by its digest, with the keys that proved it, until it
/// ends or the keys change: what a caller shows with every request is proved once.
final class TokenDesk: Sendable {
  private struct Known: Sendable {
    var token: VerifiedToken
    var keys: IssuerKeys
    var version: Int
  }

  private struct State {
    var issuers: [IssuerKeys] = []
    var known: [SHA256Digest: Known] = [:]
  }

  /// Strangers can make no entry, but callers may have many tokens.
  private static let mostKnown = 8_192

  private let times: IssuerKeys.Times
  private let clock: @Sendable () -> Int64
  private let state = Mutex(State())

  /// `clock` gives seconds since 1970.
  init(
    times: IssuerKeys.Times = .init(),
    clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() / 1000 }
  ) {
    self.times = times
    self.clock = clock
  }

  /// Whether a credential has the shape of a token; a key of ours never has.
  static func looksLikeToken(_ credential: String) -> Bool { WebToken.looksLike(credential) }

  /// What a token says of its bearer; throws when it proves nothing.
  func verify(
    _ text: String, for issuers: [Settings.Issuer], by client: UpstreamClient,
    cancellation: Cancellation = Cancellation()
  ) async throws(Failure) -> VerifiedToken {
    guard text.utf8.count <= WebToken.mostBytes else {
      throw TokenFault.malformed("is larger than \(WebToken.mostBytes >> 10) KiB").failure
    }
    let digest = SHA256Digest(Digest.sha256(Array(text.utf8)))
    if let digest, let token = known(digest, issuers) { return token }
    do throws(TokenFault) {
      let (token, keys, version) = try await prove(text, issuers, client, cancellation)
      if let digest, let version { note(token, keys, version, as: digest) }
      return token
    } catch {
      throw error.failure
    }
  }

  private func prove(
    _ text: String, _ issuers: [Settings.Issuer], _ client: UpstreamClient,
    _ cancellation: Cancellation
  ) async throws(TokenFault) -> (VerifiedToken, IssuerKeys, Int?) {
    let token = try WebToken(text)
    // Whose keys are asked is all that is taken from a token that is not proved.
    guard let named = token.claims["iss"]?.string,
      let issuer = issuers.first(where: { $0.issuer == named })
    else { throw .unknownIssuer }
    guard issuer.algorithms.contains(token.algorithm) else {
      throw .malformed("is signed in no way that is taken")
    }
    let source = keys(of: issuer)
    let keys = try await source.keys(
      named: token.keyID, for: token.algorithm, by: client, cancellation: cancellation)
    let version = source.version
    guard
      keys.contains(where: {
        $0.proves(token.signature, of: token.message, by: token.algorithm)
      })
    else { throw .forged }
    return (try VerifiedToken(token.claims, for: issuer, nowSeconds: clock()), source, version)
  }

  private func known(_ digest: SHA256Digest, _ issuers: [Settings.Issuer]) -> VerifiedToken? {
    guard let known = state.withLock({ $0.known[digest] }) else { return nil }
    let isGood =
      clock() < known.token.expiresAtSeconds && known.keys.version == known.version
      && issuers.contains(known.keys.issuer)
    if isGood { return known.token }
    state.withLock { _ = $0.known.removeValue(forKey: digest) }
    return nil
  }

  private func note(
    _ token: VerifiedToken, _ keys: IssuerKeys, _ version: Int, as digest: SHA256Digest
  ) {
    state.withLock { state in
      if state.known.count >= Self.mostKnown { state.known = [:] }
      state.known[digest] = Known(token: token, keys: keys, version: version)
    }
  }

  /// The keys of an issuer; what changed about it makes it another.
  private func keys(of issuer: Settings.Issuer) -> IssuerKeys {
    state.withLock { state in
      if let known = state.issuers.first(where: { $0.issuer == issuer }) { return known }
      state.issuers.removeAll { $0.issuer.issuer == issuer.issuer }
      let new = IssuerKeys(issuer, times: times, clock: clock)
      state.issuers.append(new)
      return new
    }
  }
}
