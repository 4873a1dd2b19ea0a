internal import ControlPlane
internal import Dialects

extension LiveExchange.State {
  /// More than any walk over deployments is worth remembering.
  private static let mostTries = 64

  /// Notes an attempt that failed.
  mutating func note(
    _ failure: Failure, of deployment: Deployment, at now: ContinuousClock.Instant
  ) {
    guard tries.count < Self.mostTries else { return }
    tries.append(
      AttemptSummary(
        backend: deployment.backend.name, model: deployment.model, status: failure.status,
        milliseconds: openAttempt.map { $0.startedAt.milliseconds(to: now) } ?? 0,
        reason: "\(failure.kind.rawValue): \(failure.message.prefix(200))"))
  }

  /// Notes a deployment that was not asked.
  mutating func note(_ refusal: Station.Refusal, of deployment: Deployment) {
    guard tries.count < Self.mostTries else { return }
    tries.append(
      AttemptSummary(
        backend: deployment.backend.name, model: deployment.model, status: 0, milliseconds: 0,
        reason: refusal.words))
  }
}
