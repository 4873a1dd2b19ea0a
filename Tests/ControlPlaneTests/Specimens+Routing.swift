import ControlPlane

extension Specimens {
  static let routing: [ControlCommand] =
    [
      .setDuty(backend: "a", .draining, reason: nil, ifGeneration: nil),
      .setDuty(backend: hostile, .off, reason: hostile, ifGeneration: 3),
      .setDuty(backend: "drain", .serving, reason: "r", ifGeneration: 0),
      .resetCircuit(backend: hostile), .testBackend("a", model: nil, count: 1),
      .testBackend(hostile, model: hostile, count: 20), .listRoutes,
      .explain(RouteInquiry(model: "m")),
      .explain(RouteInquiry(model: hostile, key: hostile, requestClass: "think")),
      .swapMappings("a", hostile, ifGeneration: nil), .swapMappings("a", "b", ifGeneration: 4),
      .moveMapping(hostile, before: nil, ifGeneration: nil),
      .moveMapping("a", before: hostile, ifGeneration: 9),
      .editMapping(MappingEdit(pattern: "a", target: "b", lastsMs: 1, ifGeneration: 2)),
      .editMapping(MappingEdit(pattern: hostile, target: hostile, before: hostile)),
    ].map { .routing($0, isTrial: false) } + [
      .routing(
        .setDuty(backend: "a", .draining, reason: nil, ifGeneration: nil), isTrial: true),
      .routing(.swapMappings("a", "b", ifGeneration: nil), isTrial: true),
      .routing(.moveMapping("a", before: "b", ifGeneration: nil), isTrial: true),
      .routing(.editMapping(MappingEdit(pattern: "a", target: "b")), isTrial: true),
    ]

  static let routingAnswers: [(RoutingCommand, RoutingAnswer)] = [
    (
      .resetCircuit(backend: "a"),
      .backendChange(
        BackendChange(
          name: "a", before: .serving, after: .off, generation: 3, changed: true, inFlight: 2,
          orphans: ["x"]))
    ),
    (
      .testBackend("a", model: nil, count: 1),
      .backendTest(
        BackendTest(
          backend: "a", model: "m", url: "u", dialect: "chat",
          tries: [.init(isGood: false, status: 401, milliseconds: 3, message: hostile)]))
    ),
    (
      .listRoutes,
      .routes([
        RouteSummary(
          name: "r", strategy: "shuffle",
          deployments: [.init(target: "a:m", weight: 2, inFlight: 3, refusal: "x")],
          fallbacks: ["y"])
      ])
    ),
    (
      .explain(RouteInquiry(model: "m")),
      .explanation(
        RouteExplanation(
          model: "m", generation: 4, key: "k",
          steps: [RouteStep(verdict: .next, subject: "s", reason: hostile)], deployment: "a:m",
          refusal: "r"))
    ),
    (.swapMappings("a", "b", ifGeneration: nil), .mappingChanges([change, change])),
  ]
}
