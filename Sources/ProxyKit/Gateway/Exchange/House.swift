internal import ControlPlane
internal import Dialects
internal import Storage
internal import Transport

/// What all exchanges share.
final class House: Sendable {
  let snapshots: SnapshotBox
  let board = LiveBoard()
  let finished = FinishedFeed()
  let bodies: ByteBudget
  private let records: RecordQueue
  private let ids = RequestIDs()
  private let clients: [(loop: EventLoop, client: UpstreamClient)]

  init(snapshots: SnapshotBox, records: RecordQueue, bodyBudget: Int, loops: [EventLoop]) {
    self.snapshots = snapshots
    self.records = records
    bodies = ByteBudget(limit: bodyBudget)
    clients = loops.map { ($0, UpstreamClient(loop: $0)) }
  }

  /// The client whose connections live on a loop.
  func upstream(for loop: EventLoop) -> UpstreamClient {
    for entry in clients where entry.loop === loop { return entry.client }
    preconditionFailure("a request came in on a loop that the gateway did not make")
  }

  func closeUpstreams() {
    for entry in clients { entry.client.close() }
  }

  /// The id of a request: the client's own when it can stand in a header, else a new one.
  func requestID(_ head: RequestHead) -> String {
    if let given = head.fields.first("x-request-id"), RequestIDs.isFit(given) { return given }
    return ids.next()
  }

  func fields(for live: LiveExchange) -> HTTPFields {
    HTTPFields([("x-request-id", live.id)])
  }

  /// Answers with an error, in the language of the path.
  func respond(
    _ failure: Failure, in dialect: Dialect, to client: ServerExchange, id: String,
    extra: (String, String)? = nil
  ) {
    var fields = HTTPFields([("x-request-id", id), ("content-type", "application/json")])
    if let extra { fields.append(extra.0, extra.1) }
    if let seconds = failure.retryAfterSeconds { fields.append("retry-after", String(seconds)) }
    if failure.kind == .billing { fields.append("x-should-retry", "false") }
    client.respond(
      status: failure.status, fields: fields,
      body: dialect.codec.encodeFailure(failure, requestID: id))
  }

  /// Answers a caller that did not get in; it is shown, and is no exchange.
  func turnAway(_ failure: Failure, in dialect: Dialect, _ client: ServerExchange) {
    let id = requestID(client.head)
    board.turnAway(failure, requestID: id, at: .now, nowMs: WallClock.milliseconds())
    respond(failure, in: dialect, to: client, id: id)
  }

  /// One attempt is over; called once for each.
  func endAttempt(backend: String, firstTokenMs: Int?, failure: Failure?) {
    board.end(
      backend: backend, firstTokenMs: firstTokenMs, failure: failure, at: .now,
      nowMs: WallClock.milliseconds())
  }

  /// The one settlement of an exchange: counters, ledger, log, live view, watchers.
  func settle(_ live: LiveExchange, _ ending: Ending) {
    let now = ContinuousClock.now
    live.with { state in
      state.ending = ending
      state.endedAt = now
    }
    board.close(live, at: now, nowMs: WallClock.milliseconds())
    // Who was not let in is shown, but cannot fill the ledger.
    guard live.with({ !$0.caller.isEmpty }) else { return }
    let record = live.record(at: now)
    if !records.append(record) { board.drop() }
    finished.publish(record.summary(sequence: 0))
  }
}
