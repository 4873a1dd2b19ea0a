internal import ControlPlane
internal import Dialects
internal import Synchronization

/// The live counter of one caller: what decides about its limits is what is shown of them.
final class Account: Sendable {
  fileprivate struct State {
    var inFlight = 0
    var requests = MinuteWindow()
    var input = MinuteWindow()
    var output = MinuteWindow()
    var reservedInput = 0
    var reservedOutput = 0
    var epoch = 0
    var terms: CallerTerms?
    var purses: [Purse] = []
    /// What was spent while the past is being read; nil at other times.
    var unread: [(model: String, atMs: Int64, nanoDollars: Int64)]?
  }

  /// By which what was spent is found again; see `Caller.owner`.
  let owner: String
  private let state = Mutex(State())

  init(owner: String) {
    self.owner = owner
  }

  var inFlight: Int { state.withLock { $0.inFlight } }

  // MARK: The way of a request

  /// Lets a request in, or says which limit it met; nothing but the caller is known of it yet.
  func enter(
    as name: String, on terms: CallerTerms, nowMs: Int64
  ) throws(Failure) -> Permit {
    let limits = terms.terms
    return try state.withLock { state throws(Failure) in
      if let most = limits.concurrentRequests, state.inFlight >= most {
        throw .limited("key `\(name)` may have \(most) requests at a time; wait for one", after: 1)
      }
      if let most = limits.requestsPerMinute {
        guard state.requests.total(at: nowMs / 1000) < most else {
          let wait = state.requests.seconds(untilAtMost: most - 1, from: nowMs / 1000)
          throw .limited(
            "key `\(name)` may make \(most) requests a minute; the next in \(wait) s", after: wait)
        }
      }
      for at in state.purses.indices where state.purses[at].coversEverything {
        try state.purses[at].checkSpent(of: name, nowMs)
      }
      state.inFlight += 1
      if limits.requestsPerMinute != nil { state.requests.add(1, at: nowMs / 1000) }
      return Permit(account: self, terms: terms)
    }
  }

  /// Sets aside what the request will use at most, or says which limit it would break.
  ///
  /// A limit is passed by no more than what those set aside who were let in below it.
  func reserve(
    _ estimate: Estimate, for permit: Permit, as name: String, nowMs: Int64
  ) throws(Failure) -> Permit {
    let limits = permit.terms.terms
    return try state.withLock { state throws(Failure) in
      try state.checkTokens(limits, name, nowMs)
      for at in state.purses.indices where state.purses[at].covers(estimate.model) {
        try state.purses[at].checkSpent(of: name, nowMs)
        try state.purses[at].checkReserved(of: name, nowMs)
      }
      var held = permit
      held.epoch = state.epoch
      held.model = estimate.model
      held.inputTokens = estimate.inputTokens
      held.outputTokens = estimate.outputTokens
      held.nanoDollars = estimate.nanoDollars
      state.reservedInput += held.inputTokens
      state.reservedOutput += held.outputTokens
      for at in state.purses.indices where state.purses[at].covers(held.model) {
        state.purses[at].reserve(held.nanoDollars)
      }
      return held
    }
  }

  /// Gives back what was set aside and takes what was used; returns the budgets that it changed.
  func settle(_ permit: Permit, _ spending: Spending, nowMs: Int64) -> [BudgetAlert] {
    let limits = permit.terms.terms
    return state.withLock { state in
      state.inFlight -= 1
      state.reservedInput -= permit.inputTokens
      state.reservedOutput -= permit.outputTokens
      if limits.limitsTokens {
        state.input.add(spending.inputTokens, at: nowMs / 1000)
        state.output.add(spending.outputTokens, at: nowMs / 1000)
      }
      state.unread?.append((permit.model, nowMs, spending.nanoDollars))
      var alerts: [BudgetAlert] = []
      for at in state.purses.indices where state.purses[at].covers(permit.model) {
        if state.purses[at].epoch <= permit.epoch {
          state.purses[at].release(permit.nanoDollars)
        }
        guard spending.nanoDollars > 0 else { continue }
        let before = state.purses[at].percent(nowMs)
        state.purses[at].spend(spending.nanoDollars, at: nowMs, now: nowMs)
        if let level = BudgetAlert.level(from: before, to: state.purses[at].percent(nowMs)) {
          alerts.append(BudgetAlert(percent: level, terms: state.purses[at].terms))
        }
      }
      return alerts
    }
  }

  // MARK: Terms and the past

  /// The terms that it goes by, where they are these.
  func terms(like terms: KeyTerms, defaultBackend: String) -> CallerTerms? {
    guard let known = state.withLock({ $0.terms }), known.terms == terms,
      known.defaultBackend == defaultBackend
    else { return nil }
    return known
  }

  /// Whether its purses are those of the terms.
  func knows(_ terms: CallerTerms) -> Bool {
    state.withLock { $0.terms === terms }
  }

  /// Begins to take up other terms; returns since when spends matter that it has not counted, or
  /// nil when it has counted all of them.
  func beginAdopting(_ terms: CallerTerms, nowMs: Int64) -> Int64? {
    state.withLock { state in
      let new = terms.terms.budgets.filter { budget in
        !state.purses.contains { $0.isLike(budget) }
      }
      guard !new.isEmpty else {
        state.adopt(terms, past: [], nowMs)
        return nil
      }
      state.unread = state.unread ?? []
      return new.map { Purse($0, epoch: 0, at: nowMs).remembersSince(nowMs) }.min()
    }
  }

  /// Takes up other terms with what was spent before.
  ///
  /// What was spent while the past was being read may be in both and then counts twice: a budget
  /// errs on the side of whoever pays.
  func adopt(_ terms: CallerTerms, past: [PastSpend], nowMs: Int64) {
    state.withLock { $0.adopt(terms, past: past, nowMs) }
  }

  /// What is left of each limit, as it is shown and as the next request will meet it.
  func standing(nowMs: Int64) -> AccountStanding {
    state.withLock { state in
      let second = nowMs / 1000
      var budgets: [PurseStanding] = []
      for at in state.purses.indices {
        budgets.append(
          PurseStanding(
            terms: state.purses[at].terms, spentNanoDollars: state.purses[at].spent(at: nowMs),
            reservedNanoDollars: state.purses[at].reserved,
            resetsAtMs: state.purses[at].resetsAtMs(nowMs)))
      }
      return AccountStanding(
        inFlight: state.inFlight, requests: state.requests.total(at: second),
        inputTokens: state.input.total(at: second) + state.reservedInput,
        outputTokens: state.output.total(at: second) + state.reservedOutput,
        requestsResetSeconds: state.requests.seconds(untilAtMost: 0, from: second),
        tokensResetSeconds: max(
          state.input.seconds(untilAtMost: 0, from: second),
          state.output.seconds(untilAtMost: 0, from: second)),
        budgets: budgets)
    }
  }
}

extension Account.State {
  fileprivate mutating func adopt(_ terms: CallerTerms, past: [PastSpend], _ nowMs: Int64) {
    epoch += 1
    purses = terms.terms.budgets.map { budget in
      if let kept = purses.first(where: { $0.isLike(budget) }) { return kept.with(budget) }
      var purse = Purse(budget, epoch: epoch, at: nowMs)
      for spend in past where purse.covers(spend.model) {
        purse.spend(spend.nanoDollars, at: spend.atMs, now: nowMs)
      }
      for spend in unread ?? [] where purse.covers(spend.model) {
        purse.spend(spend.nanoDollars, at: spend.atMs, now: nowMs)
      }
      return purse
    }
    unread = nil
    self.terms = terms
  }

  fileprivate mutating func checkTokens(
    _ limits: KeyTerms, _ name: String, _ nowMs: Int64
  ) throws(Failure) {
    guard limits.limitsTokens else { return }
    let now = nowMs / 1000
    let wentIn = input.total(at: now) + reservedInput
    let cameOut = output.total(at: now) + reservedOutput
    if let most = limits.inputTokensPerMinute, wentIn >= most {
      let wait = max(1, input.seconds(untilAtMost: most - 1, from: now))
      throw .limited(
        "key `\(name)` may send \(most) tokens a minute; the next in \(wait) s", after: wait)
    }
    if let most = limits.outputTokensPerMinute, cameOut >= most {
      let wait = max(1, output.seconds(untilAtMost: most - 1, from: now))
      throw .limited(
        "key `\(name)` may get \(most) tokens a minute; the next in \(wait) s", after: wait)
    }
    if let most = limits.tokensPerMinute, wentIn + cameOut >= most {
      let wait = max(
        1, input.seconds(untilAtMost: max(0, most - 1 - cameOut), from: now),
        output.seconds(untilAtMost: max(0, most - 1 - wentIn), from: now))
      throw .limited(
        "key `\(name)` may use \(most) tokens a minute; the next in \(wait) s", after: wait)
    }
  }
}

extension KeyTerms {
  var limitsTokens: Bool {
    tokensPerMinute != nil || inputTokensPerMinute != nil || outputTokensPerMinute != nil
  }
}

extension Failure {
  fileprivate static func limited(_ message: String, after seconds: Int) -> Failure {
    Failure(
      .rateLimited, origin: .proxy, status: 429, message, code: "rate_limit_exceeded",
      retryAfterSeconds: seconds)
  }
}
