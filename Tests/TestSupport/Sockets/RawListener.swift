internal import Glibc
internal import Synchronization

/// A server that does to each connection what the test says, on a thread of its own.
package final class RawListener: Sendable {
  /// What happens to one connection; the number counts connections from 0.
  package typealias Script = @Sendable (_ connection: RawConnection, _ number: Int) -> Void

  package let port: Int
  private let descriptor: Int32
  private let accepted = Atomic<Int>(0)

  /// Listens on a port the kernel chooses; one thread serves each connection.
  package init(_ script: @escaping Script) throws {
    let (descriptor, port) = try RawListener.listen(backlog: 128)
    self.descriptor = descriptor
    self.port = port
    OwnThread.start { [self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        let number = accepted.add(1, ordering: .relaxed).oldValue
        let peer = RawConnection(descriptor: connection)
        OwnThread.start {
          script(peer, number)
          peer.close()
        }
      }
    }
  }

  /// How many connections have come.
  package var connectionCount: Int { accepted.load(ordering: .relaxed) }

  /// Refuses connections from now on.
  package func close() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    Glibc.close(descriptor)
  }

  static func listen(backlog: Int32) throws -> (Int32, Int) {
    let (descriptor, port) = try bound()
    guard Glibc.listen(descriptor, backlog) == 0 else { throw SocketError("cannot listen") }
    return (descriptor, port)
  }

  /// A socket that has a port of the loopback for itself and does not listen yet.
  static func bound() throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard descriptor >= 0, isReady else { throw SocketError("cannot bind") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}

extension RawConnection {
  /// Reads one request, head and body.
  package func readRequest() throws -> (head: String, body: [UInt8]) {
    let head = try receive(until: "\r\n\r\n")
    for line in head.split(separator: "\r\n") {
      let halves = line.split(separator: ":", maxSplits: 1)
      if halves.count == 2, halves[0].lowercased() == "content-length",
        let length = Int(halves[1].drop { $0 == " " })
      {
        return (head, try receive(count: length))
      }
    }
    return (head, [])
  }
}
