internal import Dialects
internal import Transport

/// Asks a second deployment for a whole reply when the first one takes long, and takes what comes
/// first.
///
/// The other one is broken off; it is no failure of its deployment, and what it may have cost there
/// is not on the caller's account.
struct Hedge {
  /// How one of the two ended.
  enum Outcome: Sendable {
    case reply(OpenReply, LiveExchange)
    case failed(Failure)
    case refused(Station.Refusal)
  }

  private enum Event: Sendable {
    case due
    case done(first: Bool, Outcome)
  }

  let attempts: Attempts
  let first: Deployment
  let second: Deployment
  let delay: Duration

  /// What came, and how the deployments that were asked ended otherwise, in the order of their end.
  func run() async -> (reply: OpenReply?, others: [(Deployment, Outcome)]) {
    let twins = [attempts.live.twin(), attempts.live.twin()]
    let registration = attempts.live.cancellation.onCancel {
      for twin in twins { twin.cancellation.cancel() }
    }
    defer { attempts.live.cancellation.forget(registration) }
    let loop = attempts.client.loop
    var reply: OpenReply?
    var others: [(Deployment, Outcome)] = []
    await withTaskGroup(of: Event.self) { group in
      group.addTask(executorPreference: loop) { [attempts, first] in
        .done(first: true, await attempts.once(first, as: twins[0]))
      }
      group.addTask(executorPreference: loop) { [delay] in
        await loop.sleep(for: delay)
        return .due
      }
      var running = 1
      for await event in group {
        switch event {
        case .due:
          guard running == 1, reply == nil, others.isEmpty else { continue }
          running += 1
          group.addTask(executorPreference: loop) { [attempts, second] in
            .done(first: false, await attempts.once(second, as: twins[1]))
          }
        case .done(let isFirst, .reply(let open, let twin)):
          running -= 1
          guard reply == nil else {
            attempts.drop(open, of: twin)
            continue
          }
          reply = open
          attempts.live.adopt(twin)
          twins[isFirst ? 1 : 0].cancellation.cancel()
        case .done(let isFirst, let outcome):
          running -= 1
          others.append((isFirst ? first : second, outcome))
        }
        if running == 0 { group.cancelAll() }
      }
    }
    return (reply, others)
  }
}

extension Attempts {
  /// One try for one of two; what is known of it stands in its twin.
  fileprivate func once(_ deployment: Deployment, as twin: LiveExchange) async -> Hedge.Outcome {
    if let refusal = house.beginAttempt(deployment, of: twin, regardless: false) {
      return .refused(refusal)
    }
    let attempts = Attempts(
      house: house, client: client, request: request, translation: translation, live: twin)
    do {
      return .reply(
        try await attempts.open(deployment, within: nil, leavesThoughtsOut: false), twin)
    } catch {
      return .failed(error)
    }
  }

  /// Nobody wants a reply any more.
  fileprivate func drop(_ reply: OpenReply, of twin: LiveExchange) {
    reply.source.cancel()
    twin.cancellation.cancel()
    house.failAttempt(reply.deployment, of: twin, .cut("another reply came first"))
  }
}

extension LiveExchange {
  /// An exchange of its own for one of two attempts, on nobody's board.
  fileprivate func twin() -> LiveExchange {
    let twin = LiveExchange(
      id: id, dialect: dialect, client: client, session: session, generation: generation,
      prices: prices,
      startedAt: startedAt, startedAtMs: startedAtMs)
    let (estimate, isStreaming) = with { ($0.estimatedInput, $0.isStreaming) }
    twin.with { state in
      state.estimatedInput = estimate
      state.isStreaming = isStreaming
    }
    return twin
  }

  /// Takes over what the attempt that won has done.
  fileprivate func adopt(_ twin: LiveExchange) {
    let won = twin.with { state in
      defer { state.openAttempt = nil }
      return state
    }
    with { state in
      state.attempts += 1
      state.openAttempt = won.openAttempt
      state.backend = won.backend
      state.modelSent = won.modelSent
      state.losses = won.losses
      state.refusalFields = won.refusalFields
      state.phase = won.phase
    }
  }
}
