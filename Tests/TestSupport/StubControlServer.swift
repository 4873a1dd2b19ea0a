import Glibc
import Synchronization

/// A control server of a few lines on a Unix socket: it records what it is asked and answers what
/// the test's closure says.
package final class StubControlServer: Sendable {
  /// One request as it came.
  package struct Request: Sendable {
    package var method: String
    package var path: String
    package var query: String?
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]
  }

  /// What to do with a request.
  package enum Reply: Sendable {
    case whole(status: Int, fields: [(name: String, value: String)], body: [UInt8])
    /// Pieces as they are; afterwards the connection closes, or stays open until the peer leaves.
    case stream(pieces: [[UInt8]], staysOpen: Bool)
    /// Nothing, until the peer leaves.
    case silence
    /// The connection closes without an answer.
    case hangUp
    /// These bytes, whatever they are; then the connection closes.
    case raw([UInt8])
  }

  private struct State {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var isStopped = false
  }

  /// The socket's path.
  package let path: String
  private let listener: Int32
  private let answer: @Sendable (Request) -> Reply
  private let state = Mutex(State())

  /// Listens at `path`, which must not exist yet.
  package init(path: String, answer: @escaping @Sendable (Request) -> Reply) throws {
    self.path = path
    self.answer = answer
    listener = try UnixSocket.listening(at: path)
    UnixSocket.startThread { [self] in acceptLoop() }
  }

  /// Everything that was asked so far.
  package var requests: [Request] {
    state.withLock { $0.requests }
  }

  /// Ends every connection and removes the socket.
  package func stop() {
    let isFirst = state.withLock { state -> Bool in
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
      defer { state.isStopped = true }
      return !state.isStopped
    }
    guard isFirst else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    _ = unsafe unlink(path)
  }

  private func acceptLoop() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      let isWanted = state.withLock { state -> Bool in
        if !state.isStopped { state.connections.insert(connection) }
        return !state.isStopped
      }
      guard isWanted else {
        close(connection)
        break
      }
      UnixSocket.startThread { [self] in serve(connection) }
    }
    close(listener)
  }

  private func serve(_ connection: Int32) {
    if let request = readRequest(connection) {
      state.withLock { $0.requests.append(request) }
      send(answer(request), on: connection)
    }
    // Under the lock, so that `stop` never shuts down a number that is somebody else's by now.
    state.withLock { state in
      state.connections.remove(connection)
      close(connection)
    }
  }

  private func send(_ reply: Reply, on connection: Int32) {
    switch reply {
    case .hangUp: return
    case .silence: UnixSocket.waitForPeerToLeave(connection)
    case .raw(let bytes): _ = UnixSocket.write(bytes, to: connection)
    case .whole(let status, let fields, let body):
      var head = "HTTP/1.1 \(status) Stub\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
      for field in fields { head += "\(field.name): \(field.value)\r\n" }
      _ = UnixSocket.write(Array((head + "\r\n").utf8) + body, to: connection)
    case .stream(let pieces, let staysOpen):
      let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
      var isThere = UnixSocket.write(Array(head.utf8), to: connection)
      for piece in pieces where isThere { isThere = UnixSocket.write(piece, to: connection) }
      if staysOpen, isThere { UnixSocket.waitForPeerToLeave(connection) }
    }
  }

  private func readRequest(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    let blank = Array("\r\n\r\n".utf8)
    var headEnd: Int?
    while headEnd == nil {
      guard let more = UnixSocket.read(connection) else { return nil }
      bytes += more
      headEnd = bytes.indices.first { bytes[$0...].starts(with: blank) }
    }
    guard let headEnd else { return nil }
    var lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    let words = lines.removeFirst().split(separator: " ")
    guard words.count == 3 else { return nil }
    let fields = lines.map { line -> (name: String, value: String) in
      let pair = line.split(separator: ":", maxSplits: 1)
      return (String(pair[0]), pair.count == 2 ? String(pair[1].drop { $0 == " " }) : "")
    }
    let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) }
    var body = Array(bytes[(headEnd + 4)...])
    while body.count < length ?? 0 {
      guard let more = UnixSocket.read(connection) else { return nil }
      body += more
    }
    let target = words[1].split(separator: "?", maxSplits: 1)
    return Request(
      method: String(words[0]), path: String(target[0]),
      query: target.count == 2 ? String(target[1]) : nil, fields: fields, body: body)
  }
}

/// The few system calls that the stub needs.
private enum UnixSocket {
  static func listening(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2_000_000, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard descriptor >= 0, bytes.count < 108 else { throw StubFailure(what: "no socket: \(path)") }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let isBound = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 64) == 0 else {
      throw StubFailure(what: unsafe "\(path): \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  static func waitForPeerToLeave(_ descriptor: Int32) {
    while read(descriptor) != nil {}
  }

  static func startThread(_ body: @escaping @Sendable () -> Void) {
    let work = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, work)
    precondition(status == 0, "no thread for a test")
    pthread_detach(thread)
  }

  private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }
}

/// Why the stub could not start.
package struct StubFailure: Error, CustomStringConvertible {
  var what: String

  package init(what: String) {
    self.what = what
  }

  package var description: String { what }
}
