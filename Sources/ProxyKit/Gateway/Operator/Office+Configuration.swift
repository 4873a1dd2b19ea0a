internal import ControlPlane
internal import Storage

extension Office {
  /// Reads the configuration again; a bad one changes nothing and says why.
  func reload(by actor: String) async throws(ControlFailure) -> ReloadReport {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    let loaded = configuration(!keys.isEmpty)
    guard let settings = loaded.settings else {
      let problems = loaded.problems.map(\.description)
      house.board.note(["reload refused, the old configuration stays: " + (problems.first ?? "")])
      return ReloadReport(
        generation: current.generation, changed: false, changes: [], problems: problems)
    }
    var merged = settings
    merged.mappings = overlay.applied(
      to: settings.mappings, defaultBackend: settings.defaultBackend)
    overrides.apply(to: &merged)
    let changes = merged.diff(from: current.settings)
    guard !changes.isEmpty else {
      return ReloadReport(
        generation: current.generation, changed: false, changes: [], problems: [])
    }
    let next = current.next(
      settings: merged, fileMappings: settings.mappings,
      keys: KeyRing(
        secret: secret, callers: settings.callers, stored: keys,
        defaultBackend: settings.defaultBackend, accounts: house.accounts, former: current.keys))
    house.snapshots.swap(next)
    house.board.note(changes.map { "reload: \($0)" })
    try await audit(
      "config.reload", target: "configuration", before: nil,
      after: changes.joined(separator: "; "), by: actor)
    return ReloadReport(generation: next.generation, changed: true, changes: changes, problems: [])
  }
}
