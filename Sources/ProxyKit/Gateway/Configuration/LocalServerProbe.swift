internal import Glibc

/// A model server that answers on this machine.
package struct LocalServer: Sendable, Equatable {
  package var port: Int
  /// What it says it serves.
  package var models: [String]

  package init(port: Int, models: [String] = []) {
    self.port = port
    self.models = models
  }
}

/// Asks the usual local ports whether a model server is behind them, all at once.
///
/// An open port is not enough: anything may listen on 8080, so the answer to `GET /v1/models`
/// has to be a list of models.
package enum LocalServerProbe {
  /// Blocks for at most the limits; not for an event loop.
  package static func run(excluding ports: Set<Int>) -> [LocalServer] {
    run(ports: BackendDiscovery.localPorts.filter { !ports.contains($0) })
  }

  static func run(
    ports: [Int], connectLimit: Duration = .milliseconds(150),
    replyLimit: Duration = .milliseconds(500)
  ) -> [LocalServer] {
    let begin = ContinuousClock.now
    var open = ports.compactMap(Question.init)
    var answered: [Question] = []
    while !open.isEmpty {
      let limit = open.contains { $0.isConnected } ? replyLimit : connectLimit
      let left = limit - (ContinuousClock.now - begin)
      guard left > .zero else { break }
      var polled = open.map { $0.interest }
      _ = unsafe poll(&polled, nfds_t(polled.count), Int32(1 + left / .milliseconds(1)))
      for (index, state) in polled.enumerated().reversed() where state.revents != 0 {
        open[index].advance()
        if open[index].isFinished { answered.append(open.remove(at: index)) }
      }
    }
    for question in open + answered { close(question.descriptor) }
    return answered.compactMap { question in
      models(in: question.reply).map { LocalServer(port: question.port, models: $0) }
    }.sorted { $0.port < $1.port }
  }

  /// The names in an HTTP reply that is a list of models; nil when it is something else.
  static func models(in reply: [UInt8]) -> [String]? {
    let text = String(decoding: reply, as: UTF8.self)
    guard let status = text.split(separator: "\r\n").first, status.hasPrefix("HTTP/1."),
      status.split(separator: " ").dropFirst().first == "200",
      let open = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), open < end,
      let items = YAMLDocument(String(text[open...end])).root?["data"]?.items
    else { return nil }
    return items.compactMap { $0["id"]?.scalar?.text }
  }
}

/// One connection that asks one port.
private struct Question {
  let port: Int
  let descriptor: Int32
  private(set) var isConnected = false
  private(set) var isFinished = false
  private(set) var reply: [UInt8] = []

  /// Nil when nothing can listen there.
  init?(port: Int) {
    self.port = port
    descriptor = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 || errno == EINPROGRESS else {
      close(descriptor)
      return nil
    }
  }

  var interest: pollfd {
    pollfd(fd: descriptor, events: Int16(isConnected ? POLLIN : POLLOUT), revents: 0)
  }

  /// Does what the socket is ready for.
  mutating func advance() {
    if isConnected { receive() } else { ask() }
  }

  private mutating func ask() {
    let request = Array(
      "GET /v1/models HTTP/1.0\r\nHost: localhost:\(port)\r\nAccept: application/json\r\n\r\n".utf8)
    let sent = unsafe request.withUnsafeBytes {
      unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    isConnected = sent == request.count
    isFinished = !isConnected
  }

  private mutating func receive() {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe chunk.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    reply += chunk.prefix(max(count, 0))
    isFinished = count <= 0 || reply.count > 1 << 20
  }
}
