internal import ControlPlane
internal import Dialects
internal import Transport

/// The tries of one exchange: the same deployment again, or the next one, until one proves itself.
struct Attempts {
  /// A longer wait than this is the client's to decide.
  private static let longestWait = 5

  let house: House
  let client: ServerExchange
  let request: IncomingRequest
  let translation: Conversation?
  let live: LiveExchange

  func open(_ deployments: [Deployment]) async throws(Failure) -> OpenReply {
    var last = request.unserved
    for deployment in deployments {
      var round = 0
      var leavesThoughtsOut = false
      while true {
        do {
          return try await open(deployment, leavesThoughtsOut: leavesThoughtsOut)
        } catch {
          last = error
        }
        // The conversation would be refused for ever; once it may go on without its thoughts.
        if !leavesThoughtsOut, ThoughtRefusal.isDescribed(by: last),
          !live.cancellation.isCancelled
        {
          leavesThoughtsOut = true
          continue
        }
        guard last.retry != .never, !live.cancellation.isCancelled else { throw last }
        guard round < deployment.backend.retries,
          (last.retryAfterSeconds ?? 0) <= Self.longestWait
        else { break }
        live.with { $0.phase = .retrying }
        await wait(Self.pause(round, last))
        if live.cancellation.isCancelled { throw last }
        round += 1
      }
    }
    throw last
  }

  /// Waits, but not for a client that has left or a request that was killed.
  private func wait(_ pause: Duration) async {
    let loop = client.loop
    let sleep = Task(executorPreference: loop) { await loop.sleep(for: pause) }
    let registration = live.cancellation.onCancel { sleep.cancel() }
    await sleep.value
    live.cancellation.forget(registration)
  }

  private func open(
    _ deployment: Deployment, leavesThoughtsOut: Bool
  ) async throws(Failure) -> OpenReply {
    house.beginAttempt(deployment, of: live)
    do {
      return try await Attempt(
        house: house, client: client, request: request, translation: translation,
        deployment: deployment, live: live, leavesThoughtsOut: leavesThoughtsOut
      ).open()
    } catch {
      house.failAttempt(deployment, of: live, error)
      var failure = error
      // The words of one language say nothing in another.
      if request.dialect != deployment.dialect { failure.verbatim = nil }
      throw failure
    }
  }

  /// Half a second, doubled each time, a random half of it taken off so that clients spread.
  private static func pause(_ round: Int, _ failure: Failure) -> Duration {
    if let seconds = failure.retryAfterSeconds { return .seconds(seconds) }
    let longest = 500 << min(round, 3)
    return .milliseconds(Int.random(in: (longest / 2)...longest))
  }
}
