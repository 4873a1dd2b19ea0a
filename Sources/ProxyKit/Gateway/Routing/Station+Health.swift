/// How the last attempts ended, in a ring of bits.
struct OutcomeWindow: Sendable {
  private static let size = 20

  private var failed: UInt32 = 0
  private(set) var count = 0

  mutating func add(hasFailed: Bool) {
    failed = (failed << 1 | (hasFailed ? 1 : 0)) & (1 << UInt32(Self.size) - 1)
    count = min(count + 1, Self.size)
  }

  /// Whether at least half of a full window failed.
  var isBad: Bool { count == Self.size && failed.nonzeroBitCount * 2 >= Self.size }
}

extension Station.State {
  /// A vendor that does not say when to come back.
  private static let cooldown: Duration = .seconds(10)
  /// Vendors' longer wishes are not taken at their word: a window of theirs may end earlier.
  private static let longestCooldown: Duration = .seconds(300)
  private static let longestPause: Duration = .seconds(300)

  /// Why an attempt cannot be taken in now, health first: it says more than a limit.
  mutating func refusal(
    _ limits: DeploymentLimits, tokens wanted: Int, at now: ContinuousClock.Instant
  ) -> Station.Refusal? {
    healthRefusal(at: now) ?? limitRefusal(limits, tokens: wanted, at: now)
  }

  private func healthRefusal(at now: ContinuousClock.Instant) -> Station.Refusal? {
    if let down { return Station.Refusal(reason: .down, cause: down) }
    switch circuit {
    case .open(let until) where until > now:
      return Station.Refusal(reason: .open, until: until, cause: cause)
    case .halfOpen(isProbing: true):
      return Station.Refusal(reason: .probing, cause: cause)
    default: break
    }
    if let coolsUntil, coolsUntil > now {
      return Station.Refusal(reason: .cooling, until: coolsUntil, cause: cause)
    }
    return nil
  }

  private mutating func limitRefusal(
    _ limits: DeploymentLimits, tokens wanted: Int, at now: ContinuousClock.Instant
  ) -> Station.Refusal? {
    if let most = limits.concurrent, inFlight >= most {
      return Station.Refusal(reason: .concurrency)
    }
    let second = now.wholeSecond
    if let most = limits.requestsPerMinute, requests.total(at: second) >= most {
      let wait = requests.seconds(untilAtMost: most - 1, from: second)
      return Station.Refusal(reason: .requests, until: now + .seconds(wait))
    }
    // What is larger than a whole minute's tokens gets one of its own.
    if let most = limits.tokensPerMinute, tokens.total(at: second) + min(wanted, most) > most {
      let wait = tokens.seconds(untilAtMost: most - min(wanted, most), from: second)
      return Station.Refusal(reason: .tokens, until: now + .seconds(wait))
    }
    return nil
  }

  /// Learns from the end of an attempt.
  mutating func take(
    _ verdict: Verdict, _ breaker: Settings.Backend.Circuit, at now: ContinuousClock.Instant
  ) {
    switch verdict {
    case .nothing:
      if circuit == .halfOpen(isProbing: true) { circuit = .halfOpen(isProbing: false) }
    case .success, .answered:
      failuresInARow = 0
      openings = 0
      outcomes.add(hasFailed: false)
      if circuit != .closed {
        circuit = .closed
        outcomes = OutcomeWindow()
      }
      if verdict == .success { cause = "" }
    case .limited(let seconds, let reason):
      cause = reason
      if circuit == .halfOpen(isProbing: true) { circuit = .halfOpen(isProbing: false) }
      let asked = seconds.map { Duration.seconds($0) } ?? Self.cooldown
      let end = now + min(max(asked, .seconds(1)), Self.longestCooldown)
      // A later, shorter wish does not shorten what was wished for first.
      coolsUntil = max(coolsUntil ?? end, end)
    case .fault(let reason): fail(reason, breaker, at: now)
    }
  }

  private mutating func fail(
    _ reason: String, _ breaker: Settings.Backend.Circuit, at now: ContinuousClock.Instant
  ) {
    cause = reason
    failuresInARow += 1
    outcomes.add(hasFailed: true)
    switch circuit {
    // What began before it opened says nothing new.
    case .open: return
    case .halfOpen: break
    case .closed:
      guard failuresInARow >= breaker.failures || outcomes.isBad else { return }
    }
    let pause = breaker.pause * (1 << min(openings, 6))
    circuit = .open(until: now + min(pause, max(breaker.pause, Self.longestPause)))
    openings += 1
  }

  /// Forgets every reason not to ask it.
  mutating func reset() {
    circuit = .closed
    coolsUntil = nil
    failuresInARow = 0
    openings = 0
    outcomes = OutcomeWindow()
    down = nil
    cause = ""
  }
}
