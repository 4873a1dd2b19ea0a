internal import ControlPlane
internal import Dialects
internal import Transport

/// The tries of one exchange: the same deployment again, the next one, the fallbacks, until one
/// proves itself.
///
/// All of it happens before the first byte goes to the client.
struct Attempts {
  /// A longer wait than this is the client's to decide.
  static let longestWait = 5
  /// However long the lists of routes and fallbacks are.
  private static let mostTries = 24

  let house: House
  let client: ServerExchange
  let request: IncomingRequest
  let translation: Conversation?
  let live: LiveExchange

  func open(_ plan: RoutePlan) async throws(Failure) -> OpenReply {
    if let answer = QuotaProbe.answer(to: request, plan) { return answer }
    if let route = plan.routeName { live.with { $0.route = route } }
    ShadowCopy.start(for: plan, of: self)
    var walk = AttemptWalk(isSole: plan.isSole)
    let wait = plan.pool.route?.wait ?? .zero
    var mayWait = wait > .zero
    while true {
      if let reply = try await walkOver(plan, &walk) { return reply }
      if mayWait, walk.last == nil, let pause = walk.pause(within: wait, at: .now) {
        mayWait = false
        await self.wait(pause)
        walk.refusals = []
        if !live.cancellation.isCancelled { continue }
      }
      throw walk.last ?? Failure(walk.refusals, of: plan.pool.name, at: .now)
    }
  }

  private func walkOver(
    _ plan: RoutePlan, _ walk: inout AttemptWalk
  ) async throws(Failure) -> OpenReply? {
    if let reply = try await ask(plan.deployments, of: plan.pool, &walk, hasMore: plan) {
      if let session = plan.session,
        plan.pool.deployments.contains(where: { $0 === reply.deployment })
      {
        house.fleet.sessions.note(session, at: reply.deployment.station, at: .now)
      }
      return reply
    }
    for (place, fallback) in plan.fallbacks.enumerated()
    where walk.calls(for: fallback.condition) {
      var dice = SystemRandomNumberGenerator()
      let deployments = fallback.pool.ordered(
        isStreaming: request.wantsStream, at: .now, using: &dice
      ).filter { plan.permissions?.allows(backend: $0.backend.name) ?? true }
      walk.isStopped = false
      var rest = plan
      rest.fallbacks = Array(plan.fallbacks[(place + 1)...])
      if let reply = try await ask(deployments, of: fallback.pool, &walk, hasMore: rest) {
        return reply
      }
    }
    return nil
  }

  /// Asks one after the other; nil when none of them gave a reply and others may still.
  private func ask(
    _ deployments: [Deployment], of pool: RoutePool, _ walk: inout AttemptWalk,
    hasMore plan: RoutePlan
  ) async throws(Failure) -> OpenReply? {
    var rest = deployments[...]
    while let deployment = rest.popFirst() {
      let isLast = rest.isEmpty && plan.fallbacks.isEmpty
      if let delay = pool.route?.hedgeAfter, !request.wantsStream, let second = rest.first {
        let hedge = Hedge(attempts: self, first: deployment, second: second, delay: delay)
        if let reply = try await take(await hedge.run(), of: &rest, &walk) { return reply }
        if walk.isStopped { return nil }
        continue
      }
      let reply = try await ask(
        deployment, retries: retries(of: deployment, in: pool.route, isLast: isLast),
        within: pool.route?.firstTokenTimeout, &walk, isLast: isLast)
      if let reply { return reply }
      if walk.isStopped { return nil }
    }
    return nil
  }

  /// What two that were asked for one reply have brought.
  private func take(
    _ ending: (reply: OpenReply?, others: [(Deployment, Hedge.Outcome)]),
    of rest: inout ArraySlice<Deployment>, _ walk: inout AttemptWalk
  ) async throws(Failure) -> OpenReply? {
    for (deployment, outcome) in ending.others {
      if deployment === rest.first { rest.removeFirst() }
      switch outcome {
      case .reply: continue
      case .refused(let refusal):
        live.with { $0.note(refusal, of: deployment) }
        walk.refusals.append((deployment, refusal))
      case .failed(let failure):
        walk.tries += 1
        // The one that was broken off because the other had answered.
        if ending.reply != nil { continue }
        walk.last = failure
        live.with { state in
          state.attempts += 1
          state.note(failure, of: deployment, at: .now)
        }
        if live.cancellation.isCancelled { throw failure }
        switch walk.next(after: failure, at: deployment, isLast: false) {
        case .nobody: throw failure
        case .fallbacks: return walk.stop()
        case .others, .same: continue
        }
      }
    }
    return ending.reply
  }

  /// How often one deployment is asked again; where others stand by, only when the route says so.
  private func retries(
    of deployment: Deployment, in route: Settings.Route?, isLast: Bool
  ) -> Int {
    route?.retries ?? (isLast ? deployment.backend.retries : 0)
  }

  private func ask(
    _ deployment: Deployment, retries: Int, within firstToken: Duration?,
    _ walk: inout AttemptWalk, isLast: Bool
  ) async throws(Failure) -> OpenReply? {
    var round = 0
    var leavesThoughtsOut = false
    while true {
      guard walk.tries < Self.mostTries else { return walk.stop() }
      // A deployment that has been chosen is asked again whatever the first try said of it.
      let regardless = walk.isSole || round > 0 || leavesThoughtsOut
      if let refusal = house.beginAttempt(deployment, of: live, regardless: regardless) {
        live.with { $0.note(refusal, of: deployment) }
        walk.refusals.append((deployment, refusal))
        return nil
      }
      walk.tries += 1
      let failure: Failure
      do {
        return try await open(
          deployment, within: firstToken, leavesThoughtsOut: leavesThoughtsOut)
      } catch {
        failure = error
        walk.last = error
      }
      if live.cancellation.isCancelled { throw failure }
      // The conversation would be refused for ever; once it may go on without its thoughts.
      if !leavesThoughtsOut, ThoughtRefusal.isDescribed(by: failure) {
        leavesThoughtsOut = true
        continue
      }
      switch walk.next(after: failure, at: deployment, isLast: isLast) {
      case .nobody: throw failure
      case .fallbacks: return walk.stop()
      case .others: return nil
      case .same: break
      }
      guard round < retries, (failure.retryAfterSeconds ?? 0) <= Self.longestWait else {
        return nil
      }
      live.with { $0.phase = .retrying }
      await wait(Self.pause(round, failure))
      if live.cancellation.isCancelled { throw failure }
      round += 1
    }
  }

  /// Waits, but not for a client that has left or a request that was killed.
  private func wait(_ pause: Duration) async {
    let loop = client.loop
    let sleep = Task(executorPreference: loop) { await loop.sleep(for: pause) }
    let registration = live.cancellation.onCancel { sleep.cancel() }
    await sleep.value
    live.cancellation.forget(registration)
  }

  /// One try whose attempt has begun.
  func open(
    _ deployment: Deployment, within firstToken: Duration?, leavesThoughtsOut: Bool
  ) async throws(Failure) -> OpenReply {
    do {
      return try await Attempt(
        house: house, client: client, request: request, translation: translation,
        deployment: deployment, live: live, leavesThoughtsOut: leavesThoughtsOut,
        firstTokenTimeout: firstToken
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
