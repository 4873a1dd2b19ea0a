internal import ControlPlane
internal import FoundationEssentials
internal import Gateway
internal import Synchronization

/// A recorded picture of a gateway, with the lists that the other screens ask for.
struct Fixture: Codable {
  var snapshot: LiveSnapshot
  /// Earlier tokens per second of each stream, by its id.
  var rates: [String: [Double]]?
  var keys: [KeySummary]?
  var mappings: MappingList?
  var requests: [RequestSummary]?
  var routes: [RouteSummary]?

  init(path: String) throws(StartFailure) {
    do {
      let bytes = try Data(contentsOf: URL(filePath: path))
      if let snapshot = try? JSONDecoder().decode(LiveSnapshot.self, from: bytes) {
        self.snapshot = snapshot
      } else {
        self = try JSONDecoder().decode(Fixture.self, from: bytes)
      }
    } catch {
      throw StartFailure(problems: ["cannot read the fixture \(path): \(error)"])
    }
  }
}

/// Plays a recorded gateway: it serves nobody, but answers the dashboard like the real one.
final class FixtureGateway: GatewayProcess {
  private let fixture: Mutex<Fixture>

  init(path: String) throws(StartFailure) {
    fixture = Mutex(try Fixture(path: path))
  }

  func snapshot() -> LiveSnapshot { fixture.withLock { $0.snapshot } }

  func perform(_ command: ControlCommand, by actor: String) async throws(ControlFailure)
    -> ControlAnswer
  {
    switch command {
    case .status: return .status(snapshot())
    case .listKeys: return .keys(fixture.withLock { $0.keys ?? [] })
    case .listMappings:
      return .mappings(
        fixture.withLock { $0.mappings ?? MappingList(generation: 1, mappings: []) })
    case .listRequests: return .requests(fixture.withLock { $0.requests ?? [] })
    case .listBackends: return .backends(snapshot().backends)
    case .killRequest(let id): return try kill(id)
    case .routing(.listRoutes, _):
      return .routing(.routes(fixture.withLock { $0.routes ?? [] }))
    case .routing(.setDuty(let name, let duty, _, _), let isTrial):
      return .routing(.backendChange(try setDuty(of: name, to: duty, isTrial: isTrial)))
    case .reload:
      return .reloaded(
        ReloadReport(
          generation: snapshot().generation, changed: false, changes: [], problems: []))
    case .drain:
      setState(.draining)
      return .draining
    default: throw ControlFailure(.unavailable, "a fixture cannot do this")
    }
  }

  private func kill(_ id: String) throws(ControlFailure) -> ControlAnswer {
    let isFound = fixture.withLock { fixture in
      guard let index = fixture.snapshot.streams.firstIndex(where: { $0.id == id }) else {
        return false
      }
      fixture.snapshot.streams[index].state = .cancelled
      return true
    }
    guard isFound else {
      throw ControlFailure(.notFound, "no request \(id) is in flight", hint: "it may have ended")
    }
    return .killed(id)
  }

  private func setDuty(
    of name: String, to duty: BackendDuty, isTrial: Bool
  ) throws(ControlFailure) -> BackendChange {
    let change = fixture.withLock { fixture -> BackendChange? in
      guard let index = fixture.snapshot.backends.firstIndex(where: { $0.name == name }) else {
        return nil
      }
      let backend = fixture.snapshot.backends[index]
      let healths: [BackendDuty: BackendHealth] = [.serving: .up, .draining: .draining, .off: .off]
      if !isTrial { fixture.snapshot.backends[index].health = healths[duty] ?? .up }
      return BackendChange(
        name: name, before: backend.duty, after: duty, generation: fixture.snapshot.generation,
        changed: backend.duty != duty, inFlight: backend.inFlight)
    }
    guard let change else { throw ControlFailure(.notFound, "there is no backend \(name)") }
    return change
  }

  private func setState(_ state: ServingState) {
    fixture.withLock { $0.snapshot.state = state }
  }

  func drain(within time: Duration) async {
    setState(.draining)
    let deadline = ContinuousClock.now + time
    while ContinuousClock.now < deadline, snapshot().streams.contains(where: { !$0.state.isOver }) {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  func stop() async { setState(.stopping) }
}
