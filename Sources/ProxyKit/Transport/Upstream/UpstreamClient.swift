internal import Synchronization

/// Sends requests to upstreams from one loop and keeps their connections.
///
/// Cleartext HTTP/1.1 to an address goes the short way, by `PlainCarrier`; everything else is
/// `CurlCarrier`'s. Both fill a `Transfer`, and whoever reads it cannot tell them apart.
package final class UpstreamClient: Sendable, LoopResident {
  private struct State {
    var isClosed = false
    var isAttached = false
    var isTicking = false
    var ticker: Alarm?
    /// Those that go on; each knows its place.
    var active: [Transfer] = []
  }

  /// How many unused connections and handles are kept.
  static let mostKept = 256
  /// How coarse the deadlines of transfers are, in milliseconds.
  private static let tick: UInt64 = 50

  package let loop: EventLoop
  private let curl: CurlCarrier
  private let plain: PlainCarrier
  private let isCurlOnly: Bool
  private let state = Mutex(State())

  package convenience init(loop: EventLoop) {
    self.init(loop: loop, isCurlOnly: false)
  }

  /// `isCurlOnly` leaves even what is plain to curl, so that tests see both ways.
  package init(loop: EventLoop, isCurlOnly: Bool) {
    self.loop = loop
    self.isCurlOnly = isCurlOnly
    curl = CurlCarrier(loop: loop)
    plain = PlainCarrier(loop: loop)
  }

  /// Sends a request and waits for the head of its reply; `cancellation` holds until the end.
  package func send(
    _ request: consuming UpstreamRequest, cancellation: Cancellation = Cancellation()
  ) async throws(TransportFailure) -> UpstreamResponse {
    let transfer = Transfer(consume request, client: self)
    let registration = cancellation.onCancel { transfer.cancel() }
    if loop.isCurrent { start(transfer) } else { loop.perform { self.start(transfer) } }
    await transfer.wait(until: .max) { $0.isHeadComplete || $0.outcome != nil }
    let (head, outcome) = transfer.state.withLock { state in
      (state.isHeadComplete ? state.head : nil, state.outcome)
    }
    if case .failure(let failure) = outcome, head == nil || failure.kind == .cancelled {
      cancellation.forget(registration)
      throw failure
    }
    guard let head else {
      cancellation.forget(registration)
      throw transfer.failure(.malformed, "sent no head of a reply")
    }
    return UpstreamResponse(
      head: head, transfer: transfer, cancellation: cancellation, registration: registration)
  }

  /// Ends all transfers and closes all connections.
  package func close() {
    loop.perform { self.loopEnds() }
  }

  func loopEnds() {
    let transfers = state.withLock { state -> [Transfer] in
      defer { state.isClosed = true }
      return state.isClosed ? [] : state.active
    }
    for transfer in transfers {
      end(transfer, .failure(transfer.failure(.cancelled, "was left: the client was closed")))
    }
    curl.close()
    plain.close()
    state.withLock { $0.ticker.take() }?.close()
    loop.dismiss(self)
  }

  /// The loop's clock, in milliseconds.
  var now: UInt64 { loop.milliseconds }

  /// Ends a transfer before its time; on the loop's thread, outside curl.
  func end(_ transfer: Transfer, _ outcome: Result<Void, TransportFailure>) {
    let carrier = transfer.state.withLock { $0.carrier }
    transfer.end(outcome)
    switch carrier {
    case .none: break
    case .curl(let easy): curl.release(easy)
    case .plain(let connection): plain.isDone(connection, reusable: false)
    }
  }

  /// Lets a transfer that was held up come again; on the loop's thread, outside curl.
  func unpause(_ transfer: Transfer) {
    let carrier = transfer.state.withLock { state in
      if state.outcome == nil { state.deadline = now &+ transfer.request.idleTimeout }
      return state.carrier
    }
    switch carrier {
    case .none: break
    case .curl(let easy): curl.unpause(easy)
    case .plain(let connection): connection.unpause()
    }
  }

  /// A transfer has ended: its time is no longer watched.
  func forget(_ transfer: Transfer) {
    state.withLock { state in
      let place = transfer.place.load(ordering: .relaxed)
      guard place >= 0 else { return }
      transfer.place.store(-1, ordering: .relaxed)
      let last = state.active.removeLast()
      guard last !== transfer else { return }
      state.active[place] = last
      last.place.store(place, ordering: .relaxed)
    }
  }

  private func start(_ transfer: Transfer) {
    attach()
    let (isClosed, alarm) = state.withLock { state -> (Bool, Alarm?) in
      if state.isClosed { return (true, nil) }
      defer { state.isTicking = true }
      return (false, state.isTicking ? nil : state.ticker)
    }
    guard !isClosed else {
      transfer.end(.failure(transfer.failure(.local, "was not called: the client is closed")))
      return
    }
    alarm?.set(milliseconds: UpstreamClient.tick)
    let isLive = transfer.state.withLock { state in
      state.deadline = now &+ transfer.request.firstByteTimeout
      return state.outcome == nil
    }
    guard isLive else { return }
    state.withLock { state in
      transfer.place.store(state.active.count, ordering: .relaxed)
      state.active.append(transfer)
    }
    if !isCurlOnly, transfer.request.mayConnect == nil, plain.start(transfer) { return }
    curl.start(transfer)
  }

  private func attach() {
    guard !state.withLock({ $0.isAttached || $0.isClosed }) else { return }
    let ticker = Alarm(loop: loop) { [weak self] in self?.tick() }
    state.withLock { state in
      state.isAttached = true
      state.ticker = ticker
    }
    loop.adopt(self)
  }

  private func tick() {
    let (transfers, alarm) = state.withLock { state in
      state.isTicking = !state.active.isEmpty
      return (state.active, state.isTicking ? state.ticker : nil)
    }
    let now = now
    for transfer in transfers {
      guard let kind = transfer.tick(now) else { continue }
      end(transfer, .failure(transfer.failure(kind, kind.sentence)))
    }
    alarm?.set(milliseconds: UpstreamClient.tick)
  }
}
