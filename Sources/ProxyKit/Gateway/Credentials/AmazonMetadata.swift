internal import Dialects
internal import Transport

/// Credentials that the place gives in which the gateway runs: a container's or an instance's.
struct AmazonMetadata {
  let calls: TokenCalls

  private var surroundings: CredentialSurroundings { calls.surroundings }

  // MARK: containers

  /// Nil when the environment names no such place.
  func container() async throws(CredentialFault) -> Grant? {
    guard let url = try containerURL() else { return nil }
    var fields: HTTPFields = ["accept": "application/json"]
    if let token = try containerToken() { fields.append("authorization", token) }
    let what = "the container's credentials"
    let remedy = "see that the task or pod has a role"
    let answer = try await calls.askNearby(url, fields, called: what, remedy: remedy)
    return try Self.grant(answer, from: what, remedy: remedy)
  }

  private func containerURL() throws(CredentialFault) -> String? {
    if let path = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return surroundings.places.amazonContainer + (path.hasPrefix("/") ? path : "/" + path)
    }
    guard let url = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    guard let place = try? BaseURL(String(url.prefix { $0 != "?" })),
      place.scheme == "https" || Self.isNearby(place)
    else {
      throw CredentialFault(
        .missing,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI leads away from this machine without "
          + "encryption", remedy: "use an https address, a loopback or a link-local one")
    }
    return url
  }

  /// Loopback, and the two addresses at which Amazon's containers find their agents.
  private static func isNearby(_ place: BaseURL) -> Bool {
    place.isLoopback || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(place.host)
  }

  private func containerToken() throws(CredentialFault) -> String? {
    if let path = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      return try surroundings.text(ofRequiredFile: path, called: "the container's token file")
        .trimmed
    }
    return surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
  }

  // MARK: instances

  /// Nil when this is no instance with a role, or nobody may ask.
  func instance() async throws(CredentialFault) -> Grant? {
    guard !surroundings.isSet("AWS_EC2_METADATA_DISABLED") else { return nil }
    let what = "the instance's metadata service"
    let remedy =
      "off EC2 set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK, or a "
      + "profile; in a container on EC2 raise the hop limit of the metadata service to 2"
    let token: TokenCalls.Answer
    do {
      token = try await calls.askNearby(
        base + "/latest/api/token", ["x-aws-ec2-metadata-token-ttl-seconds": "21600"],
        method: "PUT", called: what, remedy: remedy)
    } catch {
      throw CredentialFault(
        .missing, "no AWS credentials were found, and \(error.what)", remedy: remedy)
    }
    guard token.isSuccess, !token.body.isEmpty else {
      throw token.refusal(from: what, remedy: remedy)
    }
    let fields: HTTPFields = ["x-aws-ec2-metadata-token": token.text.trimmed]
    let path = base + "/latest/meta-data/iam/security-credentials/"
    let role = try await calls.askNearby(path, fields, called: what, remedy: remedy)
    let name = role.text.split(whereSeparator: \.isNewline).first.map { $0.trimmed } ?? ""
    if role.status == 404 || (role.isSuccess && name.isEmpty) {
      throw CredentialFault(
        .missing, "the instance has no role", remedy: "attach an instance profile to it")
    }
    guard role.isSuccess else { throw role.refusal(from: what, remedy: remedy) }
    let answer = try await calls.askNearby(
      path + URIEncoding.encode(name), fields, called: what, remedy: remedy)
    return try Self.grant(
      answer, from: what, remedy: "see that the role exists and may be taken on")
  }

  private var base: String {
    var place =
      surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
      ?? surroundings.places.amazonInstance
    while place.hasSuffix("/") { place.removeLast() }
    return place
  }

  private static func grant(
    _ answer: TokenCalls.Answer, from what: String, remedy: String
  ) throws(CredentialFault) -> Grant {
    // An instance answers 200 to what it refuses, and says so by its code.
    guard answer.isSuccess, let json = answer.json,
      json["Code"]?.string ?? "Success" == "Success",
      let key = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string
    else { throw answer.refusal(from: what, remedy: remedy) }
    let ends = json["Expiration"]?.string.flatMap { AmazonTime(iso8601: $0)?.seconds }
    return Grant(
      .amazon(
        .init(
          accessKeyID: key, secretAccessKey: secret, sessionToken: json["Token"]?.string)),
      expiresAt: ends)
  }
}
