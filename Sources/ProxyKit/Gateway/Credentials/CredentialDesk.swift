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
      let ownsProof = backend.apiKey != nil || backend.authToken != nil
      let source = ownsProof ? nil : CredentialSource.cloud(backend, in: surroundings)
      places.append(Place(backend: backend, source: source))
      return source
    }
  }
}
