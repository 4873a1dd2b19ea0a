internal import CCurl
internal import Glibc
internal import Synchronization

/// Sends requests to upstreams from one loop and keeps their connections.
///
/// curl says which sockets it waits for and when it wants to be called. A socket stays in the
/// loop's poll set from its first use until curl closes it: making and closing a poll handle for
/// each transfer costs a quarter of the throughput.
package final class UpstreamClient: Sendable, TurnEnd, LoopResident {
  /// A socket in the loop's poll set.
  private struct Polled {
    var watch: SocketWatch
    /// What curl waits for; nothing while the connection is idle or paused.
    var wanted: SocketWatch.Events
    /// What the loop waits for; follows `wanted` only when it must.
    var polled: SocketWatch.Events
  }

  private struct State {
    var isAttached = false
    var isClosed = false
    var idle: [EasyHandle] = []
    var transfers: [UInt: (transfer: Transfer, easy: EasyHandle)] = [:]
    var sockets: [Int32: Polled] = [:]
    var alarm: Alarm?
    var ticker: Alarm?
    var isTicking = false
  }

  /// How many unused connections and handles are kept.
  private static let mostKept = 256
  private static let tick: UInt64 = 50

  let loop: EventLoop
  private let multi: Address
  private let isDue = Atomic<Bool>(false)
  private let isScheduled = Atomic<Bool>(false)
  private let state = Mutex(State())

  package init(loop: EventLoop) {
    self.loop = loop
    _ = CurlLibrary.isReady
    let multi = unsafe curl_multi_init()
    self.multi = unsafe Address(multi)
    let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe anyllm_curl_multi_set_socket_callback(multi, CurlCallbacks.socket)
    unsafe anyllm_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, owner)
    unsafe anyllm_curl_multi_set_timer_callback(multi, CurlCallbacks.timer)
    unsafe anyllm_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, owner)
    unsafe anyllm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, UpstreamClient.mostKept)
  }

  deinit {
    // A client that was used is adopted by its loop and hence closed before it goes.
    if !state.withLock({ $0.isAttached }) { unsafe curl_multi_cleanup(multi.raw) }
  }

  /// Sends a request and waits for the head of its reply; `cancellation` holds until the end.
  package func send(
    _ request: UpstreamRequest, cancellation: Cancellation = Cancellation()
  ) async throws(TransportFailure) -> UpstreamResponse {
    let transfer = Transfer(request, client: self)
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
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return state.isAttached && !state.isClosed
    }
    guard isFirst else { return }
    for transfer in state.withLock({ $0.transfers.values.map(\.transfer) }) {
      end(transfer, .failure(transfer.failure(.cancelled, "the client was closed")))
    }
    for easy in state.withLock({ $0.idle }) {
      var easy = easy
      easy.close()
    }
    // Closes the sockets, by our callback.
    unsafe curl_multi_cleanup(multi.raw)
    let alarms = state.withLock { state in
      defer { state.idle = [] }
      return [state.alarm, state.ticker]
    }
    for alarm in alarms { alarm?.close() }
    loop.dismiss(self)
  }

  /// The loop's clock, in milliseconds.
  var now: UInt64 { loop.milliseconds }

  /// Ends a transfer before its time; on the loop's thread, outside curl.
  func end(_ transfer: Transfer, _ outcome: Result<Void, TransportFailure>) {
    let address = transfer.state.withLock { $0.easy }
    transfer.end(outcome)
    if address != .none { release(address) }
  }

  /// Lets curl go on reading after a pause; on the loop's thread, outside curl.
  func unpause(_ transfer: Transfer) {
    let easy = transfer.state.withLock { state in
      state.deadline = now &+ transfer.idleTimeout
      return state.easy
    }
    guard let easy = unsafe easy.raw else { return }
    unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
    schedule()
  }

  func turnEnded() {
    isScheduled.store(false, ordering: .relaxed)
    guard !state.withLock({ $0.isClosed }) else { return }
    if isDue.exchange(false, ordering: .relaxed) { act(CURL_SOCKET_TIMEOUT, 0) }
    collect()
  }

  func setTimer(_ milliseconds: Int) {
    if milliseconds == 0 {
      isDue.store(true, ordering: .relaxed)
      schedule()
      return
    }
    guard let alarm = state.withLock({ $0.alarm }) else { return }
    if milliseconds < 0 { alarm.clear() } else { alarm.set(milliseconds: UInt64(milliseconds)) }
  }

  /// curl waits for `events` of `socket`, or for nothing any more.
  func watch(_ socket: Int32, _ events: SocketWatch.Events) {
    let watch = state.withLock { state -> SocketWatch? in
      guard let index = state.sockets.index(forKey: socket) else { return nil }
      state.sockets.values[index].wanted = events
      // Waiting for more than is wanted costs nothing until it happens.
      guard !events.isEmpty, events != state.sockets.values[index].polled else { return nil }
      state.sockets.values[index].polled = events
      return state.sockets.values[index].watch
    }
    if let watch {
      watch.wait(for: events)
      return
    }
    guard !events.isEmpty, state.withLock({ $0.sockets[socket] == nil }) else { return }
    let new = SocketWatch(loop: loop, descriptor: socket) { [weak self] events in
      self?.happened(socket, events)
    }
    guard let new else { return }
    state.withLock { $0.sockets[socket] = Polled(watch: new, wanted: events, polled: events) }
    new.wait(for: events)
  }

  func closeSocket(_ socket: Int32) {
    state.withLock { $0.sockets.removeValue(forKey: socket) }?.watch.close()
    Glibc.close(socket)
  }

  private func start(_ transfer: Transfer) {
    if transfer.state.withLock({ $0.outcome != nil }) { return }
    attach()
    let easy = state.withLock { state in state.isClosed ? nil : state.idle.popLast() }
    guard !state.withLock({ $0.isClosed }), var easy = easy ?? EasyHandle(client: self) else {
      transfer.end(.failure(transfer.failure(.local, "could not be called: the client is closed")))
      return
    }
    easy.load(transfer)
    let address = easy.address
    transfer.state.withLock { state in
      state.easy = address
      state.deadline = now &+ transfer.request.firstByteTimeout.wholeMilliseconds
    }
    let startsTicking = state.withLock { state in
      state.transfers[address.bits] = (transfer, easy)
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if startsTicking { state.withLock { $0.ticker }?.set(milliseconds: UpstreamClient.tick) }
    unsafe curl_multi_add_handle(multi.raw, address.raw)
    schedule()
  }

  private func attach() {
    guard !state.withLock({ $0.isAttached }) else { return }
    let alarm = Alarm(loop: loop) { [weak self] in self?.ring() }
    let ticker = Alarm(loop: loop) { [weak self] in self?.tick() }
    state.withLock { state in
      state.isAttached = true
      state.alarm = alarm
      state.ticker = ticker
    }
    loop.adopt(self)
  }

  private func schedule() {
    guard !isScheduled.exchange(true, ordering: .relaxed) else { return }
    loop.atTurnEnd(self)
  }

  private func ring() {
    isDue.store(true, ordering: .relaxed)
    schedule()
  }

  private func happened(_ socket: Int32, _ events: SocketWatch.Events) {
    let (wanted, watch) = state.withLock { state in
      let polled = state.sockets[socket]
      return (polled?.wanted ?? [], polled?.watch)
    }
    guard !wanted.isEmpty else {
      // Idle and closed by the upstream, or paused: curl would not read, and we would spin.
      watch?.wait(for: [])
      state.withLock { $0.sockets[socket]?.polled = [] }
      return
    }
    var mask: Int32 = 0
    if events.contains(.readable) { mask |= CURL_CSELECT_IN }
    if events.contains(.writable) { mask |= CURL_CSELECT_OUT }
    act(socket, mask)
    collect()
  }

  private func act(_ socket: Int32, _ mask: Int32) {
    var running: Int32 = 0
    unsafe curl_multi_socket_action(multi.raw, socket, mask, &running)
  }

  /// Learns which transfers are done.
  private func collect() {
    var result = CURLE_OK
    while let easy = unsafe anyllm_curl_finished(multi.raw, &result) {
      let address = unsafe Address(easy)
      guard let transfer = state.withLock({ $0.transfers[address.bits]?.transfer }) else {
        continue
      }
      unsafe transfer.end(
        result == CURLE_OK ? .success(()) : .failure(transfer.failure(result, easy)))
      release(address)
    }
  }

  /// Takes the handle out of curl's hands and keeps it for the next transfer.
  private func release(_ address: Address) {
    unsafe curl_multi_remove_handle(multi.raw, address.raw)
    let surplus = state.withLock { state -> EasyHandle? in
      guard let (_, easy) = state.transfers.removeValue(forKey: address.bits) else { return nil }
      if state.idle.count >= UpstreamClient.mostKept || state.isClosed { return easy }
      state.idle.append(easy)
      return nil
    }
    if var surplus { surplus.close() }
  }

  private func tick() {
    let transfers = state.withLock { state in
      state.isTicking = !state.transfers.isEmpty
      return state.transfers.values.map(\.transfer)
    }
    let now = now
    for transfer in transfers {
      guard let kind = transfer.tick(now) else { continue }
      end(transfer, .failure(transfer.failure(kind, kind.sentence)))
    }
    if !transfers.isEmpty {
      state.withLock { $0.ticker }?.set(milliseconds: UpstreamClient.tick)
    }
  }
}

/// curl itself, made ready once for the process.
private enum CurlLibrary {
  static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
