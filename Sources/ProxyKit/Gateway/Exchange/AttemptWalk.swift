internal import Dialects

/// What the tries of one exchange have brought so far, and what follows from it.
struct AttemptWalk {
  /// Who is asked after a failure.
  enum Next {
    case same, others
    /// The rest of the list would fail alike.
    case fallbacks
    case nobody
  }

  /// Nobody could stand in for the one deployment, so that its health does not matter.
  let isSole: Bool
  var tries = 0
  var last: Failure?
  var refusals: [(deployment: Deployment, refusal: Station.Refusal)] = []
  /// The rest of the list need not be asked.
  var isStopped = false

  /// Ends the walk over one list.
  mutating func stop() -> OpenReply? {
    isStopped = true
    return nil
  }

  /// Whether a fallback is meant for what has happened.
  func calls(for condition: Settings.Route.Fallback.Condition) -> Bool {
    switch condition {
    case .context: last?.kind == .contextOverflow
    case .filter: last?.kind == .contentFiltered
    case .any: last.map { $0.kind != .contextOverflow && $0.kind != .contentFiltered } ?? true
    }
  }

  func next(after failure: Failure, at deployment: Deployment, isLast: Bool) -> Next {
    switch failure.kind {
    case .contextOverflow, .contentFiltered: return .fallbacks
    // Another place may have the model, or a credential that is good.
    case .notFound where failure.origin == .upstream: return isLast ? .nobody : .others
    case .authentication, .permission, .billing:
      let isOurs = failure.origin == .upstream && !deployment.backend.forwardClientAuthorization
      return isOurs && !isLast ? .others : retry(after: failure)
    case .rateLimited, .timeout, .overloaded:
      return failure.retry == .never || isLast ? retry(after: failure) : .others
    default: return retry(after: failure)
    }
  }

  private func retry(after failure: Failure) -> Next {
    failure.retry == .never ? .nobody : .same
  }

  /// How long until the first deployment that was passed over may be asked, when that is soon.
  func pause(
    within longest: Duration, at now: ContinuousClock.Instant
  ) -> Duration? {
    guard let earliest = refusals.compactMap({ $0.refusal.until }).min() else { return nil }
    let pause = max(.zero, earliest - now)
    // A timer may be early by the fraction of a millisecond.
    return pause <= longest ? pause + .milliseconds(2) : nil
  }
}
