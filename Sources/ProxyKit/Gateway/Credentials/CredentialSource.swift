internal import Dialects
internal import Synchronization
internal import Transport

/// Authorizes a backend's requests with a grant that is fetched when it is needed, kept while it
/// is good, and renewed before it ends.
///
/// However many requests ask, one fetch is on its way at a time: those that have a good grant go on
/// with it, the others wait. Nobody's leaving ends a fetch that others wait for.
final class CredentialSource: Sendable {
  private struct State {
    var grant: Grant?
    var fetchedAt: Int64 = 0
    var isFetching = false
    var waiters: [GrantWaiter] = []
    /// The last fetch failed; what is asked until then gets the same answer.
    var failure: (fault: CredentialFault, until: Int64)?
  }

  private enum Step {
    case use(Grant)
    case fail(CredentialFault)
    case wait(GrantWaiter)
  }

  /// How long a failure is remembered, in seconds.
  private static let failurePause: Int64 = 5
  /// How old a grant must be before an upstream's refusal has it fetched again.
  private static let youngest: Int64 = 30

  private let backend: String
  private let supplier: any GrantSupplier
  private let surroundings: CredentialSurroundings
  private let signing: (region: String, service: String)
  private let state = Mutex(State())

  /// `region` and `service` are for Amazon's signatures.
  init(
    backend: String, supplier: any GrantSupplier, surroundings: CredentialSurroundings,
    region: String = "", service: String = "bedrock"
  ) {
    self.backend = backend
    self.supplier = supplier
    self.surroundings = surroundings
    signing = (region, service)
  }

  /// Adds the proof to a request that is finished: where it signs, nothing may change afterwards.
  func authorize(
    _ request: inout UpstreamRequest, by client: UpstreamClient,
    cancellation: Cancellation = Cancellation()
  ) async throws(Failure) {
    let grant = try await grant(by: client, cancellation)
    switch grant.proof {
    case .bearer(let token):
      request.fields.set("authorization", "Bearer " + token.reveal())
    case .field(let name, let secret): request.fields.set(name, secret.reveal())
    case .amazon(let credentials):
      SigV4Signer(credentials, region: signing.region, service: signing.service)
        .sign(&request, atSeconds: surroundings.now())
    }
    if let companion = grant.companion, !request.fields.contains(companion.name) {
      request.fields.append(companion.name, companion.value)
    }
  }

  /// The upstream did not take the grant: the next request fetches a new one.
  func discard() {
    let now = surroundings.now()
    state.withLock { state in
      if state.fetchedAt + Self.youngest <= now { state.grant = nil }
    }
  }

  private func grant(
    by client: UpstreamClient, _ cancellation: Cancellation
  ) async throws(Failure) -> Grant {
    let (step, fetches) = next(at: surroundings.now())
    if fetches { client.loop.run { await self.fetch(by: client) } }
    switch step {
    case .use(let grant): return grant
    case .fail(let fault): throw fault.failure(backend: backend)
    case .wait(let waiter):
      let registration = cancellation.onCancel { waiter.leave() }
      let outcome = await waiter.wait()
      cancellation.forget(registration)
      switch outcome {
      case .granted(let grant): return grant
      case .refused(let fault): throw fault.failure(backend: backend)
      case .left:
        throw Failure(
          TransportFailure(.cancelled, "was left while its credentials were fetched"),
          backend: backend)
      }
    }
  }

  private func next(at now: Int64) -> (step: Step, fetches: Bool) {
    state.withLock { state in
      let mayFetch = !state.isFetching && state.failure.map { now >= $0.until } ?? true
      if let grant = state.grant, grant.isValid(at: now) {
        let isDue = mayFetch && now >= grant.refreshAt(fetchedAt: state.fetchedAt)
        if isDue { state.isFetching = true }
        return (.use(grant), isDue)
      }
      if !state.isFetching, !mayFetch, let failure = state.failure {
        return (.fail(failure.fault), false)
      }
      let waiter = GrantWaiter()
      state.waiters.append(waiter)
      state.isFetching = true
      return (.wait(waiter), mayFetch)
    }
  }

  private func fetch(by client: UpstreamClient) async {
    let outcome: GrantWaiter.Outcome
    do throws(CredentialFault) {
      let calls = TokenCalls(client: client, surroundings: surroundings)
      let grant = try await supplier.fetch(calls)
      outcome = .granted(grant)
    } catch {
      outcome = .refused(error)
    }
    let now = surroundings.now()
    let waiters = state.withLock { state in
      state.isFetching = false
      switch outcome {
      case .granted(let grant):
        state.grant = grant
        state.fetchedAt = now
        state.failure = nil
      case .refused(let fault): state.failure = (fault, now + Self.failurePause)
      case .left: break
      }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.settle(outcome) }
  }
}

extension CredentialSource {
  /// Amazon's credentials; nil when nothing says which region is meant.
  static func amazon(
    _ settings: AmazonSettings, service: String = "bedrock", backend: String,
    in surroundings: CredentialSurroundings
  ) -> CredentialSource? {
    guard let region = settings.region(in: surroundings) else { return nil }
    return CredentialSource(
      backend: backend, supplier: AmazonChain(settings: settings), surroundings: surroundings,
      region: region, service: service)
  }
}
