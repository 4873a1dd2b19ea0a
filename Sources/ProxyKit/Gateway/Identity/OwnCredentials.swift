internal import Dialects
internal import Transport

/// What of a client's credentials is its own and may travel on, where a backend takes it.
enum OwnCredentials {
  /// The header that opens our gate and leaves the usual ones to the client's own credential.
  static let gateField = "x-anyllm-key"

  /// Those headers that hold the client's own credential; whatever opens our gate is left out.
  ///
  /// A caller of a stored key or a token has to give it in `x-anyllm-key`; beside a static key, and
  /// where nobody needs a key, the other header is the client's own.
  static func forwardable(
    _ head: RequestHead, keys: KeyRing, proof: Caller.Proof, issuers: [Settings.Issuer]
  ) -> HTTPFields {
    let fields = head.fields
    let isApart = fields.contains(gateField)
    switch proof {
    case .staticKey, .openRelay: break
    case .storedKey, .token: guard isApart else { return HTTPFields() }
    }
    let opened = proof == .openRelay ? nil : KeyRing.credential(of: head)
    var own = HTTPFields()
    for name in ["authorization", "x-api-key"] {
      let values = fields.all(name)
      guard let value = values.first, values.count == 1, !value.isEmpty else { continue }
      let credential = KeyRing.credential(in: HTTPFields([(name, value)])) ?? value
      // A signature is made for us and proves nothing to anybody else.
      if credential == opened || keys.isOurs(credential) || credential.hasPrefix("AWS4-") {
        continue
      }
      if opens(credential, issuers) { continue }
      own.append(name, value)
    }
    return own
  }

  /// Whether a token is from an issuer whose tokens open our gate.
  private static func opens(_ credential: String, _ issuers: [Settings.Issuer]) -> Bool {
    guard !issuers.isEmpty, WebToken.looksLike(credential) else { return false }
    guard let claims = try? WebToken(credential).claims else { return true }
    let named = claims["iss"]?.string
    return issuers.contains { $0.issuer == named }
  }
}
