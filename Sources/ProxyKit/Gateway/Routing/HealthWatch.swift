internal import Dialects
internal import Synchronization
internal import Transport

/// Looks after the backends that want it, whether anybody asks them something or not.
final class HealthWatch: Sendable {
  /// One bad moment is not yet an outage.
  private static let patience = 2

  private struct Round: Sendable {
    var lastAt: ContinuousClock.Instant?
    var isUnderWay = false
    var failures = 0
  }

  private let house: House
  private let loop: EventLoop
  private let rounds = Mutex<[String: Round]>([:])

  /// - Parameter loop: One of those that serve clients.
  init(house: House, loop: EventLoop) {
    self.house = house
    self.loop = loop
  }

  /// Begins what is due; to be called again and again.
  func tick(at now: ContinuousClock.Instant) {
    let settings = house.snapshots.value.settings
    for backend in settings.backends {
      guard let check = backend.healthCheck, backend.duty != .off,
        begin(backend.name, check.interval, at: now)
      else { continue }
      let deployment = Deployment(backend: backend, model: check.model)
      loop.run { [self] in
        let finding = await BackendProbe(house: house, deployment: deployment, loop: loop)
          .run(within: min(check.interval, .seconds(30)))
        take(finding, of: backend.name)
      }
    }
    forget(keeping: settings)
  }

  private func begin(
    _ name: String, _ interval: Duration, at now: ContinuousClock.Instant
  ) -> Bool {
    rounds.withLock { rounds in
      var round = rounds[name] ?? Round()
      guard !round.isUnderWay, round.lastAt.map({ now - $0 >= interval }) ?? true else {
        return false
      }
      round.isUnderWay = true
      round.lastAt = now
      rounds[name] = round
      return true
    }
  }

  /// Learns what a look at a backend found.
  func take(_ finding: BackendProbe.Finding, of name: String) {
    let failures = rounds.withLock { rounds in
      rounds[name, default: Round()].isUnderWay = false
      let failures = finding.isAlive ? 0 : rounds[name, default: Round()].failures + 1
      rounds[name]?.failures = failures
      return failures
    }
    let fault = finding.failure.map { "\($0.status) \($0.message.prefix(200))" } ?? ""
    let known = house.fleet.fault(of: name)
    if failures >= Self.patience {
      house.fleet.note(fault, of: name)
      if known == nil { house.board.note(["backend \(name) was found down: \(fault)"]) }
    } else if failures == 0, known != nil {
      _ = house.fleet.reset(backend: name)
      house.board.note(["backend \(name) answers again"])
    }
  }

  /// A backend that is no longer looked after must not stay down for ever.
  private func forget(keeping settings: Settings) {
    let gone = rounds.withLock { rounds in
      let gone = rounds.keys.filter { name in
        let backend = settings.backend(named: name)
        return backend?.healthCheck == nil || backend?.duty == .off
      }
      for name in gone { rounds[name] = nil }
      return gone
    }
    for name in gone { house.fleet.note(nil, of: name) }
  }
}
