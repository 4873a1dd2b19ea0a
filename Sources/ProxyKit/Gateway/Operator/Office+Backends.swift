internal import ControlPlane
internal import Storage

extension Office {
  /// Gives a backend work, or none; what is in flight finishes where it is.
  func setDuty(
    of name: String, to duty: BackendDuty, because reason: String?, ifGeneration: Int?,
    isTrial: Bool, by actor: String
  ) async throws(ControlFailure) -> BackendChange {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    try check(ifGeneration, against: current, "the backends are")
    let backend = try known(name, in: current.settings)
    let before = backend.duty.shown
    var change = BackendChange(
      name: name, before: before, after: duty, generation: current.generation,
      changed: before != duty, inFlight: inFlight(at: name),
      orphans: duty == .serving ? [] : current.settings.orphans(without: name))
    guard change.changed, !isTrial else { return change }
    var overrides = overrides
    let said = duty == backend.writtenDuty.shown ? nil : duty
    let row = overrides.set(said, of: name, because: reason)
    var settings = current.settings
    for index in settings.backends.indices where settings.backends[index].name == name {
      settings.backends[index].duty = Settings.Backend.Duty(duty)
    }
    let why = reason.map { "\(duty.rawValue) (\($0))" } ?? duty.rawValue
    change.generation = try await put(
      settings, overrides, [row],
      AuditEntry(
        atMs: WallClock.milliseconds(), actor: actor, action: "backend.duty", target: name,
        before: before.rawValue, after: why, generation: current.generation + 1))
    return change
  }

  /// Forgets every reason not to ask a backend.
  func resetCircuit(
    of name: String, by actor: String
  ) async throws(ControlFailure) -> BackendChange {
    let current = house.snapshots.value
    let duty = try known(name, in: current.settings).duty.shown
    let changed = house.fleet.reset(backend: name)
    try await audit("backend.reset", target: name, before: nil, after: nil, by: actor)
    return BackendChange(
      name: name, before: duty, after: duty, generation: current.generation, changed: changed,
      inFlight: inFlight(at: name))
  }

  /// Persists overrides with their entry of the audit trail and puts settings into force.
  func put(
    _ settings: Settings, _ overrides: SettingsOverrides, _ rows: [OverrideChange],
    _ entry: AuditEntry
  ) async throws(ControlFailure) -> Int {
    try await stored { store throws(StorageFailure) in
      try await store.saveOverrides(rows, generation: entry.generation, audit: entry)
    }
    self.overrides = overrides
    house.snapshots.swap(house.snapshots.value.next(settings: settings))
    return entry.generation
  }

  /// Refuses a change that was meant for another generation.
  func check(
    _ expected: Int?, against current: Snapshot, _ what: String
  ) throws(ControlFailure) {
    guard let expected, expected != current.generation else { return }
    throw ControlFailure(
      .conflict, "\(what) at generation \(current.generation), not \(expected)",
      hint: "Look at them again, then repeat the change.")
  }

  /// The backend of that name.
  func known(
    _ name: String, in settings: Settings
  ) throws(ControlFailure) -> Settings.Backend {
    if let backend = settings.backend(named: name) { return backend }
    let names = settings.backends.map(\.name)
    let near = NearestName.to(name, among: names)
    throw ControlFailure(
      .notFound, "there is no backend `\(name)`",
      hint: near.map { "Did you mean `\($0)`?" }
        ?? "The backends are: \(names.joined(separator: ", ")).")
  }

  private func inFlight(at name: String) -> Int {
    house.fleet.stations(of: name).reduce(0) { sum, entry in
      sum + entry.station.with { $0.inFlight }
    }
  }
}

extension Settings {
  /// Rules and routes that lead to nobody once a backend is gone.
  func orphans(without name: String) -> [String] {
    func serves(_ backend: String) -> Bool {
      backend != name && self.backend(named: backend)?.duty == .serving
    }
    func leadsOn(_ target: RouteTarget, _ met: Set<String> = []) -> Bool {
      if case .reject = target { return true }
      return target.parts.contains { part in
        if members(of: part).contains(where: { serves($0.backend) }) { return true }
        guard let route = route(named: part.name), !met.contains(part.name) else { return false }
        return route.fallbacks.contains { leadsOn($0.target, met.union([part.name])) }
      }
    }
    func mentions(_ target: RouteTarget) -> Bool {
      target.parts.flatMap { members(of: $0) }.contains { $0.backend == name }
    }
    var orphans: [String] = []
    for rule in mappings where mentions(rule.destination) && !leadsOn(rule.destination) {
      orphans.append("mapping \(rule.pattern)")
    }
    for route in routes {
      let target = RouteTarget.parts([.init(route.name)])
      if mentions(target), !leadsOn(target) { orphans.append("route \(route.name)") }
    }
    if defaultBackend == name { orphans.append("the default backend") }
    return orphans
  }
}
