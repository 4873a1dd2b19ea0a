internal import Glibc
internal import Synchronization

/// One end of a connection whose every byte the test decides; calls block.
package final class RawConnection: Sendable {
  private struct State {
    var descriptor: Int32
    var unread: [UInt8] = []
  }

  private let state: Mutex<State>
  /// The descriptor does not change until `close`.
  private let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
    state = Mutex(State(descriptor: descriptor))
    var patience = timeval(tv_sec: Patience.seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  deinit {
    close()
  }

  /// Connects to a port of this machine.
  package static func connect(port: Int, receiveBuffer: Int32? = nil) throws -> RawConnection {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketError("no socket") }
    if var bytes = receiveBuffer {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let reason = errno
      Glibc.close(descriptor)
      throw SocketError("refused: \(reason)")
    }
    return RawConnection(descriptor: descriptor)
  }

  /// Connects to a Unix socket.
  package static func connect(unixPath: String) throws -> RawConnection {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketError("no socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: unixPath.utf8)
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      Glibc.close(descriptor)
      throw SocketError("refused")
    }
    return RawConnection(descriptor: descriptor)
  }

  /// Sends everything; false when the other end is gone.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, noSignal)
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Sends text as it stands.
  @discardableResult
  package func send(_ text: String) -> Bool {
    send(Array(text.utf8))
  }

  /// Gives what comes next, at most `limit` bytes; nothing at the end and after a reset.
  package func receive(limit: Int = 65_536) -> [UInt8] {
    let kept = state.withLock { state in
      defer { state.unread = [] }
      return state.unread
    }
    if !kept.isEmpty { return kept }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = unsafe recv(descriptor, &bytes, limit, 0)
    return count > 0 ? Array(bytes[..<count]) : []
  }

  /// Reads until `text` has come; what follows stays for the next call.
  package func receive(until text: String) throws -> String {
    let mark = Array(text.utf8)
    var bytes: [UInt8] = []
    while true {
      if let end = bytes.firstRange(of: mark)?.upperBound {
        let rest = Array(bytes[end...])
        state.withLock { $0.unread = rest + $0.unread }
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
      let piece = receive()
      guard !piece.isEmpty else {
        throw SocketError("ended after: \(String(decoding: bytes, as: UTF8.self))")
      }
      bytes += piece
    }
  }

  /// Reads exactly so many bytes.
  package func receive(count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let piece = receive()
      guard !piece.isEmpty else { throw SocketError("ended after \(bytes.count) bytes") }
      bytes += piece
    }
    let rest = Array(bytes[count...])
    state.withLock { $0.unread = rest + $0.unread }
    return Array(bytes[..<count])
  }

  /// Reads to the end.
  package func receiveAll() -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let piece = receive()
      if piece.isEmpty { return bytes }
      bytes += piece
    }
  }

  /// Closes the sending half only.
  package func shutdownSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Closes at once; unread bytes make it a reset.
  package func close() {
    let isOpen = state.withLock { state in
      defer { state.descriptor = -1 }
      return state.descriptor >= 0
    }
    if isOpen { Glibc.close(descriptor) }
  }

  /// Closes with a reset.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  private var noSignal: Int32 { Int32(MSG_NOSIGNAL) }
}

extension Array where Element == UInt8 {
  /// Where `other` first occurs.
  package func firstRange(of other: [UInt8]) -> Range<Int>? {
    guard !other.isEmpty, count >= other.count else { return nil }
    var start = 0
    while start + other.count <= count {
      if self[start] == other[0], self[start..<(start + other.count)].elementsEqual(other) {
        return start..<(start + other.count)
      }
      start += 1
    }
    return nil
  }
}

extension RawConnection {
  /// This process, as the kernel shows it to the other end of a Unix socket.
  package static var me: (uid: UInt32, pid: Int32) {
    (getuid(), getpid())
  }
}
