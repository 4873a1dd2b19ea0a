/// What the operator wrote about credentials for Amazon; all of it may be absent.
struct AmazonSettings: Sendable {
  var accessKeyID: String?
  var secretAccessKey: Secret?
  var sessionToken: Secret?
  /// An API key for Bedrock, which needs no signature.
  var bearerToken: Secret?
  var profile: String?
  var region: String?

  init(
    accessKeyID: String? = nil, secretAccessKey: Secret? = nil, sessionToken: Secret? = nil,
    bearerToken: Secret? = nil, profile: String? = nil, region: String? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.bearerToken = bearerToken
    self.profile = profile
    self.region = region
  }

  /// The region: of the settings, of the environment or of the profile, the first that says one.
  func region(in surroundings: CredentialSurroundings) -> String? {
    if let region { return region }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      if let region = surroundings.variable(name) { return region }
    }
    let profiles = try? AmazonProfiles(surroundings)
    return profiles?[profileName(in: surroundings)]?["region"]
  }

  func profileName(in surroundings: CredentialSurroundings) -> String {
    profile ?? surroundings.variable("AWS_PROFILE") ?? "default"
  }
}
