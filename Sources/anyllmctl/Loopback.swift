import Glibc

/// Connections to addresses of this machine.
enum Loopback {
  /// Whether `host:port`, with or without `http://`, takes a connection within a second; a host
  /// that stands for all addresses is tried on the loopback one.
  static func answers(_ address: String) -> Bool {
    var address = address
    if let scheme = address.firstRange(of: "://") {
      address = String(address[scheme.upperBound...].prefix { $0 != "/" })
    }
    guard let colon = address.lastIndex(of: ":"),
      let port = UInt16(address[address.index(after: colon)...])
    else { return false }
    var host = String(address[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let isSix = host.contains(":")
    if host.isEmpty || host == "0.0.0.0" || host == "::" { host = isSix ? "::1" : "127.0.0.1" }
    if host == "localhost" { host = "127.0.0.1" }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(isSix ? AF_INET6 : AF_INET, kind, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard isSix ? begin6(descriptor, host, port) : begin4(descriptor, host, port) else {
      return false
    }
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&entry, 1, 1000) == 1 else { return false }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
  }

  private static func begin4(_ descriptor: Int32, _ host: String, _ port: UInt16) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
          || errno == EINPROGRESS
      }
    }
  }

  private static func begin6(_ descriptor: Int32, _ host: String, _ port: UInt16) -> Bool {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    guard unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return false }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
          || errno == EINPROGRESS
      }
    }
  }
}
