internal import ControlPlane
internal import Dialects
internal import Transport

extension LiveExchange {
  /// Whether the client sees what the upstream leaves us: not where it has limits of its own.
  var showsUpstreamLimits: Bool {
    with { !($0.limited?.terms.terms.hasRates ?? false) }
  }

  /// Tells the client what a reply that is whole has cost.
  func addCost(to fields: inout HTTPFields) {
    let cost = with { state in
      state.usage == nil ? nil : charge(of: state).map { Dollars.plain($0.nanoDollars) }
    }
    if let cost { fields.append("x-anyllm-cost-usd", cost) }
  }

  /// What the exchange costs; nil where no upstream has answered.
  func charge(of state: State) -> PriceList.Charge? {
    state.chargedUsage.map {
      prices.charge($0, model: state.modelSent, at: state.backend, plan: state.plan)
    }
  }
}

extension LiveExchange.State {
  /// What is paid for: what the upstream counted, and what came where it did not get to say.
  var chargedUsage: Usage? {
    guard hasReply else { return nil }
    let produced = (producedBytes + 3) / 4
    var counted = usage ?? Usage(input: estimatedInput, output: produced)
    if counted.output == 0 { counted.output = produced }
    if case .completed = ending { return counted }
    if counted.wholeInput == 0 { counted.input = estimatedInput }
    counted.output = max(counted.output, produced)
    return counted
  }
}
