import ControlPlane
import Testing

@testable import Gateway
@testable import Storage

@Suite struct `A configuration of routes` {
  private static let backends = """
    backends:
      a: {kind: openai, base_url: "http://a.test", api_key: k}
      b: {kind: anthropic, base_url: "http://b.test", api_key: k, models: [m9]}

    """

  @Test func `is read with every member`() throws {
    let yaml = """
      routes:
        fast:
          strategy: least-busy
          deployments:
            - a:m1
            - {to: "b:m2", weight: 3, rpm: 60, requests_per_minute: 60, tokens_per_minute: 9000,
               concurrent: 4}
          fallbacks:
            - slow
            - {to: "b:m3", on: context}
          retries: 1
          sticky: false
          first_token_timeout: 5s
          hedge_after: 3s
          wait: 2s
          shadow: {to: "b:m4", percent: 5}
        slow: {deployments: a}
      classes:
        think: fast
        long_context: {to: "b:m5", above: 1000}
        background: reject:429
      mappings:
        - gpt-*: a:x*3,b:y
      """.replacing("rpm: 60, ", with: "")
    let loaded = loaded(Self.backends + yaml)
    let settings = try #require(loaded.settings, "\(loaded.lines)")
    #expect(
      settings.route(named: "fast")
        == Settings.Route(
          name: "fast", strategy: .leastBusy,
          deployments: [
            .init(backend: "a", model: "m1"),
            .init(
              backend: "b", model: "m2", weight: 3,
              limits: DeploymentLimits(
                requestsPerMinute: 60, tokensPerMinute: 9000, concurrent: 4)),
          ],
          fallbacks: [
            .init(.parts([.init("slow")])),
            .init(.parts([.init("b", model: "m3")]), on: .context),
          ], retries: 1, isSticky: false, firstTokenTimeout: .seconds(5),
          hedgeAfter: .seconds(3), wait: .seconds(2),
          shadow: .init(.parts([.init("b", model: "m4")]), percent: 5)))
    #expect(settings.route(named: "slow")?.deployments == [.init(backend: "a")])
    #expect(
      settings.classes == [
        .init(.think, to: .parts([.init("fast")])),
        .init(.longContext, to: .parts([.init("b", model: "m5")]), threshold: 1000),
        .init(.background, to: .reject(status: 429)),
      ])
    #expect(settings.mappings.first?.target == "a:x*3,b:y*1")
  }

  @Test(arguments: [
    ("routes:\n  r: {deployments: [nobody:m]}", "5:21: unknown backend \"nobody\" in route \"r\""),
    ("routes:\n  r: {strategy: best, deployments: [a]}", "5:17: routes.r.strategy \"best\" is not"),
    ("routes:\n  r: {}", "5:3: routes.r has no deployments"),
    ("routes:\n  a: {deployments: [b]}", "5:3: \"a\" is the name of a route and of a backend"),
    ("routes:\n  reject: {deployments: [b]}", "5:3: \"reject\" cannot be the name of a route"),
    ("routes:\n  r: {deployments: [a:m, a:m]}", "5:26: route \"r\" has a:m twice"),
    (
      "routes:\n  r: {deployment: [a], deployments: [a]}",
      "5:7: unknown key \"deployment\" in routes.r"
    ),
    (
      "routes:\n  r: {deployments: [{to: a, rpm: 3}]}",
      "5:29: unknown key \"rpm\" in routes.r.deployments[0]; did you mean \"requests_per_minute\"?"
    ),
    (
      "routes:\n  r: {deployments: [a], fallbacks: [r]}",
      "5:3: the fallbacks of \"r\" lead back to it: r -> r"
    ),
    (
      "routes:\n  r: {deployments: [a], fallbacks: [s]}\n  s: {deployments: [b], fallbacks: [r]}",
      "5:3: the fallbacks of \"r\" lead back to it: r -> s -> r"
    ),
    (
      "routes:\n  r: {deployments: [a]}\n  s: {deployments: [r]}",
      "6:21: \"r\" in route \"s\" is no deployment"
    ),
    (
      "routes:\n  r: {deployments: [a], shadow: {to: r, percent: 5}}",
      "5:38: the shadow of \"r\" is not one deployment"
    ),
    (
      "routes:\n  r: {deployments: [a]}\nmappings:\n  r: b",
      "7:3: the mapping of \"r\" can never match: the route of that name comes first"
    ),
    ("mappings:\n  x: a:m*0", "5:3: \"a:m*0\" names nothing in the mapping of \"x\""),
    ("mappings:\n  x: reject:200", "5:3: \"reject:200\" names nothing in the mapping of \"x\""),
    (
      "routes:\n  r: {deployments: [a]}\nmappings:\n  x: r:m",
      "7:3: route \"r\" names its models itself in the mapping of \"x\""
    ),
    (
      "classes: {thinking: a}", "4:11: unknown key \"thinking\" in classes; did you mean \"think\"?"
    ),
    ("classes: {think: nobody}", "4:18: unknown backend \"nobody\" in class think"),
    ("classes: {think: {to: a, above: 3}}", "4:26: unknown key \"above\" in classes.think"),
    (
      "terms: {t: {routes: [r]}}\nroutes:\n  s: {deployments: [a]}",
      "unknown route \"r\" in terms.t.routes"
    ),
  ])
  func `names what is wrong with it, and where`(yaml: String, line: String) {
    let loaded = loaded(Self.backends + yaml + "\n")
    #expect(loaded.settings == nil)
    #expect(
      loaded.lines.contains { $0.contains(line) } && loaded.lines.count == 1, "\(loaded.lines)")
  }

  @Test(arguments: [
    (
      "routes:\n  r: {strategy: ordered, deployments: [{to: a, weight: 3}]}",
      "weights do nothing with strategy ordered"
    ),
    ("routes:\n  r: {hedge_after: 1s, deployments: [a]}", "hedge_after does nothing"),
  ])
  func `says what of it does nothing`(yaml: String, words: String) {
    let loaded = loaded(Self.backends + yaml + "\n")
    #expect(loaded.settings != nil)
    #expect(loaded.notices.contains { $0.contains(words) }, "\(loaded.notices)")
  }

  @Test func `reads how a backend is looked after`() throws {
    let yaml = """
      backends:
        a: {kind: openai, base_url: "http://a.test", api_key: k, enabled: false,
            circuit: {failures: 2, pause: 5s}, health: {every: 9s, model: tiny}}
        b: {kind: demo, models: [m], health: {}}
      """
    let settings = try #require(loaded(yaml).settings)
    #expect(settings.backends[0].duty == .off && settings.backends[0].writtenDuty == .off)
    #expect(settings.backends[0].circuit == .init(failures: 2, pause: .seconds(5)))
    #expect(settings.backends[0].healthCheck == .init(interval: .seconds(9), model: "tiny"))
    #expect(settings.backends[1].healthCheck == .init(interval: .seconds(60), model: "m"))
  }

  @Test(arguments: [
    ("routes:\n  r: {deployments: [a]}", "", "route r removed"),
    ("", "routes:\n  r: {deployments: [a]}", "route r added"),
    (
      "routes:\n  r: {deployments: [a]}", "routes:\n  r: {deployments: [b]}", "route r changed"
    ),
    ("", "classes: {think: a}", "class think changed from nothing to a"),
  ])
  func `says what a reload changes`(old: String, new: String, change: String) throws {
    let before = try #require(loaded(Self.backends + old + "\n").settings)
    let after = try #require(loaded(Self.backends + new + "\n").settings)
    #expect(after.diff(from: before) == [change])
  }
}

@Suite struct `Overrides of operators` {
  private func rules(_ patterns: [String]) -> [MappingRule] {
    patterns.map { MappingRule(pattern: ModelPattern($0), backend: "a", source: .file) }
  }

  @Test(arguments: [
    (["c", "a", "b"], ["a", "b", "c"], ["c", "a", "b"]),
    (["c", "a"], ["a", "b", "c"], ["b", "c", "a"]),
    (["c", "a"], ["new", "a", "c"], ["c", "new", "a"]),
    (["gone", "b", "a"], ["a", "b", "last"], ["b", "a", "last"]),
    ([], ["a", "b"], ["a", "b"]),
  ])
  func `keep the order that was chosen, and new rules near their neighbours`(
    order: [String], given: [String], wanted: [String]
  ) {
    var overrides = SettingsOverrides()
    _ = overrides.set(order: order)
    #expect(overrides.ordered(rules(given)).map(\.pattern.text) == wanted)
  }

  @Test func `come back from what was stored`() {
    var overrides = SettingsOverrides()
    let rows = [
      overrides.set(.draining, of: "a", because: "x"), overrides.set(order: ["p", "q"]),
      overrides.set(.init(atMs: 7, before: nil), of: "p"),
      overrides.set(.init(atMs: 8, before: "t"), of: "q"),
    ]
    let stored = rows.compactMap { row in
      row.value.map { Override(kind: row.kind, name: row.name, value: $0) }
    }
    #expect(SettingsOverrides(stored) == overrides)
    #expect(
      SettingsOverrides([Override(kind: "prices", name: "m", value: "nonsense")])
        == SettingsOverrides())
  }
}
