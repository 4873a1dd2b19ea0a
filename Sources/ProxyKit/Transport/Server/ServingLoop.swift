internal import CMicrohttpd
internal import CUv
internal import Glibc
internal import Synchronization

/// The part of a server that lives on one loop: a listening socket and libmicrohttpd.
///
/// We accept, libmicrohttpd reads, parses and writes. Its epoll set is polled from the loop, and
/// it runs once at the end of a turn for all that happened in the turn.
final class ServingLoop: Sendable, TurnEnd, LoopResident {
  private struct State {
    var listener: Int32
    var listenerWatch: SocketWatch?
    var daemonWatch: SocketWatch?
    var timer: LoopTimer?
    var connections: [Int32: ServerConnection] = [:]
  }

  let loop: EventLoop
  let options: ServerOptions
  let responder: any HTTPResponder
  let tally: ConnectionTally
  let headerTimeout: UInt64
  let idleTimeout: UInt64
  private let daemon = Atomic<UInt>(0)
  private let isScheduled = Atomic<Bool>(false)
  private let isRunning = Atomic<Bool>(false)
  private let departures: DepartureWatch
  private let state: Mutex<State>

  init(
    loop: EventLoop, options: ServerOptions, listener: Int32, responder: any HTTPResponder,
    tally: ConnectionTally
  ) {
    self.loop = loop
    self.options = options
    self.responder = responder
    self.tally = tally
    headerTimeout = options.headerTimeout.wholeMilliseconds
    idleTimeout = options.idleTimeout.wholeMilliseconds
    state = Mutex(State(listener: listener))
    departures = DepartureWatch(loop: loop) { $0.clientLeft() }
  }

  /// Begins to serve; on the loop's thread.
  func start() -> Bool {
    guard let started = unsafe MHDCallbacks.start(self) else { return false }
    daemon.store(UInt(bitPattern: started), ordering: .relaxed)
    loop.adopt(self)
    let descriptor = unsafe anyllm_mhd_epoll(started)
    let daemonWatch = SocketWatch(loop: loop, descriptor: descriptor) { [weak self] _ in
      self?.schedule()
    }
    daemonWatch?.wait(for: .readable)
    let listener = state.withLock { $0.listener }
    let listenerWatch = SocketWatch(loop: loop, descriptor: listener) { [weak self] _ in
      self?.accept()
    }
    listenerWatch?.wait(for: .readable)
    let shortest = min(headerTimeout, idleTimeout)
    let interval = Duration.milliseconds(min(max(shortest / 4, 20), 1000))
    let timer = loop.every(interval) { [weak self] in self?.tick() }
    state.withLock { state in
      state.daemonWatch = daemonWatch
      state.listenerWatch = listenerWatch
      state.timer = timer
    }
    return daemonWatch != nil && listenerWatch != nil
  }

  /// Has libmicrohttpd run at the end of this turn; on the loop's thread.
  func schedule() {
    guard !isScheduled.load(ordering: .relaxed) else { return }
    isScheduled.store(true, ordering: .relaxed)
    if !isRunning.load(ordering: .relaxed) { loop.atTurnEnd(self) }
  }

  func turnEnded() {
    guard let running = unsafe daemonPointer else { return }
    isRunning.store(true, ordering: .relaxed)
    // What it read may have been answered already, what it resumed is written by the next run.
    for _ in 0..<64 {
      isScheduled.store(false, ordering: .relaxed)
      unsafe MHD_run(running)
      var wait: UInt64 = 0
      let more = unsafe MHD_get_timeout(running, &wait) == .YES && wait == 0
      if !more, !isScheduled.load(ordering: .relaxed) {
        isRunning.store(false, ordering: .relaxed)
        return
      }
    }
    isRunning.store(false, ordering: .relaxed)
    // Somebody never stops: let the others have their turn first.
    isScheduled.store(true, ordering: .relaxed)
    loop.later { self.loop.atTurnEnd(self) }
  }

  /// Refuses new connections from now on; on the loop's thread.
  func stopAccepting() {
    // Who is in the queue already would otherwise be reset.
    accept()
    let (watch, listener) = state.withLock { state in
      defer {
        state.listenerWatch = nil
        state.listener = -1
      }
      return (state.listenerWatch, state.listener)
    }
    watch?.close()
    if listener >= 0 { Glibc.close(listener) }
  }

  func loopEnds() {
    close()
  }

  /// Ends all connections and lets go of everything; on the loop's thread.
  func close() {
    guard let running = unsafe daemonPointer else { return }
    stopAccepting()
    let (timer, watch, connections) = state.withLock { state in
      defer {
        state.timer = nil
        state.daemonWatch = nil
      }
      return (state.timer, state.daemonWatch, Array(state.connections.values))
    }
    timer?.cancel()
    // libmicrohttpd must have no suspended connection when it stops.
    for connection in connections { connection.clientLeft() }
    loop.drain()
    unsafe MHD_run(running)
    daemon.store(0, ordering: .relaxed)
    watch?.close()
    unsafe MHD_stop_daemon(running)
    departures.close()
    loop.dismiss(self)
  }

  /// The connection libmicrohttpd has begun with.
  func opened(_ descriptor: Int32) -> ServerConnection? {
    state.withLock { $0.connections[descriptor] }
  }

  /// libmicrohttpd is about to close the descriptor.
  func closed(_ connection: ServerConnection) {
    if connection.lingers { LingeringClose.begin(connection.descriptor, on: loop) }
    departures.forget(connection)
    state.withLock { _ = $0.connections.removeValue(forKey: connection.descriptor) }
    tally.leave()
  }

  private var daemonPointer: OpaquePointer? {
    unsafe OpaquePointer(bitPattern: daemon.load(ordering: .relaxed))
  }

  private func accept() {
    let listener = state.withLock { $0.listener }
    guard listener >= 0, let running = unsafe daemonPointer else { return }
    for _ in 0..<128 {
      var address = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe anyllm_accept(listener, $0, &length)
        }
      }
      if descriptor < 0 {
        if errno == EMFILE || errno == ENFILE { pauseAccepting() }
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      guard tally.enter(below: options.maximumConnections) else {
        turnAway(descriptor)
        continue
      }
      unsafe begin(descriptor, &address, length, running)
    }
  }

  private func begin(
    _ descriptor: Int32, _ address: inout sockaddr_storage, _ length: socklen_t,
    _ running: OpaquePointer
  ) {
    let peer = ListeningSocket.peer(of: descriptor, &address)
    let connection = ServerConnection(descriptor: descriptor, peer: peer, loop: loop)
    state.withLock { $0.connections[descriptor] = connection }
    departures.add(connection)
    let isTaken = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe MHD_add_connection(running, descriptor, $0, max(length, 2)) == .YES
      }
    }
    if isTaken {
      schedule()
    } else {
      // The descriptor is closed already.
      state.withLock { _ = $0.connections.removeValue(forKey: descriptor) }
      tally.leave()
    }
  }

  /// Says as cheaply as can be that there are too many connections.
  private func turnAway(_ descriptor: Int32) {
    if options.tls == nil {
      let reply = RawReply.bytes(
        status: 503, error: "too many connections; try again later", path: "", options: options)
      _ = unsafe anyllm_send(descriptor, reply, reply.count, 0)
    }
    Glibc.close(descriptor)
  }

  /// Out of descriptors: the listening socket would stay readable and the loop would spin.
  private func pauseAccepting() {
    guard let watch = state.withLock({ $0.listenerWatch }) else { return }
    watch.wait(for: [])
    _ = LoopTimer(loop: loop, after: .milliseconds(100), every: nil) { [weak self] in
      self?.state.withLock({ $0.listenerWatch })?.wait(for: .readable)
    }
  }

  private func tick() {
    let overdue = state.withLock { state in
      state.connections.values.filter {
        $0.isOverdue(headerTimeout: headerTimeout, idleTimeout: idleTimeout)
      }
    }
    for connection in overdue { connection.sever() }
  }
}

extension ServerConnection {
  /// The client closed its end: whatever goes on for it ends.
  func clientLeft() {
    noteDeparture()?.clientLeft()
  }
}

/// How many connections a server has, over all its loops.
final class ConnectionTally: Sendable {
  private let count = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)

  var current: Int { count.load(ordering: .relaxed) }

  /// Whether connections are to end with the reply they wait for.
  var isDraining: Bool {
    get { draining.load(ordering: .relaxed) }
    set { draining.store(newValue, ordering: .relaxed) }
  }

  func enter(below limit: Int) -> Bool {
    if count.add(1, ordering: .relaxed).newValue <= limit { return true }
    count.subtract(1, ordering: .relaxed)
    return false
  }

  func leave() {
    count.subtract(1, ordering: .relaxed)
  }
}
