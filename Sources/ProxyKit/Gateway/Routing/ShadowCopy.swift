internal import Dialects
internal import Synchronization
internal import Transport

/// Sends a copy of a request to a second backend and reads the reply for nobody.
///
/// It is an exchange of its own, by the name `shadow`: on no caller's account, and nothing of it
/// reaches the client.
struct ShadowCopy {
  /// More copies at one time are not made.
  private static let most = 32

  let attempts: Attempts
  let deployment: Deployment

  /// Makes a copy for a share of the requests, and only while there are not too many.
  static func start(for plan: RoutePlan, of attempts: Attempts) {
    guard let shadow = plan.pool.shadow, Int.random(in: 0..<100) < shadow.percent,
      attempts.house.fleet.shadows.enter(atMost: most)
    else { return }
    let copy = ShadowCopy(attempts: attempts, deployment: shadow.deployment)
    attempts.client.loop.run {
      await copy.run()
      attempts.house.fleet.shadows.leave()
    }
  }

  private func run() async {
    let original = attempts.live
    let house = attempts.house
    let live = LiveExchange(
      id: original.id + "-shadow", dialect: original.dialect, client: original.client,
      session: nil, generation: original.generation, prices: original.prices, startedAt: .now,
      startedAtMs: WallClock.milliseconds())
    let (model, estimate) = original.with { ($0.modelRequested, $0.estimatedInput) }
    live.with { state in
      state.caller = "shadow"
      state.modelRequested = model
      state.estimatedInput = estimate
      state.isStreaming = attempts.request.wantsStream
    }
    guard house.beginAttempt(deployment, of: live, regardless: false) == nil else { return }
    house.board.open(live)
    let copy = Attempts(
      house: house, client: attempts.client, request: attempts.request,
      translation: attempts.translation, live: live)
    do throws(Failure) {
      let reply = try await copy.open(deployment, within: nil, leavesThoughtsOut: false)
      house.settle(live, await Self.read(reply, live))
    } catch {
      house.settle(live, .refused(error))
    }
  }

  /// Reads to the end for the figures alone.
  private static func read(_ reply: OpenReply, _ live: LiveExchange) async -> Ending {
    switch reply {
    case .whole(let whole):
      _ = live.observe(whole.events, bytesOut: 0, now: .now)
      return .completed(status: 200)
    case .stream(var stream):
      var events = stream.heldEvents
      do throws(TransportFailure) {
        while true {
          _ = live.observe(events, bytesOut: 0, now: .now)
          if case .failed(let failure) = events.last { return .broken(failure) }
          if stream.hasEnded { return .completed(status: 200) }
          events.removeAll(keepingCapacity: true)
          switch try await stream.source.next(within: .seconds(60)) {
          case .silence: continue
          case .bytes(let piece): _ = stream.take(piece, into: &events)
          case .end:
            stream.hasEnded = true
            stream.decoder.finish(into: &events)
          }
        }
      } catch {
        return .broken(Failure(error, backend: stream.deployment.backend.name))
      }
    }
  }
}

/// How many of a kind there are at one time.
final class Places: Sendable {
  private let taken = Mutex(0)

  func enter(atMost most: Int) -> Bool {
    taken.withLock { taken in
      guard taken < most else { return false }
      taken += 1
      return true
    }
  }

  func leave() { taken.withLock { $0 -= 1 } }
}
