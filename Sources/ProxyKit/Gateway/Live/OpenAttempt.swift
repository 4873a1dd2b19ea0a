internal import Dialects

/// An attempt that is under way, and what its deployment was told of it.
struct OpenAttempt: Sendable {
  let deployment: Deployment
  let startedAt: ContinuousClock.Instant
  let reservedTokens: Int

  /// Tells the deployment how a failed attempt ended.
  func end(_ failure: Failure, isCancelled: Bool, at now: ContinuousClock.Instant) {
    let verdict = Verdict(
      failure, isCancelled: isCancelled,
      forwardsCredential: deployment.backend.forwardClientAuthorization)
    leave(Station.Outcome(verdict: verdict, reservedTokens: reservedTokens), at: now)
  }

  /// Tells the deployment how the last attempt of an exchange ended.
  func end(
    _ ending: Ending, of exchange: LiveExchange, _ state: LiveExchange.State,
    at now: ContinuousClock.Instant
  ) {
    let verdict = ending.verdict(
      hasOutput: state.firstTokenMs != nil,
      forwardsCredential: deployment.backend.forwardClientAuthorization)
    let delay = exchange.startedAt.milliseconds(to: startedAt)
    leave(
      Station.Outcome(
        verdict: verdict, tokens: (state.usage?.wholeInput ?? 0) + state.outputTokens,
        reservedTokens: reservedTokens, firstTokenMs: state.firstTokenMs.map { $0 - delay },
        isStreaming: state.isStreaming), at: now)
  }

  private func leave(_ outcome: Station.Outcome, at now: ContinuousClock.Instant) {
    deployment.station.leave(outcome, breaker: deployment.backend.circuit, at: now)
  }
}
