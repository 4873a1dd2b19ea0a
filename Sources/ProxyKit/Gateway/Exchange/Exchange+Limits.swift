internal import ControlPlane
internal import Dialects
internal import Storage
internal import Transport

/// What a caller may ask for, and what is set aside of its account before anything is sent.
extension Exchange {
  /// What a reply is taken to cost at most when its request does not bound it.
  private static let usualOutput = 4096
  /// What a reply is expected to have of a minute's tokens, whatever it might have.
  private static let expectedOutput = 1024

  /// Lets the caller's account say whether one more request may come in.
  func enter(_ caller: Caller) async throws(Failure) {
    if endpoint.action.callsModels { try caller.terms.checkMayCall(caller.name) }
    if caller.terms.isLimited { live.with { $0.limited = caller } }
    let now = WallClock.milliseconds()
    try await house.accounts.prepare(caller.account, for: caller.terms, nowMs: now)
    let permit = try caller.account.enter(as: caller.name, on: caller.terms, nowMs: now)
    live.with { $0.permit = permit }
  }

  /// Has what is sent and got kept, for a caller whose terms say so.
  func copy(_ body: [UInt8], of caller: Caller) {
    guard caller.terms.terms.logsBodies else { return }
    let copy = BodyCopy(request: body, mostBytes: house.keptBodies.mostBytes)
    live.with { $0.copy = copy }
  }

  /// Sets aside what the request may use of its caller's tokens and money.
  func reserve(
    _ document: JSONDocument, model: String, _ deployments: [Deployment], for caller: Caller
  ) throws(Failure) {
    let plan = endpoint.dialect.pricePlan(of: document)
    live.with { $0.plan = plan }
    let terms = caller.terms.terms
    guard terms.limitsTokens || !terms.budgets.isEmpty, let permit = live.with({ $0.permit }) else {
      return
    }
    let input = min((document.bytes.count + 3) / 4, 1_000_000)
    let output = endpoint.dialect.outputLimit(of: document) ?? Self.usualOutput
    let usage = Usage(input: input, output: max(0, output))
    let dearest = deployments.map {
      snapshot.prices.charge(usage, model: $0.model, at: $0.backend.name, plan: plan).nanoDollars
    }.max()
    let held = try caller.account.reserve(
      Estimate(
        model: model, inputTokens: input, outputTokens: min(usage.output, Self.expectedOutput),
        nanoDollars: dearest ?? 0),
      for: permit, as: caller.name, nowMs: WallClock.milliseconds())
    live.with { $0.permit = held }
  }
}

extension Endpoint.Action {
  /// Whether a model works for it, which costs.
  fileprivate var callsModels: Bool {
    switch self {
    case .converse, .passThrough: true
    default: false
    }
  }
}
