internal import CUv
internal import Glibc
internal import Synchronization

/// One client's connection, from its acceptance until its descriptor is closed.
final class ServerConnection: Sendable {
  /// What the client or we are expected to do next, and hence how long that may take.
  enum Phase {
    /// Nothing of a next request has been seen.
    case idle
    /// The first request has not begun, or a request line has come and its headers have not.
    case head
    case body
    /// The reply is being thought about, or its stream has nothing to send.
    case working
    /// Bytes are there for the client to take.
    case writing
  }

  private struct State {
    var phase = Phase.head
    var since: UInt64
    var acknowledged: Int64 = -1
    var exchange: ServerExchange?
    var hasLeft = false
    var lingers = false
    var target = ""
    var targetStart: UInt = 0
    var targetLength = 0
  }

  let descriptor: Int32
  let peer: Peer
  private let loop: EventLoop
  private let state: Mutex<State>

  init(descriptor: Int32, peer: Peer, loop: EventLoop) {
    self.descriptor = descriptor
    self.peer = peer
    self.loop = loop
    state = Mutex(State(since: loop.milliseconds))
  }

  /// Notes the target of a request whose line has come, and where it lies.
  func beginRequest(target: String, start: UInt, length: Int) {
    let now = loop.milliseconds
    state.withLock { state in
      state.phase = .head
      state.since = now
      state.target = target
      state.targetStart = start
      state.targetLength = length
    }
  }

  /// The target as it was noted, or nothing when it had a NUL before the version at `version`.
  func target(before version: UInt) -> String? {
    state.withLock { state in
      state.targetStart &+ UInt(state.targetLength) &+ 1 == version ? state.target : nil
    }
  }

  /// Binds the exchange that is now going on; tells whether the client has left already.
  func begin(_ exchange: ServerExchange, _ phase: Phase) -> Bool {
    let now = loop.milliseconds
    return state.withLock { state in
      state.exchange = exchange
      state.phase = phase
      state.since = now
      return state.hasLeft
    }
  }

  func enter(_ phase: Phase) {
    let now = loop.milliseconds
    state.withLock { state in
      state.phase = phase
      state.since = now
      state.acknowledged = -1
    }
  }

  func endExchange() {
    let now = loop.milliseconds
    state.withLock { state in
      state.exchange = nil
      state.phase = .idle
      state.since = now
    }
  }

  var exchange: ServerExchange? {
    state.withLock { $0.exchange }
  }

  /// The client closed its end; to be noted even when no exchange is there yet.
  func noteDeparture() -> ServerExchange? {
    state.withLock { state in
      state.hasLeft = true
      return state.exchange
    }
  }

  /// The body was refused: the reply would be lost if the socket were closed with it unread.
  func linger() {
    state.withLock { $0.lingers = true }
  }

  var lingers: Bool {
    state.withLock { $0.lingers }
  }

  /// Ends the connection from below; libmicrohttpd sees it closed.
  func sever() {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Whether the time for what is expected has run out.
  func isOverdue(headerTimeout: UInt64, idleTimeout: UInt64) -> Bool {
    let now = loop.milliseconds
    return state.withLock { state in
      let elapsed = now - min(now, state.since)
      switch state.phase {
      case .head: return elapsed > headerTimeout
      case .idle, .body: return elapsed > idleTimeout
      case .working: return false
      case .writing:
        guard elapsed > idleTimeout / 2 else { return false }
        // libmicrohttpd does not tell what it wrote; the kernel knows what the client took.
        let acknowledged = anyllm_acknowledged(descriptor)
        if acknowledged != state.acknowledged {
          state.acknowledged = acknowledged
          state.since = now
          return false
        }
        return elapsed > idleTimeout
      }
    }
  }
}
