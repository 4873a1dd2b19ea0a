internal import Dialects
internal import Synchronization
internal import Transport

/// The keys of one issuer: fetched when they are first needed, renewed, and kept for a bounded
/// time when the issuer is down.
///
/// However many tokens are checked, one fetch is on its way at a time, and what strangers write
/// into a token has the issuer asked no more often than the interval says.
final class IssuerKeys: Sendable {
  /// In seconds.
  struct Times: Sendable {
    /// After which keys are fetched again.
    var renewal: Int64 = 3_600
    /// Before which an unknown key asks for no new fetch.
    var interval: Int64 = 60
    /// After which keys that could not be renewed prove nothing.
    var mostAge: Int64 = 86_400
    /// How long a failure is remembered when there are no keys.
    var pause: Int64 = 5
  }

  private typealias Outcome = Result<KeySet, TokenFault>

  private struct State {
    var keys: KeySet?
    var fetchedAt: Int64 = 0
    /// Of the last fetch, whatever became of it.
    var triedAt: Int64 = .min
    var fault: TokenFault?
    var isFetching = false
    var waiters: [Awaited<Outcome>] = []
    /// Grows with each new set of keys.
    var version = 0

    mutating func waiter() -> Awaited<Outcome> {
      let waiter = Awaited<Outcome>()
      waiters.append(waiter)
      return waiter
    }

    /// Whether a fetch begins now.
    @discardableResult
    mutating func begin(at now: Int64) -> Bool {
      guard !isFetching else { return false }
      isFetching = true
      triedAt = now
      return true
    }
  }

  private enum Step {
    case use([SignatureKey])
    case fail(TokenFault)
    case wait(Awaited<Outcome>)
  }

  let issuer: Settings.Issuer
  private let times: Times
  private let clock: @Sendable () -> Int64
  private let state = Mutex(State())

  /// `clock` gives seconds since 1970.
  init(
    _ issuer: Settings.Issuer, times: Times = Times(), clock: @escaping @Sendable () -> Int64
  ) {
    self.issuer = issuer
    self.times = times
    self.clock = clock
  }

  /// Which set of keys counts now; nil when none does.
  var version: Int? {
    let now = clock()
    return state.withLock { state in
      state.keys != nil && now - state.fetchedAt < times.mostAge ? state.version : nil
    }
  }

  /// The keys that may have signed a token.
  func keys(
    named id: String?, for algorithm: SignatureAlgorithm, by client: UpstreamClient,
    cancellation: Cancellation
  ) async throws(TokenFault) -> [SignatureKey] {
    let (step, fetches) = next(id, algorithm, at: clock())
    if fetches { client.loop.run { await self.fetch(by: client) } }
    switch step {
    case .use(let keys): return keys
    case .fail(let fault): throw fault
    case .wait(let waiter):
      let registration = cancellation.onCancel { waiter.leave() }
      let outcome = await waiter.wait()
      cancellation.forget(registration)
      guard let outcome else { throw .unavailable("the client left") }
      let keys = try outcome.get().keys(named: id, for: algorithm)
      if keys.isEmpty { throw .unknownKey }
      return keys
    }
  }

  private func next(
    _ id: String?, _ algorithm: SignatureAlgorithm, at now: Int64
  ) -> (step: Step, fetches: Bool) {
    state.withLock { state in
      if let keys = state.keys, now - state.fetchedAt < times.mostAge {
        let isQuiet = !state.isFetching && now - times.interval >= state.triedAt
        let found = keys.keys(named: id, for: algorithm)
        if !found.isEmpty {
          let isDue = isQuiet && now - state.fetchedAt >= times.renewal
          if isDue { state.begin(at: now) }
          return (.use(found), isDue)
        }
        // It may be a new key, unless that was asked a moment ago.
        guard state.isFetching || isQuiet else { return (.fail(.unknownKey), false) }
        return (.wait(state.waiter()), state.begin(at: now))
      }
      if !state.isFetching, now - times.pause < state.triedAt, let fault = state.fault {
        return (.fail(fault), false)
      }
      return (.wait(state.waiter()), state.begin(at: now))
    }
  }

  private func fetch(by client: UpstreamClient) async {
    let outcome: Outcome
    do throws(TokenFault) {
      outcome = .success(try await IssuerCalls(issuer: issuer, client: client).keys())
    } catch {
      outcome = .failure(error)
    }
    let now = clock()
    let (waiters, result) = state.withLock { state in
      state.isFetching = false
      switch outcome {
      case .success(let keys):
        state.keys = keys
        state.fetchedAt = now
        state.fault = nil
        state.version += 1
      case .failure(let fault): state.fault = fault
      }
      defer { state.waiters = [] }
      // Who waits for a new key learns whether the old ones know it.
      let old = now - state.fetchedAt < times.mostAge ? state.keys : nil
      return (state.waiters, old.map { .success($0) } ?? outcome)
    }
    for waiter in waiters { waiter.settle(result) }
  }
}
