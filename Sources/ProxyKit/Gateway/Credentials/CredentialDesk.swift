internal import Dialects
internal import Synchronization
internal import Transport

/// Keeps the credentials that have to be fetched or that sign, one source a backend, across reloads.
final class CredentialDesk: Sendable {
  private struct Place {
    var backend: Settings.Backend
    /// Nil when the backend's own key or token is all there is.
    var source: CredentialSource?
  }

  private let surroundings: CredentialSurroundings
  private let places = Mutex<[Place]>([])

  init(environment: [String: String]) {
    surroundings = CredentialSurroundings(
      environment: EnvironmentTable(process: environment),
      homeDirectory: environment["HOME"] ?? "/")
  }

  /// Adds what the backend wants to see to a request that is finished otherwise.
  func authorize(
    _ request: inout UpstreamRequest, for backend: Settings.Backend, by client: UpstreamClient,
    cancellation: Cancellation
  ) async throws(Failure) {
    guard backend.kind.findsCredentials, let source = source(for: backend) else { return }
    try await source.authorize(&request, by: client, cancellation: cancellation)
  }

  /// The upstream did not take what it was shown.
  func noteRefusal(by backend: Settings.Backend) {
    guard backend.kind.findsCredentials else { return }
    source(for: backend)?.discard()
  }

  private func source(for backend: Settings.Backend) -> CredentialSource? {
    places.withLock { places in
      if let known = places.firstIndex(where: { $0.backend.name == backend.name }) {
        if places[known].backend == backend { return places[known].source }
        places.remove(at: known)
      }
      let source = makeSource(for: backend)
      places.append(Place(backend: backend, source: source))
      return source
    }
  }

  private func makeSource(for backend: Settings.Backend) -> CredentialSource? {
    guard backend.apiKey == nil, backend.authToken == nil else { return nil }
    var surroundings = surroundings
    surroundings.proxy = backend.proxy
    surroundings.caFile = backend.caFile
    let cloud = backend.cloud
    switch backend.kind {
    case .bedrock:
      return .amazon(
        AmazonSettings(
          accessKeyID: cloud.accessKeyID, secretAccessKey: cloud.secretAccessKey,
          sessionToken: cloud.sessionToken, profile: cloud.profile,
          region: cloud.region ?? Self.region(inHost: backend.baseURL)),
        backend: backend.name, in: surroundings)
    case .vertex:
      return .google(
        cloud.credentialsFile.map { .keyFile($0) } ?? .applicationDefault,
        backend: backend.name, in: surroundings)
    case .azure:
      return .azure(azure(cloud), backend: backend.name, in: surroundings)
    case .openai, .anthropic, .gemini, .demo: return nil
    }
  }

  private func azure(_ cloud: Settings.Backend.Cloud) -> AzureCredential {
    if let tenant = cloud.tenantID, let client = cloud.clientID, let secret = cloud.clientSecret {
      return .application(tenant: tenant, client: client, secret: secret)
    }
    return cloud.clientID.map { .managedIdentity(client: $0) } ?? .surroundings
  }

  /// The region of an address such as `https://bedrock-runtime.REGION.amazonaws.com`.
  private static func region(inHost base: String) -> String? {
    let parts = base.split(separator: ".")
    return parts.count > 3 && parts[0].hasSuffix("bedrock-runtime") ? String(parts[1]) : nil
  }
}
