extension RoutePool {
  /// All deployments in service, the one to ask first at the front.
  ///
  /// Nobody is left out for being ill: who may be asked is decided when its turn comes, for much
  /// can happen until then.
  func ordered(
    isStreaming: Bool, at now: ContinuousClock.Instant,
    using dice: inout some RandomNumberGenerator
  ) -> [Deployment] {
    guard deployments.count > 1 else { return deployments }
    switch strategy {
    case .ordered: return deployments
    case .shuffle: return shuffled(using: &dice)
    case .roundRobin: return rotated()
    case .leastBusy:
      return sorted { Double($0.station.with { $0.inFlight }) / Double($0.weight) }
    case .lowestLatency:
      return sorted { deployment in
        deployment.station.with { state in
          let known = isStreaming ? state.streamPace : state.wholePace
          return known ?? (isStreaming ? state.wholePace : state.streamPace) ?? -1
        }
      }
    case .cheapest: return cheapestFirst()
    case .usage:
      let second = now.wholeSecond
      return sorted { $0.use(at: second) }
    }
  }

  /// Draws without putting back, each by its weight.
  private func shuffled(using dice: inout some RandomNumberGenerator) -> [Deployment] {
    var rest = deployments
    var sum = rest.reduce(0) { $0 + $1.weight }
    for place in rest.indices.dropLast() {
      var draw = Int.random(in: 0..<sum, using: &dice)
      var chosen = place
      while draw >= rest[chosen].weight {
        draw -= rest[chosen].weight
        chosen += 1
      }
      sum -= rest[chosen].weight
      rest.swapAt(place, chosen)
    }
    return rest
  }

  private func rotated() -> [Deployment] {
    let first = rota.next(of: deployments.count)
    return Array(deployments[first...] + deployments[..<first])
  }

  /// The smallest measure first; equals take turns.
  private func sorted(by measure: (Deployment) -> Double) -> [Deployment] {
    rotated().map { ($0, measure($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// What has no price comes last; where nothing has one, everybody takes turns.
  private func cheapestFirst() -> [Deployment] {
    let priced = zip(deployments, prices).filter { $0.1 != nil }
    guard !priced.isEmpty else { return rotated() }
    return priced.sorted { ($0.1 ?? .max) < ($1.1 ?? .max) }.map(\.0)
      + zip(deployments, prices).filter { $0.1 == nil }.map(\.0)
  }

  /// The session's own deployment first, then others of its backend, then of its organisation:
  /// prompt caches and sealed thoughts are worth nothing elsewhere.
  static func keeping(_ station: Station, first deployments: [Deployment]) -> [Deployment] {
    guard let own = deployments.first(where: { $0.station === station }) else {
      return deployments
    }
    var ranks: [[Deployment]] = [[], [], [], []]
    for deployment in deployments {
      let rank =
        deployment === own
        ? 0
        : deployment.backend.name == own.backend.name
          ? 1 : deployment.organisation == own.organisation ? 2 : 3
      ranks[rank].append(deployment)
    }
    return ranks.flatMap(\.self)
  }
}

extension Deployment {
  /// How much of a minute's tokens, or of its requests, is used up.
  fileprivate func use(at second: Int64) -> Double {
    station.with { state in
      let tokens = Double(state.tokens.total(at: second))
      let requests = Double(state.requests.total(at: second))
      var shares: [Double] = []
      if let most = limits.tokensPerMinute { shares.append(tokens / Double(max(1, most))) }
      if let most = limits.requestsPerMinute { shares.append(requests / Double(max(1, most))) }
      return shares.max() ?? tokens / 1_000_000
    }
  }
}
