internal import Dialects
internal import Transport

/// A file of Google's credentials, of the kinds that need nobody's help.
struct GoogleKeyFile: Sendable {
  private static let scope = "https://www.googleapis.com/auth/cloud-platform"
  private static let what = "Google's token endpoint"

  private enum Kind: Sendable {
    case serviceAccount(email: String, key: Secret, keyID: String?, tokenURL: String?)
    case person(clientID: String, clientSecret: Secret, refreshToken: Secret, tokenURL: String?)
  }

  private let kind: Kind
  let project: String?
  /// Whose quota a person's requests count against.
  private let quotaProject: String?
  private let name: String

  /// Reads a text that begins as an object does, or the file of that path.
  init(place: String, _ surroundings: CredentialSurroundings) throws(CredentialFault) {
    if place.trimmed.first == "{" {
      try self.init(text: place, called: "the Google key in the settings")
    } else {
      let text = try surroundings.text(ofRequiredFile: place, called: "the Google key file")
      try self.init(text: text, called: surroundings.expanded(place))
    }
  }

  init(text: String, called name: String) throws(CredentialFault) {
    guard let json = (try? JSONDocument(text))?.root, json.kind == .object else {
      throw CredentialFault(
        .missing, "\(name) is not JSON",
        remedy: "download the key of the service account again, as JSON")
    }
    self.name = name
    project = json["project_id"]?.string ?? json["quota_project_id"]?.string
    let tokenURL = json["token_uri"]?.string
    switch json["type"]?.string {
    case "service_account":
      guard let email = json["client_email"]?.string, let key = json["private_key"]?.string else {
        throw Self.incomplete(name, "client_email and private_key")
      }
      quotaProject = nil
      kind = .serviceAccount(
        email: email, key: Secret(key), keyID: json["private_key_id"]?.string, tokenURL: tokenURL)
    case "authorized_user":
      guard let id = json["client_id"]?.string, let secret = json["client_secret"]?.string,
        let refresh = json["refresh_token"]?.string
      else { throw Self.incomplete(name, "client_id, client_secret and refresh_token") }
      quotaProject = json["quota_project_id"]?.string
      kind = .person(
        clientID: id, clientSecret: Secret(secret), refreshToken: Secret(refresh),
        tokenURL: tokenURL)
    case let type:
      throw Self.unsupported(name, type)
    }
  }

  private static func incomplete(_ name: String, _ members: String) -> CredentialFault {
    CredentialFault(
      .missing, "\(name) lacks one of \(members)",
      remedy: "download the key of the service account again, as JSON")
  }

  private static func unsupported(_ name: String, _ type: String?) -> CredentialFault {
    let remedy = "use the key of a service account, or run where a metadata server gives tokens"
    switch type {
    case "impersonated_service_account":
      return CredentialFault(
        .missing,
        "\(name) stands for another account (impersonated_service_account), which the "
          + "gateway does not do", remedy: remedy)
    case "external_account", "external_account_authorized_user":
      return CredentialFault(
        .missing,
        "\(name) is of a federated identity (\(type ?? "")), which the gateway does not "
          + "exchange", remedy: remedy)
    default:
      return CredentialFault(
        .missing, "\(name) is of the type \(type ?? "nothing"), which the gateway does not know",
        remedy: remedy)
    }
  }

  /// Asks for a token.
  func grant(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    let url: String
    let form: [(String, String)]
    let remedy: String
    switch kind {
    case .serviceAccount(let email, let key, let keyID, let tokenURL):
      url = tokenURL ?? calls.surroundings.places.googleTokens
      form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", try assertion(email, key, keyID, for: url, at: calls.now)),
      ]
      remedy = "see that the key of \(email) was not revoked and that the clock is right"
    case .person(let clientID, let clientSecret, let refreshToken, let tokenURL):
      url = tokenURL ?? calls.surroundings.places.googleTokens
      form = [
        ("grant_type", "refresh_token"), ("client_id", clientID),
        ("client_secret", clientSecret.reveal()), ("refresh_token", refreshToken.reveal()),
      ]
      remedy = "run `gcloud auth application-default login` again"
    }
    let answer = try await calls.post(url, form: form, called: Self.what)
    return try answer.oauthGrant(
      from: Self.what, now: calls.now, remedy: remedy,
      companion: quotaProject.map { ("x-goog-user-project", $0) })
  }

  /// A claim of the service account that it is itself, signed with its key (RFC 7523).
  private func assertion(
    _ email: String, _ key: Secret, _ keyID: String?, for audience: String, at now: Int64
  ) throws(CredentialFault) -> String {
    var header = JSONWriter()
    header.object { writer in
      writer.member("alg", word: "RS256")
      writer.member("typ", word: "JWT")
      if let keyID { writer.member("kid", keyID) }
    }
    var claims = JSONWriter()
    claims.object { writer in
      writer.member("iss", email)
      writer.member("scope", Self.scope)
      writer.member("aud", audience)
      writer.member("iat", Int(now))
      writer.member("exp", Int(now) + 3600)
    }
    let signed = Base64.urlText(header.bytes) + "." + Base64.urlText(claims.bytes)
    do {
      let signature = try RS256.sign(Array(signed.utf8), keyPEM: key.reveal())
      return signed + "." + Base64.urlText(signature)
    } catch {
      throw CredentialFault(
        .missing, "the private key in \(name) cannot sign: \(error.sentence)",
        remedy: "download the key of the service account again, as JSON")
    }
  }
}

extension RS256.Fault {
  fileprivate var sentence: String {
    switch self {
    case .noKey: "it is no unencrypted private key in PEM"
    case .notRSA: "it is not a key of RSA"
    case .failed: "the signature failed"
    }
  }
}
