internal import CCurl
internal import Synchronization

/// One request on its way and what has come of its reply; curl fills it, a task empties it.
final class Transfer: Sendable {
  /// Where curl stops reading until the task has caught up.
  static let mostUnread = 256 * 1024
  static let largestHead = 256 * 1024

  /// What carries it.
  enum Carrier {
    case none
    case curl(Address)
    case plain(PlainConnection)
  }

  struct Head {
    var status: Int
    var fields: HTTPFields
  }

  @safe
  struct State {
    var head: Head?
    var isHeadComplete = false
    var headBytes = 0
    var unread: [UInt8] = []
    var isPaused = false
    /// Nil while the transfer goes on.
    var outcome: Result<Void, TransportFailure>?
    /// Why we end it, when curl only knows that a callback refused.
    var refusal: TransportFailure.Kind?
    var reader: UnsafeContinuation<Void, Never>?
    var readerDeadline = UInt64.max
    var deadline = UInt64.max
    var carrier = Carrier.none
    var connectDeadline = UInt64.max
    var isRetried = false
    var inflater: Inflater?
  }

  let request: UpstreamRequest
  /// Scheme, host and port: all that may be shown of where it goes.
  var destination: String { UpstreamURL.destination(request.url) }
  let client: UpstreamClient
  let state = Mutex(State())
  /// Where its client keeps it; -1 when it does not.
  let place = Atomic<Int>(-1)

  init(_ request: UpstreamRequest, client: UpstreamClient) {
    self.request = request
    self.client = client
  }

  /// Waits until there is something new: a head, bytes, an end, or the time is over.
  func wait(until deadline: UInt64, isThere: @escaping @Sendable (borrowing State) -> Bool) async {
    unsafe await withUnsafeContinuation { continuation in
      let isReady = state.withLock { state -> Bool in
        if isThere(state) { return true }
        unsafe state.reader = unsafe continuation
        state.readerDeadline = deadline
        return false
      }
      if isReady { unsafe continuation.resume() }
    }
  }

  /// curl has bytes of the body; the answer is what its write callback returns.
  func take(_ bytes: UnsafeRawBufferPointer) -> Int {
    let (taken, reader) = unsafe state.withLock {
      state -> (Int, UnsafeContinuation<Void, Never>?) in
      if state.unread.count >= Transfer.mostUnread {
        state.isPaused = true
        state.deadline = .max
        return (Int(CURL_WRITEFUNC_PAUSE), nil)
      }
      unsafe state.unread.append(contentsOf: bytes)
      state.deadline = client.now &+ request.idleTimeout
      return unsafe (bytes.count, state.reader.take())
    }
    unsafe reader?.resume()
    return taken
  }

  /// A plain connection has parsed something; whether it must stop reading for now.
  func take(_ output: ReplyParser.Output, isComplete: Bool) throws(Inflater.Malformed) -> Bool {
    if let head = output.head { try take(head) }
    var body = output.body
    if let inflater = state.withLock({ $0.inflater }) { body = try inflater.inflate(body) }
    let (isFull, reader) = unsafe state.withLock {
      state -> (Bool, UnsafeContinuation<Void, Never>?) in
      if state.unread.isEmpty {
        state.unread = body
      } else {
        state.unread.append(contentsOf: body)
      }
      if isComplete {
        state.outcome = .success(())
        state.carrier = .none
      }
      let isFull = state.unread.count >= Transfer.mostUnread && !isComplete
      state.isPaused = isFull
      if state.isHeadComplete { state.deadline = isFull ? .max : client.now &+ request.idleTimeout }
      let isNews = state.isHeadComplete || isComplete
      return unsafe (isFull, isNews ? state.reader.take() : nil)
    }
    if isComplete { client.forget(self) }
    unsafe reader?.resume()
    return isFull
  }

  private func take(_ head: Head) throws(Inflater.Malformed) {
    var head = head
    var inflater: Inflater?
    if request.decodesCompression, let coding = head.decodeCompression() {
      inflater = Inflater(coding: coding)
      if inflater == nil { throw Inflater.Malformed() }
    }
    state.withLock { state in
      state.head = head
      state.isHeadComplete = true
      state.inflater = inflater
    }
  }

  func hasConnected() {
    state.withLock { $0.connectDeadline = .max }
  }

  /// curl has a line of a head; false refuses the reply.
  func takeHeadLine(_ line: UnsafeRawBufferPointer) -> Bool {
    let (isFine, reader) = unsafe state.withLock {
      state -> (Bool, UnsafeContinuation<Void, Never>?) in
      // What comes after the head is a trailer.
      if state.isHeadComplete { return (true, nil) }
      state.headBytes += line.count
      guard state.headBytes <= Transfer.largestHead else {
        state.refusal = .malformed
        return (false, nil)
      }
      let text = unsafe line.trimmed
      if unsafe text.isEmpty {
        guard let head = state.head, head.status >= 200 else { return (true, nil) }
        state.isHeadComplete = true
        // curl decodes by itself.
        if request.decodesCompression { _ = state.head?.decodeCompression() }
        state.deadline = client.now &+ request.idleTimeout
        return unsafe (true, state.reader.take())
      }
      if let status = unsafe HeadLine.status(text) {
        state.head = Head(status: status, fields: HTTPFields())
      } else if let (name, value) = unsafe HeadLine.field(text) {
        state.head?.fields.append(name, value)
      }
      return (true, nil)
    }
    unsafe reader?.resume()
    return isFine
  }

  /// It ended; later endings do not count.
  func end(_ outcome: Result<Void, TransportFailure>) {
    client.forget(self)
    let reader = unsafe state.withLock { state -> UnsafeContinuation<Void, Never>? in
      guard state.outcome == nil else { return nil }
      state.outcome = outcome
      state.carrier = .none
      return unsafe state.reader.take()
    }
    unsafe reader?.resume()
  }

  /// Looks at the clock; the answer is why the transfer must end.
  func tick(_ now: UInt64) -> TransportFailure.Kind? {
    let (kind, reader) = unsafe state.withLock {
      state -> (TransportFailure.Kind?, UnsafeContinuation<Void, Never>?) in
      if now >= state.connectDeadline { return (.connectTimeout, nil) }
      if now >= state.deadline {
        return (state.isHeadComplete ? .idleTimeout : .firstByteTimeout, nil)
      }
      guard now >= state.readerDeadline else { return (nil, nil) }
      state.readerDeadline = .max
      return unsafe (nil, state.reader.take())
    }
    unsafe reader?.resume()
    return kind
  }
}

extension Transfer.Head {
  /// The coding to undo, if any; the fields then tell of the decoded body.
  mutating func decodeCompression() -> String? {
    guard let coding = fields.first("content-encoding"), !coding.isEmpty,
      !coding.equalsIgnoringCase("identity")
    else { return nil }
    fields.remove("content-encoding")
    fields.remove("content-length")
    return coding
  }
}

/// The lines of a reply's head.
enum HeadLine {
  /// The status when it is a status line.
  static func status(_ line: UnsafeRawBufferPointer) -> Int? {
    guard unsafe line.starts(with: "HTTP/".utf8), let space = unsafe line.firstIndex(of: 0x20)
    else {
      return nil
    }
    let digits = unsafe line[(space + 1)...].prefix(3)
    return unsafe Int(String(decoding: digits, as: UTF8.self))
  }

  static func field(_ line: UnsafeRawBufferPointer) -> (name: String, value: String)? {
    guard let colon = unsafe line.firstIndex(of: 0x3A), colon > 0 else { return nil }
    let name = unsafe UnsafeRawBufferPointer(rebasing: line[..<colon])
    let value = unsafe UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed
    return unsafe (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
  }
}

/// What of an upstream's URL may be shown.
enum UpstreamURL {
  /// Scheme, host and port, without user, password, path and query.
  static func destination(_ url: String) -> String {
    let bytes = url.utf8
    var rest = bytes[...]
    var scheme = "http"
    if let colon = bytes.firstIndex(of: 0x3A), bytes[colon...].starts(with: "://".utf8) {
      scheme = String(decoding: bytes[..<colon], as: UTF8.self)
      rest = bytes[bytes.index(colon, offsetBy: 3)...]
    }
    var authority = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    if let at = authority.lastIndex(of: 0x40) {
      authority = authority[authority.index(after: at)...]
    }
    return "\(scheme)://\(String(decoding: authority, as: UTF8.self))"
  }
}
