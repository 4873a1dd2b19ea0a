internal import CCurl
internal import Glibc
internal import Synchronization

/// Carries transfers with curl, on one loop.
///
/// curl says which sockets it waits for and when it wants to be called. A socket stays in the
/// loop's poll set from its first use until curl closes it: making and closing a poll handle for
/// each transfer costs a quarter of the throughput.
final class CurlCarrier: Sendable, TurnEnd {
  /// A socket of curl's in the loop's poll set.
  private struct Polled {
    var watch: SocketWatch
    /// What curl waits for; nothing while the connection is idle or paused.
    var wanted: SocketWatch.Events
  }

  private struct State {
    var isClosed = false
    var multi = Address.none
    var alarm: Alarm?
    var idle: [EasyHandle] = []
    var transfers: [UInt: (transfer: Transfer, easy: EasyHandle)] = [:]
    var sockets: [Int32: Polled] = [:]
  }

  private let loop: EventLoop
  private let isDue = Atomic<Bool>(false)
  private let isScheduled = Atomic<Bool>(false)
  private let state = Mutex(State())

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Begins a transfer.
  func start(_ transfer: Transfer) {
    let multi = ready()
    let kept = state.withLock { $0.idle.popLast() }
    guard multi != .none, var easy = kept ?? EasyHandle(carrier: self) else {
      transfer.end(.failure(transfer.failure(.local, "was not called: curl does not start")))
      return
    }
    easy.load(transfer)
    let address = easy.address
    transfer.state.withLock { $0.carrier = .curl(address) }
    state.withLock { $0.transfers[address.bits] = (transfer, easy) }
    unsafe curl_multi_add_handle(multi.raw, address.raw)
    schedule()
  }

  /// Takes a handle out of curl's hands and keeps it for the next transfer.
  func release(_ address: Address) {
    unsafe curl_multi_remove_handle(state.withLock { $0.multi }.raw, unsafe address.raw)
    let surplus = state.withLock { state -> EasyHandle? in
      guard let (_, easy) = state.transfers.removeValue(forKey: address.bits) else { return nil }
      if state.idle.count >= UpstreamClient.mostKept || state.isClosed { return easy }
      state.idle.append(easy)
      return nil
    }
    if var surplus { surplus.close() }
  }

  func unpause(_ address: Address) {
    unsafe curl_easy_pause(address.raw, CURLPAUSE_CONT)
    schedule()
  }

  /// Closes all connections; no transfer goes on any more.
  func close() {
    let (multi, idle, alarm) = state.withLock { state in
      defer {
        state.isClosed = true
        state.multi = .none
        state.idle = []
        state.alarm = nil
      }
      return (state.multi, state.idle, state.alarm)
    }
    for easy in idle {
      var easy = easy
      easy.close()
    }
    // Closes the sockets, by our callback.
    if multi != .none { unsafe curl_multi_cleanup(multi.raw) }
    alarm?.close()
  }

  func turnEnded() {
    isScheduled.store(false, ordering: .relaxed)
    guard !state.withLock({ $0.isClosed }) else { return }
    if isDue.exchange(false, ordering: .relaxed) { act(CURL_SOCKET_TIMEOUT, 0) }
    collect()
  }

  /// curl wants to be called after so long, or not any more.
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
    let known = state.withLock { state -> SocketWatch? in
      state.sockets[socket]?.wanted = events
      return state.sockets[socket]?.watch
    }
    // Waiting for more than is wanted costs nothing until it happens.
    guard !events.isEmpty else { return }
    if let known {
      known.wait(for: events)
      return
    }
    let new = SocketWatch(loop: loop, descriptor: socket) { [weak self] events in
      self?.happened(socket, events)
    }
    guard let new else { return }
    state.withLock { $0.sockets[socket] = Polled(watch: new, wanted: events) }
    new.wait(for: events)
  }

  func closeSocket(_ socket: Int32) {
    state.withLock { $0.sockets.removeValue(forKey: socket) }?.watch.close()
    Glibc.close(socket)
  }

  /// curl's multi handle, made when it is first needed.
  private func ready() -> Address {
    let (known, isClosed) = state.withLock { ($0.multi, $0.isClosed) }
    guard known == .none, !isClosed, CurlLibrary.isReady else { return known }
    let multi = unsafe curl_multi_init()
    let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe anyllm_curl_multi_set_socket_callback(multi, CurlCallbacks.socket)
    unsafe anyllm_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, owner)
    unsafe anyllm_curl_multi_set_timer_callback(multi, CurlCallbacks.timer)
    unsafe anyllm_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, owner)
    unsafe anyllm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, UpstreamClient.mostKept)
    // One stream a connection: curl 7.88 loses what lies unread of the others when the upstream
    // says that it will close (GOAWAY) and does.
    unsafe anyllm_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    let alarm = Alarm(loop: loop) { [weak self] in
      self?.isDue.store(true, ordering: .relaxed)
      self?.schedule()
    }
    let address = unsafe Address(multi)
    state.withLock { state in
      state.multi = address
      state.alarm = alarm
    }
    return address
  }

  private func schedule() {
    guard !isScheduled.exchange(true, ordering: .relaxed) else { return }
    loop.atTurnEnd(self)
  }

  private func happened(_ socket: Int32, _ events: SocketWatch.Events) {
    let (wanted, watch) = state.withLock { state in
      let polled = state.sockets[socket]
      return (polled?.wanted ?? [], polled?.watch)
    }
    guard !wanted.isEmpty else {
      // Idle and closed by the upstream, or paused: curl would not read, and we would spin.
      watch?.wait(for: [])
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
    unsafe curl_multi_socket_action(state.withLock { $0.multi }.raw, socket, mask, &running)
  }

  /// Learns which transfers are done.
  private func collect() {
    var result = CURLE_OK
    let multi = state.withLock { $0.multi }
    guard multi != .none else { return }
    while let easy = unsafe anyllm_curl_finished(multi.raw, &result) {
      let address = unsafe Address(easy)
      guard let (transfer, handle) = state.withLock({ $0.transfers[address.bits] }) else {
        continue
      }
      unsafe transfer.end(
        result == CURLE_OK
          ? .success(()) : .failure(transfer.failure(result, easy, handle.complaint)))
      release(address)
    }
  }
}

/// curl itself, made ready once for the process.
private enum CurlLibrary {
  static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
