internal import Synchronization

/// All deployments while the gateway runs, whatever snapshot names them, and which sessions stay
/// where.
final class Fleet: Sendable {
  /// Clients choose the names of models: the number of stations must have a bound.
  private static let mostStations = 2048

  private struct Place: Hashable {
    var backend: String
    var model: String
  }

  private struct State {
    var stations: [Place: Station] = [:]
    var rotas: [String: Rota] = [:]
    /// Backends that were found down, and how.
    var down: [String: String] = [:]
  }

  let sessions = SessionTable()
  /// Copies of requests that are under way.
  let shadows = Places()
  private let state = Mutex(State())

  /// What is known of a model at a backend; beyond the bound all further models share one.
  func station(backend: String, model: String) -> Station {
    state.withLock { state in
      if let known = state.stations[Place(backend: backend, model: model)] { return known }
      var place = Place(backend: backend, model: model)
      if state.stations.count >= Self.mostStations {
        state.stations = state.stations.filter { !$1.isForgettable }
      }
      if state.stations.count >= Self.mostStations {
        place.model = "*"
        if let shared = state.stations[place] { return shared }
      }
      let station = Station(name: "\(backend):\(place.model)")
      if let down = state.down[backend] { station.with { $0.down = down } }
      state.stations[place] = station
      return station
    }
  }

  /// Whose turn it is on a route, over all generations of it.
  func rota(of route: String) -> Rota {
    state.withLock { state in
      if let known = state.rotas[route] { return known }
      let rota = Rota()
      // A route's name or a mapping's target: what an operator wrote, and may write anew for ever.
      if state.rotas.count < Self.mostStations { state.rotas[route] = rota }
      return rota
    }
  }

  /// All stations of a backend, by their models.
  func stations(of backend: String) -> [(model: String, station: Station)] {
    state.withLock { state in
      state.stations.filter { $0.key.backend == backend }
        .map { ($0.key.model, $0.value) }.sorted { $0.0 < $1.0 }
    }
  }

  /// Notes what the health check of a backend found; nil when it works.
  func note(_ fault: String?, of backend: String) {
    state.withLock { $0.down[backend] = fault }
    for (_, station) in stations(of: backend) { station.with { $0.down = fault } }
  }

  /// What the health check of a backend found wrong.
  func fault(of backend: String) -> String? {
    state.withLock { $0.down[backend] }
  }

  /// Forgets every reason not to ask a backend; says whether there was one.
  func reset(backend: String) -> Bool {
    let wasDown = state.withLock { $0.down.removeValue(forKey: backend) != nil }
    return stations(of: backend).reduce(wasDown) { found, entry in
      entry.station.with { state in
        let hadReason = state.circuit != .closed || state.coolsUntil != nil
        state.reset()
        return found || hadReason
      }
    }
  }
}

extension Station {
  /// Whether nothing would be lost with it.
  fileprivate var isForgettable: Bool {
    with { $0.inFlight == 0 && $0.circuit == .closed && $0.coolsUntil == nil }
  }
}

/// Counts round and round; shared by all requests of a route.
final class Rota: Sendable {
  private let count = Atomic<Int>(0)

  func next(of places: Int) -> Int {
    let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
    return Int(UInt(bitPattern: number) % UInt(places))
  }
}
