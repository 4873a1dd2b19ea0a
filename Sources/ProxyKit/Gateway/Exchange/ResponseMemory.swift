internal import Dialects
internal import Storage

/// What a caller's earlier responses mean for what it asks now.
struct ResponseMemory {
  let house: House
  let snapshot: Snapshot
  let caller: Caller

  /// The response of this name; nil when there is none, or another caller made it.
  func find(_ id: String) async throws(Failure) -> KeptResponse? {
    do throws(StorageFailure) {
      return try await house.responses.response(id: id, owner: caller.owner)
    } catch {
      throw Failure(error)
    }
  }

  func forget(_ id: String) async throws(Failure) {
    do throws(StorageFailure) {
      _ = try await house.responses.remove(id: id, owner: caller.owner)
    } catch {
      throw Failure(error)
    }
  }

  /// The request with all that it means, and who can answer it.
  func recall(
    _ request: IncomingRequest, prefix: String?
  ) async throws(Failure) -> (IncomingRequest, [Deployment]) {
    guard request.dialect == .responses, ResponsesHistory.previous(of: request.document) != nil
    else { return (request, try snapshot.deployments(for: request.model, prefix: prefix)) }
    var request = request
    let deployments: [Deployment]
    (request.document, deployments) = try await recall(
      request.document, model: request.model, prefix: prefix)
    return (request, deployments)
  }

  /// A response that is kept here is put in front of the input; one that a backend has kept leads
  /// there, whatever the model is mapped to.
  func recall(
    _ document: JSONDocument, model: String, prefix: String?
  ) async throws(Failure) -> (JSONDocument, [Deployment]) {
    guard let id = ResponsesHistory.previous(of: document) else {
      return (document, try snapshot.deployments(for: model, prefix: prefix))
    }
    switch try await find(id)?.place {
    case .here(let input, let response):
      let joined = try ResponsesHistory.joined(document, after: input, response)
      return (
        try IncomingRequest.object(in: joined),
        try snapshot.deployments(for: model, prefix: prefix)
      )
    case .backend(let name):
      guard let found = try deployments(at: name, for: model) else {
        throw ResponsesHistory.missing(id)
      }
      return (document, found)
    case nil:
      let deployments = try snapshot.deployments(for: model, prefix: prefix)
      // With a credential of its own a caller reaches at the vendor what is its own and no more.
      guard deployments.first?.backend.forwardClientAuthorization == true else {
        throw ResponsesHistory.missing(id)
      }
      return (document, deployments)
    }
  }

  /// Nil when the backend of that name is no longer there, or no longer speaks Responses.
  private func deployments(
    at backend: String, for model: String
  ) throws(Failure) -> [Deployment]? {
    guard snapshot.settings.backend(named: backend) != nil else { return nil }
    let mapped = try? snapshot.deployments(for: model, prefix: nil)
    let found =
      mapped?.first?.backend.name == backend
      ? mapped : try snapshot.deployments(for: model, prefix: backend)
    return found?.first?.dialect == .responses ? found : nil
  }
}

extension Failure {
  fileprivate init(_ failure: StorageFailure) {
    self.init(
      .internal, origin: .proxy, status: 503,
      "kept responses cannot be read now: \(failure.message)")
  }
}
