internal import ControlPlane

extension BackendStatus {
  /// Adds what the fleet knows to what the board has counted.
  mutating func tell(
    _ backend: Settings.Backend, of fleet: Fleet, at now: ContinuousClock.Instant
  ) {
    var isOpen = false
    var isCooling = false
    deployments = fleet.stations(of: name).compactMap { model, station in
      let state = station.with { state in
        (
          circuit: state.circuit, cools: state.coolsUntil, inFlight: state.inFlight,
          stream: state.streamPace, whole: state.wholePace, cause: state.cause
        )
      }
      let pause: Duration?
      let word: DeploymentStatus.Circuit
      switch state.circuit {
      case .closed:
        pause = state.cools.flatMap { $0 > now ? $0 - now : nil }
        word = pause == nil ? .closed : .cooling
      case .open(let until):
        pause = max(.zero, until - now)
        word = .open
      case .halfOpen:
        pause = nil
        word = .halfOpen
      }
      isOpen = isOpen || word == .open || word == .halfOpen
      isCooling = isCooling || word == .cooling
      guard word != .closed || state.inFlight > 0 || state.stream != nil || state.whole != nil
      else { return nil }
      return DeploymentStatus(
        model: model, circuit: word,
        againInMs: pause.map { Int($0.components.seconds) * 1000 },
        inFlight: state.inFlight, firstTokenMs: state.stream.map { Int($0) },
        wholeReplyMs: state.whole.map { Int($0) }, cause: state.cause.isEmpty ? nil : state.cause)
    }
    if backend.duty == .off {
      health = .off
    } else if backend.duty == .draining {
      health = .draining
    } else if let fault = fleet.fault(of: name) {
      health = .down
      lastError = lastError ?? fault
    } else if isOpen {
      health = .down
    } else if isCooling, health == .up || health == .unknown {
      health = .degraded
    }
  }
}
