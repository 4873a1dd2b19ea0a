internal import ControlPlane
internal import Dialects
internal import Transport

extension House {
  /// Finds who calls by the headers alone: the bearer of an issuer's token, or of a key of ours.
  func identify(
    _ client: ServerExchange, by snapshot: Snapshot, cancellation: Cancellation = Cancellation()
  ) async throws(Failure) -> Admission {
    let issuers = snapshot.settings.callers.issuers
    if !issuers.isEmpty, let credential = KeyRing.credential(of: client.head),
      TokenDesk.looksLikeToken(credential)
    {
      let token = try await tokens.verify(
        credential, for: issuers, by: upstream(for: client.loop), cancellation: cancellation)
      return Admission(bearer(of: token, defaultBackend: snapshot.settings.defaultBackend))
    }
    return try snapshot.keys.admit(client.head, nowMs: WallClock.milliseconds())
  }

  private func bearer(of token: VerifiedToken, defaultBackend: String) -> Caller {
    let account = accounts.account(token.owner)
    let terms =
      account.terms(like: token.terms, defaultBackend: defaultBackend)
      ?? CallerTerms(token.terms, defaultBackend: defaultBackend)
    return Caller(name: token.name, proof: .token(owner: token.owner), terms: terms, in: accounts)
  }
}
