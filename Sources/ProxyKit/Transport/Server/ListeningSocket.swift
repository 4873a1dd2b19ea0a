internal import CUv
internal import Glibc

/// Opens the sockets a server listens on.
enum ListeningSocket {
  /// A TCP socket that several loops may share a port with; 0 lets the kernel choose one.
  static func tcp(host: String, port: Int) throws(TransportFailure) -> Int32 {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = anyllm_socket_kind
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found
    else {
      throw TransportFailure(.address, "cannot listen on `\(host)`: no such address")
    }
    defer { unsafe freeaddrinfo(found) }
    let descriptor = unsafe anyllm_stream_socket(address.pointee.ai_family)
    guard descriptor >= 0 else { throw failure("open a socket") }
    switchOn(descriptor, SOL_SOCKET, SO_REUSEADDR)
    switchOn(descriptor, SOL_SOCKET, SO_REUSEPORT)
    // Accepted sockets inherit these; without the first, streams stall 40 ms a chunk.
    switchOn(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
    switchOn(descriptor, SOL_SOCKET, SO_KEEPALIVE)
    guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
      listen(descriptor, 4096) == 0
    else {
      let error = failure("listen on \(host):\(port)")
      Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  /// A socket at `path` that only its owner may use; a stale one there is replaced.
  static func unix(path: String) throws(TransportFailure) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
      throw TransportFailure(.address, "cannot listen on `\(path)`: the path is too long")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let descriptor = anyllm_stream_socket(AF_UNIX)
    guard descriptor >= 0 else { throw failure("open a socket") }
    let isTaken = unsafe withSocketAddress(&address) { unsafe connect(descriptor, $0, $1) == 0 }
    guard !isTaken else {
      Glibc.close(descriptor)
      throw TransportFailure(.local, "cannot listen on `\(path)`: another process does")
    }
    unsafe unlink(path)
    let before = umask(0o177)
    let isBound = unsafe withSocketAddress(&address) { unsafe bind(descriptor, $0, $1) == 0 }
    umask(before)
    guard isBound, listen(descriptor, 1024) == 0 else {
      let error = failure("listen on `\(path)`")
      Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  /// The port the kernel gave.
  static func port(of descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let found = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length) == 0
      }
    }
    guard found else { return 0 }
    return port(of: &storage)
  }

  /// Who is at the other end of a connection just accepted.
  static func peer(of descriptor: Int32, _ storage: inout sockaddr_storage) -> Peer {
    if Int32(storage.ss_family) == AF_UNIX {
      var credentials = anyllm_ucred(pid: 0, uid: UInt32.max, gid: UInt32.max)
      var length = socklen_t(MemoryLayout<anyllm_ucred>.size)
      unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
      return .unix(uid: credentials.uid, pid: credentials.pid)
    }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = Int32(storage.ss_family)
    let port = port(of: &storage)
    unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      if family == AF_INET6 {
        unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          _ = unsafe inet_ntop(AF_INET6, &$0.pointee.sin6_addr, &text, socklen_t(text.count))
        }
      } else {
        unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          _ = unsafe inet_ntop(AF_INET, &$0.pointee.sin_addr, &text, socklen_t(text.count))
        }
      }
    }
    let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return .ip(String(decoding: characters, as: UTF8.self), port: port)
  }

  private static func port(of storage: inout sockaddr_storage) -> Int {
    // The port stands at the same place in both families.
    unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        unsafe Int(UInt16(bigEndian: $0.pointee.sin_port))
      }
    }
  }

  private static func withSocketAddress<Result>(
    _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func switchOn(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
    var on: Int32 = 1
    unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func failure(_ what: String) -> TransportFailure {
    TransportFailure(.local, unsafe "cannot \(what): \(String(cString: strerror(errno)))")
  }
}
