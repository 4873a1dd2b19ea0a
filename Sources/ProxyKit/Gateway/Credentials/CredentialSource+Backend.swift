extension CredentialSource {
  /// What authorizes a backend that stands in a cloud; nil for all others, and for one of Amazon's
  /// without a region, which nobody could sign for.
  ///
  /// `surroundings` is what all backends share; the backend's own way out is taken from it itself.
  static func cloud(
    _ backend: Settings.Backend, in surroundings: CredentialSurroundings
  ) -> CredentialSource? {
    var surroundings = surroundings
    surroundings.proxy = backend.proxy
    surroundings.caFile = backend.caFile
    switch backend.kind {
    case .bedrock:
      return amazon(AmazonSettings(backend), backend: backend.name, in: surroundings)
    case .vertex:
      return google(GoogleCredential(backend), backend: backend.name, in: surroundings)
    case .azure:
      return azure(AzureCredential(backend), backend: backend.name, in: surroundings)
    case .openai, .anthropic, .gemini, .demo: return nil
    }
  }
}

extension AmazonSettings {
  init(_ backend: Settings.Backend) {
    let cloud = backend.cloud
    self.init(
      accessKeyID: cloud.accessKeyID, secretAccessKey: cloud.secretAccessKey,
      sessionToken: cloud.sessionToken, bearerToken: backend.authToken ?? backend.apiKey,
      profile: cloud.profile, region: cloud.region ?? Self.region(inHostOf: backend.baseURL))
  }

  /// The region in `https://bedrock-runtime.REGION.amazonaws.com`, with or without `-fips`.
  static func region(inHostOf url: String) -> String? {
    guard let host = (try? BaseURL(url))?.host else { return nil }
    let labels = host.split(separator: ".")
    guard labels.count >= 4, labels[0].hasPrefix("bedrock-"), labels[2] == "amazonaws" else {
      return nil
    }
    return String(labels[1])
  }
}

extension GoogleCredential {
  init(_ backend: Settings.Backend) {
    if let token = backend.authToken {
      self = .accessToken(token)
    } else if let file = backend.cloud.credentialsFile {
      self = .keyFile(file)
    } else if let key = backend.apiKey {
      self = .apiKey(key)
    } else {
      self = .applicationDefault
    }
  }
}

extension AzureCredential {
  init(_ backend: Settings.Backend) {
    let cloud = backend.cloud
    if let token = backend.authToken {
      self = .token(token)
    } else if let tenant = cloud.tenantID, let client = cloud.clientID,
      let secret = cloud.clientSecret
    {
      self = .application(tenant: tenant, client: client, secret: secret)
    } else if let key = backend.apiKey {
      self = .apiKey(key)
    } else if let client = cloud.clientID {
      self = .managedIdentity(client: client)
    } else {
      self = .surroundings
    }
  }
}
