internal import Glibc
internal import Synchronization

/// Carries transfers of cleartext HTTP/1.1 to addresses, on one loop, and keeps connections.
final class PlainCarrier: Sendable {
  fileprivate struct State {
    var isClosed = false
    var connections: [ObjectIdentifier: PlainConnection] = [:]
    var idle: [PlainAddress: [PlainConnection]] = [:]
    var idleCount = 0
    /// What URLs mean; nothing for those that are curl's.
    var targets: [String: PlainTarget?] = [:]
  }

  private static let mostTargets = 256

  let loop: EventLoop
  let buffer = ReceiveBuffer()
  private let state = Mutex(State())

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Begins a transfer; false when it is none of ours.
  func start(_ transfer: Transfer) -> Bool {
    let request = transfer.request
    guard request.proxy == nil, request.clientCertificate == nil, let target = target(of: request)
    else { return false }
    let outgoing = OutgoingRequest(request, host: target.host, target: target.target)
    let kept = transfer.state.withLock { $0.isRetried } ? nil : takeIdle(target.address)
    if let kept {
      transfer.state.withLock { $0.carrier = .plain(kept) }
      kept.carry(transfer, outgoing)
    } else {
      connect(transfer, to: target.address, outgoing)
    }
    return true
  }

  /// A connection has nothing more to do for its transfer.
  func isDone(_ connection: PlainConnection, reusable: Bool) {
    let isKept = state.withLock { state -> Bool in
      guard reusable, !state.isClosed, state.idleCount < UpstreamClient.mostKept else {
        state.connections[ObjectIdentifier(connection)] = nil
        state.removeIdle(connection)
        return false
      }
      state.idle[connection.address, default: []].append(connection)
      state.idleCount += 1
      return true
    }
    if !isKept { connection.close() }
  }

  /// The connection that was kept for it broke before anything came: a new one may not.
  func again(_ transfer: Transfer) {
    transfer.state.withLock { state in
      state.isRetried = true
      state.carrier = .none
    }
    _ = start(transfer)
  }

  func couldNotConnect(_ transfer: Transfer, to address: PlainAddress, _ error: Int32) {
    if let target = target(of: transfer.request), target.isLocalhost,
      case .ip4 = address.place
    {
      let other = PlainAddress.localIP6(port: address.port)
      connect(
        transfer, to: other,
        OutgoingRequest(transfer.request, host: target.host, target: target.target))
      return
    }
    let kind: TransportFailure.Kind =
      switch error {
      case ETIMEDOUT: .connectTimeout
      case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL: .local
      default: .refused
      }
    transfer.end(.failure(transfer.failure(kind, kind.sentence)))
  }

  /// Closes all connections; no transfer goes on any more.
  func close() {
    let connections = state.withLock { state in
      defer {
        state.connections = [:]
        state.idle = [:]
        state.idleCount = 0
        state.isClosed = true
      }
      return Array(state.connections.values)
    }
    for connection in connections { connection.close() }
  }

  private func connect(
    _ transfer: Transfer, to address: PlainAddress, _ outgoing: OutgoingRequest
  ) {
    guard let connection = PlainConnection(address, carrier: self) else {
      couldNotConnect(transfer, to: address, errno)
      return
    }
    state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
    let limit = transfer.request.connectTimeout.wholeMilliseconds
    transfer.state.withLock { state in
      state.carrier = .plain(connection)
      state.connectDeadline = loop.milliseconds &+ limit
    }
    connection.carry(transfer, outgoing)
  }

  private func takeIdle(_ address: PlainAddress) -> PlainConnection? {
    state.withLock { state in
      guard let connection = state.idle[address]?.popLast() else { return nil }
      state.idleCount -= 1
      return connection
    }
  }

  private func target(of request: UpstreamRequest) -> PlainTarget? {
    guard request.unixSocketPath == nil else {
      return PlainTarget(request.url, unixSocketPath: request.unixSocketPath)
    }
    if let known = state.withLock({ $0.targets[request.url] }) { return known }
    let target = PlainTarget(request.url, unixSocketPath: nil)
    state.withLock { state in
      if state.targets.count >= PlainCarrier.mostTargets { state.targets = [:] }
      state.targets[request.url] = .some(target)
    }
    return target
  }
}

extension PlainCarrier.State {
  /// An idle connection that was closed from the other end.
  fileprivate mutating func removeIdle(_ connection: PlainConnection) {
    guard let index = idle[connection.address]?.firstIndex(where: { $0 === connection }) else {
      return
    }
    idle[connection.address]?.remove(at: index)
    if idle[connection.address]?.isEmpty ?? false { idle[connection.address] = nil }
    idleCount -= 1
  }
}
