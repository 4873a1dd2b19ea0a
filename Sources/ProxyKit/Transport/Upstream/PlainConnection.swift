internal import CUv
internal import Glibc
internal import Synchronization

/// A connection of cleartext HTTP/1.1 to an address, for one transfer after another.
///
///     connecting -> sending -> receiving -> idle -> sending ...
///
/// Half of a relayed request's time was curl's. This carries what needs none of its skills;
/// everything else (TLS, HTTP/2, proxies, names to look up, compression) is curl's. It stays in
/// the loop's poll set for its whole life, is used on the loop's thread only, and makes one
/// system call to send a request and one for each piece that comes.
final class PlainConnection: Sendable {
  @safe
  private struct State {
    var transfer: Transfer?
    var parser = ReplyParser(isHeadRequest: false)
    var watch: SocketWatch?
    var isConnecting = true
    var isPaused = false
    var outgoing = OutgoingRequest()
    var served = 0
  }

  let address: PlainAddress
  let endpoint: PlainEndpoint
  private let descriptor: Int32
  private let carrier: PlainCarrier
  private let state = Mutex(State())

  /// A connection that is being made, or nothing when that fails at once.
  init?(_ address: PlainAddress, _ endpoint: PlainEndpoint, carrier: PlainCarrier) {
    guard let descriptor = address.connect() else { return nil }
    self.address = address
    self.endpoint = endpoint
    self.descriptor = descriptor
    self.carrier = carrier
    let watch = SocketWatch(loop: carrier.loop, descriptor: descriptor) { [weak self] events in
      self?.happened(events)
    }
    guard let watch else {
      Glibc.close(descriptor)
      return nil
    }
    state.withLock { $0.watch = watch }
    watch.wait(for: .writable)
  }

  /// Whether it has served a request before.
  var isReused: Bool { state.withLock { $0.served > 0 } }

  /// Sends a request; what comes back goes to `transfer`.
  func carry(_ transfer: Transfer, _ outgoing: OutgoingRequest) {
    let isConnecting = state.withLock { state in
      state.transfer = transfer
      state.parser = ReplyParser(isHeadRequest: transfer.request.method == "HEAD")
      state.outgoing = outgoing
      return state.isConnecting
    }
    if !isConnecting { send() }
  }

  /// Reads again after a pause.
  func unpause() {
    let watch = state.withLock { state in
      defer { state.isPaused = false }
      return state.isPaused ? state.watch : nil
    }
    watch?.wait(for: .readable)
  }

  /// Closes it, whatever goes on.
  func close() {
    let watch = state.withLock { state in
      state.transfer = nil
      return state.watch.take()
    }
    guard let watch else { return }
    watch.close()
    Glibc.close(descriptor)
  }

  private func happened(_ events: SocketWatch.Events) {
    if events.contains(.writable) {
      guard finishConnecting() else { return }
      send()
    }
    if events.contains(.readable) { receive() }
  }

  /// Learns how connecting ended; false when it failed.
  private func finishConnecting() -> Bool {
    guard state.withLock({ $0.isConnecting }) else { return true }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
    guard error == 0 else {
      let transfer = state.withLock { $0.transfer }
      close()
      if let transfer { carrier.couldNotConnect(transfer, to: address, error) }
      return false
    }
    state.withLock { state in
      state.isConnecting = false
      state.transfer?.hasConnected()
    }
    return true
  }

  private func send() {
    let (isFine, isSent, watch) = state.withLock { state -> (Bool, Bool, SocketWatch?) in
      let isFine = state.outgoing.send(to: descriptor)
      return (isFine, state.outgoing.isSent, state.isPaused ? nil : state.watch)
    }
    guard isFine else {
      broke()
      return
    }
    watch?.wait(for: isSent ? .readable : [.readable, .writable])
  }

  private func receive() {
    let buffer = carrier.buffer
    let count = buffer.fill(from: descriptor, nil)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count > 0 else {
      ended(cleanly: count == 0)
      return
    }
    guard let transfer = state.withLock({ $0.transfer }) else {
      // Nothing was asked for.
      carrier.isDone(self, reusable: false)
      return
    }
    // What came before something malformed is still worth telling.
    var output = ReplyParser.Output()
    let isFine = state.withLock { buffer.parse(count, with: &$0.parser, into: &output) }
    let (isComplete, isReusable) = state.withLock { state in
      guard state.parser.isComplete else { return (false, false) }
      state.transfer = nil
      state.served += 1
      return (true, state.parser.allowsReuse && state.outgoing.isSent)
    }
    let isFull: Bool
    do throws(Inflater.Malformed) {
      isFull = try transfer.take(output, isComplete: isComplete)
    } catch {
      state.withLock { $0.transfer = transfer }
      fail(.malformed)
      return
    }
    if !isFine {
      fail(.malformed)
    } else if isComplete {
      carrier.isDone(self, reusable: isReusable)
    } else if isFull {
      let watch = state.withLock { state in
        state.isPaused = true
        return state.watch
      }
      watch?.wait(for: [])
    }
  }

  private func ended(cleanly: Bool) {
    let (mayEnd, hasBegun, transfer) = state.withLock { state in
      (state.parser.mayEndHere, state.parser.hasBegun, state.transfer)
    }
    guard let transfer else {
      carrier.isDone(self, reusable: false)
      return
    }
    if !hasBegun {
      broke()
    } else if cleanly, mayEnd {
      state.withLock { $0.transfer = nil }
      carrier.isDone(self, reusable: false)
      transfer.end(.success(()))
    } else {
      fail(cleanly ? .truncated : .reset)
    }
  }

  /// It broke before anything came: an old connection may just have been closed meanwhile.
  private func broke() {
    let (transfer, isReused, hasBegun) = state.withLock { state in
      defer { state.transfer = nil }
      return (state.transfer, state.served > 0, state.parser.hasBegun)
    }
    carrier.isDone(self, reusable: false)
    guard let transfer else { return }
    if isReused, !hasBegun {
      carrier.again(transfer)
    } else {
      transfer.end(.failure(transfer.failure(.reset, TransportFailure.Kind.reset.sentence)))
    }
  }

  private func fail(_ kind: TransportFailure.Kind) {
    let (transfer, isReused) = state.withLock { state in
      defer { state.transfer = nil }
      return (state.transfer, state.served > 0)
    }
    carrier.isDone(self, reusable: false)
    guard let transfer else { return }
    transfer.end(
      .failure(transfer.failure(kind, kind.sentence, onReusedConnection: isReused)))
  }
}

/// A request's bytes, as far as they are not sent.
struct OutgoingRequest {
  /// Smaller bodies go out with the head in one write.
  static let mostCopied = 65_536

  private var head: [UInt8] = []
  private var body: [UInt8] = []
  private var sent = 0

  init() {}

  /// The request of a transfer, which is not copied.
  init(of transfer: Transfer, host: String, target: String) {
    let isTogether = transfer.request.body.count <= OutgoingRequest.mostCopied
    let fields = transfer.request.fields
    let fixed = transfer.request.method.utf8.count + target.utf8.count + host.utf8.count + 128
    let capacity = fixed + fields.wireCount + (isTogether ? transfer.request.body.count : 0)
    head = HeadWriter.bytes(capacity: capacity) { writer in
      writer.put(text: transfer.request.method)
      writer.put(" ")
      writer.put(text: target)
      writer.put(" HTTP/1.1\r\n")
      if !fields.contains("host") {
        writer.put("Host: ")
        writer.put(text: host)
        writer.put("\r\n")
      }
      unsafe fields.forEachBytes { name, value in
        if unsafe HeaderList.isCarried(name, transfer.request) {
          unsafe writer.put(name: name, value: value)
        }
      }
      if transfer.request.decodesCompression { writer.put("Accept-Encoding: identity\r\n") }
      if !transfer.request.body.isEmpty
        || ["POST", "PUT", "PATCH"].contains(transfer.request.method)
      {
        writer.put("Content-Length: ")
        writer.put(number: transfer.request.body.count)
        writer.put("\r\n")
      }
      writer.put("\r\n")
      if isTogether { writer.put(transfer.request.body) }
    }
    if !isTogether { body = transfer.request.body }
  }

  var isSent: Bool { sent == head.count + body.count }

  /// Sends what the socket takes; false when it is broken.
  mutating func send(to descriptor: Int32) -> Bool {
    while !isSent {
      let isHead = sent < head.count
      let offset = isHead ? sent : sent - head.count
      let hasMore: Int32 = isHead && !body.isEmpty ? 1 : 0
      let count = unsafe (isHead ? head : body).withUnsafeBytes { bytes in
        unsafe anyllm_send(
          descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset, hasMore)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN
      }
      sent += count
    }
    return true
  }
}
