import Glibc

/// A TCP socket on 127.0.0.1 that never blocks by itself and closes when its last holder lets go.
package final class LoopbackSocket: Sendable {
  /// `POLLRDHUP`, which the Glibc module shows only to `_GNU_SOURCE`.
  private static let peerClosed: Int16 = 0x2000

  let descriptor: Int32

  init(owning descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// What one read found.
  enum Received {
    case bytes([UInt8])
    case nothingYet
    case end
    case reset
  }

  /// What one write did.
  enum Sent {
    case count(Int)
    case full
    case gone
  }

  /// Why a wait ended.
  struct Readiness: OptionSet {
    let rawValue: Int
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    static let peerGone = Readiness(rawValue: 4)
    static let woken = Readiness(rawValue: 8)
  }

  /// Opens a listening socket on a port of the kernel's choice.
  static func listening(backlog: Int32 = 1024) throws -> (LoopbackSocket, UInt16) {
    let (listener, port) = try silent()
    try listener.beginListening(backlog: backlog)
    return (listener, port)
  }

  /// A socket that has a port of the kernel's choice; whoever calls there is refused until it
  /// begins to listen.
  static func silent() throws -> (LoopbackSocket, UInt16) {
    let socket = try bound(port: 0)
    return (socket, try socket.localPort())
  }

  func beginListening(backlog: Int32 = 1024) throws {
    guard listen(descriptor, backlog) == 0 else { throw SocketFailure("listen") }
  }

  /// A port where nobody listens; it was free a moment ago.
  package static func refusingPort() throws -> UInt16 {
    try bound(port: 0).localPort()
  }

  /// Connects to `port`; a small `receiveBuffer` makes a client that soon pushes back.
  static func connected(to port: UInt16, receiveBuffer: Int?) throws -> LoopbackSocket {
    let socket = try fresh()
    if let receiveBuffer {
      socket.set(SOL_SOCKET, SO_RCVBUF, Int32(receiveBuffer))
    }
    var address = loopbackAddress(port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket.descriptor, $0, length)
      }
    }
    guard status == 0 else { throw SocketFailure("connect") }
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    return socket
  }

  func accept() -> LoopbackSocket? {
    let accepted = Glibc.accept(descriptor, nil, nil)
    guard accepted >= 0 else { return nil }
    let socket = LoopbackSocket(owning: accepted)
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    return socket
  }

  /// Reads what is there, at most `limit` bytes.
  func receive(limit: Int = 65_536) -> Received {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, limit, Int32(MSG_DONTWAIT))
    }
    if count > 0 { return .bytes(Array(bytes.prefix(count))) }
    if count == 0 { return .end }
    return errno == EAGAIN || errno == EINTR ? .nothingYet : .reset
  }

  /// Writes what the kernel takes at once of `bytes` from `start`.
  func send(_ bytes: [UInt8], from start: Int) -> Sent {
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    let count = unsafe bytes.withUnsafeBytes { buffer in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
      return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
    }
    if count >= 0 { return .count(count) }
    return errno == EAGAIN || errno == EINTR ? .full : .gone
  }

  /// Waits until something of `interest` holds, the peer leaves, `wake` rings or time is up.
  func wait(
    for interest: Readiness, wake: WakeSignal? = nil, atMost limit: Duration? = nil
  ) -> Readiness {
    var events = Self.peerClosed
    if interest.contains(.readable) { events |= Int16(POLLIN) }
    if interest.contains(.writable) { events |= Int16(POLLOUT) }
    var entries = [pollfd(fd: descriptor, events: events, revents: 0)]
    if let wake { entries.append(pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)) }
    let milliseconds = limit.map { Int32(max(0, $0 / .milliseconds(1)).rounded(.up)) }
    let count = nfds_t(entries.count)
    let ready = unsafe entries.withUnsafeMutableBufferPointer {
      unsafe poll($0.baseAddress, count, milliseconds ?? -1)
    }
    guard ready > 0 else { return [] }
    var result: Readiness = []
    let seen = Int32(entries[0].revents)
    if seen & Int32(POLLIN) != 0 { result.insert(.readable) }
    if seen & Int32(POLLOUT) != 0 { result.insert(.writable) }
    if seen & (Int32(Self.peerClosed) | Int32(POLLHUP | POLLERR)) != 0 { result.insert(.peerGone) }
    if entries.count > 1, entries[1].revents != 0 {
      wake?.clear()
      result.insert(.woken)
    }
    return result
  }

  /// Ends our half of the conversation.
  func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Breaks the connection with a TCP reset.
  func reset() {
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    unsafe connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Sets an integer option; a refusal shows in what the test then sees.
  func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    unsafe setsockopt(
      descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func fresh() throws -> LoopbackSocket {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, type, 0)
    guard descriptor >= 0 else { throw SocketFailure("socket") }
    return LoopbackSocket(owning: descriptor)
  }

  private static func bound(port: UInt16) throws -> LoopbackSocket {
    let socket = try fresh()
    var address = loopbackAddress(port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket.descriptor, $0, length)
      }
    }
    guard status == 0 else { throw SocketFailure("bind") }
    return socket
  }

  private static func loopbackAddress(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private func localPort() throws -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else { throw SocketFailure("getsockname") }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// A socket call that failed, with the kernel's reason.
package struct SocketFailure: Error, CustomStringConvertible {
  package let description: String

  init(_ call: String) {
    description = unsafe "\(call): \(String(cString: strerror(errno)))"
  }
}
