internal import Transport

/// Amazon's Security Token Service, which lends the credentials of roles.
struct AmazonTokens {
  private static let what = "AWS STS"

  let calls: TokenCalls
  let region: String?

  /// What the environment of a pod says (EKS and others); nil when it says nothing.
  func webIdentity() async throws(CredentialFault) -> Grant? {
    let surroundings = calls.surroundings
    guard let file = surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
      let role = surroundings.variable("AWS_ROLE_ARN")
    else { return nil }
    return try await webIdentity(
      role: role, tokenFile: file, session: surroundings.variable("AWS_ROLE_SESSION_NAME"))
  }

  func webIdentity(
    role: String, tokenFile: String, session: String?
  ) async throws(CredentialFault) -> Grant {
    let token = try calls.surroundings.text(
      ofRequiredFile: tokenFile, called: "the web identity token file")
    return try await ask(
      "AssumeRoleWithWebIdentity", for: role, session: session,
      [("WebIdentityToken", token.trimmed)], signer: nil)
  }

  /// Lets credentials take on a role.
  func assume(
    role: String, with credentials: SigV4Signer.Credentials, session: String?,
    externalID: String?, seconds: String?
  ) async throws(CredentialFault) -> Grant {
    var form: [(String, String)] = []
    if let externalID { form.append(("ExternalId", externalID)) }
    if let seconds { form.append(("DurationSeconds", seconds)) }
    return try await ask(
      "AssumeRole", for: role, session: session, form,
      signer: SigV4Signer(credentials, region: region ?? "us-east-1", service: "sts"))
  }

  private func ask(
    _ action: String, for role: String, session: String?, _ more: [(String, String)],
    signer: SigV4Signer?
  ) async throws(CredentialFault) -> Grant {
    let form = [
      ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", session ?? "anyllm"),
    ]
    let answer = try await calls.post(
      address, form: form + more, fields: ["accept": "text/xml"], called: Self.what,
      signedBy: signer)
    let text = answer.text
    guard answer.isSuccess, let key = Self.element("AccessKeyId", of: text),
      let secret = Self.element("SecretAccessKey", of: text),
      let token = Self.element("SessionToken", of: text)
    else {
      let words = ["Code", "Message"].compactMap { Self.element($0, of: text) }
      let said = words.map(TokenCalls.Answer.shortened).joined(separator: ": ")
      throw CredentialFault(
        .refused,
        "\(Self.what) answered \(answer.status) to \(action)" + (said.isEmpty ? "" : " (\(said))"),
        remedy: "see that the role exists and trusts who asks for it")
    }
    let ends = Self.element("Expiration", of: text).flatMap { AmazonTime(iso8601: $0)?.seconds }
    return Grant(
      .amazon(.init(accessKeyID: key, secretAccessKey: secret, sessionToken: token)),
      expiresAt: ends ?? calls.now + 900)
  }

  private var address: String {
    let surroundings = calls.surroundings
    if let place = surroundings.variable("AWS_ENDPOINT_URL_STS") ?? surroundings.places.amazonTokens
    {
      return place
    }
    guard let region else { return "https://sts.amazonaws.com/" }
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    return "https://sts.\(region).\(domain)/"
  }

  /// The text of the first element with that name, which for these answers is enough of XML.
  private static func element(_ name: String, of xml: String) -> String? {
    guard let start = xml.firstRange(of: "<\(name)>"),
      let end = xml[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    var text = String(xml[start.upperBound..<end.lowerBound])
    for (code, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
      text = text.replacing(code, with: sign)
    }
    return text
  }
}
