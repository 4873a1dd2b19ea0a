internal import CCurl
internal import Glibc

/// One HTTP exchange over a Unix socket on a libcurl easy handle, which it owns.
final class BlockingTransfer {
  /// How the exchange ended, as far as the wire is concerned.
  enum Outcome: Equatable {
    case complete
    /// Our own reader had enough.
    case stopped
    /// With the system's error number.
    case notConnected(Int32)
    case timedOut
    case broken(String)
    case oversized
  }

  /// The largest answer, or line of a stream, that is kept, in bytes.
  static let replyLimit = 64 << 20

  private let curl: EasyHandle
  private var etag: String?
  private(set) var api: ControlAPI?
  private var body: [UInt8] = []
  private var line: [UInt8] = []
  private var lastByteAt = monotonicSeconds()
  /// Given for a stream of lines: how long silence is borne.
  private var silenceSeconds: Int?
  private var onLine: ([UInt8]) -> Bool = { _ in true }
  private var wasStopped = false
  private var wasSilent = false
  private var isOversized = false

  init(socketPath: String) throws(ControlFailure) {
    guard let curl = EasyHandle() else {
      throw ControlFailure(.failed, "libcurl does not start", hint: "Is memory short?")
    }
    self.curl = curl
    curl.set(CURLOPT_UNIX_SOCKET_PATH, socketPath)
    curl.set(CURLOPT_PROXY, "")
    curl.set(CURLOPT_NOSIGNAL, 1)
    curl.set(CURLOPT_PATH_AS_IS, 1)
  }

  /// Sets up the request; with `silenceSeconds` the answer is a stream of lines without a deadline.
  func prepare(
    _ message: ControlMessage, timeoutMilliseconds: Int? = nil, silenceSeconds: Int? = nil
  ) throws(ControlFailure) {
    self.silenceSeconds = silenceSeconds
    curl.set(CURLOPT_URL, "http://anyllm\(message.target)")
    curl.set(CURLOPT_CUSTOMREQUEST, message.method)
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, timeoutMilliseconds ?? 5000)
    curl.set(CURLOPT_TIMEOUT_MS, timeoutMilliseconds ?? 0)
    // An empty `Expect` keeps libcurl from waiting for a 100 before larger bodies.
    var fields = ["Expect:", "Accept: application/json"]
    if let ifMatch = message.ifMatch { fields.append("If-Match: \(ifMatch)") }
    if !message.body.isEmpty { fields.append("Content-Type: application/json") }
    if !message.body.isEmpty || message.method == "POST" || message.method == "PUT" {
      curl.setBody(message.body)
    }
    guard curl.set(fields: fields) else {
      throw ControlFailure(.failed, "libcurl does not take the request", hint: "Is memory short?")
    }
  }

  /// Carries out the exchange; a successful stream's lines go to `onLine` until it answers false.
  func run(onLine: ([UInt8]) -> Bool) -> Outcome {
    withoutActuallyEscaping(onLine) { reader in
      self.onLine = reader
      defer { self.onLine = { _ in true } }
      return outcome(of: curl.perform(for: self))
    }
  }

  /// What came back, once the exchange is complete.
  var reply: ControlReply {
    ControlReply(status: status, body: body, etag: etag)
  }

  var status: Int { curl.number(CURLINFO_RESPONSE_CODE) }
  var milliseconds: Int { Int(curl.seconds(CURLINFO_TOTAL_TIME) * 1000) }
  var isConnected: Bool { curl.seconds(CURLINFO_PRETRANSFER_TIME) > 0 }

  private func outcome(of code: CURLcode) -> Outcome {
    if wasStopped { return .stopped }
    if isOversized { return .oversized }
    if wasSilent { return .broken("it was silent for \(silenceSeconds ?? 0) s") }
    switch code {
    case CURLE_OK: return .complete
    case CURLE_COULDNT_CONNECT: return .notConnected(Int32(curl.number(CURLINFO_OS_ERRNO)))
    case CURLE_OPERATION_TIMEDOUT: return .timedOut
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      return .broken("it closed in the middle")
    case CURLE_GOT_NOTHING: return .broken("it closed without an answer")
    default: return .broken(curl.words(for: code))
    }
  }

  /// Takes one header line.
  func receive(head bytes: [UInt8]) {
    lastByteAt = monotonicSeconds()
    let line = String(decoding: bytes, as: UTF8.self)
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = trimmed(line[line.index(after: colon)...])
    switch line[..<colon].lowercased() {
    case "etag": etag = value
    case ControlRoutes.apiField.lowercased():
      let numbers = value.split(separator: ".").compactMap { Int($0) }
      if numbers.count == 2 { api = ControlAPI(major: numbers[0], minor: numbers[1]) }
    default: break
    }
  }

  /// Takes a piece of the body; false ends the exchange.
  func receive(body bytes: [UInt8]) -> Bool {
    lastByteAt = monotonicSeconds()
    guard silenceSeconds != nil, (200..<300).contains(status) else {
      isOversized = body.count + bytes.count > Self.replyLimit
      if !isOversized { body += bytes }
      return !isOversized
    }
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += rest[..<end]
      rest = rest[(end + 1)...]
      let complete = line
      line = []
      guard onLine(complete) else {
        wasStopped = true
        return false
      }
    }
    line += rest
    isOversized = line.count > Self.replyLimit
    return !isOversized
  }

  /// Says whether a stream has been silent for too long.
  func isTooSilent() -> Bool {
    guard let silenceSeconds else { return false }
    wasSilent = monotonicSeconds() - lastByteAt > silenceSeconds
    return wasSilent
  }

  private func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

private func monotonicSeconds() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec
}
