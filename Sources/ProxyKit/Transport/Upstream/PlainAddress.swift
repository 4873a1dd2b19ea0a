internal import CUv
internal import Glibc

/// Where a request goes that needs neither curl's name lookup nor its TLS.
struct PlainAddress: Hashable {
  enum Place: Hashable {
    case ip4(UInt32)
    case ip6([UInt8])
    case unix(String)
  }

  var place: Place
  var port: UInt16

  /// The same port of this machine, in the other family.
  static func localIP6(port: UInt16) -> PlainAddress {
    PlainAddress(place: .ip6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), port: port)
  }

  /// A socket that is being connected, or nothing; `errno` says why.
  func connect() -> Int32? {
    switch place {
    case .ip4(let number):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = number
      return connect(&address, AF_INET)
    case .ip6(let bytes):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
      return connect(&address, AF_INET6)
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        errno = ENAMETOOLONG
        return nil
      }
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
      return connect(&address, AF_UNIX)
    }
  }

  private func connect<Name>(_ name: inout Name, _ family: Int32) -> Int32? {
    let descriptor = anyllm_stream_socket(family)
    guard descriptor >= 0 else { return nil }
    if family != AF_UNIX {
      var on: Int32 = 1
      let size = socklen_t(MemoryLayout<Int32>.size)
      unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, size)
    }
    let length = socklen_t(MemoryLayout<Name>.size)
    let result = unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, length)
      }
    }
    guard result == 0 || errno == EINPROGRESS else {
      let reason = errno
      Glibc.close(descriptor)
      errno = reason
      return nil
    }
    return descriptor
  }
}

/// A URL taken apart, when it is one that `PlainConnection` can call.
struct PlainTarget {
  var address: PlainAddress
  var isLocalhost: Bool
  var host: String
  /// Path and query.
  var target: String

  /// Nothing when curl is needed: another scheme, a name to look up, credentials in the URL.
  init?(_ url: String, unixSocketPath: String?) {
    let text = url.utf8
    guard text.starts(with: "http://".utf8) else { return nil }
    let rest = text.dropFirst(7)
    let authority = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    let tail = rest[authority.endIndex...].prefix { $0 != 0x23 }
    guard !authority.isEmpty, !authority.contains(0x40), tail.allSatisfy(\.isTargetByte) else {
      return nil
    }
    host = String(decoding: authority, as: UTF8.self)
    target = String(decoding: tail, as: UTF8.self)
    if tail.first != 0x2F { target = "/" + target }
    guard let (name, port) = PlainTarget.split(authority) else { return nil }
    isLocalhost = name.equalsIgnoringCase("localhost")
    if let unixSocketPath {
      address = PlainAddress(place: .unix(unixSocketPath), port: 0)
      return
    }
    var ip4 = in_addr()
    var ip6 = in6_addr()
    if isLocalhost {
      address = PlainAddress(place: .ip4(UInt32(0x7F00_0001).bigEndian), port: port)
    } else if unsafe inet_pton(AF_INET, name, &ip4) == 1 {
      address = PlainAddress(place: .ip4(ip4.s_addr), port: port)
    } else if unsafe inet_pton(AF_INET6, name, &ip6) == 1 {
      address = unsafe PlainAddress(
        place: .ip6(withUnsafeBytes(of: &ip6) { unsafe Array($0) }), port: port)
    } else {
      return nil
    }
  }

  private static func split(_ authority: Substring.UTF8View) -> (name: String, port: UInt16)? {
    var name = authority
    var port = authority.suffix(0)
    if authority.first == 0x5B {
      guard let end = authority.firstIndex(of: 0x5D) else { return nil }
      name = authority[authority.index(after: authority.startIndex)..<end]
      port = authority[authority.index(after: end)...]
      guard port.isEmpty || port.first == 0x3A else { return nil }
      port = port.dropFirst()
    } else if let colon = authority.firstIndex(of: 0x3A) {
      name = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    guard port.isEmpty || port.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    guard let number = port.isEmpty ? 80 : UInt16(String(decoding: port, as: UTF8.self)) else {
      return nil
    }
    return (String(decoding: name, as: UTF8.self), number)
  }
}
