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
    _ request: IncomingRequest, _ question: RouteQuestion
  ) async throws(Failure) -> (IncomingRequest, RoutePlan) {
    guard request.dialect == .responses, ResponsesHistory.previous(of: request.document) != nil
    else { return (request, try router.plan(question)) }
    var request = request
    let plan: RoutePlan
    (request.document, plan) = try await recall(request.document, question)
    return (request, plan)
  }

  /// A response that is kept here is put in front of the input; one that a backend has kept leads
  /// there, whatever the model is mapped to.
  func recall(
    _ document: JSONDocument, _ question: RouteQuestion
  ) async throws(Failure) -> (JSONDocument, RoutePlan) {
    guard let id = ResponsesHistory.previous(of: document) else {
      return (document, try router.plan(question))
    }
    switch try await find(id)?.place {
    case .here(let input, let response):
      let joined = try ResponsesHistory.joined(document, after: input, response)
      return (try IncomingRequest.object(in: joined), try router.plan(question))
    case .backend(let name):
      guard let found = try plan(at: name, question) else {
        throw ResponsesHistory.missing(id)
      }
      return (document, found)
    case nil:
      let plan = try router.plan(question)
      // With a credential of its own a caller reaches at the vendor what is its own and no more.
      guard plan.deployments.first?.backend.forwardClientAuthorization == true else {
        throw ResponsesHistory.missing(id)
      }
      return (document, plan)
    }
  }

  private var router: Router { Router(fleet: house.fleet, snapshot: snapshot) }

  /// Nil when the backend of that name is no longer there, or no longer speaks Responses.
  private func plan(at backend: String, _ question: RouteQuestion) throws(Failure) -> RoutePlan? {
    guard snapshot.settings.backend(named: backend) != nil else { return nil }
    var question = question
    var plan = try? router.plan(question)
    plan?.deployments.removeAll { $0.backend.name != backend || $0.dialect != .responses }
    if plan?.deployments.isEmpty ?? true {
      question.prefix = backend
      plan = try router.plan(question)
    }
    plan?.fallbacks = []
    return plan?.deployments.first?.dialect == .responses ? plan : nil
  }
}

extension Failure {
  fileprivate init(_ failure: StorageFailure) {
    self.init(
      .internal, origin: .proxy, status: 503,
      "kept responses cannot be read now: \(failure.message)")
  }
}
