internal import Dialects
internal import Synchronization

/// What the work of models costs: the operator's word, then the catalogue, then a price that is
/// high enough; part of a snapshot.
final class PriceList: Sendable {
  /// What one exchange costs, and whether anybody knew the price.
  struct Charge: Sendable, Equatable {
    var nanoDollars: Int64
    var isKnown: Bool
  }

  private struct Known: Sendable {
    var prices: ModelPrices
    var isKnown: Bool
  }

  /// Clients choose the names of models: their number must have a bound.
  private static let most = 512

  private let rules: [PriceRule]
  private let backends: [Settings.Backend]
  private let catalogue: ModelTable
  private let known = Mutex<[String: Known]>([:])

  init(
    rules: [PriceRule] = [], backends: [Settings.Backend], catalogue: ModelTable = .standard
  ) {
    self.rules = rules
    self.backends = backends
    self.catalogue = catalogue
  }

  /// What a reply costs.
  func charge(
    _ usage: Usage, model: String, at backend: String, plan: PricePlan = .standard
  ) -> Charge {
    let found = prices(of: model, at: backend)
    let cost = found.prices.cost(of: usage, plan: plan) ?? 0
    return Charge(nanoDollars: Int64(clamping: cost), isKnown: found.isKnown)
  }

  private func prices(of model: String, at backend: String) -> Known {
    let name = backend + ":" + model
    if let found = known.withLock({ $0[name] }) { return found }
    let found = find(model, at: backend)
    known.withLock { known in
      if known.count < Self.most { known[name] = found }
    }
    return found
  }

  private func find(_ model: String, at backend: String) -> Known {
    let rule = rules.first {
      $0.pattern.matches(model) && ($0.backend == nil || $0.backend == backend)
    }
    if let rule { return Known(prices: rule.prices, isKnown: true) }
    if backends.contains(where: { $0.name == backend && $0.isOurOwnMachine }) {
      return Known(prices: .free, isKnown: true)
    }
    if let entry = catalogue.entry(model), entry.prices.cost(of: Usage()) != nil {
      return Known(prices: entry.prices, isKnown: true)
    }
    return Known(prices: .conservative, isKnown: false)
  }
}

extension Settings.Backend {
  /// A model that runs on this machine costs nobody money.
  fileprivate var isOurOwnMachine: Bool {
    if kind == .demo { return true }
    guard let host = (try? BaseURL(baseURL))?.host else { return false }
    return host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
  }
}
