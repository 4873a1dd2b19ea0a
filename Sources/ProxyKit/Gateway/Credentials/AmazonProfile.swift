internal import Transport

/// The credentials of one profile: its keys, or a role that other credentials may take on.
struct AmazonProfile {
  /// Files are read again after so many seconds.
  private static let rereadSeconds: Int64 = 300
  /// A role of a role of a role is enough.
  private static let mostSteps = 5

  let calls: TokenCalls
  let tokens: AmazonTokens

  /// The grant of a profile that must be there.
  func grant(name: String) async throws(CredentialFault) -> Grant {
    guard let grant = try await grant(name: name, isRequired: true) else {
      throw Self.missing(name)
    }
    return grant
  }

  /// Nil when the profile need not be there and says nothing of credentials.
  func grant(name: String, isRequired: Bool) async throws(CredentialFault) -> Grant? {
    let profiles = try AmazonProfiles(calls.surroundings)
    guard let profile = profiles[name] else {
      if isRequired { throw Self.missing(name) }
      return nil
    }
    let grant = try await grant(of: profile, called: name, profiles, steps: 0)
    if grant == nil, isRequired {
      throw CredentialFault(
        .missing, "the AWS profile \(name) has no credentials",
        remedy: "give it aws_access_key_id and aws_secret_access_key")
    }
    return grant
  }

  private static func missing(_ name: String) -> CredentialFault {
    CredentialFault(
      .missing, "there is no AWS profile \(name)",
      remedy: "add it to ~/.aws/credentials or ~/.aws/config, or choose another")
  }

  private func grant(
    of profile: [String: String], called name: String, _ profiles: AmazonProfiles, steps: Int
  ) async throws(CredentialFault) -> Grant? {
    guard steps < Self.mostSteps else {
      throw CredentialFault(
        .missing, "the AWS profile \(name) takes its credentials from profiles without end",
        remedy: "let source_profile lead to one that has keys")
    }
    if let role = profile["role_arn"] {
      return try await assumed(role, profile, called: name, profiles, steps: steps)
    }
    let key = profile["aws_access_key_id"]
    let secret = profile["aws_secret_access_key"]
    if key != nil || secret != nil {
      return try AmazonChain.keys(
        key, secret, profile["aws_session_token"], from: "the AWS profile \(name)",
        names: "aws_access_key_id and aws_secret_access_key",
        looksAgainAt: calls.now + Self.rereadSeconds)
    }
    for (member, noun) in [
      ("credential_process", "a program"), ("sso_session", "a sign-on"),
      ("sso_start_url", "a sign-on"), ("login_session", "a sign-on"),
    ] where profile[member] != nil {
      throw CredentialFault(
        .missing, "the AWS profile \(name) has \(member), and the gateway runs \(noun) for nobody",
        remedy:
          "run `aws configure export-credentials --profile \(name) --format env` and set what "
          + "it prints")
    }
    return nil
  }

  private func assumed(
    _ role: String, _ profile: [String: String], called name: String, _ profiles: AmazonProfiles,
    steps: Int
  ) async throws(CredentialFault) -> Grant {
    if profile["mfa_serial"] != nil {
      throw CredentialFault(
        .missing, "the AWS profile \(name) asks for a second factor, which nobody here can give",
        remedy: "use a role without mfa_serial")
    }
    let session = profile["role_session_name"]
    if let file = profile["web_identity_token_file"] {
      return try await tokens.webIdentity(role: role, tokenFile: file, session: session)
    }
    let source = try await source(of: profile, called: name, profiles, steps: steps)
    guard case .amazon(let credentials)? = source?.proof else {
      throw CredentialFault(
        .missing, "the AWS profile \(name) has a role and nobody who takes it on",
        remedy: "give it a source_profile that has keys")
    }
    return try await tokens.assume(
      role: role, with: credentials, session: session, externalID: profile["external_id"],
      seconds: profile["duration_seconds"])
  }

  private func source(
    of profile: [String: String], called name: String, _ profiles: AmazonProfiles, steps: Int
  ) async throws(CredentialFault) -> Grant? {
    if let source = profile["source_profile"] {
      guard var found = profiles[source] else { throw Self.missing(source) }
      // A profile that is its own source lends its keys to its role.
      if source == name { found["role_arn"] = nil }
      return try await grant(of: found, called: source, profiles, steps: steps + 1)
    }
    let metadata = AmazonMetadata(calls: calls)
    switch profile["credential_source"] {
    case "Environment": return try AmazonChain.environment(calls.surroundings)
    case "EcsContainer": return try await metadata.container()
    case "Ec2InstanceMetadata": return try await metadata.instance()
    default: return nil
    }
  }
}
