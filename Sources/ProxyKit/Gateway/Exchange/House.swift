internal import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization
internal import Transport

/// What all exchanges share.
final class House: Sendable {
  let snapshots: SnapshotBox
  let board = LiveBoard()
  let finished = FinishedFeed()
  let bodies: ByteBudget
  let accounts: AccountBook
  let tokens = TokenDesk()
  let credentials: CredentialDesk
  let fleet = Fleet()
  let responses: ResponseShelf
  let keptBodies: BodyShelf
  let cache = ReplyCache()
  private let records: RecordQueue
  private let ids = RequestIDs()
  /// Models that were charged without anybody knowing their price.
  private let unpriced = Mutex<Set<String>>([])
  private let clients: [(loop: EventLoop, client: UpstreamClient)]

  init(
    snapshots: SnapshotBox, store: Store, accounts: AccountBook, credentials: CredentialDesk,
    bodyBudget: Int,
    loops: [EventLoop]
  ) {
    self.snapshots = snapshots
    records = store.records
    responses = store.responses
    keptBodies = store.bodies
    self.accounts = accounts
    self.credentials = credentials
    bodies = ByteBudget(limit: bodyBudget)
    clients = loops.map { ($0, UpstreamClient(loop: $0)) }
  }

  /// The client whose connections live on a loop.
  func upstream(for loop: EventLoop) -> UpstreamClient {
    for entry in clients where entry.loop === loop { return entry.client }
    preconditionFailure("a request came in on a loop that the gateway did not make")
  }

  /// Sends a request to a deployment's server, with the credential that has to be fetched or signs.
  func send(
    _ request: UpstreamRequest, to deployment: Deployment, on loop: EventLoop,
    cancellation: Cancellation
  ) async throws(Failure) -> UpstreamResponse {
    let client = upstream(for: loop)
    guard deployment.backend.kind.findsCredentials else {
      return try await Self.deliver(request, deployment, client, cancellation)
    }
    var request = request
    try await credentials.authorize(
      &request, for: deployment.backend, by: client, cancellation: cancellation)
    return try await Self.deliver(request, deployment, client, cancellation)
  }

  private static func deliver(
    _ request: UpstreamRequest, _ deployment: Deployment, _ client: UpstreamClient,
    _ cancellation: Cancellation
  ) async throws(Failure) -> UpstreamResponse {
    do {
      return try await client.send(request, cancellation: cancellation)
    } catch {
      throw Failure(error, backend: deployment.backend.name)
    }
  }

  func closeUpstreams() {
    for entry in clients { entry.client.close() }
  }

  /// The id of a request: the client's own when it can stand in a header, else a new one.
  func requestID(_ head: RequestHead) -> String {
    if let given = head.fields.first("x-request-id"), RequestIDs.isFit(given) { return given }
    return ids.next()
  }

  /// What every reply says: its request's id, and what its caller has left.
  func fields(for live: LiveExchange) -> HTTPFields {
    var fields = HTTPFields([("x-request-id", live.id)])
    if let word = live.with({ $0.cache }) { fields.append(CacheControls.field, word) }
    if let caller = live.with({ $0.limited }) {
      LimitFields.append(caller, in: live.dialect, to: &fields, nowMs: WallClock.milliseconds())
    }
    return fields
  }

  /// Answers with an error, in the language of the path.
  func respond(
    _ failure: Failure, in dialect: Dialect, to client: ServerExchange,
    beside given: HTTPFields
  ) {
    var fields = given
    fields.append("content-type", "application/json")
    for (name, value) in dialect.codec.failureFields(failure) { fields.append(name, value) }
    if let seconds = failure.retryAfterSeconds { fields.set("retry-after", String(seconds)) }
    if failure.kind == .billing { fields.set("x-should-retry", "false") }
    client.respond(
      status: failure.status, fields: fields,
      body: failure.verbatim
        ?? dialect.codec.encodeFailure(failure, requestID: fields.first("x-request-id") ?? ""))
  }

  /// Answers a caller that did not get in; it is shown, and is no exchange.
  func turnAway(_ failure: Failure, in dialect: Dialect, _ client: ServerExchange) {
    let id = requestID(client.head)
    board.turnAway(failure, requestID: id, at: .now, nowMs: WallClock.milliseconds())
    respond(failure, in: dialect, to: client, beside: HTTPFields([("x-request-id", id)]))
  }

  /// An attempt begins, unless its deployment must not be asked now; the exchange's settlement ends
  /// the last one.
  func beginAttempt(
    _ deployment: Deployment, of live: LiveExchange, regardless: Bool = true
  ) -> Station.Refusal? {
    let now = ContinuousClock.now
    let tokens = live.with { $0.estimatedInput }
    if let refusal = deployment.station.enter(
      deployment.limits, tokens: tokens, regardless: regardless, at: now)
    {
      return refusal
    }
    let open = OpenAttempt(
      deployment: deployment, startedAt: now,
      reservedTokens: deployment.limits.tokensPerMinute == nil ? 0 : tokens)
    live.with { state in
      state.attempts += 1
      state.openAttempt = open
      state.backend = deployment.backend.name
      state.modelSent = deployment.model
      state.refusalFields = HTTPFields()
    }
    board.begin(backend: deployment.backend.name, at: now)
    return nil
  }

  /// An attempt failed and another one may follow.
  func failAttempt(_ deployment: Deployment, of live: LiveExchange, _ failure: Failure) {
    let now = ContinuousClock.now
    let isCancelled = live.cancellation.isCancelled
    let open = live.with { state in
      defer { state.openAttempt = nil }
      state.note(failure, of: deployment, at: now)
      return state.openAttempt
    }
    open?.end(failure, isCancelled: isCancelled, at: now)
    board.end(
      backend: deployment.backend.name, firstTokenMs: nil, failure: isCancelled ? nil : failure,
      at: now, nowMs: WallClock.milliseconds())
  }

  /// The one settlement of an exchange: account, counters, ledger, log, live view, watchers.
  func settle(_ live: LiveExchange, _ ending: Ending) {
    let now = ContinuousClock.now
    let nowMs = WallClock.milliseconds()
    let finished = live.finish(ending, at: now)
    if let permit = finished.permit { settle(permit, finished.record, nowMs) }
    if !finished.pricesAreKnown { warn(ofUnpriced: finished.record) }
    board.close(live, finished, at: now, nowMs: nowMs)
    // Who was not let in is shown, but cannot fill the ledger.
    guard finished.wasAdmitted else { return }
    if let copy = live.with({ $0.copy }) {
      keptBodies.keep(copy.kept(as: live.id, atMs: live.startedAtMs))
    }
    if !records.append(finished.record) { board.drop() }
    if self.finished.isWatched { self.finished.publish(finished.record.summary(sequence: 0)) }
  }

  /// Books what an exchange used on its caller's account, and says when a budget nears its end.
  private func settle(_ permit: Permit, _ record: ExchangeRecord, _ nowMs: Int64) {
    let spending = Spending(
      inputTokens: record.inputTokens, outputTokens: record.outputTokens,
      nanoDollars: record.costNanoDollars ?? 0)
    for alert in permit.account.settle(permit, spending, nowMs: nowMs) {
      board.note([
        "key \(record.keyName) has spent \(alert.percent)% of its budget of \(alert.terms.words)"
      ])
    }
  }

  /// Says once of a model that its price is a guess.
  private func warn(ofUnpriced record: ExchangeRecord) {
    let name = record.backend + ":" + record.modelSent
    let isNew = unpriced.withLock { $0.count < 256 && $0.insert(name).inserted }
    guard isNew else { return }
    board.note([
      "no price is known for \(name): $5.00 and $25.00 for a million tokens in and out are charged; "
        + "`prices` sets it"
    ])
  }
}
