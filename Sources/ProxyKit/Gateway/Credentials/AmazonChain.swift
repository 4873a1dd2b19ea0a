internal import Transport

/// Amazon's credentials, from the first place that has some.
///
///     keys, profile or API key of the settings → environment → web identity → profile → container
///     → instance
///
/// A place that is configured and broken ends the search: what the operator meant must not be
/// replaced in silence by what happens to lie around.
struct AmazonChain: GrantSupplier {
  let settings: AmazonSettings

  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    let surroundings = calls.surroundings
    if let grant = try givenKeys() { return grant }
    let tokens = AmazonTokens(calls: calls, region: settings.region(in: surroundings))
    let profile = AmazonProfile(calls: calls, tokens: tokens)
    if let name = settings.profile { return try await profile.grant(name: name) }
    if let token = settings.bearerToken { return Grant(.bearer(token)) }
    if let grant = try Self.environment(surroundings) { return grant }
    if let grant = try await tokens.webIdentity() { return grant }
    let name = settings.profileName(in: surroundings)
    let isNamed = surroundings.variable("AWS_PROFILE") != nil
    if let grant = try await profile.grant(name: name, isRequired: isNamed) { return grant }
    let metadata = AmazonMetadata(calls: calls)
    if let grant = try await metadata.container() { return grant }
    if let grant = try await metadata.instance() { return grant }
    throw CredentialFault(
      .missing, "no AWS credentials were found",
      remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK, or a "
        + "profile in ~/.aws/credentials")
  }

  private func givenKeys() throws(CredentialFault) -> Grant? {
    guard settings.accessKeyID != nil || settings.secretAccessKey != nil else { return nil }
    return try Self.keys(
      settings.accessKeyID, settings.secretAccessKey?.reveal(), settings.sessionToken?.reveal(),
      from: "the settings", names: "the access key and its secret")
  }

  /// What the environment itself holds.
  static func environment(
    _ surroundings: CredentialSurroundings
  ) throws(CredentialFault) -> Grant? {
    if let token = surroundings.variable("AWS_BEARER_TOKEN_BEDROCK") {
      return Grant(.bearer(Secret(token)))
    }
    let key = surroundings.variable("AWS_ACCESS_KEY_ID")
    let secret = surroundings.variable("AWS_SECRET_ACCESS_KEY")
    guard key != nil || secret != nil else { return nil }
    return try keys(
      key, secret, surroundings.variable("AWS_SESSION_TOKEN"), from: "the environment",
      names: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
  }

  /// A grant of keys that stand somewhere, of which one without the other is a mistake.
  static func keys(
    _ key: String?, _ secret: String?, _ token: String?, from place: String, names: String,
    looksAgainAt: Int64? = nil
  ) throws(CredentialFault) -> Grant {
    guard let key, let secret, !key.isEmpty, !secret.isEmpty else {
      throw CredentialFault(
        .missing, "\(place) has only one half of an AWS key pair", remedy: "set both \(names)")
    }
    return Grant(
      .amazon(.init(accessKeyID: key, secretAccessKey: secret, sessionToken: token)),
      looksAgainAt: looksAgainAt)
  }
}
