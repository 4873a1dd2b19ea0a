internal import Transport

/// How a backend of Azure's is to be entered, as the operator wrote it.
enum AzureCredential: Sendable {
  case apiKey(Secret)
  /// A token of Entra's that somebody else renews.
  case token(Secret)
  /// An application with a secret of its own.
  case application(tenant: String, client: String, secret: Secret)
  /// What Azure's own tools would find: an application of the environment's, a pod's identity, the
  /// machine's.
  case surroundings
  /// The identity of the machine, or that of its identities which has this client id.
  case managedIdentity(client: String?)
}

extension CredentialSource {
  /// Azure's credentials; `resource` is what the token is for.
  static func azure(
    _ credential: AzureCredential, resource: String = "https://cognitiveservices.azure.com",
    backend: String, in surroundings: CredentialSurroundings
  ) -> CredentialSource {
    let supplier: any GrantSupplier =
      switch credential {
      case .apiKey(let key): FixedGrant(Grant(.field("api-key", key)))
      case .token(let token): FixedGrant(Grant(.bearer(token)))
      case .application, .surroundings, .managedIdentity:
        AzureIdentity(credential: credential, resource: resource)
      }
    return CredentialSource(backend: backend, supplier: supplier, surroundings: surroundings)
  }
}

/// Tokens of Entra's for one resource.
struct AzureIdentity: GrantSupplier {
  private static let entra = "Microsoft Entra"

  let credential: AzureCredential
  let resource: String

  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    switch credential {
    case .apiKey(let key): return Grant(.field("api-key", key))
    case .token(let token): return Grant(.bearer(token))
    case .application(let tenant, let client, let secret):
      return try await application(
        tenant, client, [("client_secret", secret.reveal())], calls,
        remedy: "see that the secret of the application \(client) has not ended")
    case .managedIdentity(let client): return try await managedIdentity(client, calls)
    case .surroundings: return try await found(calls)
    }
  }

  private func found(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    let surroundings = calls.surroundings
    let client = surroundings.variable("AZURE_CLIENT_ID")
    guard let tenant = surroundings.variable("AZURE_TENANT_ID"), let client else {
      return try await managedIdentity(client, calls)
    }
    if let secret = surroundings.variable("AZURE_CLIENT_SECRET") {
      return try await application(
        tenant, client, [("client_secret", secret)], calls,
        remedy: "see that AZURE_CLIENT_SECRET has not ended and belongs to AZURE_CLIENT_ID")
    }
    guard let path = surroundings.variable("AZURE_FEDERATED_TOKEN_FILE") else {
      return try await managedIdentity(client, calls)
    }
    let token = try surroundings.text(ofRequiredFile: path, called: "the federated token file")
    let form = [
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", token.trimmed),
    ]
    return try await application(
      tenant, client, form, calls,
      remedy: "see that the application \(client) trusts the cluster's service account")
  }

  private func application(
    _ tenant: String, _ client: String, _ proof: [(String, String)], _ calls: TokenCalls,
    remedy: String
  ) async throws(CredentialFault) -> Grant {
    var authority =
      calls.surroundings.variable("AZURE_AUTHORITY_HOST") ?? calls.surroundings.places.azureTokens
    while authority.hasSuffix("/") { authority.removeLast() }
    if !authority.contains("://") { authority = "https://" + authority }
    let form = [
      ("grant_type", "client_credentials"), ("client_id", client),
      ("scope", resource + "/.default"),
    ]
    let answer = try await calls.post(
      "\(authority)/\(URIEncoding.encode(tenant))/oauth2/v2.0/token", form: form + proof,
      called: Self.entra)
    return try answer.oauthGrant(from: Self.entra, now: calls.now, remedy: remedy)
  }

  private func managedIdentity(
    _ client: String?, _ calls: TokenCalls
  ) async throws(CredentialFault) -> Grant {
    let surroundings = calls.surroundings
    var query = [("resource", resource)]
    if let client { query.append(("client_id", client)) }
    let what = "Azure's managed identity"
    let remedy =
      "off Azure set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or an API key; on it "
      + "see that the machine has an identity"
    let url: String
    let fields: HTTPFields
    if let endpoint = surroundings.variable("IDENTITY_ENDPOINT"),
      let header = surroundings.variable("IDENTITY_HEADER")
    {
      query.append(("api-version", "2019-08-01"))
      url = endpoint
      fields = ["x-identity-header": header]
    } else {
      query.append(("api-version", "2018-02-01"))
      url = surroundings.places.azureInstance + "/metadata/identity/oauth2/token"
      fields = ["metadata": "true"]
    }
    let answer: TokenCalls.Answer
    do {
      answer = try await calls.askNearby(
        url + (url.contains("?") ? "&" : "?") + TokenCalls.encoded(query), fields, called: what,
        remedy: remedy)
    } catch {
      throw CredentialFault(
        .missing, "no Azure credentials were found, and \(error.what)", remedy: remedy)
    }
    return try answer.oauthGrant(from: what, now: calls.now, remedy: remedy)
  }
}
