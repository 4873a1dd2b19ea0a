/// The deployments that a name leads to by the settings alone, and how one of them is chosen.
///
/// A class that a snapshot keeps for each name it was asked for, so that a request takes one
/// reference along.
final class RoutePool: Sendable {
  /// What is asked when none of the pool has answered.
  struct Fallback: Sendable {
    var pool: RoutePool
    var condition: Settings.Route.Fallback.Condition
  }

  /// What gets a copy of a share of the requests.
  struct Shadow: Sendable {
    var deployment: Deployment
    var percent: Int
  }

  /// The route's name, or the target as it was written.
  let name: String
  /// Nil where a mapping leads straight to backends.
  let route: Settings.Route?
  let strategy: Settings.Route.Strategy
  /// Those in service.
  let deployments: [Deployment]
  /// Backends that were taken out of service.
  let absent: [String]
  let fallbacks: [Fallback]
  let shadow: Shadow?
  /// Nano-dollars for a thousand tokens in and a thousand out, where the price decides.
  let prices: [Int64?]
  let rota: Rota

  init(
    name: String, route: Settings.Route? = nil,
    strategy: Settings.Route.Strategy = .shuffle, deployments: [Deployment],
    absent: [String] = [], prices: [Int64?] = [], fallbacks: [Fallback] = [],
    shadow: Shadow? = nil, rota: Rota = Rota()
  ) {
    self.name = name
    self.route = route
    self.strategy = route?.strategy ?? strategy
    self.deployments = deployments
    self.absent = absent
    self.fallbacks = fallbacks
    self.shadow = shadow
    self.rota = rota
    self.prices = prices
  }

  /// Whether a session stays with its deployment, where there is a choice at all.
  var isSticky: Bool { deployments.count > 1 && route?.isSticky ?? true }

  /// All deployments that may be asked.
  var size: Int { deployments.count + fallbacks.reduce(0) { $0 + $1.pool.size } }

  /// Whether any deployment, those of the fallbacks too, is like that.
  func contains(where fits: (Deployment) -> Bool) -> Bool {
    deployments.contains(where: fits) || fallbacks.contains { $0.pool.contains(where: fits) }
  }
}
