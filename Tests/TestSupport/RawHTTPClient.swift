import Synchronization

/// A client that sends exactly the bytes it is given and reads answers as they arrive.
///
/// It reads only when asked to, so that leaving it alone is a slow client. Waiting happens on
/// threads of its own. One test uses it from one task at a time.
package final class RawHTTPClient: Sendable {
  /// How the server ended the connection or the body.
  package enum Closing: Sendable, Equatable {
    case orderly, reset
  }

  /// What a read of the next bytes found.
  private enum Read: Sendable {
    case bytes([UInt8])
    case closed(Closing)
    case timedOut
  }

  private struct Conversation: Sendable {
    var socket: LoopbackSocket?
    var parser = HTTPMessageParser(kind: .response)
    var pending: [UInt8] = []
    var isHeadTaken = false
    var closing: Closing?
  }

  private let conversation: Mutex<Conversation>
  private let patience: Duration

  /// Connects to `port` on loopback; a small `receiveBuffer` fills soon.
  package init(
    port: UInt16, receiveBuffer: Int? = nil, patience: Duration = .seconds(90)
  ) throws {
    let socket = try LoopbackSocket.connected(to: port, receiveBuffer: receiveBuffer)
    conversation = Mutex(Conversation(socket: socket))
    self.patience = patience
  }

  // MARK: sending

  /// Sends `text` as it stands.
  package func send(_ text: String) async throws {
    try await send(Array(text.utf8))
  }

  /// Sends `bytes` as they stand, `pieceSize` of them per write when given.
  package func send(_ bytes: [UInt8], inPiecesOf pieceSize: Int? = nil) async throws {
    let socket = try openSocket()
    let patience = patience
    try await OwnThread.run {
      let size = max(1, pieceSize ?? bytes.count)
      for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = Array(bytes[start..<min(start + size, bytes.count)])
        try Self.write(piece, to: socket, patience: patience)
      }
    }
  }

  /// Sends a request with its `content-length` and `host`.
  package func request(
    _ method: String, _ target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) async throws {
    var head = "\(method) \(target) HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" { head += "content-length: \(body.count)\r\n" }
    try await send(Array((head + "\r\n").utf8) + body)
  }

  /// Sends JSON by POST.
  package func post(
    _ target: String, headers: [(name: String, value: String)] = [], json: String
  ) async throws {
    try await request(
      "POST", target, headers: [("content-type", "application/json")] + headers,
      body: Array(json.utf8))
  }

  /// Says that no more will be sent, and goes on reading.
  package func finishSending() {
    conversation.withLock { $0.socket }?.finishSending()
  }

  /// Leaves in the orderly way; what is read on the other side is the end.
  package func close() {
    conversation.withLock { $0.socket = nil }
  }

  /// Leaves with a TCP reset.
  package func reset() {
    conversation.withLock { $0.socket }?.reset()
    close()
  }

  // MARK: reading

  /// The head of the next response; informational responses are responses here.
  package func head(toHEAD isBodiless: Bool = false) async throws -> HTTPMessageHead {
    while true {
      let head = try conversation.withLock { conversation in
        if conversation.parser.isComplete { conversation.parser.beginNextMessage() }
        return try conversation.parser.takeHead(toHEAD: isBodiless)
      }
      if let head { return head }
      if let closing = try await readMore(for: "a response head") {
        throw RawHTTPClientFailure.closedEarly(closing, soFar: "")
      }
    }
  }

  /// More bytes of the body, as soon as there are any; nil at its proper end.
  package func bodyBytes() async throws -> [UInt8]? {
    while true {
      let (bytes, isComplete) = try conversation.withLock { conversation in
        let bytes = conversation.pending + (try conversation.parser.takeBody())
        conversation.pending = []
        return (bytes, conversation.parser.isComplete)
      }
      if !bytes.isEmpty { return bytes }
      if isComplete { return nil }
      if let closing = try await readMore(for: "more of the body") {
        let isProperEnd = conversation.withLock { conversation in
          if closing == .orderly { conversation.parser.feedEnd() }
          return conversation.parser.isComplete
        }
        guard isProperEnd else { throw RawHTTPClientFailure.closedEarly(closing, soFar: "") }
      }
    }
  }

  /// The rest of the body; throws with what arrived when the body is cut.
  package func body() async throws -> [UInt8] {
    var body: [UInt8] = []
    do {
      while let bytes = try await bodyBytes() { body += bytes }
    } catch RawHTTPClientFailure.closedEarly(let closing, _) {
      throw RawHTTPClientFailure.closedEarly(
        closing, soFar: String(decoding: body, as: UTF8.self))
    }
    return body
  }

  /// The rest of the body as text.
  package func text() async throws -> String {
    String(decoding: try await body(), as: UTF8.self)
  }

  /// The next server-sent event, comments included; nil at the body's proper end.
  package func event() async throws -> ServerSentEvent? {
    var bytes: [UInt8] = []
    var scanned = 0
    while true {
      if let (event, rest) = ServerSentEvent.first(in: bytes, after: &scanned) {
        conversation.withLock { $0.pending = rest + $0.pending }
        return event
      }
      guard let more = try await bodyBytes() else {
        guard bytes.isEmpty else {
          throw RawHTTPClientFailure.closedEarly(
            .orderly, soFar: String(decoding: bytes, as: UTF8.self))
        }
        return nil
      }
      bytes += more
    }
  }

  /// All events up to the body's proper end.
  package func events() async throws -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    while let event = try await event() { events.append(event) }
    return events
  }

  /// Awaits that the server closes, dropping what it still sends.
  package func closing() async throws -> Closing {
    while true {
      if let closing = try await readMore(for: "the server closing") { return closing }
    }
  }

  private func openSocket() throws -> LoopbackSocket {
    guard let socket = conversation.withLock({ $0.socket }) else {
      throw RawHTTPClientFailure.notConnected
    }
    return socket
  }

  /// Reads once and feeds the parser; answers how the connection ended if it did.
  private func readMore(for what: String) async throws -> Closing? {
    if let closing = conversation.withLock({ $0.closing }) { return closing }
    let socket = try openSocket()
    let patience = patience
    switch try await OwnThread.run({ Self.read(from: socket, patience: patience) }) {
    case .bytes(let bytes):
      conversation.withLock { $0.parser.feed(bytes) }
      return nil
    case .closed(let closing):
      conversation.withLock { $0.closing = closing }
      return closing
    case .timedOut:
      throw RawHTTPClientFailure.timedOut(waitingFor: what)
    }
  }

  private static func read(from socket: LoopbackSocket, patience: Duration) -> Read {
    let deadline = ContinuousClock.now + patience
    while true {
      switch socket.receive() {
      case .bytes(let bytes): return .bytes(bytes)
      case .end: return .closed(.orderly)
      case .reset: return .closed(.reset)
      case .nothingYet: break
      }
      let rest = deadline - .now
      if rest <= .zero { return .timedOut }
      _ = socket.wait(for: .readable, atMost: rest)
    }
  }

  private static func write(
    _ bytes: [UInt8], to socket: LoopbackSocket, patience: Duration
  ) throws {
    var start = 0
    let deadline = ContinuousClock.now + patience
    while start < bytes.count {
      switch socket.send(bytes, from: start) {
      case .count(let count): start += count
      case .gone: throw RawHTTPClientFailure.closedEarly(.reset, soFar: "")
      case .full:
        let rest = deadline - .now
        if rest <= .zero { throw RawHTTPClientFailure.timedOut(waitingFor: "room to send") }
        _ = socket.wait(for: .writable, atMost: rest)
      }
    }
  }
}

/// Why a `RawHTTPClient` could not go on.
package enum RawHTTPClientFailure: Error, Sendable, Equatable {
  case notConnected
  case timedOut(waitingFor: String)
  /// The connection ended before the message did.
  case closedEarly(RawHTTPClient.Closing, soFar: String)
}
