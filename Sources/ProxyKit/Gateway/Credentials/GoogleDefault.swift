internal import Transport

/// Application default credentials: what Google's own tools find.
///
///     GOOGLE_APPLICATION_CREDENTIALS → gcloud's file → the metadata server
struct GoogleDefault: GrantSupplier {
  func fetch(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    if let file = try Self.file(calls.surroundings) { return try await file.grant(calls) }
    return try await machine(calls)
  }

  /// The file, if there is one.
  static func file(
    _ surroundings: CredentialSurroundings
  ) throws(CredentialFault) -> GoogleKeyFile? {
    if let path = surroundings.variable("GOOGLE_APPLICATION_CREDENTIALS") {
      return try GoogleKeyFile(place: path, surroundings)
    }
    let folder = surroundings.variable("CLOUDSDK_CONFIG") ?? "~/.config/gcloud"
    let path = folder + "/application_default_credentials.json"
    guard let text = try surroundings.text(ofFile: path, called: "gcloud's credentials file")
    else { return nil }
    return try GoogleKeyFile(text: text, called: surroundings.expanded(path))
  }

  /// The service account of the machine: GCE, GKE, Cloud Run.
  private func machine(_ calls: TokenCalls) async throws(CredentialFault) -> Grant {
    let surroundings = calls.surroundings
    let base =
      surroundings.variable("GCE_METADATA_HOST").map { "http://" + $0 }
      ?? surroundings.places.googleInstance
    let what = "Google's metadata server"
    let remedy =
      "off Google Cloud set GOOGLE_APPLICATION_CREDENTIALS to the key of a service account, or run "
      + "`gcloud auth application-default login`"
    let answer: TokenCalls.Answer
    do {
      answer = try await calls.askNearby(
        base + "/computeMetadata/v1/instance/service-accounts/default/token",
        ["metadata-flavor": "Google"], called: what, remedy: remedy)
    } catch {
      throw CredentialFault(
        .missing, "no Google credentials were found, and \(error.what)", remedy: remedy)
    }
    guard answer.fields.first("metadata-flavor") == "Google" else {
      throw CredentialFault(
        .unreachable, "what answered at \(base) is not \(what)", remedy: remedy)
    }
    return try answer.oauthGrant(from: what, now: calls.now, remedy: remedy)
  }
}
