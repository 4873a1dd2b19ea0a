internal import Glibc
internal import Synchronization

/// Carries transfers of cleartext HTTP/1.1 to addresses, on one loop, and keeps connections.
final class PlainCarrier: Sendable {
  fileprivate struct State {
    var isClosed = false
    var connections: [ObjectIdentifier: PlainConnection] = [:]
    var endpoints: [PlainAddress: PlainEndpoint] = [:]
    var idleCount = 0
    /// What URLs mean; nothing for those that are curl's.
    var routes: [String: Route?] = [:]
    var last: (url: String, route: Route)?
  }

  /// What a URL means and where its connections are kept.
  fileprivate struct Route {
    var target: PlainTarget
    var endpoint: PlainEndpoint
  }

  private static let mostRoutes = 256

  let loop: EventLoop
  let buffer = ReceiveBuffer()
  private let state = Mutex(State())

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Begins a transfer; false when it is none of ours.
  func start(_ transfer: Transfer) -> Bool {
    guard transfer.request.proxy == nil, transfer.request.clientCertificate == nil,
      let route = route(of: transfer)
    else { return false }
    let outgoing = OutgoingRequest(
      of: transfer, host: route.target.host, target: route.target.target)
    let kept = transfer.state.withLock { $0.isRetried } ? nil : takeIdle(route.endpoint)
    if let kept {
      transfer.state.withLock { $0.carrier = .plain(kept) }
      kept.carry(transfer, outgoing)
    } else {
      connect(transfer, to: route.target.address, route.endpoint, outgoing)
    }
    return true
  }

  /// A connection has nothing more to do for its transfer.
  func isDone(_ connection: PlainConnection, reusable: Bool) {
    let isKept = state.withLock { state -> Bool in
      guard reusable, !state.isClosed, state.idleCount < UpstreamClient.mostKept else {
        state.connections[ObjectIdentifier(connection)] = nil
        if connection.endpoint.remove(connection) { state.idleCount -= 1 }
        return false
      }
      connection.endpoint.keep(connection)
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
    if let route = route(of: transfer), route.target.isLocalhost,
      case .ip4 = address.place
    {
      let other = PlainAddress.localIP6(port: address.port)
      connect(
        transfer, to: other, route.endpoint,
        OutgoingRequest(
          of: transfer, host: route.target.host, target: route.target.target))
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
        state.endpoints = [:]
        state.routes = [:]
        state.last = nil
        state.idleCount = 0
        state.isClosed = true
      }
      return Array(state.connections.values)
    }
    for connection in connections { connection.close() }
  }

  private func connect(
    _ transfer: Transfer, to address: PlainAddress, _ endpoint: PlainEndpoint,
    _ outgoing: OutgoingRequest
  ) {
    guard let connection = PlainConnection(address, endpoint, carrier: self) else {
      couldNotConnect(transfer, to: address, errno)
      return
    }
    state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
    let limit = transfer.request.connectTimeout
    transfer.state.withLock { state in
      state.carrier = .plain(connection)
      state.connectDeadline = loop.milliseconds &+ limit
    }
    connection.carry(transfer, outgoing)
  }

  private func takeIdle(_ endpoint: PlainEndpoint) -> PlainConnection? {
    guard let connection = endpoint.take() else { return nil }
    state.withLock { $0.idleCount -= 1 }
    return connection
  }

  private func route(of transfer: Transfer) -> Route? {
    let socket = transfer.request.unixSocketPath
    let isUnix = socket != nil
    let url = transfer.request.url
    if !isUnix {
      let known = state.withLock { state -> Route?? in
        if let last = state.last, last.url == url { return last.route }
        guard let known = state.routes[url] else { return nil }
        if let known { state.last = (url, known) }
        return known
      }
      if let known { return known }
    }
    let target = PlainTarget(url, unixSocketPath: socket)
    return state.withLock { state in
      let route = target.map { target in
        let endpoint = state.endpoints[target.address] ?? PlainEndpoint()
        state.endpoints[target.address] = endpoint
        return Route(target: target, endpoint: endpoint)
      }
      if isUnix { return route }
      if state.routes.count >= PlainCarrier.mostRoutes { state.routes = [:] }
      state.routes[url] = .some(route)
      return route
    }
  }
}

/// The connections to one address that wait for a request.
final class PlainEndpoint: Sendable {
  private let idle = Mutex<[PlainConnection]>([])

  func keep(_ connection: PlainConnection) {
    idle.withLock { $0.append(connection) }
  }

  /// The one used last, which is the least likely to have been closed.
  func take() -> PlainConnection? {
    idle.withLock { $0.popLast() }
  }

  /// Whether it was one of those that wait.
  func remove(_ connection: PlainConnection) -> Bool {
    idle.withLock { idle in
      guard let index = idle.firstIndex(where: { $0 === connection }) else { return false }
      idle.remove(at: index)
      return true
    }
  }
}
