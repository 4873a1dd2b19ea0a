internal import Dialects
internal import Transport

/// Who was let in by the head of a request, and what its body has still to prove.
struct Admission: Sendable {
  let caller: Caller
  private let claim: SigV4Claim?
  private let secret: Secret?

  init(_ caller: Caller) {
    self.caller = caller
    claim = nil
    secret = nil
  }

  /// A caller whose signature covers the body, which is not there yet.
  init(_ caller: Caller, claiming claim: SigV4Claim, by secret: Secret) {
    self.caller = caller
    self.claim = claim
    self.secret = secret
  }

  /// Refuses a body that is not the one that was signed; anything where nothing was signed.
  func verify(_ body: [UInt8]) throws(Failure) {
    guard let claim, let secret else { return }
    do {
      try claim.verify(secret: secret.reveal(), body: body)
    } catch {
      throw Failure(error)
    }
  }
}

extension Failure {
  init(_ refusal: SigV4Refusal) {
    self.init(
      .authentication, origin: .client, status: 403, refusal.message, code: refusal.code)
  }
}
