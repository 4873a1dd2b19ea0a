internal import CUv
internal import Glibc
internal import Synchronization

/// The part of a server that lives on one loop: a listening socket and its connections.
final class ServingLoop: Sendable, LoopResident {
  private struct State {
    var listener: Int32
    var watch: SocketWatch?
    var timer: LoopTimer?
    var connections: [ObjectIdentifier: ServerConnection] = [:]
  }

  let loop: EventLoop
  let options: ServerOptions
  let answerers: Answerers
  let tally: ConnectionTally
  let buffer = ReceiveBuffer()
  let date = DateLine()
  private let tls: TLSIdentity?
  private let headerTimeout: UInt64
  private let idleTimeout: UInt64
  private let state: Mutex<State>

  init(
    loop: EventLoop, options: ServerOptions, listener: Int32, tls: TLSIdentity?,
    responder: any HTTPResponder, tally: ConnectionTally
  ) {
    self.loop = loop
    self.options = options
    self.tls = tls
    answerers = Answerers(loop: loop, responder: responder, errorBody: options.errorBody)
    self.tally = tally
    headerTimeout = options.headerTimeout.wholeMilliseconds
    idleTimeout = options.idleTimeout.wholeMilliseconds
    state = Mutex(State(listener: listener))
  }

  /// Begins to serve; on the loop's thread.
  func start() -> Bool {
    loop.adopt(self)
    let listener = state.withLock { $0.listener }
    let watch = SocketWatch(loop: loop, descriptor: listener) { [weak self] _ in self?.accept() }
    watch?.wait(for: .readable)
    let shortest = min(headerTimeout, idleTimeout)
    let interval = Duration.milliseconds(min(max(shortest / 4, 20), 1000))
    let timer = loop.every(interval) { [weak self] in self?.tick() }
    state.withLock { state in
      state.watch = watch
      state.timer = timer
    }
    return watch != nil
  }

  /// Refuses new connections from now on; on the loop's thread.
  func stopAccepting() {
    // Who is in the queue already would otherwise be reset.
    accept()
    let (watch, listener) = state.withLock { state in
      defer {
        state.watch = nil
        state.listener = -1
      }
      return (state.watch, state.listener)
    }
    watch?.close()
    if listener >= 0 { Glibc.close(listener) }
  }

  func loopEnds() {
    close()
  }

  /// Ends all connections and lets go of everything; on the loop's thread.
  func close() {
    stopAccepting()
    let (timer, connections) = state.withLock { state in
      defer { state.timer = nil }
      return (state.timer, Array(state.connections.values))
    }
    timer?.cancel()
    for connection in connections { connection.left() }
    answerers.close()
    loop.dismiss(self)
  }

  /// A connection has closed its descriptor.
  func closed(_ connection: ServerConnection) {
    state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
    tally.leave()
  }

  private func accept() {
    let listener = state.withLock { $0.listener }
    guard listener >= 0 else { return }
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
      begin(descriptor, ListeningSocket.peer(of: descriptor, &address))
    }
  }

  private func begin(_ descriptor: Int32, _ peer: Peer) {
    let session = tls.map { TLSSession($0, descriptor: descriptor) }
    let connection = ServerConnection(
      descriptor: descriptor, peer: peer, tls: session, serving: self)
    guard let connection else {
      tally.leave()
      Glibc.close(descriptor)
      return
    }
    state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
  }

  /// Says as cheaply as can be that there are too many connections.
  private func turnAway(_ descriptor: Int32) {
    if tls == nil {
      let (contentType, body) = options.errorBody(
        503, "", "too many connections; try again later")
      let head = ReplyHead(
        status: 503, fields: ["Content-Type": contentType], framing: .length(body.count),
        closes: true)
      let bytes = head.bytes(date: date.bytes) + body
      _ = unsafe anyllm_send(descriptor, bytes, bytes.count, 0)
    }
    Glibc.close(descriptor)
  }

  /// Out of descriptors: the listening socket would stay readable and the loop would spin.
  private func pauseAccepting() {
    state.withLock({ $0.watch })?.wait(for: [])
    _ = LoopTimer(loop: loop, after: .milliseconds(100), every: nil) { [weak self] in
      self?.state.withLock({ $0.watch })?.wait(for: .readable)
    }
  }

  private func tick() {
    let now = loop.milliseconds
    let overdue = state.withLock { state in
      state.connections.values.filter {
        $0.isOverdue(now, headerTimeout: headerTimeout, idleTimeout: idleTimeout)
      }
    }
    for connection in overdue { connection.left() }
  }
}

/// How many connections a server has, over all its loops.
final class ConnectionTally: Sendable {
  private let count = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)

  var current: Int { count.load(ordering: .relaxed) }

  /// Whether connections are to end with the reply they wait for.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  func drain() {
    draining.store(true, ordering: .relaxed)
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
