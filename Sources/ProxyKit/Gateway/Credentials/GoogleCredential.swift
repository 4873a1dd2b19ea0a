/// How a backend of Google's is to be paid for, as the operator wrote it.
enum GoogleCredential: Sendable {
  /// A token that somebody else renews.
  case accessToken(Secret)
  case apiKey(Secret)
  /// The text of a service account's key, or the path of the file that has it.
  case keyFile(String)
  /// What Google's own tools would find: a file of the environment's, a person's, the machine's.
  case applicationDefault
}

extension CredentialSource {
  /// Google's credentials.
  static func google(
    _ credential: GoogleCredential, backend: String, in surroundings: CredentialSurroundings
  ) -> CredentialSource {
    let supplier: any GrantSupplier =
      switch credential {
      case .accessToken(let token): FixedGrant(Grant(.bearer(token)))
      case .apiKey(let key): FixedGrant(Grant(.field("x-goog-api-key", key)))
      case .keyFile(let text): GoogleKey(place: text)
      case .applicationDefault: GoogleDefault()
      }
    return CredentialSource(backend: backend, supplier: supplier, surroundings: surroundings)
  }
}

extension GoogleCredential {
  /// The project: of the environment or of the key, the first that says one.
  func project(in surroundings: CredentialSurroundings) -> String? {
    for name in ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_PROJECT_ID"] {
      if let project = surroundings.variable(name) { return project }
    }
    switch self {
    case .accessToken, .apiKey: return nil
    case .keyFile(let place):
      return (try? GoogleKeyFile(place: place, surroundings))?.project
    case .applicationDefault:
      return (try? GoogleDefault.file(surroundings)).flatMap(\.self)?.project
    }
  }
}

/// A key that the operator named.
struct GoogleKey: GrantSupplier {
  /// The text of the key, or its path.
  let place: String

  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    try await GoogleKeyFile(place: place, calls.surroundings).grant(calls)
  }
}
