package import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization
internal import Transport

/// The gateway while it runs: its ports, its loops, and the cockpit that operates it.
package final class RunningGateway: Cockpit {
  package static let version = "0.1.0"

  /// What the request log holds at most, and how long responses are kept; the ledger keeps
  /// everything.
  private static let keptRows = 1_000_000
  private static let keptDays = 30

  private struct Phase: Sendable {
    var state: ServingState = .starting
    var retention: LoopTimer?
    var healthWatch: LoopTimer?
  }

  let house: House
  let office: Office
  private let store: Store
  let loops: [EventLoop]
  let controlLoop: EventLoop
  private let servers: Mutex<[HTTPServer]>
  let claim: SocketClaim
  private let startedAtMs = WallClock.milliseconds()
  private let phase = Mutex(Phase())
  let controlBodies = ByteBudget(limit: 8 * ControlRoutes.bodyLimit)

  init(
    house: House, office: Office, store: Store, loops: [EventLoop], controlLoop: EventLoop,
    claim: SocketClaim
  ) {
    self.house = house
    self.office = office
    self.store = store
    self.loops = loops
    self.controlLoop = controlLoop
    self.claim = claim
    servers = Mutex([])
  }

  /// Where the operator's socket is.
  package var socketPath: String { claim.place.path }

  // MARK: Cockpit

  package func snapshot() -> LiveSnapshot {
    let settings = house.snapshots.value
    var picture = house.board.picture(backends: settings.settings.backends, at: .now)
    for (place, backend) in settings.settings.backends.enumerated() {
      picture.backends[place].tell(backend, of: house.fleet, at: .now)
    }
    return LiveSnapshot(
      state: phase.withLock { $0.state }, version: Self.version,
      listening: listening(settings.settings), startedAtMs: startedAtMs,
      takenAtMs: WallClock.milliseconds(), generation: settings.generation,
      totals: picture.totals, backends: picture.backends, streams: picture.streams,
      throughput: picture.throughput, errors: picture.errors, notices: picture.notices)
  }

  package func perform(
    _ command: ControlCommand, by actor: String
  ) async throws(ControlFailure) -> ControlAnswer {
    switch command {
    case .status: return .status(snapshot())
    case .listBackends: return .backends(snapshot().backends)
    case .listKeys, .listKeysOf, .showKey, .addKey, .changeKey, .undoKey, .exportKeys, .importKeys:
      return try await office.perform(command, isTrial: false, by: actor)
    case .trial(let command):
      return try await office.perform(command, isTrial: true, by: actor)
    case .usage(let question): return .usage(try await office.usage(question))
    case .showRequest(let id): return .request(try await office.request(id))
    case .showBodies(let id): return .bodies(try await office.bodies(of: id))
    case .listMappings: return .mappings(await office.listMappings())
    case .setMapping(let pattern, let target, let generation):
      return .mappingChange(
        try await office.setMapping(pattern, to: target, ifGeneration: generation, by: actor))
    case .unsetMapping(let pattern, let generation):
      return .mappingChange(
        try await office.unsetMapping(pattern, ifGeneration: generation, by: actor))
    case .undoMapping: return .mappingChange(try await office.undoMapping(by: actor))
    case .listRequests(let limit, let before):
      return .requests(try await requests(limit: limit, before: before))
    case .killRequest(let id): return .killed(try await kill(id, by: actor))
    case .reload:
      let report = try await office.reload(by: actor)
      if !house.snapshots.value.settings.cache.isOn { house.cache.clear() }
      return .reloaded(report)
    case .listAudit(let limit): return .audit(try await office.auditTrail(limit: limit))
    case .routing(let command, let isTrial):
      return .routing(try await perform(command, isTrial: isTrial, by: actor))
    case .translate(let question): return .translation(try translate(question))
    case .showCache: return .cache(house.cacheStatus())
    case .clearCache:
      let count = house.cache.figures.entries
      try await office.audit(
        "cache.clear", target: "cache", before: "\(count) replies", after: nil, by: actor)
      return .cache(house.cacheStatus(cleared: house.cache.clear()))
    case .drain:
      try await office.audit("server.drain", target: "gateway", before: nil, after: nil, by: actor)
      stopAccepting()
      return .draining
    }
  }

  func watchFinished() -> FinishedFeed.Watch { house.finished.watch() }

  /// The newest finished exchanges, oldest first.
  func backlog(_ count: Int, after: Int64?) async -> [RequestSummary] {
    let newest = (try? await requests(limit: max(1, count), before: nil)) ?? []
    let wanted = after.map { last in newest.filter { $0.sequence > last } } ?? newest
    return count == 0 && after == nil ? [] : wanted.reversed()
  }

  private func requests(
    limit: Int, before: Int64?
  ) async throws(ControlFailure) -> [RequestSummary] {
    do throws(StorageFailure) {
      let page = try await store.requests(limit: limit, before: before)
      return page.requests.map { $0.record.summary(sequence: $0.sequence) }
    } catch {
      throw ControlFailure(error)
    }
  }

  private func kill(_ id: String, by actor: String) async throws(ControlFailure) -> String {
    guard let exchange = house.board.exchange(id) else {
      throw ControlFailure(
        .notFound, "no request `\(id)` is in flight", hint: "`anyllmctl status` shows them.")
    }
    exchange.stop(.killed)
    try await office.audit(
      "request.kill", target: exchange.id, before: nil, after: nil, by: actor)
    return exchange.id
  }

  // MARK: Life

  func note(_ sentences: [String]) { house.board.note(sentences) }

  func open(_ servers: [HTTPServer]) {
    self.servers.withLock { $0 = servers }
    phase.withLock { $0.state = .serving }
    let store = store
    let retention = controlLoop.every(.seconds(3600)) { [controlLoop] in
      controlLoop.run { await Self.trim(store) }
    }
    let watch = HealthWatch(house: house, loop: loops[0])
    let healthWatch = controlLoop.every(.seconds(1)) { [controlLoop, office] in
      watch.tick(at: .now)
      controlLoop.run { await office.expireMappings(nowMs: WallClock.milliseconds()) }
    }
    phase.withLock { phase in
      phase.retention = retention
      phase.healthWatch = healthWatch
    }
  }

  /// Keeps the request log and the kept responses within bounds; a failure is told by the queue's health and tried again.
  private static func trim(_ store: Store) async {
    let oldest = WallClock.milliseconds() - Int64(keptDays) * 86_400_000
    _ = try? await store.trim(keepRows: keptRows, olderThanMs: oldest)
    _ = try? await store.trimResponses(olderThanMs: oldest)
    _ = try? await store.trimBodies(olderThanMs: oldest)
    // The longest budget that rolls looks back 31 days.
    _ = try? await store.foldSpends(olderThanMs: oldest - 5 * 86_400_000)
  }

  private func stopAccepting() {
    phase.withLock { if $0.state == .serving || $0.state == .starting { $0.state = .draining } }
    for server in servers.withLock({ $0.dropLast() }) { server.stopAccepting() }
  }

  /// Refuses new connections and waits until no exchange is in flight or the time is up.
  package func drain(within deadline: Duration) async {
    stopAccepting()
    let end = ContinuousClock.now + deadline
    while house.board.inFlight > 0, ContinuousClock.now < end {
      await pause(.milliseconds(20))
    }
  }

  /// Ends at once: what is still in flight is told so, what was recorded is kept.
  package func stop() async {
    let timers = phase.withLock { phase in
      phase.state = .stopping
      return [phase.retention, phase.healthWatch]
    }
    for timer in timers { timer?.cancel() }
    for exchange in house.board.exchanges { exchange.stop(.killed) }
    let grace = ContinuousClock.now + .milliseconds(500)
    while house.board.inFlight > 0, ContinuousClock.now < grace {
      await pause(.milliseconds(5))
    }
    for server in servers.withLock({ $0 }) { server.close() }
    house.closeUpstreams()
    await store.close()
    claim.release()
    for loop in loops { loop.stop() }
    controlLoop.stop()
  }

  /// Waits on the control loop, from whatever executor the caller runs on.
  private func pause(_ duration: Duration) async {
    let loop = controlLoop
    await withCheckedContinuation { continuation in
      loop.run {
        await loop.sleep(for: duration)
        continuation.resume()
      }
    }
  }

  private func listening(_ settings: Settings) -> [String] {
    let bound = servers.withLock { $0.dropLast().map(\.boundPort) }
    let ports = zip(settings.listen, bound).map { address, port in
      let scheme = address.tlsCertificate == nil ? "http" : "https"
      let host = address.host.contains(":") ? "[\(address.host)]" : address.host
      return "\(scheme)://\(host):\(port)"
    }
    return ports + ["unix:" + socketPath]
  }
}
