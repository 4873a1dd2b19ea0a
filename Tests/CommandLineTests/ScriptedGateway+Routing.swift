import ControlPlane

extension ScriptedGateway {
  /// What a gateway answers about backends, routes and the order of mappings.
  static func perform(
    _ command: RoutingCommand, isTrial: Bool, _ state: inout State
  ) -> Result<ControlAnswer, ControlFailure> {
    let name = state.snapshot.backends.first?.name ?? "x"
    switch command {
    case .setDuty(let backend, let duty, _, let generation):
      guard generation == nil || generation == state.generation else { return stale(state) }
      guard let place = state.snapshot.backends.firstIndex(where: { $0.name == backend }) else {
        return missing(backend)
      }
      let change = BackendChange(
        name: backend, before: .serving, after: duty, generation: state.generation + 1,
        changed: duty != .serving, inFlight: 2, orphans: ["mapping \(name)"])
      guard !isTrial else { return .success(.routing(.backendChange(change))) }
      state.generation += 1
      // One less in flight with every look, as it is with a real one.
      state.snapshot.backends[place].inFlight = 0
      return .success(.routing(.backendChange(change)))
    case .resetCircuit(let backend):
      return .success(
        .routing(
          .backendChange(
            BackendChange(
              name: backend, before: .serving, after: .serving, generation: state.generation,
              changed: true, inFlight: 0))))
    case .testBackend(let backend, let model, let count):
      let good = BackendTest.Try(isGood: true, status: 200, milliseconds: 212)
      let bad = BackendTest.Try(
        isGood: false, status: 401, milliseconds: 8, message: "bad key \(name)")
      return .success(
        .routing(
          .backendTest(
            BackendTest(
              backend: backend, model: model ?? name, url: "http://127.0.0.1:1/\(name)",
              dialect: "chat",
              tries: Array(repeating: good, count: count) + (model == "bad" ? [bad] : [])))))
    case .listRoutes:
      guard !state.snapshot.backends.isEmpty else { return .success(.routing(.routes([]))) }
      return .success(
        .routing(
          .routes([
            RouteSummary(
              name: name, strategy: "shuffle",
              deployments: [
                .init(target: "\(name):m", weight: 3, inFlight: 1),
                .init(target: "b:m", weight: 1, refusal: "is left to cool down"),
              ], fallbacks: [name])
          ])))
    case .explain(let inquiry):
      var explanation = RouteExplanation(
        model: inquiry.model, generation: state.generation, key: inquiry.key,
        steps: [RouteStep(verdict: .chosen, subject: "mapping \(name)", reason: "b:m (file)")])
      if inquiry.model == "refused" {
        explanation.refusal = "404 no"
      } else {
        explanation.deployment = "b:m"
      }
      return .success(.routing(.explanation(explanation)))
    case .swapMappings(let first, let second, _):
      return .success(.routing(.mappingChanges([change(first, state), change(second, state)])))
    case .moveMapping(let pattern, _, _):
      return .success(.routing(.mappingChanges([change(pattern, state)])))
    case .editMapping(let edit):
      return .success(.routing(.mappingChanges([change(edit.pattern, state)])))
    }
  }

  private static func change(_ pattern: String, _ state: State) -> MappingChange {
    MappingChange(
      pattern: pattern, before: "a:b", after: "c:d", generation: state.generation + 1,
      changed: true, liveOnOlder: 2)
  }

  private static func missing(_ name: String) -> Result<ControlAnswer, ControlFailure> {
    .failure(ControlFailure(.notFound, "there is no backend `\(name)`", hint: "List them."))
  }
}
