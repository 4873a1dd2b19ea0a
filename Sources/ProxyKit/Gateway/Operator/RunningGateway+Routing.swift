internal import ControlPlane
internal import Dialects
internal import Transport

extension RunningGateway {
  /// A backend that is slower than this is told to be so.
  private static let testPatience: Duration = .seconds(8)

  /// Carries out a command about backends, routes and the order of mappings.
  func perform(
    _ command: RoutingCommand, isTrial: Bool, by actor: String
  ) async throws(ControlFailure) -> RoutingAnswer {
    switch command {
    case .setDuty(let backend, let duty, let reason, let generation):
      return .backendChange(
        try await office.setDuty(
          of: backend, to: duty, because: reason, ifGeneration: generation, isTrial: isTrial,
          by: actor))
    case .resetCircuit(let backend):
      return .backendChange(try await office.resetCircuit(of: backend, by: actor))
    case .testBackend(let name, let model, let count):
      return .backendTest(try await test(name, model: model, count: count))
    case .listRoutes: return .routes(routes())
    case .explain(let inquiry): return .explanation(try await office.explain(inquiry))
    case .swapMappings(let first, let second, let generation):
      return .mappingChanges(
        try await office.swapMappings(
          first, second, ifGeneration: generation, isTrial: isTrial, by: actor))
    case .moveMapping(let pattern, let before, let generation):
      return .mappingChanges(
        try await office.moveMapping(
          pattern, before: before, ifGeneration: generation, isTrial: isTrial, by: actor))
    case .editMapping(let edit):
      return .mappingChanges(
        try await office.editMapping(edit, isTrial: isTrial, by: actor))
    }
  }

  /// Asks a backend for one token, as often as is wished.
  private func test(
    _ name: String, model: String?, count: Int
  ) async throws(ControlFailure) -> BackendTest {
    let settings = house.snapshots.value.settings
    let backend = try await office.known(name, in: settings)
    guard let model = model ?? backend.testModel(in: settings) else {
      throw ControlFailure(
        .invalid, "no model of backend `\(name)` is known", hint: "Name one: `--model NAME`.")
    }
    let deployment = Deployment(backend: backend, model: model)
    var tries: [BackendTest.Try] = []
    for _ in 0..<count {
      let probe = BackendProbe(house: house, deployment: deployment, loop: loops[0])
      let finding = await withCheckedContinuation { continuation in
        loops[0].run { continuation.resume(returning: await probe.run(within: Self.testPatience)) }
      }
      tries.append(
        BackendTest.Try(
          isGood: finding.failure == nil, status: finding.status,
          milliseconds: finding.milliseconds, message: finding.failure?.message))
    }
    return BackendTest(
      backend: name, model: model, url: backend.baseURL, dialect: deployment.dialect.rawValue,
      tries: tries)
  }

  private func routes() -> [RouteSummary] {
    let settings = house.snapshots.value.settings
    return settings.routes.map { route in
      RouteSummary(
        name: route.name, strategy: route.strategy.rawValue,
        deployments: route.deployments.map { member in
          let name = member.model.map { "\(member.backend):\($0)" } ?? member.backend
          guard let model = member.model else {
            return RouteSummary.Member(target: name, weight: member.weight)
          }
          let station = house.fleet.station(backend: member.backend, model: model)
          let isAbsent = settings.backend(named: member.backend)?.duty != .serving
          return RouteSummary.Member(
            target: name, weight: member.weight, inFlight: station.with { $0.inFlight },
            refusal: isAbsent
              ? "out of service"
              : station.refusal(member.limits, tokens: 0, at: .now)?.words)
        },
        fallbacks: route.fallbacks.map { fallback in
          fallback.condition == .any
            ? fallback.target.text
            : "\(fallback.target.text) (on \(fallback.condition.rawValue))"
        })
    }
  }
}

extension Settings.Backend {
  /// A model that the backend is likely to have.
  fileprivate func testModel(in settings: Settings) -> String? {
    if kind == .demo { return "demo" }
    if let model = healthCheck?.model ?? smallModel ?? bigModel ?? models.first { return model }
    let parts = settings.mappings.flatMap(\.destination.parts)
    let members = settings.routes.flatMap(\.deployments)
    return parts.first { $0.name == name && $0.model != nil }?.model
      ?? members.first { $0.backend == name && $0.model != nil }?.model
  }
}
